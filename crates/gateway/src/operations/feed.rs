//! The feed: the events that the caller may see, in order of position.

pub(crate) mod events;
pub(crate) mod stream;

use crate::answers::event::EventAnswer;
use crate::problem::Problem;
use crate::reading::Read;
use contract::event::TransferRef;
use contract::problem::ProblemCode;
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
    let FeedPage { mut covered_to, folded_to, epoch, incomplete_from, .. } = page;
    if position > folded_to {
        covered_to = in_log(read, position).await?.max(folded_to);
    }
    Ok(Stretch { events, covered_to, epoch, incomplete_from })
}

/// A position that the caller says it has come to, but none beyond the end of the log: what comes there later was never seen.
async fn in_log(read: &Read, position: i64) -> Result<i64, Problem> {
    let freshness = &read.app.freshness;
    if freshness.is_known(position) {
        return Ok(position);
    }
    let end = freshness.log_end(read.app.desk.log()).await;
    end.map(|end| position.min(end)).ok_or_else(|| Problem::new(ProblemCode::ServiceUnavailable))
}

fn reference(event: &TimelineEvent) -> Option<TransferRef> {
    serde_json::from_slice(&event.body).ok().map(|addressed: Addressed| addressed.transfer)
}
