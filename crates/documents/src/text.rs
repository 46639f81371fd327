//! Makes text that people typed fit for a line of print, without changing what it says.

/// A run without a place to break that is longer than this gets one.
const LONGEST_RUN: usize = 8;
/// A place to break comes after so many characters of such a run.
const PIECE: usize = 4;
/// Allows a line to break, and is not seen.
const BREAK_HERE: char = '\u{200B}';

/// One line: control characters become spaces, and marks that turn the direction of writing are left out, since
/// they could make a paper read differently from its data.
pub(crate) fn line(text: &str) -> String {
    let shown = text.trim().chars().filter(|character| !turns_direction(*character));
    shown.map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// The paragraphs of a longer text, without empty ones.
pub(crate) fn paragraphs(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(line).filter(|line| !line.is_empty())
}

/// The same line with invisible places to break in long numbers and foreign words, which would otherwise run
/// out of the page. Chinese characters break anywhere.
pub(crate) fn breakable(line: &str) -> String {
    let mut broken = String::with_capacity(line.len());
    for word in line.split_inclusive(breaks_anyway) {
        let long = word.chars().count() > LONGEST_RUN;
        for (index, character) in word.chars().enumerate() {
            if long && index > 0 && index % PIECE == 0 {
                broken.push(BREAK_HERE);
            }
            broken.push(character);
        }
    }
    broken
}

/// Do lines break beside this character by themselves?
fn breaks_anyway(character: char) -> bool {
    character == ' ' || ('\u{2E80}'..='\u{9FFF}').contains(&character) || character > '\u{1FFFF}'
}

fn turns_direction(character: char) -> bool {
    matches!(character, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_control_characters_and_cannot_turn_its_direction() {
        assert_eq!(line(" 甲\t乙\u{202E}丙\u{0}丁 "), "甲 乙丙 丁");
    }

    #[test]
    fn empty_lines_make_no_paragraphs() {
        assert_eq!(paragraphs("一\n\n 　\n二\r\n").collect::<Vec<_>>(), ["一", "二"]);
    }

    #[test]
    fn only_long_runs_are_broken() {
        assert_eq!(breakable("批号 12345678"), "批号 12345678");
        assert_eq!(breakable("批号123456789"), "批号1234\u{200B}5678\u{200B}9");
        assert_eq!(breakable("中文中文中文中文中文中文"), "中文中文中文中文中文中文");
    }
}
