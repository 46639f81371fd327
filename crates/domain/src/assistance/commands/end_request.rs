//! A request for assistance ends without an answer: that is written on the case, which waits for it no longer.

use crate::command::Act;
use crate::course::{Course, Decision};
use crate::refusal::Refusal;
use crate::time_limit::commands::end_suspension::ended_at;
use contract::clock::PauseReason;
use contract::event::{AssistanceEnded, Resumed, TransferEvent};
use contract::ids::TransferId;

/// Writes the end of a request on its case, together with what ended it; anything else ends by itself.
pub(crate) fn end_request(act: &Act<'_>, ended: Decision) -> Result<Decision, Refusal> {
    let request = act.transfer.reference.id;
    let Some(case) = act.upstream.filter(|case| !case.state.name().is_ended()) else {
        return Ok(ended);
    };
    let department = act.transfer.reference.to.clone();
    let event = TransferEvent::AssistanceEnded(AssistanceEnded { department, request });
    let course = runs_on(Course::of(case, act.now, act.rules)?.happen(event), act);
    Ok(course.decided().then(ended))
}

/// Lets a case run on that waited for assistance, once none of its requests is open.
pub(crate) fn runs_on<'a>(course: Course<'a>, act: &Act<'_>) -> Course<'a> {
    let case = course.transfer();
    let waits = case.facts.suspension.filter(|suspension| suspension.reason == PauseReason::Assistance);
    let Some(suspension) = waits.filter(|_| case.requests.is_empty()) else { return course };
    let TransferId(id) = act.transfer.reference.id;
    let number =
        act.transfer.number.map(|number| contract::number::format(act.transfer.sent.number_year, number));
    let evidence = number.unwrap_or_else(|| id.to_string());
    let resumed = Resumed { ended_at: ended_at(&suspension, act.now), evidence: Some(evidence) };
    course.happen(TransferEvent::Resumed(resumed))
}
