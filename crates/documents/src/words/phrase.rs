//! Phrases that several papers share.

use crate::Paper;
use crate::text::{breakable, line};

/// The regulation that the fixed sentences rest on.
pub(super) const REGULATION: &str = "《行政执法机关移送涉嫌犯罪案件的规定》";

/// The case: its name, which ends with 案 or is made to.
pub(super) fn case(paper: &Paper) -> String {
    let name = breakable(&line(&paper.case_name));
    if name.ends_with('案') { name } else { format!("{name}一案") }
}

/// Who is suspected of what. Several persons stand in the table that follows.
pub(super) fn suspicion(paper: &Paper) -> String {
    match paper.suspects.as_slice() {
        [] => "有关人员的行为涉嫌犯罪".to_owned(),
        [only] => format!("{}的行为涉嫌{}", breakable(&line(&only.name)), breakable(&line(&only.offence))),
        [first, ..] => {
            let count = paper.suspects.len();
            format!("{}等{count}名涉嫌人员（名单见下表）的行为涉嫌犯罪", breakable(&line(&first.name)))
        }
    }
}

/// The paper that this one answers, called so, with its number where that is known.
pub(super) fn answered(paper: &Paper, called: &str) -> String {
    match &paper.refers_to {
        Some(number) => format!("{called}（{}）", breakable(&line(number))),
        None => called.to_owned(),
    }
}

/// The legal basis, as the beginning of a sentence.
pub(super) fn basis(paper: &Paper) -> String {
    if paper.articles.is_empty() {
        return "依照有关法律法规的规定".to_owned();
    }
    let articles: Vec<String> = paper.articles.iter().map(|article| breakable(&line(article))).collect();
    format!("根据{}的规定", articles.join("、"))
}
