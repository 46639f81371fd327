//! The fixed sentences of each kind of paper, with the data in them.

mod filing;
mod goods;
mod phrase;
mod supervision;
mod transfer;

use crate::{Paper, PaperKind};

/// What a paper says around its data. Headings end with a colon.
pub(crate) struct Words {
    /// The paragraphs before the data.
    pub(crate) opening: Vec<String>,
    /// What the content is, in this paper.
    pub(crate) content: &'static str,
    /// What the reason is a reason for.
    pub(crate) reason: &'static str,
    /// What the items are.
    pub(crate) items: &'static str,
    /// What happens with the materials.
    pub(crate) materials: &'static str,
    /// What happens with the goods.
    pub(crate) goods: &'static str,
    /// What the officers did.
    pub(crate) officers: &'static str,
    /// The paragraphs after the data.
    pub(crate) closing: Vec<String>,
}

impl Words {
    /// Headings that suit every paper.
    const fn new(opening: Vec<String>, closing: Vec<String>) -> Self {
        Self {
            opening,
            content: "基本情况：",
            reason: "理由：",
            items: "请提供下列材料：",
            materials: "随文附送下列材料：",
            goods: "涉案物品如下：",
            officers: "承办人：",
            closing,
        }
    }
}

/// The words of this paper.
pub(crate) fn words(paper: &Paper) -> Words {
    match paper.kind {
        PaperKind::TransferLetter => transfer::letter(paper),
        PaperKind::TransferReceipt => transfer::receipt(paper),
        PaperKind::SupplementNotice => transfer::supplement(paper),
        PaperKind::FilingNotice => filing::filed(paper),
        PaperKind::NonFilingNotice => filing::not_filed(paper),
        PaperKind::ResultReply => filing::result(paper),
        PaperKind::ReconsiderationRequest => supervision::reconsideration(paper),
        PaperKind::SupervisionSuggestion => supervision::suggestion(paper),
        PaperKind::GoodsList => goods::list(paper),
    }
}
