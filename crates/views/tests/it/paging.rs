//! Pages neither repeat nor skip an entry, also when others come meanwhile.

use crate::story::{RECEIVER, SENDER, Story, fold_all, told};
use chrono::TimeDelta;
use contract::ids::TransferId;
use std::collections::BTreeSet;
use views::transfer::ListFilter;
use views::{Visibility, WatchFilter};

const OVERDUE: WatchFilter = WatchFilter { overdue_only: true, alarming_only: false };

fn many(story: &mut Story, count: usize) -> Vec<TransferId> {
    // Several have the same due moment.
    (0..count)
        .map(|index| {
            story.later(i64::from(index % 3 == 0));
            story.send(SENDER, RECEIVER).id
        })
        .collect()
}

#[tokio::test]
async fn a_list_of_transfers_is_read_through_while_new_ones_are_sent() {
    let mut story = Story::new();
    let mut first = many(&mut story, 11);
    let (_database, pool, views) = told(&story).await;
    let (mut read, mut cursor) = (Vec::new(), None);
    loop {
        let filter = ListFilter::default();
        let page = views.list_transfers(&Visibility::All, &filter, cursor, 4).await.unwrap();
        read.extend(page.entries.iter().map(|transfer| transfer.id));
        let folded = story.events.len();
        many(&mut story, 2);
        fold_all(&pool, &story.events[folded..], 10).await;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    first.reverse();
    assert_eq!(read, first);
}

#[tokio::test]
async fn a_watch_list_is_read_through_while_entries_come_and_go() {
    let mut story = Story::new();
    let first = many(&mut story, 11);
    let (_database, pool, views) = told(&story).await;
    let (mut read, mut cursor) = (Vec::new(), None);
    loop {
        let page = views
            .unacknowledged(&Visibility::All, story.now, WatchFilter::default(), cursor, 3)
            .await
            .unwrap();
        let dues: Vec<_> = page.entries.iter().map(|entry| entry.due_at).collect();
        assert!(dues.is_sorted());
        read.extend(page.entries.iter().map(|entry| entry.transfer_id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
        // What was read already goes, something later comes.
        let folded = story.events.len();
        let gone = story.reference(*read.last().unwrap());
        story.sign(&gone);
        story.later(1);
        story.send(SENDER, RECEIVER);
        fold_all(&pool, &story.events[folded..], 10).await;
    }
    let distinct: BTreeSet<_> = read.iter().collect();
    assert_eq!(distinct.len(), read.len(), "nothing is read twice");
    assert!(first.iter().all(|id| distinct.contains(id)), "nothing is skipped");
}

#[tokio::test]
async fn missing_feedback_is_paged_in_the_order_of_its_due_moments() {
    let mut story = Story::new();
    for _ in 0..5 {
        let clue = story.send(SENDER, RECEIVER);
        story.sign(&clue);
        story.accept(&clue);
    }
    let (_database, _pool, views) = told(&story).await;
    let overdue_at = story.now + TimeDelta::days(30);
    let (mut read, mut cursor) = (BTreeSet::new(), None);
    for expected in [2, 2, 1] {
        let page = views.missing_feedback(&Visibility::All, overdue_at, OVERDUE, cursor, 2).await.unwrap();
        assert_eq!(page.entries.len(), expected);
        read.extend(page.entries.iter().map(|entry| entry.transfer_id));
        cursor = page.next;
    }
    assert_eq!((read.len(), cursor), (5, None));
}
