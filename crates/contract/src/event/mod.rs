//! What happened to a transfer. A body is stored, hashed and published byte for byte the same, for ever: shapes
//! only grow.

mod body;
mod data;
mod transfer_event;

pub use body::{After, Body, BodyError, EventType, LinkReason, TransferRef};
pub use data::{
    CaseDecided, CaseFiled, CaseNotFiled, CloseReason, Closed, ContestRuled, DisputeAgreed, DisputePosition,
    DisputeSubmitted, Disputed, FeedbackContested, FeedbackGiven, FeedbackReference, JurisdictionDesignated,
    Link, NoticeConverted, Objected, ObjectionAgreed, Organisation, OutcomeCode, Person, ReasonGiven, Ruling,
    Subject, SupplementRequested, SupplementSupplied, TimeLimitMissed, TransferResent, TransferSent,
};
pub use transfer_event::TransferEvent;
