//! A department's own durable consumer, which runs through everything.

use crate::deployment::{STREAM, connect_jetstream};
use anyhow::Context;
use async_nats::jetstream::consumer::pull::Config;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy};
use futures_util::StreamExt;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;

const PAUSE: Duration = Duration::from_millis(200);

/// What the department has seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// Epoch of what follows.
    pub epoch: i64,
    /// Position → id of the event.
    pub events: HashMap<i64, String>,
    /// What must not happen: an event seen for the first time after a later one, or a position with two events.
    pub wrong: Vec<String>,
    /// All deliveries, repeats too.
    pub deliveries: u64,
    highest: i64,
}

impl Seen {
    /// Notes an event; one that was delivered before, to a connection that broke, may come after later ones.
    fn note(&mut self, event: &Value, is_redelivered: bool) {
        let (Some(position), Some(epoch), Some(id)) =
            (event["position"].as_i64(), event["epoch"].as_i64(), event["id"].as_str())
        else {
            self.wrong.push(format!("a message that is no event: {event}"));
            return;
        };
        self.deliveries += 1;
        if epoch > self.epoch {
            self.epoch = epoch;
            self.events.clear();
            self.highest = 0;
        }
        if epoch < self.epoch {
            return;
        }
        match self.events.get(&position) {
            Some(known) if known == id => {}
            Some(known) => {
                self.wrong.push(format!("position {position} of epoch {epoch} is {known} and {id}"));
            }
            None if position < self.highest && !is_redelivered => {
                self.wrong.push(format!("position {position} was first seen after {}", self.highest));
            }
            None => {
                self.events.insert(position, id.to_owned());
                self.highest = self.highest.max(position);
            }
        }
    }
}

/// The consumer at work; it ends with this value.
pub struct Consumer {
    seen: Arc<Mutex<Seen>>,
    _task: JoinSet<()>,
}

impl Consumer {
    /// Begins to consume what a department sends and receives.
    pub fn of(department: &'static str, addresses: Vec<String>) -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (noted, mut task) = (seen.clone(), JoinSet::new());
        task.spawn(async move {
            loop {
                // Whatever happened, it begins again; the server knows what was acknowledged.
                let _ = consume(department, &addresses, &noted).await;
                tokio::time::sleep(PAUSE).await;
            }
        });
        Self { seen, _task: task }
    }

    /// What it has seen.
    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn consume(department: &str, addresses: &[String], seen: &Mutex<Seen>) -> anyhow::Result<()> {
    let context = connect_jetstream(addresses).await?;
    let stream = context.get_stream(STREAM).await.context("there is no stream")?;
    let name = format!("department-{department}");
    let config = Config {
        durable_name: Some(name.clone()),
        filter_subjects: vec![
            format!("casebus.v1.*.*.{department}.*"),
            format!("casebus.v1.*.*.*.{department}"),
        ],
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        ack_wait: Duration::from_secs(3),
        ..Config::default()
    };
    let consumer = stream.get_or_create_consumer(&name, config).await.context("there is no consumer")?;
    loop {
        let fetched = consumer.fetch().max_messages(200).expires(Duration::from_secs(1)).messages();
        let mut messages = tokio::time::timeout(Duration::from_secs(3), fetched).await??;
        while let Ok(Some(message)) = tokio::time::timeout(Duration::from_secs(3), messages.next()).await {
            let message = message.map_err(|error| anyhow::anyhow!("{error}"))?;
            let event: Value = serde_json::from_slice(&message.payload)?;
            let is_redelivered = message.info().is_ok_and(|info| info.delivered > 1);
            seen.lock().unwrap_or_else(PoisonError::into_inner).note(&event, is_redelivered);
            message.ack().await.map_err(|error| anyhow::anyhow!("{error}"))?;
        }
        // A stream that was made again has lost the consumer.
        stream.get_consumer::<Config>(&name).await.map_err(|error| anyhow::anyhow!("{error}"))?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn seen(events: &[(i64, i64, &str)]) -> Seen {
        let mut seen = Seen::default();
        for (epoch, position, id) in events {
            seen.note(&json!({ "epoch": epoch, "position": position, "id": id }), false);
        }
        seen
    }

    #[test]
    fn repeats_and_a_new_epoch_are_as_they_should_be() {
        let seen = seen(&[
            (1, 1, "a"),
            (1, 4, "b"),
            (1, 1, "a"),
            (1, 4, "b"),
            (1, 6, "c"),
            (2, 1, "x"),
            (1, 6, "c"),
        ]);
        assert_eq!((seen.wrong.len(), seen.events.len(), seen.epoch), (0, 1, 2));
    }

    #[test]
    fn an_event_that_comes_late_and_a_position_with_two_events_are_found() {
        assert_eq!(seen(&[(1, 4, "b"), (1, 1, "a")]).wrong.len(), 1);
        assert_eq!(seen(&[(1, 4, "b"), (1, 4, "c")]).wrong.len(), 1);
    }
}
