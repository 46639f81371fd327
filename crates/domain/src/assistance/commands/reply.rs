//! A request for assistance is answered: it closes, and the answer is written on the case that it assists, which goes
//! on where it waited for it.

use super::runs_on;
use crate::command::Act;
use crate::course::{Course, Decision};
use crate::refusal::Refusal;
use contract::event::{AssistanceReplied, CloseReason, Closed, FeedbackGiven, OutcomeCode, TransferEvent};

/// Answers the request with its final feedback.
pub(crate) fn reply(act: &Act<'_>, given: FeedbackGiven, outcome: OutcomeCode) -> Result<Decision, Refusal> {
    let replied = AssistanceReplied {
        department: act.transfer.reference.to.clone(),
        request: act.transfer.reference.id,
        text: given.text.clone(),
        outcome,
    };
    let answered = act
        .course()?
        .happen(TransferEvent::FinalFeedbackGiven(given))
        .happen(TransferEvent::Closed(Closed { reason: CloseReason::Replied }))
        .decided();
    let Some(case) = act.upstream.filter(|case| !case.state.name().is_ended()) else {
        return Ok(answered);
    };
    let course = Course::of(case, act.now, act.rules)?.happen(TransferEvent::AssistanceReplied(replied));
    let course = runs_on(course, act);
    Ok(course.decided().then(answered))
}
