//! `GET /v1/events/stream`: the feed as server-sent events.

use super::{Stretch, after};
use crate::answers::event::EventAnswer;
use crate::answers::problem::ReadProblems;
use crate::headers::position;
use crate::problem::{Problem, phrase};
use crate::reading::{Read, ReadHeaders};
use crate::room::{Place, Share};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream, StreamExt};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::watch;
use utoipa::IntoParams;

/// How many events are read at once.
const READ_AT_ONCE: i64 = 200;
/// How long the read model may take to answer; the stream ends then, and the caller comes back.
const PATIENCE: Duration = Duration::from_secs(20);
/// After how long a comment says that the connection lives.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Where the stream begins.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameter; the reader is below")]
pub(crate) struct StreamParameters {
    /// The position after which the stream begins, unless `Last-Event-ID` says it.
    #[param(minimum = 0, default = 0)]
    after: Option<i64>,
}

/// Where the stream goes on after a broken connection.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the header; the reader is below")]
pub(crate) struct StreamHeaders {
    /// The id of the last event that was received, `<epoch>-<position>`. A bare position is taken as one of the present
    /// epoch.
    #[param(rename = "Last-Event-ID", pattern = "^([0-9]+-)?[0-9]+$", example = "1-2880")]
    last_event_id: Option<String>,
}

/// Follow the feed
///
/// Each event has `<epoch>-<position>` as `id`, its type as `event`, and the same JSON as in the feed as `data`. A comment
/// every 15 seconds says that the connection lives. After a broken connection, `Last-Event-ID` goes on where it broke.
///
/// Where the log has begun another epoch than that of `Last-Event-ID`, or begins one while the stream runs, an event `epoch`
/// with the data `{"epoch": 2}` says so: what the caller holds is of an earlier epoch. The stream then begins again at
/// position 0.
#[utoipa::path(
    get,
    path = "/v1/events/stream",
    tag = "feed",
    params(StreamParameters, StreamHeaders, ReadHeaders),
    responses(
        (status = 200, description = "Events as they come", body = EventAnswer, content_type = "text/event-stream"),
        ReadProblems
    )
)]
pub(crate) async fn stream_events(
    read: Read,
) -> Result<Sse<impl Stream<Item = Result<Event, axum::Error>>>, Problem> {
    read.parameters.known(&["after"])?;
    let (epoch, covered_to) = start(&read)?;
    let streams = &read.app.streams;
    let room = (streams.enter(1)?, streams.share_of(&read.caller.department, 1)?);
    let stopped = read.app.shutdown.clone().cancelled_owned();
    let moves = read.app.folded_to.subscribe();
    let follower = Follower { moves, waiting: VecDeque::new(), epoch, covered_to, read, _room: room };
    let events = stream::unfold(follower, |mut follower| async {
        let event = follower.next().await?;
        Some((event, follower))
    });
    Ok(Sse::new(events.take_until(stopped)).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

/// The position after which the stream begins, and its epoch where the caller names it.
fn start(read: &Read) -> Result<(Option<i64>, i64), Problem> {
    if let Some(value) = read.headers.get("last-event-id") {
        let start = value.to_str().ok().and_then(|text| epoch_and_position(text.trim()));
        return start.ok_or_else(|| Problem::query("Last-Event-ID", phrase("expected-event-id")));
    }
    Ok((None, read.parameters.parsed("after", "expected-position", position)?.unwrap_or(0)))
}

/// The id of an event: `<epoch>-<position>`, or a bare position.
fn epoch_and_position(id: &str) -> Option<(Option<i64>, i64)> {
    match id.split_once('-') {
        Some((epoch, after)) => Some((Some(position(epoch)?), position(after)?)),
        None => Some((None, position(id)?)),
    }
}

/// One caller who follows the feed.
struct Follower {
    read: Read,
    moves: watch::Receiver<i64>,
    waiting: VecDeque<EventAnswer>,
    /// Epoch of what the caller holds, as far as it is known.
    epoch: Option<i64>,
    covered_to: i64,
    /// Given back when the stream ends.
    _room: (Place, Share),
}

impl Follower {
    /// The next event. The stream ends when the read model no longer answers or the key is no longer good; the caller
    /// then comes back with `Last-Event-ID`.
    async fn next(&mut self) -> Option<Result<Event, axum::Error>> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(sse(self.epoch, &event));
            }
            let seen = *self.moves.borrow_and_update();
            let stretch = tokio::time::timeout(PATIENCE, self.stretch()).await.ok()??;
            if self.is_of_another_epoch(stretch.epoch) {
                self.covered_to = 0;
                return Some(epoch_begins(stretch.epoch));
            }
            self.covered_to = stretch.covered_to;
            self.waiting = stretch.events.into();
            if self.waiting.is_empty() && *self.moves.borrow() == seen {
                // Also without a move, so that a revoked key does not listen on.
                let _moved_or_time = tokio::time::timeout(HEARTBEAT, self.moves.changed()).await;
            }
        }
    }

    /// Whether what the caller holds is of another epoch than the read model, which is the caller's from here on. One that
    /// is built anew has none until the projector begins; that says nothing yet.
    fn is_of_another_epoch(&mut self, epoch: i64) -> bool {
        epoch != 0 && self.epoch.replace(epoch).is_some_and(|held| held != epoch)
    }

    /// What follows, if the key is still good.
    async fn stretch(&mut self) -> Option<Stretch> {
        self.read.renew().await.ok()?;
        after(&self.read, self.covered_to, READ_AT_ONCE).await.ok()
    }
}

fn sse(epoch: Option<i64>, event: &EventAnswer) -> Result<Event, axum::Error> {
    let id = format!("{}-{}", epoch.unwrap_or(0), event.position);
    Event::default().id(id).event(&event.event_type).json_data(event)
}

/// Says that another epoch begins, at position 0.
fn epoch_begins(epoch: i64) -> Result<Event, axum::Error> {
    Event::default().id(format!("{epoch}-0")).event("epoch").json_data(serde_json::json!({ "epoch": epoch }))
}
