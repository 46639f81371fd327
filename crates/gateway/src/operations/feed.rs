//! The feed: the events that the caller may see, in order of position.

pub(crate) mod events;
pub(crate) mod stream;

use crate::answers::event::EventAnswer;
use crate::problem::Problem;
use crate::reading::Read;
use contract::event::TransferRef;
use serde::Deserialize;
use views::timeline::{FeedPage, TimelineEvent};

/// A stretch of the feed.
struct Stretch {
    events: Vec<EventAnswer>,
    covered_to: i64,
    epoch: i64,
    incomplete_from: Option<i64>,
}

/// Only as much of a body as says between whom it runs.
#[derive(Deserialize)]
struct Addressed {
    transfer: TransferRef,
}

/// The events after a position. What the caller's department receives this way counts as fetched.
async fn after(read: &Read, position: i64, limit: i64) -> Result<Stretch, Problem> {
    let mut page = read.app.views.feed(&read.visibility, position, limit).await?;
    let references: Vec<TransferRef> = page.events.iter().filter_map(reference).collect();
    read.note_fetched(
        references.iter().map(|reference| (reference.id, vec![&reference.from, &reference.to])),
    )
    .await?;
    let events =
        std::mem::take(&mut page.events).into_iter().map(EventAnswer::of).collect::<Result<_, _>>()?;
    let FeedPage { covered_to, epoch, incomplete_from, .. } = page;
    let covered_to = in_log(read, covered_to).await;
    Ok(Stretch { events, covered_to, epoch, incomplete_from })
}

/// A position that was covered, but none beyond the end of the log: what comes there later was never seen.
async fn in_log(read: &Read, position: i64) -> i64 {
    let freshness = &read.app.freshness;
    if freshness.is_known(position) {
        return position;
    }
    freshness.log_end(read.app.desk.log()).await.map_or(position, |end| position.min(end))
}

fn reference(event: &TimelineEvent) -> Option<TransferRef> {
    serde_json::from_slice(&event.body).ok().map(|addressed: Addressed| addressed.transfer)
}
