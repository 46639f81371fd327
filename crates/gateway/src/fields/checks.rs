//! What makes a single value right.

use crate::problem::{Named, phrase, plain};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use contract::problem::ProblemCode;
use contract::uscc::InvalidUscc;

/// A value's problem.
pub(crate) type Wrong = (ProblemCode, Named);

/// A text: not empty, not too long, nothing invisible in it but white space.
pub(super) fn text(text: &str, most: usize) -> Result<(), Wrong> {
    let actual = text.chars().count();
    if is_blank(text) {
        Err((ProblemCode::FieldEmpty, Named::new()))
    } else if actual > most {
        Err((ProblemCode::FieldTooLong, vec![("limit", plain(most)), ("actual", plain(actual))]))
    } else if text.chars().any(is_invisible) {
        Err((ProblemCode::FieldControlCharacter, Named::new()))
    } else {
        Ok(())
    }
}

/// Control characters, the marks that turn the direction of the text around them (Unicode TR 9), and characters that
/// show nothing: with them a text can be made to look like another, or like none. The joiners inside emoji and some
/// scripts (U+200C, U+200D) stay.
fn is_invisible(character: char) -> bool {
    let is_white_space = matches!(character, '\n' | '\r' | '\t');
    let turns_direction = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}');
    let shows_nothing = matches!(
        character,
        '\u{ad}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}'
    );
    (character.is_control() && !is_white_space) || turns_direction || shows_nothing
}

/// Whether nothing of a text can be seen.
fn is_blank(text: &str) -> bool {
    text.chars().all(|character| {
        character.is_whitespace() || is_invisible(character) || matches!(character, '\u{200c}' | '\u{200d}')
    })
}

/// The problem of a value that is no text.
pub(super) fn not_a_text() -> Wrong {
    (ProblemCode::FieldWrongType, vec![("expected", phrase("expected-text"))])
}

/// The years in which a moment or a day of a transfer can lie.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// A moment of RFC 3339, without a leap second, which not every store can hold.
pub(crate) fn moment(text: &str) -> Option<DateTime<Utc>> {
    let moment = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
    let is_leap_second = moment.timestamp_subsec_nanos() >= 1_000_000_000;
    (YEARS.contains(&moment.year()) && !is_leap_second).then_some(moment)
}

/// A civil day like 2026-09-30.
pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    let has_form = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let day = has_form.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten();
    day.filter(|day| YEARS.contains(&day.year()))
}

/// Whether a text is a division code (GB/T 2260 and its longer forms).
pub(crate) fn is_division(text: &str) -> bool {
    (6..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The code of what is wrong with a unified social credit code.
pub(super) const fn uscc_problem(invalid: InvalidUscc) -> ProblemCode {
    match invalid {
        InvalidUscc::Malformed => ProblemCode::UsccMalformed,
        InvalidUscc::CheckCharacter => ProblemCode::UsccCheckCharacter,
    }
}

/// A name inside a JSON Pointer (RFC 6901 section 3).
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_counts_characters_and_hides_nothing() {
        assert_eq!(text("线索\n\t移送", 6), Ok(()));
        assert_eq!(text("线索移送", 3).unwrap_err().0, ProblemCode::FieldTooLong);
        assert_eq!(text(" \u{3000}\n", 9).unwrap_err().0, ProblemCode::FieldEmpty);
        for blank in ["\u{200b}\u{200b}", "\u{feff}", "\u{3164}", "\u{200e}", "\u{2060}\u{200d}", "\u{e0041}"]
        {
            assert_eq!(text(blank, 9).unwrap_err().0, ProblemCode::FieldEmpty, "{blank:?}");
        }
        assert_eq!(text("👨\u{200d}👩\u{200d}👧", 9), Ok(()));
        for hidden in ["a\0b", "a\u{200b}b", "a\u{7}b", "a\u{202e}b", "a\u{85}b"] {
            assert_eq!(text(hidden, 9).unwrap_err().0, ProblemCode::FieldControlCharacter, "{hidden:?}");
        }
    }

    #[test]
    fn a_day_and_a_moment_have_one_form_each() {
        assert!(day("2026-09-30").is_some() && day("2026-02-30").is_none());
        assert!(day("26-9-30").is_none() && day("+2026-9-30").is_none());
        assert!(moment("2026-09-30T09:00:00+08:00").is_some());
        assert!(moment("2016-12-31T23:59:60Z").is_none() && moment("2016-12-31T23:59:60.999Z").is_none());
        assert!(day("0000-01-01").is_none() && day("9999-12-31").is_none());
        assert!(moment("2026-09-30").is_none() && moment("0001-01-01T00:00:00Z").is_none());
    }

    #[test]
    fn a_pointer_escapes_its_own_characters() {
        assert_eq!(escaped("a/b~c"), "a~1b~0c");
    }
}
