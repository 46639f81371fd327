//! Unified social credit codes for invented organisations: of the right form, with both check characters.

use super::working_time::chance;
use contract::uscc::Uscc;

/// Characters of a code (GB 32100).
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of the organisation code (GB 11714).
const WEIGHTS: [usize; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// The code of an invented organisation: its kind and division in front, the rest decided by its name.
pub(crate) fn code(kind: &str, division: &str, name: &str) -> Option<Uscc> {
    let digits: String = (0..8).map(|place| character(chance(&format!("{name}{place}"), 10))).collect();
    let stem = format!("{kind}{division}{digits}{}", check_character(&digits));
    ALPHABET.chars().find_map(|last| Uscc::new(format!("{stem}{last}")).ok())
}

/// The check character of an organisation code of eight digits.
fn check_character(digits: &str) -> char {
    let values =
        digits.chars().filter_map(|digit| digit.to_digit(10)).filter_map(|digit| usize::try_from(digit).ok());
    let sum: usize = values.zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    match (11 - sum % 11) % 11 {
        10 => 'X',
        check => character(check),
    }
}

fn character(value: usize) -> char {
    ALPHABET.chars().nth(value).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invented_code_is_valid_and_always_the_same() {
        let first = code("91", "320106", "甲").unwrap();
        assert!(first.as_str().starts_with("91320106"));
        assert_eq!(code("91", "320106", "甲"), Some(first.clone()));
        assert_ne!(code("91", "320106", "乙"), Some(first));
    }

    #[test]
    fn the_check_character_is_that_of_codes_in_use() {
        // From 9135 0100 M000 100Y 43 the organisation code is of letters; this one is of digits: 11500242 32238432 6 D.
        assert_eq!(check_character("32238432"), '6');
    }
}
