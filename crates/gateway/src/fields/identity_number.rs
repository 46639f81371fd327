//! Citizens' identity numbers 公民身份号码 (GB 11643-1999): division, day of birth, order, check character.

use chrono::NaiveDate;

/// Weight of each of the first 17 digits: powers of 2 modulo 11.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character for each remainder modulo 11.
const CHECK_CHARACTERS: &[u8; 11] = b"10X98765432";

/// The number in capitals, if its check character fits and the day of birth is a day that has come.
pub(super) fn checked(text: &str, today: NaiveDate) -> Option<String> {
    let number = text.to_ascii_uppercase();
    let bytes: &[u8; 18] = number.as_bytes().try_into().ok()?;
    let (digits, check) = (&bytes[..17], bytes[17]);
    if !digits.iter().all(u8::is_ascii_digit) || digits[0] == b'0' {
        return None;
    }
    let sum: u32 = WEIGHTS.iter().zip(digits).map(|(weight, digit)| weight * u32::from(digit - b'0')).sum();
    let expected = CHECK_CHARACTERS[usize::try_from(sum % 11).ok()?];
    let birth = NaiveDate::parse_from_str(number.get(6..14)?, "%Y%m%d").ok()?;
    (check == expected && birth <= today).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn a_number_with_its_check_character_and_a_real_day_is_right() {
        let today = "2026-09-30".parse().unwrap();
        // The example of GB 11643-1999.
        assert_eq!(checked("11010519491231002X", today).as_deref(), Some("11010519491231002X"));
        assert_eq!(checked("11010519491231002x", today).as_deref(), Some("11010519491231002X"));
        for wrong in
            ["110105194912310021", "11010519491331002X", "1101051949123100", "中", "11010529491231002X"]
        {
            assert_eq!(checked(wrong, today), None, "{wrong}");
        }
    }
}
