//! Which fields each act on a handoff takes: read by the gateway, described in the API, checked by the rules.

use super::HandoffAct;
use crate::kind::named_enum;

named_enum!(
    /// A field of what an act says.
    Field {
        /// The lanes that it is about; all that it can be about where it is absent.
        Lanes = "lanes",
        /// Why.
        Reason = "reason",
        /// What is reported, found, answered or demanded.
        Content = "content",
        /// The officers of the task force.
        Officers = "officers",
        /// Who approved it.
        Approval = "approval",
        /// The materials of the dispatch.
        Materials = "materials",
        /// Goods, item by item.
        Goods = "goods",
        /// The organ that it names.
        Department = "department",
        /// A list, item by item.
        Items = "items",
        /// The milestone.
        Milestone = "milestone",
        /// What the court found.
        Verdict = "verdict",
        /// A fine in fen.
        Fine = "fine_fen",
        /// What the administrative organ decided.
        Decision = "decision",
        /// The number of a notice.
        Notice = "notice",
        /// The clock to which the review is extended.
        Clock = "clock",
        /// Suspects that join.
        Suspects = "suspects",
        /// Files.
        Attachments = "attachments",
        /// Another handoff.
        Handoff = "handoff",
        /// A transfer.
        Transfer = "transfer",
        /// The number of a paper issued outside casebus.
        Reference = "reference",
        /// The conditions of filing are met.
        ConditionsMet = "conditions_met",
        /// The legal review.
        LegalReview = "legal_review",
    }
);

/// Whether an act must say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// It may.
    Optional,
}

use Field as F;
use Need::{Optional, Required};

/// The fields of an act.
#[expect(clippy::too_many_lines, reason = "it is one table, with a line for each act")]
pub const fn fields(act: HandoffAct) -> &'static [(Field, Need)] {
    match act {
        HandoffAct::Opening
        | HandoffAct::JoinedAway
        | HandoffAct::TimeLimitMiss
        | HandoffAct::Recalculation
        | HandoffAct::Lapse => &[],
        HandoffAct::Suspicion => &[(F::Content, Required), (F::Attachments, Optional)],
        HandoffAct::Consultation => {
            &[(F::Department, Required), (F::Content, Required), (F::Attachments, Optional)]
        }
        HandoffAct::ConsultationReply | HandoffAct::ConsultationEnding => {
            &[(F::Content, Required), (F::Attachments, Optional)]
        }
        HandoffAct::LegalReview => &[(F::LegalReview, Required)],
        HandoffAct::Report => &[(F::Content, Required), (F::Officers, Required), (F::Attachments, Optional)],
        HandoffAct::Approval => &[(F::Approval, Required), (F::Content, Optional)],
        HandoffAct::Refusal => &[(F::Approval, Required), (F::Reason, Required)],
        HandoffAct::TransferOpinion => &[(F::Approval, Required), (F::Content, Required)],
        HandoffAct::Dispatch => &[
            (F::Materials, Required),
            (F::Department, Optional),
            (F::Content, Optional),
            (F::Goods, Optional),
            (F::Reason, Optional),
        ],
        HandoffAct::Receipt => &[(F::Content, Optional)],
        HandoffAct::ReceiptRefusal => &[(F::Reason, Required)],
        HandoffAct::CompetenceFinding => &[(F::Reason, Required)],
        HandoffAct::Redirection | HandoffAct::PoliceTransfer | HandoffAct::Return => {
            &[(F::Department, Required), (F::Reason, Required)]
        }
        HandoffAct::SupplementRequest => &[(F::Items, Required), (F::Content, Optional)],
        HandoffAct::Supplement => &[(F::Content, Required), (F::Attachments, Optional)],
        HandoffAct::SupplementExplanation => &[(F::Reason, Required)],
        HandoffAct::ReviewExtension => {
            &[(F::Clock, Required), (F::Reason, Required), (F::Approval, Required)]
        }
        HandoffAct::Filing => &[(F::Lanes, Optional), (F::Approval, Required), (F::Reason, Optional)],
        HandoffAct::NonFiling => &[(F::Lanes, Optional), (F::Approval, Required), (F::Reason, Required)],
        HandoffAct::Notification => &[(F::Lanes, Optional), (F::Content, Optional)],
        HandoffAct::NoticeReceipt => &[(F::Notice, Required)],
        HandoffAct::OverdueComplaint => &[(F::Content, Required)],
        HandoffAct::OverdueExplanationRequest => &[(F::Content, Optional)],
        HandoffAct::OverdueExplanation => &[(F::Content, Required)],
        HandoffAct::OverdueDismissal => &[(F::Reason, Required)],
        HandoffAct::FilingOrder => &[
            (F::Lanes, Optional),
            (F::Approval, Required),
            (F::Reason, Required),
            (F::ConditionsMet, Optional),
        ],
        HandoffAct::CorrectionOpinion => {
            &[(F::Lanes, Optional), (F::Content, Required), (F::Department, Optional)]
        }
        HandoffAct::GoodsHandover => &[(F::Goods, Required), (F::Content, Optional)],
        HandoffAct::GoodsReceipt => &[(F::Goods, Required)],
        HandoffAct::ReconsiderationRequest => &[(F::Lanes, Optional), (F::Reason, Required)],
        HandoffAct::ReconsiderationFiling => {
            &[(F::Lanes, Optional), (F::Approval, Required), (F::Reason, Optional)]
        }
        HandoffAct::ReconsiderationRefusal => {
            &[(F::Lanes, Optional), (F::Approval, Required), (F::Reason, Required)]
        }
        HandoffAct::SupervisionSuggestion | HandoffAct::SupervisionOpening => {
            &[(F::Lanes, Optional), (F::Reason, Required)]
        }
        HandoffAct::ResultAcceptance => &[(F::Lanes, Optional), (F::Content, Optional)],
        HandoffAct::ReasonRequest => &[(F::Lanes, Optional), (F::Content, Optional)],
        HandoffAct::ReasonExplanation => {
            &[(F::Lanes, Optional), (F::Content, Required), (F::Attachments, Optional)]
        }
        HandoffAct::ReasonUpholding => &[(F::Lanes, Optional), (F::Reason, Required)],
        HandoffAct::SenderNotification => &[(F::Lanes, Optional), (F::Content, Required)],
        HandoffAct::Milestone => &[
            (F::Lanes, Optional),
            (F::Milestone, Required),
            (F::Reference, Optional),
            (F::Content, Optional),
        ],
        HandoffAct::InvestigationUrging => &[(F::Lanes, Optional), (F::Content, Required)],
        HandoffAct::CaseWithdrawal | HandoffAct::InvestigationEnding => {
            &[(F::Lanes, Optional), (F::Approval, Required), (F::Reason, Required)]
        }
        HandoffAct::ReverseTransfer => {
            &[(F::Lanes, Optional), (F::Department, Required), (F::Content, Required)]
        }
        HandoffAct::NonProsecution => {
            &[(F::Lanes, Optional), (F::Reason, Required), (F::Reference, Optional)]
        }
        HandoffAct::ReviewRegistration => &[(F::Lanes, Optional)],
        HandoffAct::ReviewSuspension => &[(F::Lanes, Optional), (F::Reason, Required)],
        HandoffAct::ReviewResumption => &[(F::Lanes, Optional)],
        HandoffAct::NoPenalty => &[(F::Lanes, Optional), (F::Reason, Required)],
        HandoffAct::AdministrativeOpinion => &[
            (F::Lanes, Optional),
            (F::Department, Required),
            (F::Content, Required),
            (F::Approval, Required),
        ],
        HandoffAct::ReverseAcceptance => &[(F::Lanes, Optional)],
        HandoffAct::ReverseObjection | HandoffAct::ReverseDesignation => {
            &[(F::Lanes, Optional), (F::Reason, Required), (F::Department, Required)]
        }
        HandoffAct::AdministrativeHandling => &[(F::Lanes, Optional)],
        HandoffAct::AdministrativeDecision => &[
            (F::Lanes, Optional),
            (F::Decision, Required),
            (F::Content, Required),
            (F::Fine, Optional),
            (F::Reference, Optional),
        ],
        HandoffAct::Resending => &[(F::Transfer, Required), (F::Content, Optional)],
        HandoffAct::ResultFeedback => {
            &[(F::Lanes, Optional), (F::Content, Required), (F::Attachments, Optional)]
        }
        HandoffAct::FeedbackConfirmation => &[(F::Lanes, Optional)],
        HandoffAct::Judgment => &[
            (F::Lanes, Optional),
            (F::Verdict, Required),
            (F::Fine, Optional),
            (F::Reference, Required),
            (F::Content, Optional),
        ],
        HandoffAct::Exemption => &[
            (F::Lanes, Optional),
            (F::Verdict, Required),
            (F::Department, Required),
            (F::Reference, Required),
            (F::Content, Required),
        ],
        HandoffAct::Reopening => &[(F::Lanes, Optional), (F::Reason, Required)],
        HandoffAct::SuspectAddition => &[(F::Suspects, Required), (F::Reason, Required)],
        HandoffAct::Joining => &[(F::Handoff, Required), (F::Reason, Required)],
        HandoffAct::Splitting => &[(F::Lanes, Required), (F::Reason, Required)],
        HandoffAct::EvidenceHolding => &[(F::Items, Required)],
        HandoffAct::EvidenceDisposal => &[(F::Content, Required)],
        HandoffAct::PenaltyRevocation => &[(F::Reason, Required)],
        HandoffAct::PublicationWithdrawal => &[(F::Content, Required)],
        HandoffAct::ClueReceipt => &[],
        HandoffAct::ClueResult => &[(F::Content, Required), (F::Attachments, Optional)],
    }
}
