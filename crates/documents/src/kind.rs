//! The kinds of papers.

/// Which paper of a criminal handoff it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaperKind {
    /// 涉嫌犯罪案件移送书: an enforcement department hands a case to the police.
    TransferLetter,
    /// 移送书回执: the police have received it.
    TransferReceipt,
    /// 补正通知书: the police ask for what is missing.
    SupplementNotice,
    /// 立案通知书: the police open a criminal case.
    FilingNotice,
    /// 不予立案通知书: the police do not.
    NonFilingNotice,
    /// 提请复议书: the department asks the police to decide again.
    ReconsiderationRequest,
    /// 立案监督建议书: the department asks the procuratorate to look into it.
    SupervisionSuggestion,
    /// 涉案物品交接清单: the goods of the case change hands.
    GoodsList,
    /// 处理结果反馈函: what came of the case.
    ResultReply,
}

impl PaperKind {
    /// All kinds, in the order in which a case meets them.
    pub const ALL: &'static [Self] = &[
        Self::TransferLetter,
        Self::TransferReceipt,
        Self::SupplementNotice,
        Self::FilingNotice,
        Self::NonFilingNotice,
        Self::ReconsiderationRequest,
        Self::SupervisionSuggestion,
        Self::GoodsList,
        Self::ResultReply,
    ];

    /// The Chinese title, as printed.
    pub const fn title(self) -> &'static str {
        match self {
            Self::TransferLetter => "涉嫌犯罪案件移送书",
            Self::TransferReceipt => "移送书回执",
            Self::SupplementNotice => "补正通知书",
            Self::FilingNotice => "立案通知书",
            Self::NonFilingNotice => "不予立案通知书",
            Self::ReconsiderationRequest => "提请复议书",
            Self::SupervisionSuggestion => "立案监督建议书",
            Self::GoodsList => "涉案物品交接清单",
            Self::ResultReply => "处理结果反馈函",
        }
    }
}
