//! A department with a copy sees the transfer; what happens inside a department only that department sees.

use crate::story::{OFFICE, RECEIVER, SENDER, STRANGER, Story, department, fold_all, sent, told};
use contract::event::{AssignedInternally, Terms, TransferEvent, TransferRef, TransferSent};
use contract::ids::MatterId;
use contract::kind::TransferKind;
use views::transfer::ListFilter;
use views::{Views, Visibility, WatchFilter};

const COPIED: &str = "320100-czj";

fn parties(id: &str) -> Visibility {
    Visibility::Parties(department(id))
}

/// A region whose supervisor is the stranger.
fn region_of(id: &str) -> Visibility {
    Visibility::Region { own: department(STRANGER), region: vec![department(id)] }
}

fn assign(story: &mut Story, case: &TransferRef, by: &str, unit: &str) {
    let assigned = AssignedInternally {
        department: department(by),
        unit: unit.to_owned(),
        due_on: "2026-09-22".parse().unwrap(),
        note: Some("请于明日前核查".to_owned()),
    };
    story.note(case, by, TransferEvent::AssignedInternally(assigned), vec![]);
}

async fn positions(views: &Views, who: &Visibility) -> Vec<i64> {
    let page = views.feed(who, 0, 100).await.unwrap();
    assert_eq!(page.covered_to, views.checkpoint().await.unwrap().position);
    page.events.iter().map(|event| event.position).collect()
}

#[tokio::test]
async fn a_department_with_a_copy_sees_the_transfer_and_all_its_events() {
    let mut story = Story::new();
    let terms = Terms { copies: vec![department(COPIED)], ..Terms::default() };
    let sent = TransferSent { terms: terms.clone(), ..sent("抄送线索") };
    let clue = story.send_as(MatterId::fresh(), TransferKind::ClueTransfer, SENDER, RECEIVER, sent);
    let unsigned = clue.clone();
    let (_database, pool, views) = told(&story).await;
    let copied = parties(COPIED);
    let listed = views.unacknowledged(&copied, story.now, WatchFilter::default(), None, 10).await.unwrap();
    assert_eq!(listed.entries[0].copies, [department(COPIED)]);
    assert_eq!(views.summary(&copied, story.now, 10).await.unwrap().unacknowledged.all, 1);

    let folded = story.events.len();
    story.sign(&unsigned);
    story.accept(&unsigned);
    fold_all(&pool, &story.events[folded..], 2).await;
    let transfer = views.transfer_by_id(&copied, clue.id).await.unwrap().unwrap();
    assert_eq!((&transfer.copies, &transfer.terms), (&terms.copies, &terms));
    let filter = ListFilter::default();
    assert_eq!(views.list_transfers(&copied, &filter, None, 10).await.unwrap().entries.len(), 1);
    assert_eq!(views.events_of(&copied, clue.id, 0, 10).await.unwrap().len(), 3);
    assert_eq!(views.whole_transfer(&copied, &clue.to, clue.id).await.unwrap().unwrap().clocks.len(), 5);
    let listed = views.missing_feedback(&copied, story.now, WatchFilter::default(), None, 10).await.unwrap();
    assert_eq!(listed.entries[0].copies, [department(COPIED)]);
    assert_eq!(views.summary(&copied, story.now, 10).await.unwrap().open, 1);
    assert_eq!(positions(&views, &copied).await, [1, 2, 3]);

    let supervisor = region_of(COPIED);
    assert_eq!(
        views.transfer_by_id(&supervisor, clue.id).await.unwrap(),
        None,
        "a copy does not open a region"
    );
    assert!(positions(&views, &supervisor).await.is_empty());
}

#[tokio::test]
async fn an_internal_hop_is_seen_by_its_own_department_and_by_nobody_else() {
    let mut story = Story::new();
    let clue = story.send(SENDER, RECEIVER);
    assign(&mut story, &clue, RECEIVER, "监督一科");
    story.sign(&clue);
    assign(&mut story, &clue, RECEIVER, "监督二科");
    let (_database, _pool, views) = told(&story).await;
    let own = parties(RECEIVER);
    assert_eq!(positions(&views, &own).await, [1, 2, 3, 4]);
    assert_eq!(views.events_of(&own, clue.id, 0, 10).await.unwrap().len(), 4);
    let assignment =
        views.whole_transfer(&own, &clue.to, clue.id).await.unwrap().unwrap().assignment.unwrap();
    assert_eq!(
        (assignment.unit.as_str(), assignment.assigned_at),
        ("监督二科", story.now),
        "the last counts"
    );

    let own_of_a_supervisor =
        Visibility::Region { own: department(RECEIVER), region: vec![department(SENDER)] };
    assert_eq!(positions(&views, &own_of_a_supervisor).await, [1, 2, 3, 4]);
    for other in [parties(SENDER), region_of(RECEIVER), region_of(SENDER), Visibility::All] {
        assert_eq!(positions(&views, &other).await, [1, 3], "{other:?}");
        let versions = views.events_of(&other, clue.id, 0, 10).await.unwrap();
        assert_eq!(versions.iter().map(|event| event.version).collect::<Vec<_>>(), [1, 3], "{other:?}");
        for department in [&clue.from, &department(OFFICE)] {
            let whole = views.whole_transfer(&other, department, clue.id).await.unwrap().unwrap();
            assert_eq!(whole.assignment, None, "{other:?}");
        }
    }
    assert!(positions(&views, &parties(OFFICE)).await.is_empty());
}
