//! The states of a transfer and how far the handling of an accepted one has come.

use crate::kind::named_enum;

named_enum!(
    /// State of a transfer; in each open one exactly one department, the holder 承办方, owes the next step.
    TransferState {
        /// 已送达: in the log; the receiver owes its signature.
        Delivered = "delivered",
        /// 已签收: the receiver owes acceptance, an objection or a request for a supplement.
        Signed = "signed",
        /// 补正中: the sender owes a supplement; the receiver's clocks pause.
        Supplementing = "supplementing",
        /// 有异议: the sender owes an answer to the objection.
        Objected = "objected",
        /// 争议协商中: the sender owes an agreement or the submission to the common superior.
        DisputedNegotiating = "disputed_negotiating",
        /// 争议已报请: the common superior owes a designation.
        DisputedSubmitted = "disputed_submitted",
        /// 已退回: the sender owes a new transfer or a reason to keep it.
        Returned = "returned",
        /// 已受理: the receiver owes filing, decision and feedback.
        Accepted = "accepted",
        /// 已反馈: the sender owes confirmation or a contest.
        Answered = "answered",
        /// 对结果有异议: the coordination office owes a ruling.
        Contested = "contested",
        /// 已转送: a linked transfer took its place.
        Rerouted = "rerouted",
        /// 已办结.
        Closed = "closed",
        /// 已撤回.
        Withdrawn = "withdrawn",
    }
);

impl TransferState {
    /// Nobody owes anything any more.
    pub const fn is_ended(self) -> bool {
        match self {
            Self::Rerouted | Self::Closed | Self::Withdrawn => true,
            Self::Delivered
            | Self::Signed
            | Self::Supplementing
            | Self::Objected
            | Self::DisputedNegotiating
            | Self::DisputedSubmitted
            | Self::Returned
            | Self::Accepted
            | Self::Answered
            | Self::Contested => false,
        }
    }
}

named_enum!(
    /// How far the receiver has come with an accepted transfer.
    Handling {
        /// Accepted, not yet decided whether a case is filed.
        Pending = "pending",
        /// 已立案.
        Filed = "filed",
        /// 不予立案.
        NotFiled = "not_filed",
        /// 已作出处理决定.
        Decided = "decided",
    }
);
