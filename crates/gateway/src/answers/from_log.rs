//! A transfer folded from the log, as its writer sees it.

use super::clock::{self, ClockFacts};
use super::feedback::{FeedbackAnswer, FeedbackKind, FeedbackState};
use super::subject;
use super::transfer::TransferAnswer;
use crate::app::App;
use crate::civil_time::civil_text;
use crate::policy;
use crate::problem::Problem;
use crate::visibility::is_party;
use accounts::Caller;
use chrono::{DateTime, Utc};
use contract::clock::{ClockCode, ClockState, MissedCause};
use contract::event::{Body, CloseReason, TransferEvent};
use contract::problem::ProblemCode;
use domain::Transfer;
use domain::transfer::clocks::{Clock, Phase};
use domain::transfer::{FeedbackState as Became, Given, State};

/// When and why a clock was recorded as missed.
struct Missed {
    code: ClockCode,
    run: u32,
    at: DateTime<Utc>,
    cause: MissedCause,
}

/// The answer of a write.
pub(crate) async fn from_log(
    app: &App,
    caller: &Caller,
    transfer: &Transfer,
) -> Result<TransferAnswer, Problem> {
    let now = app.now();
    let registry = app.registry();
    let name_of = |id| registry.department(id).map(|department| department.name.clone());
    let standing = transfer.standing(now);
    let for_party = is_party(&standing, &caller.department);
    let missed = missed(app, transfer).await?;
    let clocks: Vec<_> = transfer.clocks.iter().map(|clock| facts(clock, transfer, &missed)).collect();
    let overdue = clocks.iter().any(|clock| clock::is_overdue(clock.state, clock.due_at, now));
    let sent = &transfer.sent;
    let (from, to) = (&transfer.reference.from, &transfer.reference.to);
    Ok(TransferAnswer {
        id: transfer.reference.id,
        number: contract::number::format(sent.number_year, transfer.number.unwrap_or_default()),
        kind: transfer.reference.kind,
        state: transfer.state.name(),
        handling: transfer.state.handling(),
        holder: transfer.holder().cloned(),
        holder_name: transfer.holder().and_then(name_of),
        from: from.clone(),
        from_name: name_of(from).unwrap_or_default(),
        to: to.clone(),
        to_name: name_of(to).unwrap_or_default(),
        office: sent.office.clone(),
        title: sent.title.clone(),
        summary: sent.summary.clone(),
        urgency: sent.urgency,
        source: sent.source,
        discovered_at: sent.discovered_at.map(civil_text),
        subjects: subject::open(app, &sent.subjects, for_party).await?,
        subject_matter: sent.subject_matter.clone(),
        routing: sent.routing,
        origin: sent.origin.clone(),
        deadline: sent.deadline,
        matter: transfer.reference.matter,
        clocks: clock::show(clocks, app.desk.rules().pack(&sent.rule_pack).ok(), now),
        feedback: transfer.feedback.iter().map(|given| feedback(given, transfer)).collect(),
        rule_pack: sent.rule_pack.clone(),
        version: transfer.version,
        position: transfer.position,
        sent_at: civil_text(transfer.sent_at),
        updated_at: civil_text(transfer.updated_at),
        stale: false,
        overdue,
        allowed_actions: policy::allowed_actions(&standing, caller),
    })
}

/// When and why clocks were recorded as missed. The folded transfer knows only that they were, so the log is asked
/// where there is one.
async fn missed(app: &App, transfer: &Transfer) -> Result<Vec<Missed>, Problem> {
    if transfer.clocks.iter().all(|clock| !clock.missed) {
        return Ok(Vec::new());
    }
    let mut missed = Vec::new();
    let events = app.desk.log().read_stream(transfer.reference.id.0).await?;
    for event in events.iter().filter(|event| event.event_type == "time-limit.missed") {
        let body = Body::decode(event.schema_version, &event.body)
            .map_err(|error| Problem::new(ProblemCode::ServiceInternal).caused_by(error))?;
        if let TransferEvent::TimeLimitMissed(data) = body.event {
            let (code, run, cause) = (data.code, data.run, data.cause);
            missed.push(Missed { code, run, at: event.occurred_at, cause });
        }
    }
    Ok(missed)
}

fn facts(clock: &Clock, transfer: &Transfer, missed: &[Missed]) -> ClockFacts {
    let recorded = missed.iter().find(|missed| missed.code == clock.code && missed.run == clock.run);
    let recorded = recorded.filter(|_| clock.missed);
    let (state, stopped_at) = match clock.phase {
        Phase::Running if clock.missed => (ClockState::Missed, None),
        Phase::Running => (ClockState::Running, None),
        Phase::Paused(_) => (ClockState::Paused, None),
        Phase::Stopped(at) => {
            let is_late = clock.missed || clock.due_at.is_some_and(|due_at| at >= due_at);
            (if is_late { ClockState::MetLate } else { ClockState::Met }, Some(at))
        }
        // A duty falls away only when the transfer ends.
        Phase::Cancelled => (ClockState::Cancelled, Some(transfer.updated_at)),
    };
    ClockFacts {
        code: clock.code,
        run: clock.run,
        owner: clock.owner.clone(),
        started_at: clock.started_at,
        due_at: clock.due_at,
        provisional: clock.provisional,
        state,
        missed_at: recorded.map(|missed| missed.at),
        stopped_at,
        cause: recorded.map(|missed| missed.cause),
    }
}

fn feedback(given: &Given, transfer: &Transfer) -> FeedbackAnswer {
    let number = given.feedback.feedback;
    let waits = matches!(transfer.state, State::Contested { feedback, .. } if feedback == number);
    let state = match given.state {
        Became::Given => FeedbackState::Given,
        Became::Confirmed if transfer.state == State::Closed(CloseReason::Ruled) => FeedbackState::Ruled,
        Became::Confirmed => FeedbackState::Confirmed,
        Became::Contested if waits => FeedbackState::Contested,
        Became::Contested => FeedbackState::Ruled,
    };
    FeedbackAnswer {
        number,
        kind: if given.is_final { FeedbackKind::Final } else { FeedbackKind::Interim },
        text: given.feedback.text.clone(),
        outcome: given.feedback.outcome,
        given_at: civil_text(given.given_at),
        state,
    }
}
