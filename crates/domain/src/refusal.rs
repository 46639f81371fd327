//! Why an act is refused. A refusal is an answer, not an error.

use crate::civil;
use chrono::{DateTime, NaiveDate, Utc};
use contract::action::Action;
use contract::clock::{ClockCode, PauseReason};
use contract::ids::{DepartmentId, TransferId};
use contract::kind::TransferKind;
use contract::problem::ProblemCode;
use contract::state::TransferState;
use contract::text::{Arguments, Locale, sentence};

/// Why an act is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields carry the names of what they hold")]
pub enum Refusal {
    /// The act does not exist for this kind.
    WrongKind { action: Action },
    /// The act belongs to another party.
    WrongParty { action: Action, party: DepartmentId },
    /// The transfer has ended.
    Ended { action: Action, state: TransferState },
    /// The act was done before.
    AlreadyDone { action: Action },
    /// It has so many events that what may be repeated at will is refused.
    TooManyEvents { most: i64 },
    /// Another act is due.
    OutOfTurn { action: Action, state: TransferState, holder: Option<DepartmentId> },
    /// The receiver objected before.
    ObjectionAlreadyRaised,
    /// The receiver was designated.
    ObjectionNotAllowed,
    /// The sender contested before.
    ContestAlreadyRaised,
    /// No such feedback waits for an answer.
    FeedbackUnknown { feedback: u32 },
    /// T18 has not run out.
    ConfirmationTooEarly,
    /// No government stands above both.
    NoCommonSuperior { from: DepartmentId, to: DepartmentId },
    /// A case referral may not be sent onward.
    ReferralOnwardForbidden { transfer: TransferId },
    /// The pack does not let clues be sent onward.
    ClueOnwardForbidden { transfer: TransferId },
    /// The clock does not run, has not run out, or was recorded as missed.
    ClockNotMissed,
    /// No clock that runs may stand still for that reason.
    NothingToSuspend { reason: PauseReason },
    /// The last day of the suspension is over already.
    SuspensionOver { until: NaiveDate },
    /// A suspension lasts no longer than the pack allows.
    SuspensionTooLong { last: NaiveDate },
    /// No clock stands still, or its last day is not over.
    NotSuspended,
    /// The suspension must end first.
    ResumeFirst,
    /// The caller owes no duty under that clock now.
    ClockNotRunning { code: ClockCode },
    /// The pack does not let the clock be extended.
    NotExtendable { code: ClockCode },
    /// The clock has run out: it is too late to ask, and to grant.
    ExtensionAfterExpiry { code: ClockCode, due_at: DateTime<Utc> },
    /// The clock was extended as often as the pack allows.
    ExtensionsUsedUp { code: ClockCode, times: u32 },
    /// A day is needed, or not wanted, or not after the one on which it is due now.
    ExtensionDay { code: ClockCode },
    /// The transfer standard is not in the library of the rule pack.
    StandardUnknown,
    /// The caller was not late with that clock, or has said why.
    NotLate { code: ClockCode },
    /// Nothing has failed that could be acknowledged.
    NothingFailed,
    /// Nobody was late, or everybody has said why.
    NothingLate,
    /// The office may not go beyond supervision yet.
    EscalationTooEarly { first_day: NaiveDate },
    /// The acknowledgement would be over already.
    AcknowledgementOver,
    /// A known failure is not quiet for longer.
    AcknowledgementTooLong { latest: DateTime<Utc> },
    /// The superior designated the sender.
    DesignationBinding,
    /// The department cannot take that part.
    LeadNotPossible { department: DepartmentId },
    /// Participants have not contributed.
    PartsOutstanding { departments: Vec<DepartmentId> },
    /// Only who has accepted a case may ask for assistance with it.
    AssistanceNeedsCase,
    /// Only what is closed can be inspected again.
    ReinspectionTooEarly,
    /// No receiver is named.
    NobodyNamed,
    /// The pack asks for a legal review first.
    LegalReviewRequired { kind: TransferKind },
    /// Materials of the checklist are neither there nor explained.
    MaterialsMissing { names: Vec<String> },
    /// The day does not lie between now and the end of the outer clock.
    OutsideOuterClock { outer: Option<NaiveDate> },
    /// The automatic step is not due, or was taken.
    StepNotDue,
    /// The calendar moves nothing.
    NothingToRecalculate,
    /// The transfer keeps a pack that this program does not have.
    UnknownRulePack(String),
}

impl Refusal {
    /// The problem code of the refusal.
    pub const fn code(&self) -> ProblemCode {
        match self {
            Self::WrongKind { .. } => ProblemCode::TransferWrongKind,
            Self::WrongParty { .. } => ProblemCode::TransferWrongParty,
            Self::Ended { .. } => ProblemCode::TransferEnded,
            Self::AlreadyDone { .. } => ProblemCode::TransferAlreadyDone,
            Self::TooManyEvents { .. } => ProblemCode::TransferTooLarge,
            Self::OutOfTurn { .. } => ProblemCode::TransferOutOfTurn,
            Self::ObjectionAlreadyRaised => ProblemCode::ObjectionAlreadyRaised,
            Self::ObjectionNotAllowed => ProblemCode::ObjectionNotAllowed,
            Self::ContestAlreadyRaised => ProblemCode::ContestAlreadyRaised,
            Self::FeedbackUnknown { .. } => ProblemCode::FeedbackUnknown,
            Self::ConfirmationTooEarly => ProblemCode::ConfirmationTooEarly,
            Self::NoCommonSuperior { .. } => ProblemCode::DisputeNoCommonSuperior,
            Self::ReferralOnwardForbidden { .. } => ProblemCode::ReferralOnwardForbidden,
            Self::ClueOnwardForbidden { .. } => ProblemCode::ClueOnwardForbidden,
            Self::ClockNotMissed => ProblemCode::TransferOutOfTurn,
            Self::NothingToSuspend { .. } => ProblemCode::SuspensionNothingToSuspend,
            Self::SuspensionOver { .. } => ProblemCode::SuspensionOver,
            Self::SuspensionTooLong { .. } => ProblemCode::SuspensionTooLong,
            Self::AcknowledgementTooLong { .. } => ProblemCode::AcknowledgementTooLong,
            Self::NotSuspended => ProblemCode::SuspensionNone,
            Self::ResumeFirst => ProblemCode::SuspensionResumeFirst,
            Self::ClockNotRunning { .. } => ProblemCode::ClockNotRunning,
            Self::StandardUnknown => ProblemCode::StandardUnknown,
            Self::NotExtendable { .. } => ProblemCode::ExtensionNotAllowed,
            Self::ExtensionAfterExpiry { .. } => ProblemCode::ExtensionAfterExpiry,
            Self::ExtensionsUsedUp { .. } => ProblemCode::ExtensionUsedUp,
            Self::ExtensionDay { .. } => ProblemCode::ExtensionDay,
            Self::NothingFailed => ProblemCode::AcknowledgementNothingFailed,
            Self::NotLate { .. } | Self::NothingLate => ProblemCode::LatenessNone,
            Self::EscalationTooEarly { .. } => ProblemCode::EscalationTooEarly,
            Self::AcknowledgementOver => ProblemCode::AcknowledgementOver,
            Self::DesignationBinding => ProblemCode::DesignationBinding,
            Self::LeadNotPossible { .. } => ProblemCode::LeadNotPossible,
            Self::PartsOutstanding { .. } => ProblemCode::PartsOutstanding,
            Self::AssistanceNeedsCase => ProblemCode::AssistanceNeedsCase,
            Self::ReinspectionTooEarly => ProblemCode::ReinspectionTooEarly,
            Self::NobodyNamed => ProblemCode::FieldRequired,
            Self::LegalReviewRequired { .. } => ProblemCode::LegalReviewRequired,
            Self::MaterialsMissing { .. } => ProblemCode::MaterialsMissing,
            Self::OutsideOuterClock { .. } => ProblemCode::AssignmentOutsideClock,
            Self::StepNotDue | Self::NothingToRecalculate => ProblemCode::TransferOutOfTurn,
            // Published by another process a moment ago; this one will know it soon.
            Self::UnknownRulePack(_) => ProblemCode::ServiceUnavailable,
        }
    }

    /// What its sentence names, in a language.
    pub fn arguments(&self, locale: Locale) -> Arguments {
        let act =
            |action: &Action| ("action", sentence(locale, &format!("action-{action}"), &Arguments::new()));
        let state_of =
            |state: &TransferState| ("state", sentence(locale, &format!("state-{state}"), &Arguments::new()));
        match self {
            Self::WrongKind { action } | Self::AlreadyDone { action } => vec![act(action)],
            Self::WrongParty { action, party } => vec![act(action), ("party", party.to_string())],
            Self::Ended { action, state } => vec![act(action), state_of(state)],
            Self::OutOfTurn { action, state, holder } => {
                let holder = holder.as_ref().map_or_else(|| "—".to_owned(), ToString::to_string);
                vec![act(action), state_of(state), ("holder", holder)]
            }
            Self::TooManyEvents { most } => vec![("most", most.to_string())],
            Self::FeedbackUnknown { feedback } => vec![("feedback", feedback.to_string())],
            Self::NoCommonSuperior { from, to } => vec![("from", from.to_string()), ("to", to.to_string())],
            Self::ReferralOnwardForbidden { transfer } | Self::ClueOnwardForbidden { transfer } => {
                vec![("transfer", transfer.to_string())]
            }
            Self::NothingToSuspend { reason } => {
                vec![("reason", sentence(locale, &format!("pause-{reason}"), &Arguments::new()))]
            }
            Self::SuspensionTooLong { last } => vec![("last", last.to_string())],
            Self::AcknowledgementTooLong { latest } => {
                vec![("latest", civil::day_of(*latest).to_string())]
            }
            Self::SuspensionOver { until } => vec![("until", until.to_string())],
            Self::ClockNotRunning { code }
            | Self::NotExtendable { code }
            | Self::ExtensionDay { code }
            | Self::NotLate { code } => vec![("code", code.to_string())],
            Self::ExtensionAfterExpiry { code, due_at } => {
                vec![("code", code.to_string()), ("due_on", civil::last_day_before(*due_at).to_string())]
            }
            Self::ExtensionsUsedUp { code, times } => {
                vec![("code", code.to_string()), ("times", times.to_string())]
            }
            Self::EscalationTooEarly { first_day } => vec![("first_day", first_day.to_string())],
            Self::LeadNotPossible { department } => vec![("department", department.to_string())],
            Self::PartsOutstanding { departments } => vec![("departments", list(departments))],
            Self::LegalReviewRequired { kind } => vec![("kind", kind.to_string())],
            Self::MaterialsMissing { names } => vec![("names", names.join("、"))],
            Self::OutsideOuterClock { outer } => {
                vec![("outer", outer.map_or_else(|| "—".to_owned(), |outer| outer.to_string()))]
            }
            Self::NothingLate => vec![("code", "—".to_owned())],
            Self::NotSuspended
            | Self::StandardUnknown
            | Self::ResumeFirst
            | Self::AcknowledgementOver
            | Self::NothingFailed
            | Self::DesignationBinding
            | Self::AssistanceNeedsCase
            | Self::ReinspectionTooEarly
            | Self::NobodyNamed
            | Self::StepNotDue
            | Self::NothingToRecalculate
            | Self::ObjectionAlreadyRaised
            | Self::ObjectionNotAllowed
            | Self::ContestAlreadyRaised
            | Self::ConfirmationTooEarly
            | Self::ClockNotMissed
            | Self::UnknownRulePack(_) => Arguments::new(),
        }
    }
}

fn list(departments: &[DepartmentId]) -> String {
    departments.iter().map(DepartmentId::as_str).collect::<Vec<_>>().join(", ")
}
