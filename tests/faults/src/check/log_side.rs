//! The log by itself, and what was acknowledged against it.

use super::{Checker, Known, Transfer};
use crate::deployment::Deployment;
use crate::load::Books;
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
    pub(super) fn compare_acknowledged(&mut self, books: &Books) {
        for one in &books.acknowledged[self.acknowledged.min(books.acknowledged.len())..] {
            let place = usize::try_from(one.position - 1).unwrap_or(usize::MAX);
            match self.events.get(place) {
                Some(known) if known.stream_id == one.transfer && known.event_type == one.event_type => {}
                found => self.found(format!("acknowledged and lost: {one:?}; there is {found:?}")),
            }
            let title = self.transfers.get(&one.transfer).map(|transfer| &transfer.title);
            if one.title.is_some() && title != one.title.as_ref() {
                self.found(format!("acknowledged and otherwise in the log: {one:?}; the title is {title:?}"));
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
        for what in &books.broken[self.broken..] {
            self.found(format!("answered with 500: {what}"));
        }
        self.broken = books.broken.len();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Acknowledged;

    const CASE: Uuid = Uuid::from_u128(7);

    fn event(position: i64, version: i64, event_type: &str) -> RecordedEvent {
        let at = "2026-03-02T10:00:00Z".parse().expect("a time");
        RecordedEvent {
            position,
            epoch: 1,
            event_id: Uuid::from_u128(position.unsigned_abs().into()),
            stream_id: CASE,
            version,
            event_type: event_type.to_owned(),
            schema_version: 1,
            number: None,
            occurred_at: at,
            recorded_at: at,
            actor: "a".to_owned(),
            correlation_id: CASE,
            causation_id: None,
            traceparent: None,
            body: br#"{"transfer":{"from":"a","to":"b"},"data":{"title":"t"}}"#.to_vec(),
        }
    }

    fn acknowledged(position: i64, event_type: &'static str) -> Books {
        let is_first = event_type.split_once('.').is_some_and(|(_, name)| name == "sent");
        let title = is_first.then(|| "t".to_owned());
        let (transfer, sent_in, answered_in) = (CASE, 0, 0);
        let one = Acknowledged { story: 1, event_type, transfer, title, position, sent_in, answered_in };
        Books { acknowledged: vec![one], ..Books::default() }
    }

    fn found_in(events: &[RecordedEvent], books: &Books) -> String {
        let mut checker = Checker::default();
        checker.take_events(events);
        checker.compare_acknowledged(books);
        checker.wrong.join("\n")
    }

    #[test]
    fn a_log_as_it_must_be_is_not_complained_of() {
        let log = [event(1, 1, "clue-transfer.sent"), event(2, 2, "clue-transfer.signed")];
        assert_eq!(found_in(&log, &acknowledged(2, "clue-transfer.signed")), "");
    }

    #[test]
    fn a_hole_a_missing_version_and_an_id_used_twice_are_found() {
        let (first, third) = (event(1, 1, "clue-transfer.sent"), event(3, 3, "clue-transfer.signed"));
        let found = found_in(&[first.clone(), third], &Books::default());
        assert!(found.contains("a hole at 2") && found.contains("has version 3 after 1"), "{found}");
        let again = RecordedEvent { event_id: first.event_id, ..event(2, 2, "clue-transfer.signed") };
        assert!(found_in(&[first, again], &Books::default()).contains("used twice"));
    }

    #[test]
    fn an_acknowledged_command_that_is_lost_elsewhere_or_doubled_is_found() {
        let log = [event(1, 1, "clue-transfer.sent"), event(2, 2, "clue-transfer.signed")];
        assert!(found_in(&log, &acknowledged(3, "clue-transfer.signed")).contains("acknowledged and lost"));
        assert!(found_in(&log, &acknowledged(1, "clue-transfer.signed")).contains("acknowledged and lost"));
        let doubled = [&log[..], &[event(3, 3, "clue-transfer.signed")]].concat();
        assert!(
            found_in(&doubled, &acknowledged(2, "clue-transfer.signed")).contains("and 2 times in the log")
        );
        let sent_again = RecordedEvent { stream_id: Uuid::from_u128(8), ..event(3, 1, "clue-transfer.sent") };
        assert!(found_in(&[&log[..], &[sent_again]].concat(), &Books::default()).contains("was sent twice"));
    }

    #[test]
    fn what_was_acknowledged_for_one_command_and_is_in_the_log_for_another_is_found() {
        let swapped = RecordedEvent {
            body: br#"{"transfer":{"from":"a","to":"b"},"data":{"title":"another"}}"#.to_vec(),
            ..event(1, 1, "clue-transfer.sent")
        };
        let found = found_in(&[swapped], &acknowledged(1, "clue-transfer.sent"));
        assert!(found.contains("acknowledged and otherwise in the log"), "{found}");
        let same = event(1, 1, "clue-transfer.sent");
        assert_eq!(found_in(&[same], &acknowledged(1, "clue-transfer.sent")), "");
    }

    #[test]
    fn a_refusal_another_answer_to_a_repeat_and_a_request_that_is_not_ended_are_found() {
        let refused = crate::load::Refused { story: 1, answer: "404".to_owned() };
        let books = Books {
            refused: vec![refused],
            contradicted: vec!["7 then 8".to_owned()],
            to_be_ended: vec![(1, CASE)],
            ..Books::default()
        };
        let found = found_in(&[event(1, 1, "assistance.sent")], &books);
        for what in ["refused: 404", "another answer: 7 then 8", "0 times"] {
            assert!(found.contains(what), "{found}");
        }
    }
}
