//! The data of a paper.

use crate::PaperKind;
use chrono::NaiveDate;

/// Everything that is printed on a paper beside the fixed sentences of its kind.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Which paper it is.
    pub kind: PaperKind,
    /// Its number, such as 南京市卫生健康委员会涉罪移〔2026〕3号.
    pub number: String,
    /// The unit that sends it, in full.
    pub issuer: String,
    /// The unit that it is for, in full.
    pub addressee: String,
    /// The day it bears.
    pub date: NaiveDate,
    /// The name of the case, such as 李某非法行医案.
    pub case_name: String,
    /// Who is suspected of what. One stands in the text, several in a table.
    pub suspects: Vec<PaperSuspect>,
    /// Why: of the handoff, of the refusal, of the request. Line breaks separate paragraphs.
    pub reason: Option<String>,
    /// The facts, or the result. Line breaks separate paragraphs.
    pub content: Option<String>,
    /// What is to be supplied, for a supplement notice.
    pub items: Vec<String>,
    /// The materials that come with it, and those that should have.
    pub materials: Vec<PaperMaterial>,
    /// The goods of the case.
    pub goods: Vec<PaperGoods>,
    /// Who handles it on the issuer's side.
    pub officers: Vec<String>,
    /// The number of the paper that this one answers.
    pub refers_to: Option<String>,
    /// The legal basis, one article each, such as 《行政执法机关移送涉嫌犯罪案件的规定》第六条.
    pub articles: Vec<String>,
}

/// A person or unit that is suspected of a crime.
#[derive(Clone, Debug)]
pub struct PaperSuspect {
    /// The name.
    pub name: String,
    /// The offence, such as 非法行医罪.
    pub offence: String,
}

/// One of the materials of a case.
#[derive(Clone, Debug)]
pub struct PaperMaterial {
    /// What it is.
    pub name: String,
    /// Why it does not come along, if it does not.
    pub absent_because: Option<String>,
}

/// Goods of one sort.
#[derive(Clone, Debug)]
pub struct PaperGoods {
    /// What they are.
    pub name: String,
    /// How many, such as 12.
    pub quantity: String,
    /// Of what, such as 盒.
    pub unit: String,
    /// Where and how they are kept.
    pub storage: String,
    /// What else there is to say.
    pub note: Option<String>,
}
