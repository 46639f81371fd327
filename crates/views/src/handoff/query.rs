//! Reading handoffs.

use super::Handoff;
use crate::rows::{self, PlannedAnew};
use crate::timeline::TimelineEvent;
use crate::visibility::Sight;
use crate::{Page, Views, ViewsError, Visibility};
use chrono::{DateTime, Utc};
use contract::handoff::{Direction, HandoffState};
use contract::ids::{DepartmentId, HandoffId, MatterId};
use serde::{Deserialize, Serialize};

/// Who reads: what its department may see, and with which key, for sealed handoffs are opened to keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// What the department may see.
    pub visibility: Visibility,
    /// The department.
    pub department: DepartmentId,
    /// The id of the key.
    pub key: String,
}

/// A reader as the first four arguments of `views_1.sees_handoff`.
pub(crate) struct HandoffSight {
    pub(crate) all: bool,
    pub(crate) own: String,
    pub(crate) key: String,
    pub(crate) region: Vec<String>,
}

impl From<&Reader> for HandoffSight {
    fn from(reader: &Reader) -> Self {
        let sight = Sight::from(&reader.visibility);
        Self {
            all: sight.all,
            own: reader.department.to_string(),
            key: reader.key.clone(),
            region: sight.region,
        }
    }
}

/// Which handoffs a list shows; what is `None` filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandoffFilter {
    /// With an open lane in this state.
    pub state: Option<HandoffState>,
    /// Held by this department in some lane.
    pub holder: Option<DepartmentId>,
    /// Running this way.
    pub direction: Option<Direction>,
    /// Of this matter.
    pub matter: Option<MatterId>,
    /// With a duty whose due moment has come at this moment.
    pub overdue_at: Option<DateTime<Utc>>,
    /// With this text in title or number.
    pub text: Option<String>,
}

/// A handoff in which something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct DueHandoff {
    /// The handoff.
    pub id: HandoffId,
    /// Its version.
    pub version: i64,
    /// Since when.
    pub due_at: DateTime<Utc>,
}

/// A place in a list of handoffs, which begins with the last one opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffCursor {
    /// Position of the event that opened the last entry.
    pub opened_position: i64,
}

impl Views {
    /// One handoff.
    pub async fn handoff_by_id(&self, reader: &Reader, id: HandoffId) -> Result<Option<Handoff>, ViewsError> {
        let sight = HandoffSight::from(reader);
        let query = sqlx::query_scalar!(
            "select to_jsonb(h) as row from views_1.handoff h
              where h.id = $5
                and views_1.sees_handoff($1, $2, $3, $4, h.sealed, h.from_department, h.to_department, h.seen_by, h.readers)",
            sight.all,
            sight.own,
            sight.key,
            &sight.region,
            id.0
        );
        Ok(rows::fetch(&self.pool, query).await?.pop())
    }

    /// A page of handoffs, last opened first.
    pub async fn list_handoffs(
        &self,
        reader: &Reader,
        filter: &HandoffFilter,
        cursor: Option<HandoffCursor>,
        limit: i64,
    ) -> Result<Page<Handoff, HandoffCursor>, ViewsError> {
        let sight = HandoffSight::from(reader);
        let query = sqlx::query_scalar!(
            "select to_jsonb(h) as row from views_1.handoff h
              where views_1.sees_handoff($1, $2, $3, $4, h.sealed, h.from_department, h.to_department, h.seen_by, h.readers)
                -- What follows from that, in words for which there are indexes: of a sealed one sender and receiver are in seen_by.
                and ($1 or h.seen_by @> array[$2] or h.from_department = any($4) or h.to_department = any($4))
                and ($5::text is null or exists (
                  select 1 from views_1.handoff_lane l where l.handoff_id = h.id and l.state = $5))
                and ($6::text is null or h.holders @> array[$6])
                and ($7::text is null or h.direction = $7)
                and ($8::uuid is null or h.matter = $8)
                and ($9::timestamptz is null or h.due_at <= $9)
                and ($10::text is null or h.title ilike $10 or h.number ilike $10)
                and ($11::bigint is null or h.opened_position < $11)
              order by h.opened_position desc limit $12",
            sight.all,
            sight.own,
            sight.key,
            &sight.region,
            filter.state.map(HandoffState::name),
            filter.holder.as_ref().map(DepartmentId::as_str),
            filter.direction.map(Direction::name),
            filter.matter.map(|matter| matter.0),
            filter.overdue_at,
            filter.text.as_deref().map(crate::transfer::containing),
            cursor.map(|cursor| cursor.opened_position),
            limit.saturating_add(1)
        );
        let handoffs = rows::fetch(&self.pool, PlannedAnew(query)).await?;
        Ok(Page::of(handoffs, limit, |last: &Handoff| HandoffCursor {
            opened_position: last.opened_position,
        }))
    }

    /// The handoffs of a matter, first opened first, as far as the caller may see them, and no more than so many.
    pub async fn matter_handoffs(
        &self,
        reader: &Reader,
        matter: MatterId,
        limit: i64,
    ) -> Result<Vec<Handoff>, ViewsError> {
        let sight = HandoffSight::from(reader);
        let query = sqlx::query_scalar!(
            "select to_jsonb(h) as row from views_1.handoff h
              where h.matter = $5
                and views_1.sees_handoff($1, $2, $3, $4, h.sealed, h.from_department, h.to_department, h.seen_by, h.readers)
              order by h.opened_position limit $6",
            sight.all,
            sight.own,
            sight.key,
            &sight.region,
            matter.0,
            limit
        );
        Ok(rows::fetch(&self.pool, query).await?)
    }

    /// The events of a handoff after a position, in order, with those of its investigation or without; what the caller may
    /// see is asked before.
    pub async fn handoff_events(
        &self,
        id: HandoffId,
        with_investigation: bool,
        after: i64,
        limit: i64,
    ) -> Result<Vec<TimelineEvent>, ViewsError> {
        let beside = with_investigation.then(|| id.investigation());
        let streams: Vec<_> = std::iter::once(id.0).chain(beside).collect();
        self.events_of_streams(&streams, after, limit).await
    }

    /// The events of a handoff up to a version, the last one first, without those of its investigation; what the caller
    /// may see is asked before.
    pub async fn last_handoff_events(
        &self,
        id: HandoffId,
        up_to_version: i64,
        limit: i64,
    ) -> Result<Vec<TimelineEvent>, ViewsError> {
        self.last_events_of_stream(id.0, up_to_version, limit).await
    }

    /// Handoffs with clocks that run or notices on their way, after one, in order of id.
    pub async fn running_handoffs(
        &self,
        after: Option<HandoffId>,
        limit: i64,
    ) -> Result<Vec<HandoffId>, ViewsError> {
        let query = sqlx::query_scalar!(
            "select to_jsonb(h.id) as row from views_1.handoff h
              where h.look_at is not null and ($1::uuid is null or h.id > $1) order by h.id limit $2",
            after.map(|after| after.0),
            limit
        );
        Ok(rows::fetch(&self.pool, PlannedAnew(query)).await?)
    }

    /// Handoffs in which something may be due by itself, longest due first.
    pub async fn handoffs_due(
        &self,
        now: DateTime<Utc>,
        cursor: Option<DueHandoff>,
        limit: i64,
    ) -> Result<Page<DueHandoff, DueHandoff>, ViewsError> {
        let query = sqlx::query_scalar!(
            "select jsonb_build_object('id', h.id, 'version', h.version, 'due_at', h.look_at) as row from views_1.handoff h
              where h.look_at <= $1 and ($2::timestamptz is null or (h.look_at, h.id) > ($2, $3::uuid))
              order by h.look_at, h.id limit $4",
            now,
            cursor.map(|cursor| cursor.due_at),
            cursor.map(|cursor| cursor.id.0),
            limit.saturating_add(1)
        );
        let due = rows::fetch(&self.pool, PlannedAnew(query)).await?;
        Ok(Page::of(due, limit, |last: &DueHandoff| *last))
    }
}
