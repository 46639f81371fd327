//! What happened to a transfer. A body is stored, hashed and published byte for byte the same, for ever: shapes
//! only grow.

mod body;
mod data;
mod facts;
mod ladder;
mod terms;
mod time;
mod together;
mod transfer_event;

pub use body::{After, Body, BodyError, EventType, LinkReason, TransferRef};
pub use data::{
    CaseDecided, CaseFiled, CaseNotFiled, CloseReason, Closed, ContestRuled, DisputeAgreed, DisputePosition,
    DisputeSubmitted, Disputed, FeedbackContested, FeedbackGiven, FeedbackReference, JurisdictionDesignated,
    Link, NoticeConverted, Objected, ObjectionAgreed, ObjectionGround, Organisation, OutcomeCode, Person,
    ReasonGiven, Ruling, Subject, SupplementRequested, SupplementSupplied, TimeLimitMissed, TransferResent,
    TransferSent,
};
pub use facts::{Facts, OpenSupervision, OpenUrging, PendingExtension, Suspension};
pub use ladder::{
    Escalated, FailureAcknowledged, LatenessExplained, MeetingDecided, MeetingDecision, Supervised,
    UrgeReplied, Urged,
};
pub use terms::{DueDate, DueItem, LegalReview, Material, ReferralAbove, Reporter, TaskPurpose, Terms};
pub use time::{
    ClocksRecalculated, ExtendedBy, ExtensionGranted, ExtensionRefused, ExtensionRequested, Resumed,
    Suspended, TimeLimitWarned,
};
pub use together::{
    AssignedInternally, AssistanceEnded, AssistanceReplied, AssistanceRequested, CriminalSide,
    JointHandlingOpened, Part, Participant, PlanFiled, ProgressReported, RoutingConfirmed,
};
pub use transfer_event::TransferEvent;
