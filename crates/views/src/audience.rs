//! Which departments have an event in their feed.

use crate::{Event, ViewsError, Visibility};
use contract::event::{Body, TransferEvent};
use contract::ids::DepartmentId;
use sqlx::{PgConnection, PgPool};
use std::collections::BTreeMap;

/// Who sees which event, and whether as sender or receiver.
pub(crate) type Audience = BTreeMap<(DepartmentId, i64), bool>;

/// Adds who sees this event: sender and receiver, who held the transfer before and who holds it after, and the
/// coordination office when the event concerns it or it acted itself.
pub(crate) fn fold(
    audience: &mut Audience,
    event: &Event,
    body: &Body,
    office: &DepartmentId,
    holder_before: Option<&DepartmentId>,
) {
    let mut add = |department: &DepartmentId, is_party: bool| {
        let entry = audience.entry((department.clone(), event.position)).or_insert(is_party);
        *entry |= is_party;
    };
    add(&body.transfer.from, true);
    add(&body.transfer.to, true);
    for holder in [holder_before, body.after.holder.as_ref()].into_iter().flatten() {
        add(holder, false);
    }
    let actor = event.actor.split('/').next().unwrap_or_default();
    if concerns_office(&body.event) || actor == office.as_str() {
        add(office, false);
    }
}

/// Whether the office that rules between the parties has to know.
fn concerns_office(event: &TransferEvent) -> bool {
    match event {
        TransferEvent::Disputed(_)
        | TransferEvent::DisputeSubmitted(_)
        | TransferEvent::JurisdictionDesignated(_)
        | TransferEvent::FeedbackContested(_)
        | TransferEvent::ContestRuled(_) => true,
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
        | TransferEvent::TimeLimitMissed(_) => false,
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
    let (own, region): (Vec<_>, &[_]) = match visibility {
        Visibility::All => (Vec::new(), &[]),
        Visibility::Parties(own) => (vec![own], &[]),
        Visibility::Region { own, region } => (vec![own], region),
    };
    let (departments, is_own): (Vec<_>, Vec<_>) = own
        .into_iter()
        .map(|department| (department.to_string(), true))
        .chain(region.iter().map(|department| (department.to_string(), false)))
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

/// Adds who sees which event, sorted by department and position.
pub(crate) async fn insert(connection: &mut PgConnection, audience: Audience) -> Result<(), ViewsError> {
    if audience.is_empty() {
        return Ok(());
    }
    let mut departments = Vec::with_capacity(audience.len());
    let mut positions = Vec::with_capacity(audience.len());
    let mut are_parties = Vec::with_capacity(audience.len());
    for ((department, position), is_party) in audience {
        departments.push(department.to_string());
        positions.push(position);
        are_parties.push(is_party);
    }
    sqlx::query!(
        "insert into views_1.audience (department, position, is_party)
         select * from unnest($1::text[], $2::bigint[], $3::boolean[])",
        &departments,
        &positions,
        &are_parties
    )
    .execute(connection)
    .await?;
    Ok(())
}
