//! The log by itself, and what was acknowledged against it.

use super::{Checker, Known, Transfer};
use crate::deployment::Deployment;
use crate::load::Load;
use log::{Log, RecordedEvent};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

const PAGE: i64 = 5_000;

/// The events after so many.
pub(super) async fn read_after(deployment: &Deployment, after: usize) -> anyhow::Result<Vec<RecordedEvent>> {
    let pool = PgPool::connect(&deployment.primary.owner_url()).await?;
    let log = Log::open(pool.clone()).await?;
    let mut events: Vec<RecordedEvent> = Vec::new();
    let mut position = i64::try_from(after)?;
    loop {
        let page = log.read_after(position, PAGE).await?;
        let Some(last) = page.last() else { break };
        position = last.position;
        events.extend(page);
    }
    pool.close().await;
    Ok(events)
}

impl Checker {
    /// Positions and versions are dense, ids are used once.
    pub(super) fn take_events(&mut self, events: &[RecordedEvent]) {
        for event in events {
            let expected = i64::try_from(self.events.len()).unwrap_or(i64::MAX) + 1;
            if event.position != expected {
                self.found(format!("the log has a hole at {expected}: {} follows", event.position));
            }
            if !self.ids.insert(event.event_id) {
                self.found(format!("the id of the event at {} is used twice", event.position));
            }
            self.epoch = event.epoch;
            let version = self.take_transfer(event);
            if event.version != version {
                self.found(format!(
                    "{} has version {} after {}",
                    event.stream_id,
                    event.version,
                    version - 1
                ));
            }
            *self.types.entry((event.stream_id, event.event_type.clone())).or_default() += 1;
            self.events.push(Known {
                event_id: event.event_id,
                stream_id: event.stream_id,
                event_type: event.event_type.clone(),
            });
        }
    }

    /// Notes the event of its transfer; answers the version that it must have.
    fn take_transfer(&mut self, event: &RecordedEvent) -> i64 {
        let transfer = self.transfers.entry(event.stream_id).or_default();
        transfer.version += 1;
        if transfer.version == 1 {
            let body: Value = serde_json::from_slice(&event.body).unwrap_or_default();
            let text =
                |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
            *transfer = Transfer {
                version: 1,
                title: text("/data/title"),
                from: text("/transfer/from"),
                to: text("/transfer/to"),
            };
            *self.sent_titles.entry(transfer.title.clone()).or_default() += 1;
        }
        transfer.version
    }

    /// Every acknowledged command is in the log once, where it was said to be; nothing else was refused or repeated.
    pub(super) fn compare_acknowledged(&mut self, load: &Load) {
        let books = load.books().clone();
        for one in &books.acknowledged[self.acknowledged.min(books.acknowledged.len())..] {
            let place = usize::try_from(one.position - 1).unwrap_or(usize::MAX);
            match self.events.get(place) {
                Some(known) if known.stream_id == one.transfer && known.event_type == one.event_type => {}
                found => self.found(format!("acknowledged and lost: {one:?}; there is {found:?}")),
            }
            let times = self.recorded_types(one.transfer, one.event_type);
            if times != 1 {
                self.found(format!("acknowledged and {times} times in the log: {one:?}"));
            }
        }
        self.acknowledged = books.acknowledged.len();
        self.commands = books.acknowledged.len() + self.lost;
        let doubled: Vec<String> = self
            .sent_titles
            .iter()
            .filter(|(_, times)| **times > 1)
            .map(|(title, _)| title.clone())
            .collect();
        for title in doubled {
            self.found(format!("{title} was sent twice"));
        }
        for what in &books.contradicted[self.contradicted..] {
            self.found(format!("a repeat got another answer: {what}"));
        }
        self.contradicted = books.contradicted.len();
        for one in &books.refused[self.refused..] {
            // What follows from a lost event cannot be done.
            if !self.lost_stories.contains(&one.story) {
                self.found(format!("refused: {}", one.answer));
            }
        }
        self.refused = books.refused.len();
        self.compare_endings(&books.to_be_ended);
    }

    fn compare_endings(&mut self, due: &[(u64, Uuid)]) {
        for (story, request) in due {
            let times = self.recorded_types(*request, "assistance.closed");
            if times != 1 && !self.lost_stories.contains(story) {
                self.found(format!("the watch has ended the request {request} {times} times"));
            }
        }
    }
}
