//! The lanes of the handoffs, and the list by which a procuratorate watches them.

use super::Handoff;
use super::query::{HandoffSight, Reader};
use crate::rows::{self, PlannedAnew};
use crate::{Page, Views, ViewsError};
use chrono::{DateTime, Utc};
use contract::handoff::{HandoffAfter, HandoffClock, HandoffState, Lane, LaneOutcome, Station};
use contract::ids::{DepartmentId, HandoffId};
use contract::sealed::Sealed;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffLane {
    /// The handoff.
    pub handoff_id: HandoffId,
    /// Its number.
    pub number: u32,
    /// Where it stands.
    pub state: HandoffState,
    /// Where on the road it is.
    pub station: Station,
    /// Who owes the next step.
    pub holder: Option<DepartmentId>,
    /// What came out on the criminal side.
    pub outcome: Option<LaneOutcome>,
    /// The key under which the suspect's name is sealed; `None` where it is not known who it is.
    pub subject_key: Option<Uuid>,
    /// Since when it stands there.
    pub since: DateTime<Utc>,
    /// The clock that is due first.
    pub code: Option<HandoffClock>,
    /// When that clock is due.
    pub due_at: Option<DateTime<Utc>>,
}

/// A lane on the list, with its handoff.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct WatchedLane {
    /// The lane.
    pub lane: HandoffLane,
    /// Its handoff.
    pub handoff: Handoff,
}

/// A place on the list: overdue first, longest overdue at the top; then what has stood still longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneCursor {
    /// Due moment of the last entry; the end of time where none runs.
    pub due_at: Option<DateTime<Utc>>,
    /// Since when it stands there.
    pub since: DateTime<Utc>,
    /// Its handoff.
    pub handoff: Uuid,
    /// Its number.
    pub number: i32,
}

impl HandoffLane {
    /// A lane as it stands after an event.
    pub(crate) fn of(handoff_id: HandoffId, after: &HandoffAfter, lane: &Lane, since: DateTime<Utc>) -> Self {
        let concerns = |of: Option<u32>| of.is_none_or(|number| number == lane.number);
        let owed = after.clocks.iter().filter(|run| concerns(run.lane));
        let first = owed.filter_map(|run| Some((run.pressing_due()?, run.code))).min();
        let first = first.filter(|_| lane.holder.is_some());
        Self {
            handoff_id,
            number: lane.number,
            state: lane.state,
            station: lane.station,
            holder: lane.holder.clone(),
            outcome: lane.outcome,
            subject_key: lane.suspect.person_name.as_ref().and_then(Sealed::parts).map(|(key, _)| key),
            since,
            code: first.map(|(_, code)| code),
            due_at: first.map(|(due_at, _)| due_at),
        }
    }
}

impl Views {
    /// Open lanes, silent ones first: by their due moment, then by how long they have stood there.
    pub async fn watched_lanes(
        &self,
        reader: &Reader,
        station: Option<Station>,
        overdue_at: Option<DateTime<Utc>>,
        cursor: Option<LaneCursor>,
        limit: i64,
    ) -> Result<Page<WatchedLane, LaneCursor>, ViewsError> {
        let sight = HandoffSight::from(reader);
        let query = sqlx::query_scalar!(
            "select jsonb_build_object('lane', to_jsonb(l), 'handoff', to_jsonb(h)) as row
               from views_1.handoff_lane l join views_1.handoff h on h.id = l.handoff_id
              where l.holder is not null
                and views_1.sees_handoff($1, $2, $3, $4, h.sealed, h.from_department, h.to_department, h.seen_by, h.readers)
                and ($5::text is null or l.station = $5)
                and ($6::timestamptz is null or l.due_at <= $6)
                and ($7::timestamptz is null or
                  (coalesce(l.due_at, 'infinity'), l.since, l.handoff_id, l.number)
                    > (coalesce($8::timestamptz, 'infinity'), $7, $9, $10))
              order by coalesce(l.due_at, 'infinity'), l.since, l.handoff_id, l.number limit $11",
            sight.all,
            sight.own,
            sight.key,
            &sight.region,
            station.map(Station::name),
            overdue_at,
            cursor.map(|cursor| cursor.since),
            cursor.and_then(|cursor| cursor.due_at),
            cursor.map(|cursor| cursor.handoff),
            cursor.map(|cursor| cursor.number),
            limit.saturating_add(1)
        );
        let lanes = rows::fetch(&self.pool, PlannedAnew(query)).await?;
        Ok(Page::of(lanes, limit, |last: &WatchedLane| LaneCursor {
            due_at: last.lane.due_at,
            since: last.lane.since,
            handoff: last.lane.handoff_id.0,
            number: i32::try_from(last.lane.number).unwrap_or(i32::MAX),
        }))
    }

    /// Other handoffs in which somebody stands whose name is sealed under one of these keys, as far as the reader takes
    /// part in them: who only sees them could find out by trying who it is. In which lanes the reader may know of them is for the
    /// caller to look at.
    pub async fn with_subjects(
        &self,
        reader: &Reader,
        id: HandoffId,
        subject_keys: &[Uuid],
    ) -> Result<Vec<Handoff>, ViewsError> {
        let sight = HandoffSight { all: false, region: Vec::new(), ..HandoffSight::from(reader) };
        let query = sqlx::query_scalar!(
            "select to_jsonb(h) as row from views_1.handoff h
              where h.id <> $5
                and views_1.sees_handoff($1, $2, $3, $4, h.sealed, h.from_department, h.to_department, h.seen_by, h.readers)
                and h.id in (select l.handoff_id from views_1.handoff_lane l where l.subject_key = any ($6))
              order by h.opened_position limit 50",
            sight.all,
            sight.own,
            sight.key,
            &sight.region,
            id.0,
            subject_keys
        );
        Ok(rows::fetch(&self.pool, PlannedAnew(query)).await?)
    }
}
