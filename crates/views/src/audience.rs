//! Which departments have an event in their feed.

use crate::transfer::Transfer;
use crate::{Event, ViewsError, Visibility};
use contract::event::{Body, TransferEvent};
use contract::handoff::{HandoffBody, Secrecy};
use contract::ids::DepartmentId;
use sqlx::PgPool;
use std::collections::BTreeSet;

/// Who sees which event; each department once an event.
pub(crate) type Audience = Vec<Seen>;

/// A department that sees an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Of the event.
    pub(crate) position: i64,
    /// Who sees it.
    pub(crate) department: DepartmentId,
    /// As sender or receiver.
    pub(crate) is_party: bool,
}

/// How far an event is seen.
enum Circle<'a> {
    /// By sender and receiver, who held the transfer before and who holds it after, and who has a copy.
    Parties,
    /// By the coordination office too.
    Office,
    /// Only by the department that acted.
    Inside(&'a DepartmentId),
}

/// Adds who sees this event: its circle, and the coordination office also where it acted itself.
pub(crate) fn fold(
    audience: &mut Audience,
    event: &Event,
    body: &Body,
    transfer: &Transfer,
    holder_before: Option<&DepartmentId>,
) {
    let begins = audience.len();
    let mut add = |department: &DepartmentId, is_party: bool| match audience[begins..]
        .iter_mut()
        .find(|seen| seen.department == *department)
    {
        Some(seen) => seen.is_party |= is_party,
        None => {
            audience.push(Seen { position: event.position, department: department.clone(), is_party });
        }
    };
    let concerns_office = match circle(body) {
        Circle::Inside(department) => return add(department, false),
        Circle::Office => true,
        Circle::Parties => false,
    };
    add(&body.transfer.from, true);
    add(&body.transfer.to, true);
    let holders = [holder_before, body.after.holder.as_ref()].into_iter().flatten();
    for department in holders.chain(&transfer.copies) {
        add(department, false);
    }
    let actor = event.actor.split('/').next().unwrap_or_default();
    if concerns_office || actor == transfer.office.as_str() {
        add(&transfer.office, false);
    }
}

/// Adds who sees an event of a handoff. Of a sealed one only the receiver has it in its feed: a feed belongs to a whole
/// department, and of the sender only named keys may know.
pub(crate) fn fold_handoff(audience: &mut Audience, event: &Event, body: &HandoffBody) {
    let reference = &body.handoff;
    let seen_by = match body.secrecy {
        Secrecy::Parties | Secrecy::Unaddressed => body.after.audience(reference),
        Secrecy::Judicial => body.after.judicial_audience(),
        Secrecy::Sealed => vec![reference.to.clone()],
    };
    for department in BTreeSet::from_iter(seen_by) {
        let is_party =
            body.secrecy == Secrecy::Parties && (department == reference.from || department == reference.to);
        audience.push(Seen { position: event.position, department, is_party });
    }
}

/// The only department that sees the event, where it is an internal one.
pub(crate) fn inside(body: &Body) -> Option<&DepartmentId> {
    match circle(body) {
        Circle::Inside(department) => Some(department),
        Circle::Office | Circle::Parties => None,
    }
}

/// How far the event is seen. An office hears of what it has to decide, and of each step of the ladder.
fn circle(body: &Body) -> Circle<'_> {
    let facts = &body.after.facts;
    match &body.event {
        TransferEvent::AssignedInternally(assigned) => Circle::Inside(&assigned.department),
        TransferEvent::Sent(_) if facts.routing_open => Circle::Office,
        TransferEvent::ExtensionRequested(_)
            if facts.extension.as_ref().is_some_and(|pending| pending.by_office) =>
        {
            Circle::Office
        }
        TransferEvent::Disputed(_)
        | TransferEvent::DisputeSubmitted(_)
        | TransferEvent::JurisdictionDesignated(_)
        | TransferEvent::FeedbackContested(_)
        | TransferEvent::ContestRuled(_)
        | TransferEvent::Urged(_)
        | TransferEvent::UrgeReplied(_)
        | TransferEvent::Supervised(_)
        | TransferEvent::Escalated(_)
        | TransferEvent::MeetingDecided(_)
        | TransferEvent::FailureAcknowledged(_)
        | TransferEvent::RoutingConfirmed(_) => Circle::Office,
        TransferEvent::Sent(_)
        | TransferEvent::Signed
        | TransferEvent::Read
        | TransferEvent::Accepted
        | TransferEvent::SupplementRequested(_)
        | TransferEvent::SupplementSupplied(_)
        | TransferEvent::Objected(_)
        | TransferEvent::ObjectionAgreed(_)
        | TransferEvent::DisputePositionTaken(_)
        | TransferEvent::DisputeAgreed(_)
        | TransferEvent::CaseFiled(_)
        | TransferEvent::CaseNotFiled(_)
        | TransferEvent::CaseDecided(_)
        | TransferEvent::InterimFeedbackGiven(_)
        | TransferEvent::FinalFeedbackGiven(_)
        | TransferEvent::FeedbackConfirmed(_)
        | TransferEvent::Resent(_)
        | TransferEvent::Kept(_)
        | TransferEvent::Converted(_)
        | TransferEvent::Withdrawn(_)
        | TransferEvent::Closed(_)
        | TransferEvent::TimeLimitMissed(_)
        | TransferEvent::TimeLimitWarned(_)
        | TransferEvent::ClocksRecalculated(_)
        | TransferEvent::Suspended(_)
        | TransferEvent::Resumed(_)
        | TransferEvent::ExtensionRequested(_)
        | TransferEvent::ExtensionGranted(_)
        | TransferEvent::ExtensionRefused(_)
        | TransferEvent::LatenessExplained(_)
        | TransferEvent::PlanFiled(_)
        | TransferEvent::ProgressReported(_)
        | TransferEvent::Reopened(_)
        | TransferEvent::AssistanceRequested(_)
        | TransferEvent::AssistanceReplied(_)
        | TransferEvent::AssistanceEnded(_)
        | TransferEvent::CrimeFound(_)
        | TransferEvent::CriminalOutcomeArrived(_)
        | TransferEvent::JointHandlingOpened(_) => Circle::Parties,
    }
}

/// The first positions in `(after, up_to]` that the caller sees. Each department is read for itself, in order of its
/// index, so a department with few events does not pay for those of the others.
pub(crate) async fn positions(
    pool: &PgPool,
    visibility: &Visibility,
    after: i64,
    up_to: i64,
    limit: i64,
) -> Result<Vec<i64>, ViewsError> {
    let (own, region): (Option<_>, &[_]) = match visibility {
        Visibility::All => (None, &[]),
        Visibility::Parties(own) => (Some(own), &[]),
        Visibility::Region { own, region } => (Some(own), region),
    };
    // Of its own it sees all, those to which it is a party among them.
    let others = region.iter().filter(|department| Some(*department) != own);
    let (departments, is_own): (Vec<_>, Vec<_>) = own
        .map(|department| (department.to_string(), true))
        .into_iter()
        .chain(others.map(|department| (department.to_string(), false)))
        .unzip();
    let positions = sqlx::query_scalar!(
        r#"select distinct a.position as "position!"
             from unnest($1::text[], $2::boolean[]) d(department, is_own)
             cross join lateral (
               select x.position from views_1.audience x
                where x.department = d.department and (d.is_own or x.is_party) and x.position > $3 and x.position <= $4
                order by x.position limit $5) a
            order by 1 limit $5"#,
        &departments,
        &is_own,
        after,
        up_to,
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(positions)
}
