//! What starts and stops clocks.

use serde::Deserialize;

/// What starts and stops clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "each signal is the event of its name")]
pub enum Signal {
    #[serde(rename = "clue.discovered")]
    ClueDiscovered,
    #[serde(rename = "transfer.sent")]
    TransferSent,
    #[serde(rename = "transfer.delivered")]
    TransferDelivered,
    #[serde(rename = "notice.delivered")]
    NoticeDelivered,
    #[serde(rename = "task.delivered")]
    TaskDelivered,
    #[serde(rename = "assist.requested")]
    AssistRequested,
    #[serde(rename = "assist.replied")]
    AssistReplied,
    #[serde(rename = "transfer.signed")]
    TransferSigned,
    #[serde(rename = "notice.read")]
    NoticeRead,
    #[serde(rename = "transfer.accepted")]
    TransferAccepted,
    #[serde(rename = "supplement.requested")]
    SupplementRequested,
    #[serde(rename = "supplement.supplied")]
    SupplementSupplied,
    #[serde(rename = "transfer.objected")]
    TransferObjected,
    #[serde(rename = "objection.agreed")]
    ObjectionAgreed,
    #[serde(rename = "transfer.returned")]
    TransferReturned,
    #[serde(rename = "dispute.opened")]
    DisputeOpened,
    #[serde(rename = "dispute.agreed")]
    DisputeAgreed,
    #[serde(rename = "dispute.submitted")]
    DisputeSubmitted,
    #[serde(rename = "jurisdiction.designated")]
    JurisdictionDesignated,
    #[serde(rename = "case.filed")]
    CaseFiled,
    #[serde(rename = "case.not-filed")]
    CaseNotFiled,
    #[serde(rename = "case.decided")]
    CaseDecided,
    #[serde(rename = "crime.found")]
    CrimeFound,
    #[serde(rename = "feedback.interim")]
    FeedbackInterim,
    #[serde(rename = "feedback.final")]
    FeedbackFinal,
    #[serde(rename = "feedback.confirmed")]
    FeedbackConfirmed,
    #[serde(rename = "feedback.contested")]
    FeedbackContested,
    #[serde(rename = "contest.ruled")]
    ContestRuled,
    #[serde(rename = "contest.reopened")]
    ContestReopened,
    #[serde(rename = "transfer.resent")]
    TransferResent,
    #[serde(rename = "transfer.kept")]
    TransferKept,
    #[serde(rename = "extension.requested")]
    ExtensionRequested,
    #[serde(rename = "extension.granted")]
    ExtensionGranted,
    #[serde(rename = "extension.refused")]
    ExtensionRefused,
    #[serde(rename = "transfer.urged")]
    TransferUrged,
    #[serde(rename = "transfer.supervised")]
    TransferSupervised,
    #[serde(rename = "urge.replied")]
    UrgeReplied,
    #[serde(rename = "progress.reported")]
    ProgressReported,
    #[serde(rename = "item.completed")]
    ItemCompleted,
    #[serde(rename = "item.struck-off")]
    ItemStruckOff,
    #[serde(rename = "task.reopened")]
    TaskReopened,
}
