//! One file per act.

mod confirm_feedback;
mod contest_feedback;
mod give_feedback;
mod rule_contest;

pub use confirm_feedback::ConfirmFeedback;
pub use contest_feedback::ContestFeedback;
pub use give_feedback::GiveFeedback;
pub use rule_contest::RuleContest;

use crate::refusal::Refusal;
use crate::transfer::state::{State, Transfer};

/// Checks that the feedback is the final one that waits.
fn is_waiting(transfer: &Transfer, feedback: u32) -> Result<(), Refusal> {
    let waits = match &transfer.state {
        State::Answered { feedback: waiting, .. } => *waiting == feedback,
        State::Delivered
        | State::Signed
        | State::Supplementing { .. }
        | State::Objected { .. }
        | State::Negotiating { .. }
        | State::Submitted { .. }
        | State::Returned
        | State::Accepted(_)
        | State::Contested { .. }
        | State::Rerouted
        | State::Closed(_)
        | State::Withdrawn => false,
    };
    if waits { Ok(()) } else { Err(Refusal::FeedbackUnknown { feedback }) }
}
