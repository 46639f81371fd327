//! Who sees what, query by query.

use crate::story::{OFFICE, RECEIVER, SENDER, STRANGER, Story, department, told};
use contract::event::TransferRef;
use views::transfer::{BoxFilter, ListFilter};
use views::{Views, Visibility, WatchFilter};

const ALL_QUERIES: [&str; 8] = [
    "transfer_by_id",
    "whole_transfer",
    "events_of",
    "list_transfers",
    "matter_transfers",
    "unacknowledged",
    "missing_feedback",
    "summary",
];

/// The queries in which this caller sees something.
async fn seen(views: &Views, who: &Visibility, story: &Story, cases: &[TransferRef]) -> Vec<&'static str> {
    let mut seen = Vec::new();
    for case in cases {
        let id = case.id;
        let now = story.now;
        let filter = ListFilter::default();
        let counts = [
            usize::from(views.transfer_by_id(who, id).await.unwrap().is_some()),
            usize::from(views.whole_transfer(who, &case.to, id).await.unwrap().is_some()),
            views.events_of(who, id, 0, 10).await.unwrap().len(),
            views.list_transfers(who, &filter, None, 10).await.unwrap().entries.len(),
            views.matter_transfers(who, case.matter, 10).await.unwrap().len(),
            views.unacknowledged(who, now, WatchFilter::default(), None, 10).await.unwrap().entries.len(),
            views.missing_feedback(who, now, WatchFilter::default(), None, 10).await.unwrap().entries.len(),
            views.summary(who, now, 10).await.unwrap().by_state.len(),
        ];
        seen.extend(
            ALL_QUERIES.into_iter().zip(counts).filter(|(_, count)| *count > 0).map(|(name, _)| name),
        );
    }
    seen.sort_unstable();
    seen.dedup();
    seen
}

fn three_transfers(story: &mut Story) -> Vec<TransferRef> {
    let unsigned = story.send(SENDER, RECEIVER);
    let accepted = story.send(SENDER, RECEIVER);
    story.sign(&accepted);
    story.accept(&accepted);
    story.interim(&accepted);
    vec![unsigned, accepted]
}

#[tokio::test]
async fn a_stranger_sees_nothing_in_any_query() {
    let mut story = Story::new();
    let cases = three_transfers(&mut story);
    let (_database, _pool, views) = told(&story).await;
    let alone = Visibility::Parties(department(STRANGER));
    let of_another_region =
        Visibility::Region { own: department(STRANGER), region: vec![department("320200-wjw")] };
    for stranger in [alone, of_another_region] {
        assert!(seen(&views, &stranger, &story, &cases).await.is_empty());
        let summary = views.summary(&stranger, story.now, 10).await.unwrap();
        assert_eq!((summary.open, summary.unacknowledged.all, summary.missing_feedback.all), (0, 0, 0));
        assert!(summary.by_holder.is_empty());
        let feed = views.feed(&stranger, 0, 10).await.unwrap();
        assert!(feed.events.is_empty());
        assert_eq!(feed.covered_to, story.position());
    }
}

#[tokio::test]
async fn parties_office_and_supervisors_see_the_transfer_in_every_query() {
    let mut story = Story::new();
    let cases = three_transfers(&mut story);
    let (_database, _pool, views) = told(&story).await;
    let region =
        |region: &str| Visibility::Region { own: department(STRANGER), region: vec![department(region)] };
    let mut expected = ALL_QUERIES.to_vec();
    expected.sort_unstable();
    for who in [
        Visibility::All,
        Visibility::Parties(department(SENDER)),
        Visibility::Parties(department(RECEIVER)),
        Visibility::Parties(department(OFFICE)),
        region(SENDER),
        region(RECEIVER),
    ] {
        assert_eq!(seen(&views, &who, &story, &cases).await, expected, "{who:?}");
    }
}

#[tokio::test]
async fn a_supervisor_of_a_region_does_not_see_what_the_region_only_coordinates() {
    let mut story = Story::new();
    let cases = three_transfers(&mut story);
    let (_database, _pool, views) = told(&story).await;
    let who = Visibility::Region { own: department(STRANGER), region: vec![department(OFFICE)] };
    assert!(seen(&views, &who, &story, &cases).await.is_empty());
}

#[tokio::test]
async fn a_list_is_filtered_by_desk_state_holder_kind_matter_lateness_and_text() {
    let mut story = Story::new();
    let closed = story.whole_life(SENDER, RECEIVER);
    let open = story.send_in(closed.matter, closed.kind, RECEIVER, SENDER, "100%_虚假 Invoice");
    let (_database, _pool, views) = told(&story).await;
    let found = async |filter: ListFilter| {
        let page = views.list_transfers(&Visibility::All, &filter, None, 10).await.unwrap();
        page.entries.iter().map(|transfer| transfer.id).collect::<Vec<_>>()
    };
    let any = ListFilter::default;
    let desk = |desk| ListFilter { desk: Some(desk), ..any() };
    let text = |text: &str| ListFilter { text: Some(text.to_owned()), ..any() };
    assert_eq!(found(any()).await, [open.id, closed.id], "last sent first");
    assert_eq!(found(desk(BoxFilter::In(department(RECEIVER)))).await, [closed.id]);
    assert_eq!(found(desk(BoxFilter::Out(department(RECEIVER)))).await, [open.id]);
    assert_eq!(found(desk(BoxFilter::All(department(RECEIVER)))).await, [open.id, closed.id]);
    assert_eq!(
        found(ListFilter { state: Some(contract::state::TransferState::Closed), ..any() }).await,
        [closed.id]
    );
    assert_eq!(found(ListFilter { holder: Some(department(SENDER)), ..any() }).await, [open.id]);
    assert!(found(ListFilter { kind: Some(contract::kind::TransferKind::Notice), ..any() }).await.is_empty());
    assert_eq!(found(ListFilter { matter: Some(closed.matter), ..any() }).await, [open.id, closed.id]);
    assert!(found(ListFilter { overdue_at: Some(story.now), ..any() }).await.is_empty());
    let tomorrow = story.now + chrono::TimeDelta::hours(24);
    assert_eq!(found(ListFilter { overdue_at: Some(tomorrow), ..any() }).await, [open.id]);
    assert_eq!(found(text("%_")).await, [open.id], "what is special to SQL is not special here");
    assert_eq!(found(text("invoice")).await, [open.id]);
    assert_eq!(found(text("〔2026〕000001")).await, [closed.id]);
    assert!(found(text("o%e")).await.is_empty());
}
