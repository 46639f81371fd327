//! What stands between the salutation and the signature, in the order of print.

use crate::text::{breakable, line, paragraphs};
use crate::words::Words;
use crate::{Paper, PaperGoods, PaperMaterial, PaperSuspect};

/// A piece of the body.
pub(crate) enum Block {
    /// A paragraph, its first line indented.
    Paragraph(String),
    /// A numbered list under a sentence that ends with a colon.
    List {
        /// The sentence.
        heading: String,
        /// One line each.
        lines: Vec<String>,
    },
    /// A table under a sentence that ends with a colon. Its first column counts the rows.
    Table {
        /// The sentence.
        heading: String,
        /// Title and share of the width of the other columns.
        columns: &'static [(&'static str, i64)],
        /// One cell for each of these columns.
        rows: Vec<Vec<String>>,
    },
}

const SUSPECT_COLUMNS: &[(&str, i64)] = &[("姓名或者名称", 3), ("涉嫌罪名", 4)];
const GOODS_COLUMNS: &[(&str, i64)] =
    &[("名称", 6), ("数量", 3), ("单位", 2), ("存放地点及方式", 5), ("备注", 4)];

/// Puts the fixed sentences and the data in their order.
pub(crate) fn blocks(paper: &Paper, words: Words) -> Vec<Block> {
    let mut blocks: Vec<Block> = words.opening.into_iter().map(Block::Paragraph).collect();
    if paper.suspects.len() > 1 {
        blocks.push(suspects(&paper.suspects));
    }
    blocks.extend(told(words.content, paper.content.as_deref()));
    blocks.extend(told(words.reason, paper.reason.as_deref()));
    blocks.extend(list(words.items, paper.items.iter().map(|item| line(item))));
    blocks.extend(list(words.materials, paper.materials.iter().map(material)));
    if !paper.goods.is_empty() {
        let rows = paper.goods.iter().map(goods).collect();
        blocks.push(Block::Table { heading: words.goods.to_owned(), columns: GOODS_COLUMNS, rows });
    }
    blocks.extend(words.closing.into_iter().map(Block::Paragraph));
    blocks
}

/// A text under its heading: in the heading's paragraph where it is a single one.
fn told(heading: &str, text: Option<&str>) -> Vec<Block> {
    let mut told: Vec<String> = paragraphs(text.unwrap_or_default()).map(|text| breakable(&text)).collect();
    match told.as_mut_slice() {
        [] => {}
        [only] => only.insert_str(0, heading),
        [..] => told.insert(0, heading.to_owned()),
    }
    told.into_iter().map(Block::Paragraph).collect()
}

fn list(heading: &str, lines: impl Iterator<Item = String>) -> Option<Block> {
    let lines: Vec<String> = lines.map(|line| breakable(&line)).collect();
    (!lines.is_empty()).then(|| Block::List { heading: heading.to_owned(), lines })
}

fn material(material: &PaperMaterial) -> String {
    let name = line(&material.name);
    match &material.absent_because {
        Some(reason) => format!("{name}（未附，理由：{}）", line(reason)),
        None => name,
    }
}

fn suspects(suspects: &[PaperSuspect]) -> Block {
    let row = |suspect: &PaperSuspect| cells([&suspect.name, &suspect.offence]);
    Block::Table {
        heading: "涉嫌人员名单：".to_owned(),
        columns: SUSPECT_COLUMNS,
        rows: suspects.iter().map(row).collect(),
    }
}

fn goods(goods: &PaperGoods) -> Vec<String> {
    let note = goods.note.as_deref().unwrap_or_default();
    cells([&goods.name, &goods.quantity, &goods.unit, &goods.storage, note])
}

fn cells<const COUNT: usize>(texts: [&str; COUNT]) -> Vec<String> {
    texts.iter().map(|text| breakable(&line(text))).collect()
}
