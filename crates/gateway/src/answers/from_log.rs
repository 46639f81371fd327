//! A transfer folded from the log, as its writer sees it.

use super::clock::{self, ClockFacts};
use super::facts::{AssignmentAnswer, FactsAnswer};
use super::feedback::{FeedbackAnswer, FeedbackKind, FeedbackState};
use super::subject;
use super::terms::TermsAnswer;
use super::transfer::TransferAnswer;
use crate::app::App;
use crate::civil_time::civil_text;
use crate::policy;
use crate::problem::Problem;
use crate::visibility::is_party;
use accounts::Caller;
use chrono::{DateTime, Utc};
use contract::clock::{ClockCode, ClockState, MissedCause};
use contract::event::{AssignedInternally, Body, TransferEvent};
use contract::problem::ProblemCode;
use domain::Transfer;
use domain::transfer::clocks::{Clock, Phase};
use domain::transfer::{FeedbackState as Became, Given};

/// What the log recorded of a clock that the folded transfer does not keep.
struct Recorded {
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
    let rules = app.desk.rules();
    let name_of = |id| registry.department(id).map(|department| department.name.clone());
    let standing = transfer.standing(now);
    let for_party = is_party(&standing, &caller.department);
    let recorded = recorded(app, transfer).await?;
    let clocks: Vec<_> = transfer.clocks.iter().map(|clock| facts(clock, &recorded)).collect();
    let own = |assigned: &&AssignedInternally| assigned.department == caller.department;
    let assignment = transfer.assignments.iter().find(own).cloned().map(AssignmentAnswer::from);
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
        clocks: clock::show(clocks, rules.pack(&sent.rule_pack).ok(), now),
        feedback: transfer.feedback.iter().map(feedback).collect(),
        rule_pack: sent.rule_pack.clone(),
        version: transfer.version,
        position: transfer.position,
        sent_at: civil_text(transfer.sent_at),
        updated_at: civil_text(transfer.updated_at),
        stale: false,
        overdue,
        terms: TermsAnswer::of(app, sent.terms.clone(), caller.department == *from).await?,
        facts: FactsAnswer::of(transfer.facts.clone(), assignment),
        allowed_actions: policy::allowed_actions(&standing, caller),
    })
}

/// When and why clocks were recorded as missed. The folded transfer knows only that they were, so the log is asked
/// where there is one.
async fn recorded(app: &App, transfer: &Transfer) -> Result<Vec<Recorded>, Problem> {
    if transfer.clocks.iter().all(|clock| !clock.missed) {
        return Ok(Vec::new());
    }
    let mut recorded = Vec::new();
    for event in app.desk.log().read_stream(transfer.reference.id.0).await? {
        let body = Body::decode(event.schema_version, &event.body)
            .map_err(|error| Problem::new(ProblemCode::ServiceInternal).caused_by(error))?;
        if let TransferEvent::TimeLimitMissed(data) = &body.event {
            let at = event.occurred_at;
            recorded.push(Recorded { code: data.code, run: data.run, at, cause: data.cause });
        }
    }
    Ok(recorded)
}

/// The state of a clock, as the read model has it too.
pub(crate) fn state_of(clock: &Clock) -> ClockState {
    match clock.phase {
        Phase::Running if clock.missed => ClockState::Missed,
        Phase::Running => ClockState::Running,
        Phase::Paused { .. } => ClockState::Paused,
        Phase::Stopped(_) if clock.was_late() => ClockState::MetLate,
        Phase::Stopped(_) => ClockState::Met,
        Phase::Cancelled(_) => ClockState::Cancelled,
    }
}

fn facts(clock: &Clock, recorded: &[Recorded]) -> ClockFacts {
    let missed = recorded.iter().find(|one| one.code == clock.code && one.run == clock.run);
    let (stopped_at, pause_reason) = match clock.phase {
        Phase::Running => (None, None),
        Phase::Paused { reason, .. } => (None, Some(reason)),
        Phase::Stopped(at) | Phase::Cancelled(at) => (Some(at), None),
    };
    ClockFacts {
        code: clock.code,
        run: clock.run,
        owner: clock.owner.clone(),
        started_at: clock.started_at,
        due_at: clock.due_at,
        provisional: clock.provisional,
        state: state_of(clock),
        missed_at: missed.map(|missed| missed.at),
        stopped_at,
        cause: missed.map(|missed| missed.cause),
        warn_at: clock.warn_at,
        pause_reason,
        urged_at: clock.urged_at,
        supervised_at: clock.supervised_at,
        lateness: clock.lateness,
    }
}

fn feedback(given: &Given) -> FeedbackAnswer {
    let number = given.feedback.feedback;
    let state = match given.state {
        Became::Given => FeedbackState::Given,
        Became::Confirmed => FeedbackState::Confirmed,
        Became::Contested => FeedbackState::Contested,
        Became::Ruled => FeedbackState::Ruled,
    };
    FeedbackAnswer {
        number,
        kind: if given.is_final { FeedbackKind::Final } else { FeedbackKind::Interim },
        text: given.feedback.text.clone(),
        outcome: given.feedback.outcome,
        parts: given.feedback.parts.clone(),
        without_parts: given.feedback.without_parts.clone(),
        given_at: civil_text(given.given_at),
        state,
    }
}
