//! The digest of a department: counted over everything, with the most urgent transfers only.

use crate::story::{OFFICE, RECEIVER, SENDER, Story, department, fold_all, told};
use chrono::{DateTime, TimeDelta, Utc};
use contract::clock::LadderStep;
use contract::event::{Facts, FailureAcknowledged, OpenUrging, TransferEvent, Urged};
use views::Views;
use views::digest::Digest;

async fn of(views: &Views, who: &str, now: DateTime<Utc>) -> Digest {
    views.digest(&department(who), now, 50).await.unwrap()
}

/// Due today, due tomorrow, warned, overdue, urgings, new.
fn counts(digest: &Digest) -> [u64; 6] {
    [digest.due_today, digest.due_tomorrow, digest.warned, digest.overdue, digest.urgings, digest.new]
}

fn urged() -> TransferEvent {
    TransferEvent::Urged(Urged {
        department: department(RECEIVER),
        code: None,
        run: None,
        reason: Some("请尽快".to_owned()),
    })
}

#[tokio::test]
async fn a_digest_counts_each_reason_and_shows_the_most_urgent_first() {
    let mut story = Story::new();
    let sent_at = story.now;
    let plain = story.send(SENDER, RECEIVER);
    let known = story.send(SENDER, RECEIVER);
    let warned = story.send(SENDER, RECEIVER);
    let facts = Facts { ladder: Some(LadderStep::Warned), ..Facts::default() };
    story.note_facts(&warned, OFFICE, urged(), facts);
    let urging = OpenUrging { department: department(RECEIVER), code: None, run: None };
    let facts = Facts { urging: Some(urging), ..Facts::default() };
    let last = story.send(SENDER, RECEIVER);
    story.note_facts(&last, OFFICE, urged(), facts);
    let (_database, pool, views) = told(&story).await;
    // Each is due 24 hours after it was sent, which is tomorrow.
    let digest = of(&views, RECEIVER, sent_at).await;
    assert_eq!(counts(&digest), [0, 4, 1, 0, 1, 4]);
    let shown: Vec<_> = digest.entries.iter().map(|entry| entry.transfer.id).collect();
    assert_eq!(shown, [last.id, plain.id, known.id, warned.id]);
    assert!(digest.entries[0].urged && digest.entries[0].new && !digest.entries[0].overdue);
    assert_eq!(counts(&of(&views, SENDER, sent_at).await), [0; 6]);
    assert_eq!(of(&views, OFFICE, sent_at).await, Digest::default());
    let morning = sent_at + TimeDelta::hours(23);
    assert_eq!(counts(&of(&views, RECEIVER, morning).await), [4, 0, 1, 0, 1, 4]);

    let late = sent_at + TimeDelta::hours(24);
    story.now = late;
    let folded = story.events.len();
    let until = late + TimeDelta::days(2);
    let acknowledged =
        Facts { acknowledged_until: Some(until), acknowledged_at: Some(late), ..Facts::default() };
    let event = TransferEvent::FailureAcknowledged(FailureAcknowledged { note: "已知".to_owned(), until });
    story.note_facts(&known, OFFICE, event, acknowledged);
    fold_all(&pool, &story.events[folded..], 1).await;
    let digest = of(&views, RECEIVER, late).await;
    assert_eq!(counts(&digest), [0, 0, 0, 3, 1, 4], "a known failure is not overdue");
    let expected = [plain.id, warned.id, last.id, known.id];
    assert_eq!(digest.entries.iter().map(|entry| entry.transfer.id).collect::<Vec<_>>(), expected);
    let digest = of(&views, RECEIVER, until).await;
    assert_eq!(counts(&digest), [0, 0, 0, 4, 1, 0], "it alarms again, and nothing is new any more");
}

#[tokio::test]
async fn a_digest_shows_no_more_than_it_is_asked_for_and_counts_all() {
    let mut story = Story::new();
    let sent: Vec<_> = (0..55).map(|_| story.send(SENDER, RECEIVER).id).collect();
    let (_database, _pool, views) = told(&story).await;
    let digest = of(&views, RECEIVER, story.now).await;
    assert_eq!(counts(&digest), [0, 55, 0, 0, 0, 55]);
    assert_eq!(digest.entries.iter().map(|entry| entry.transfer.id).collect::<Vec<_>>(), sent[..50]);
}
