//! Why an act is refused. A refusal is an answer, not an error.

use contract::action::Action;
use contract::ids::{DepartmentId, TransferId};
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
            Self::UnknownRulePack(_) => ProblemCode::ServiceInternal,
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
            Self::FeedbackUnknown { feedback } => vec![("feedback", feedback.to_string())],
            Self::NoCommonSuperior { from, to } => vec![("from", from.to_string()), ("to", to.to_string())],
            Self::ReferralOnwardForbidden { transfer } | Self::ClueOnwardForbidden { transfer } => {
                vec![("transfer", transfer.to_string())]
            }
            Self::ObjectionAlreadyRaised
            | Self::ObjectionNotAllowed
            | Self::ContestAlreadyRaised
            | Self::ConfirmationTooEarly
            | Self::ClockNotMissed
            | Self::UnknownRulePack(_) => Arguments::new(),
        }
    }
}
