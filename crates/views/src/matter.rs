//! Matters: the transfers that grew from one origin, counted on whenever one of them moves.

use crate::transfer::Transfer;
use crate::{Views, ViewsError, Visibility};
use chrono::{DateTime, Utc};
use contract::ids::MatterId;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    /// Id.
    pub id: Uuid,
    /// How many transfers it has, those included that the caller may not see.
    pub transfers: i64,
    /// How many of them are open: somebody owes the next step.
    pub open: i64,
    /// When the first of them was sent.
    pub first_sent_at: DateTime<Utc>,
    /// Position of the last event of any of them.
    pub last_position: i64,
}

impl Views {
    /// A matter, if the caller may see one of its transfers. The transfers: [`Views::matter_transfers`].
    pub async fn matter(&self, visibility: &Visibility, id: MatterId) -> Result<Option<Matter>, ViewsError> {
        if self.matter_transfers(visibility, id, 1).await?.is_empty() {
            return Ok(None);
        }
        let matter = sqlx::query_as!(
            Matter,
            "select id, transfers, open, first_sent_at, last_position from views_1.matter where id = $1",
            id.0
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(matter)
    }
}

/// By how much a batch moved a matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct MatterMove {
    id: MatterId,
    /// How many transfers more.
    transfers: i64,
    /// How many of them open more, or fewer.
    open: i64,
    first_sent_at: DateTime<Utc>,
    last_position: i64,
}

/// How these transfers moved their matters: each as it stood before, and stands after.
pub(crate) fn moves<'a>(
    transfers: impl Iterator<Item = (Option<&'a Transfer>, &'a Transfer)>,
) -> Vec<MatterMove> {
    let mut moves: BTreeMap<MatterId, MatterMove> = BTreeMap::new();
    for (before, after) in transfers.filter(|(before, after)| *before != Some(*after)) {
        let open = |transfer: &Transfer| i64::from(!transfer.state.is_ended());
        let moved = moves.entry(after.matter).or_insert(MatterMove {
            id: after.matter,
            transfers: 0,
            open: 0,
            first_sent_at: after.sent_at,
            last_position: after.position,
        });
        moved.transfers += i64::from(before.is_none());
        moved.open += open(after) - before.map_or(0, open);
        moved.first_sent_at = moved.first_sent_at.min(after.sent_at);
        moved.last_position = moved.last_position.max(after.position);
    }
    moves.into_values().collect()
}
