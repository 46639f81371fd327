//! The papers 文书 that the steps of a handoff produce. Their numbers are allotted by the log, never typed.

use crate::ids::DepartmentId;
use crate::kind::named_enum;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! document_kinds {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal, $title:literal, $word:literal;)+) => {
        named_enum!(
            /// The kind of a paper.
            DocumentKind { $($(#[doc = $doc])* $variant = $name,)+ }
        );

        impl DocumentKind {
            /// Its title, as it is printed.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// The word of its series in a number.
            const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

document_kinds!(
    /// 书面报告.
    Report = "report", "移送涉嫌犯罪案件的书面报告", "涉罪报";
    /// 批准移送决定.
    Approval = "approval", "批准移送决定书", "涉罪批";
    /// 不批准移送决定.
    Refusal = "refusal", "不批准移送决定书", "涉罪不批";
    /// 检察意见书.
    ProcuratorialOpinion = "procuratorial_opinion", "检察意见书", "检意";
    /// 涉嫌犯罪案件移送书.
    TransferLetter = "transfer_letter", "涉嫌犯罪案件移送书", "涉罪移";
    /// 移送书回执.
    TransferReceipt = "transfer_receipt", "涉嫌犯罪案件移送书回执", "受案";
    /// 移送案件通知书.
    RedirectionNotice = "redirection_notice", "移送案件通知书", "移管";
    /// 不属于公安机关管辖通知书.
    ReturnNotice = "return_notice", "不属于公安机关管辖通知书", "退";
    /// 补正通知书.
    SupplementNotice = "supplement_notice", "补正通知书", "补";
    /// 补正材料.
    Supplement = "supplement", "补正材料函", "补正";
    /// 延长审查期限审批.
    ExtensionApproval = "extension_approval", "延长立案审查期限审批表", "延审";
    /// 立案决定书.
    FilingDecision = "filing_decision", "立案决定书", "立决";
    /// 不予立案决定书.
    NonFilingDecision = "non_filing_decision", "不予立案决定书", "不立决";
    /// 立案通知书.
    FilingNotice = "filing_notice", "立案通知书", "立通";
    /// 不予立案通知书.
    NonFilingNotice = "non_filing_notice", "不予立案通知书", "不立通";
    /// 监督申请书.
    OverdueComplaint = "overdue_complaint", "逾期未决监督申请书", "逾监";
    /// 要求说明逾期理由通知书.
    OverdueReasonRequest = "overdue_reason_request", "要求说明逾期未作决定理由通知书", "说逾";
    /// 逾期理由说明.
    OverdueExplanation = "overdue_explanation", "逾期未作决定理由说明书", "逾说";
    /// 通知立案书.
    FilingOrder = "filing_order", "通知立案书", "通立";
    /// 纠正违法通知书.
    CorrectionOpinion = "correction_opinion", "纠正违法通知书", "纠违";
    /// 涉案物品交接清单.
    GoodsList = "goods_list", "涉案物品交接清单", "交";
    /// 提请复议书.
    ReconsiderationRequest = "reconsideration_request", "提请复议书", "复议请";
    /// 复议决定书.
    ReconsiderationDecision = "reconsideration_decision", "复议决定书", "复决";
    /// 立案监督建议书.
    SupervisionSuggestion = "supervision_suggestion", "立案监督建议书", "立监建";
    /// 要求说明不立案理由通知书.
    ReasonRequest = "reason_request", "要求说明不立案理由通知书", "说不立";
    /// 不立案理由说明书.
    ReasonExplanation = "reason_explanation", "不立案理由说明书", "不立说";
    /// 立案监督结果告知书.
    SupervisionResult = "supervision_result", "立案监督结果告知书", "监告";
    /// 告知书.
    SenderNotification = "sender_notification", "案件办理情况告知书", "告";
    /// 催办函.
    InvestigationUrging = "investigation_urging", "立案监督案件催办函", "催";
    /// 撤销案件决定书.
    WithdrawalDecision = "withdrawal_decision", "撤销案件决定书", "撤";
    /// 终止侦查决定书.
    InvestigationEnding = "investigation_ending", "终止侦查决定书", "终侦";
    /// 移送案件通知书 to another police organ.
    PoliceTransferNotice = "police_transfer_notice", "移送案件通知书", "移侦";
    /// 反向移送函.
    ReverseLetter = "reverse_letter", "反向移送函", "反移";
    /// 不起诉决定书.
    NonProsecutionDecision = "non_prosecution_decision", "不起诉决定书", "不诉";
    /// 中止审查决定书.
    ReviewSuspension = "review_suspension", "中止审查决定书", "中审";
    /// 终结审查决定书.
    ReviewEnding = "review_ending", "终结审查决定书", "终审";
    /// 反向移送回执.
    ReverseReceipt = "reverse_receipt", "反向移送回执", "反回";
    /// 行政处理决定书.
    AdministrativeDecision = "administrative_decision", "行政处理决定书", "处";
    /// 处理结果反馈函.
    ResultReply = "result_reply", "处理结果反馈函", "反馈";
    /// 判决书.
    Judgment = "judgment", "刑事判决书", "刑";
    /// 线索移送函.
    ClueLetter = "clue_letter", "问题线索移送函", "线移";
);

/// A paper that a step produced. Its number is allotted with its event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedDocument {
    /// Its kind.
    pub kind: DocumentKind,
    /// Who issued it.
    pub issuer: DepartmentId,
    /// The name of the issuer, as it stands in the number.
    pub issuer_name: String,
    /// To whom.
    pub addressee: DepartmentId,
    /// Its date.
    pub date: NaiveDate,
    /// SHA-256 of what it says (the `data` of its event), in lower-case hexadecimal.
    pub sha256: String,
}

/// The series in which a paper is numbered: the papers of one kind of one organ in one year. Those of sealed handoffs
/// have series of their own, so that no gap in the ordinary numbers shows them.
pub fn document_series(issuer: &DepartmentId, kind: DocumentKind, year: i32, sealed: bool) -> String {
    let family = if sealed { "sealed-document" } else { "document" };
    format!("{family}/{issuer}/{kind}/{year}")
}

/// The number of a paper in its official form: name of the organ and word of the series, year in 〔〕, running number
/// without leading zeros (GB/T 9704-2012).
pub fn document_number(issuer_name: &str, kind: DocumentKind, year: i32, number: i64) -> String {
    format!("{issuer_name}{}〔{year}〕{number}号", kind.word())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_names_the_organ_the_series_the_year_and_a_running_number() {
        let number = document_number("市卫健委", DocumentKind::TransferLetter, 2026, 3);
        assert_eq!(number, "市卫健委涉罪移〔2026〕3号");
    }

    #[test]
    fn every_kind_has_a_series_of_its_own() {
        let words: std::collections::BTreeSet<_> = DocumentKind::ALL.iter().map(|kind| kind.word()).collect();
        assert_eq!(words.len(), DocumentKind::ALL.len());
    }
}
