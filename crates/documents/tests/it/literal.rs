//! Data are printed as they are.

use crate::printed::{font, sample, squeezed, suspect, text_of};
use documents::{DocumentError, PaperKind, render};

/// What would be code, emphasis, a formula, a label, a comment or an escape if it were markup.
const MARKUP: [&str; 3] = [
    r#"#read("/etc/passwd")"#,
    r#"*a* _b_ $x$ \ "q" // /* <l> @r"#,
    "= 标题 - 项 #pagebreak() ~ -- ... `raw`",
];

#[test]
fn markup_in_any_field_is_printed_as_it_was_typed() {
    for &kind in PaperKind::ALL {
        for markup in MARKUP {
            let mut paper = sample(kind);
            paper.number = format!("一{markup}");
            paper.issuer = format!("二{markup}");
            paper.addressee = format!("三{markup}");
            paper.case_name = format!("四{markup}案");
            paper.suspects[0].name = format!("五{markup}");
            paper.reason = Some(format!("六{markup}"));
            paper.content = Some(format!("七{markup}"));
            paper.items[0] = format!("八{markup}");
            paper.materials[0].name = format!("九{markup}");
            paper.goods[0].note = Some(format!("十{markup}"));
            paper.officers[0] = format!("甲{markup}");
            paper.articles[0] = format!("乙{markup}");
            // A narrow column breaks its text anywhere, and poppler then reads the other columns in between.
            let columns: &[char] =
                if kind == PaperKind::GoodsList { &['二', '三', '甲', '十'] } else { &['十'] };
            let text = text_of(&paper);
            for mark in "一二三四五六七八九十甲乙".chars().filter(|mark| !columns.contains(mark))
            {
                let expected = squeezed(&format!("{mark}{markup}"));
                assert!(text.contains(&expected), "{kind:?}: {expected} is not in: {text}");
            }
        }
    }
}

#[test]
fn a_character_that_the_font_lacks_is_an_error_that_names_it() {
    let mut paper = sample(PaperKind::TransferLetter);
    paper.suspects.push(suspect("李\u{10FFFD}", "非法行医罪"));
    let refused = render(&paper, font()).unwrap_err();
    let DocumentError::MissingCharacters { characters, .. } = &refused else { panic!("{refused}") };
    assert!(characters.contains("U+10FFFD"), "{refused}");
}

#[test]
fn full_width_brackets_and_rare_characters_are_printed() {
    let mut paper = sample(PaperKind::TransferLetter);
    paper.number = "宁卫〔2026〕3号".to_owned();
    paper.suspects[0].name = "李喆㛃".to_owned();
    let text = text_of(&paper);
    assert!(text.contains("宁卫〔2026〕3号"), "{text}");
    assert!(text.contains("李喆㛃"), "{text}");
}
