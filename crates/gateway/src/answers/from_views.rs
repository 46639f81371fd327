//! A transfer from the read model, as its reader sees it.

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
use contract::clock::ClockCode;
use contract::event::Link;
use domain::transfer::Standing;
use domain::transfer::state::{due_item, informs_of};
use views::clock::Clock;
use views::feedback as stored;
use views::transfer::Transfer;

/// What decides whether an act is permitted, from the read model.
pub(crate) fn standing_in_views(transfer: &Transfer, clocks: &[Clock], now: DateTime<Utc>) -> Standing {
    let ran_out =
        |clock: &Clock| clock.missed_at.is_some() || clock.due_at.is_some_and(|due_at| due_at <= now);
    let is_missed = |clock: &Clock| clock.code == ClockCode::T18 && clock.is_owed() && ran_out(clock);
    let is_open_report = |clock: &&Clock| clock.code == ClockCode::T21 && clock.is_owed();
    Standing {
        kind: transfer.kind,
        state: transfer.state,
        handling: transfer.handling,
        from: transfer.from_department.clone(),
        to: transfer.to_department.clone(),
        office: transfer.office.clone(),
        approver: transfer.terms.approver.as_ref().unwrap_or(&transfer.from_department).clone(),
        holder: transfer.holder.clone(),
        routing: transfer.routing,
        facts: transfer.facts.clone(),
        objection_allowed: transfer.objection_allowed,
        objection_raised: transfer.objection_raised,
        contest_raised: transfer.contest_raised,
        converted: transfer.converted,
        confirmation_missed: clocks.iter().any(is_missed),
        informs_of: informs_of(&transfer.from_department, origin(transfer).as_ref(), &transfer.terms),
        version: transfer.version,
        due_item: due_item(&transfer.terms, clocks.iter().find(is_open_report).map(|clock| clock.run)),
    }
}

/// How the transfer follows from an earlier one.
fn origin(transfer: &Transfer) -> Option<Link> {
    let origin = transfer.origin_transfer.zip(transfer.origin_reason);
    origin.map(|(transfer, reason)| Link { transfer, reason })
}

/// The answer of a read.
pub(crate) async fn from_views(
    app: &App,
    caller: &Caller,
    transfer: Transfer,
    clocks: Vec<Clock>,
    feedback: Vec<stored::Feedback>,
    assignment: Option<AssignmentAnswer>,
) -> Result<TransferAnswer, Problem> {
    let now = app.now();
    let registry = app.registry();
    let rules = app.desk.rules();
    let for_sender = caller.department == transfer.from_department;
    let name_of = |id| registry.department(id).map(|department| department.name.clone());
    let standing = standing_in_views(&transfer, &clocks, now);
    let for_party = is_party(&standing, &caller.department);
    let origin = origin(&transfer);
    Ok(TransferAnswer {
        id: transfer.id,
        holder_name: transfer.holder.as_ref().and_then(name_of),
        from_name: name_of(&transfer.from_department).unwrap_or_default(),
        to_name: name_of(&transfer.to_department).unwrap_or_default(),
        overdue: transfer.is_overdue(now),
        subjects: subject::open(app, &transfer.subjects, for_party).await?,
        number: transfer.number,
        kind: transfer.kind,
        state: transfer.state,
        handling: transfer.handling,
        holder: transfer.holder,
        from: transfer.from_department,
        to: transfer.to_department,
        office: transfer.office,
        title: transfer.title,
        summary: transfer.summary,
        urgency: transfer.urgency,
        source: transfer.source,
        discovered_at: transfer.discovered_at.map(civil_text),
        subject_matter: transfer.subject_matter,
        routing: transfer.routing,
        origin,
        deadline: transfer.deadline,
        matter: transfer.matter,
        clocks: clock::show(
            clocks.into_iter().map(facts).collect(),
            rules.pack(&transfer.rule_pack).ok(),
            now,
        ),
        feedback: feedback.into_iter().map(shown).collect(),
        rule_pack: transfer.rule_pack,
        version: transfer.version,
        position: transfer.position,
        sent_at: civil_text(transfer.sent_at),
        updated_at: civil_text(transfer.updated_at),
        stale: transfer.stale,
        terms: TermsAnswer::of(app, transfer.terms, for_sender).await?,
        facts: FactsAnswer::of(transfer.facts, assignment),
        allowed_actions: policy::allowed_actions(&standing, caller),
    })
}

fn facts(clock: Clock) -> ClockFacts {
    ClockFacts {
        code: clock.code,
        run: clock.run,
        owner: clock.owner,
        started_at: clock.started_at,
        due_at: clock.due_at,
        provisional: clock.provisional,
        state: clock.state,
        missed_at: clock.missed_at,
        stopped_at: clock.stopped_at,
        cause: clock.cause,
        warn_at: clock.warn_at,
        pause_reason: clock.pause_reason,
        urged_at: clock.urged_at,
        supervised_at: clock.supervised_at,
        lateness: clock.lateness,
    }
}

fn shown(feedback: stored::Feedback) -> FeedbackAnswer {
    FeedbackAnswer {
        number: feedback.feedback,
        kind: match feedback.kind {
            stored::FeedbackKind::Interim => FeedbackKind::Interim,
            stored::FeedbackKind::Final => FeedbackKind::Final,
        },
        text: feedback.text,
        outcome: feedback.outcome,
        parts: feedback.parts,
        without_parts: feedback.without_parts,
        given_at: civil_text(feedback.given_at),
        state: match feedback.state {
            stored::FeedbackState::Given => FeedbackState::Given,
            stored::FeedbackState::Confirmed => FeedbackState::Confirmed,
            stored::FeedbackState::Contested => FeedbackState::Contested,
            stored::FeedbackState::Ruled => FeedbackState::Ruled,
        },
    }
}
