//! From a paper to the bytes of its file.

use crate::body::{Block, blocks};
use crate::date::in_chinese;
use crate::text::{breakable, line};
use crate::typeset::typeset;
use crate::words::words;
use crate::{DocumentError, Font, Paper, PaperKind};
use typst::foundations::{Dict, IntoValue, dict};

/// Prints a paper as PDF. It takes some tens of milliseconds of computing, so call it where that may block.
pub fn render(paper: &Paper, font: &Font) -> Result<Vec<u8>, DocumentError> {
    let hands_over = paper.kind == PaperKind::GoodsList;
    let words = words(paper);
    let handled = words.officers;
    let blocks: Vec<Dict> = blocks(paper, words).into_iter().map(block).collect();
    let officers: Vec<String> = paper.officers.iter().map(|officer| breakable(&line(officer))).collect();
    let inputs = dict! {
        "fonts" => font.families(),
        "title" => paper.kind.title(),
        "number" => breakable(&line(&paper.number)),
        "issuer" => breakable(&line(&paper.issuer)),
        "addressee" => breakable(&line(&paper.addressee)),
        "date" => in_chinese(paper.date),
        "blocks" => blocks,
        "handled" => handled,
        "officers" => officers.join("、"),
        "hands-over" => hands_over,
    };
    typeset(inputs, font)
}

/// The block as the template takes it.
fn block(block: Block) -> Dict {
    match block {
        Block::Paragraph(text) => dict! { "kind" => "paragraph", "text" => text },
        Block::List { heading, lines } => dict! { "kind" => "list", "heading" => heading, "lines" => lines },
        Block::Table { heading, columns, rows } => {
            let titles: Vec<&str> = columns.iter().map(|(title, _)| *title).collect();
            let shares: Vec<i64> = columns.iter().map(|(_, share)| *share).collect();
            let rows: Vec<_> = rows.into_iter().map(IntoValue::into_value).collect();
            dict! {
                "kind" => "table", "heading" => heading, "titles" => titles, "shares" => shares, "rows" => rows,
            }
        }
    }
}
