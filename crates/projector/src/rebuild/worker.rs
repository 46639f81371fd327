//! One worker of the bulk: reads whole streams, folds them, copies their rows.

use super::in_time;
use super::slices::{Slice, Slices};
use crate::ProjectorError;
use crate::envelope;
use crate::log_reader::{check_events, length};
use log::{BatchSize, Log, RecordedEvent, StreamPlace};
use sqlx::PgPool;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;
use views::Event;
use views::rebuild::{Copied, Stage};

/// How many events are read at once, at first and at most: a slice, and some more, because slices are not quite equal.
const PAGE: BatchSize = BatchSize::new(1_500, 3_000);

/// Takes slices until none is left.
pub(super) async fn work(
    log: Log,
    owner: PgPool,
    stage: Stage,
    up_to: i64,
    slices: Arc<Slices>,
    events: Arc<AtomicU64>,
) -> Result<Copied, ProjectorError> {
    let mut worker = Worker { log, owner, stage, up_to, events, page: PAGE };
    let mut copied = Copied::default();
    while let Some(slice) = slices.take() {
        copied += worker.fill(slice).await?;
    }
    Ok(copied)
}

struct Worker {
    log: Log,
    owner: PgPool,
    stage: Stage,
    up_to: i64,
    /// Events that all workers have folded.
    events: Arc<AtomicU64>,
    /// How many events are read next.
    page: BatchSize,
}

impl Worker {
    async fn fill(&mut self, slice: Slice) -> Result<Copied, ProjectorError> {
        let mut connection = self.owner.acquire().await.map_err(views::ViewsError::from)?;
        let mut after = slice.after;
        let mut whole: Vec<Event> = Vec::new();
        let mut copied = Copied::default();
        loop {
            let page = self.read(after, slice.last_stream).await?;
            let is_last = i64::try_from(page.len()).is_ok_and(|read| read < self.page.events());
            self.page = self.page.after(page.iter().map(|event| event.body.len()).sum());
            if let Some(last) = page.last() {
                after = StreamPlace { stream_id: last.stream_id, version: last.version };
            }
            whole.extend(page.into_iter().map(envelope::of_log));
            // The last stream of a page may go on in the next one.
            let goes_on = if is_last { Vec::new() } else { split_last_stream(&mut whole) };
            if !whole.is_empty() {
                let count = length(&whole);
                let filling = self.stage.fill(&mut connection, std::mem::take(&mut whole));
                copied += in_time(filling).await?;
                self.events.fetch_add(count, Ordering::Relaxed);
            }
            whole = goes_on;
            if is_last {
                return Ok(copied);
            }
        }
    }

    /// The events after a place, of streams up to one: as many as a page has, which is halved until they come in time.
    async fn read(
        &mut self,
        after: StreamPlace,
        last_stream: Uuid,
    ) -> Result<Vec<RecordedEvent>, ProjectorError> {
        loop {
            let asked = self.page.events();
            match self.log.read_by_stream(after, last_stream, self.up_to, asked).await {
                Err(error) if error.is_no_answer() && asked > 1 => self.page = self.page.halved(),
                page => {
                    let page = page?;
                    check_events(&page, self.log.epoch())?;
                    return Ok(page);
                }
            }
        }
    }
}

/// Takes the events of the last stream off.
fn split_last_stream(events: &mut Vec<Event>) -> Vec<Event> {
    let Some(last) = events.last().map(|event| event.stream_id) else { return Vec::new() };
    let begins = events.partition_point(|event| event.stream_id < last);
    events.split_off(begins)
}
