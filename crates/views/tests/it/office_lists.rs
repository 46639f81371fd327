//! What a coordination office looks at: the agenda, similar transfers, receivers to confirm.

use crate::story::{OFFICE, RECEIVER, SENDER, STRANGER, Story, after, department, fold_all, sent, told};
use chrono::{TimeDelta, Utc};
use contract::clock::{ClockCode, ClockMove, LadderStep};
use contract::event::{
    After, Facts, FailureAcknowledged, Objected, Organisation, RoutingConfirmed, Subject, TransferEvent,
    TransferRef, TransferSent,
};
use contract::ids::{MatterId, TransferId};
use contract::kind::{Routing, TransferKind};
use contract::state::TransferState;
use contract::uscc::Uscc;
use views::agenda::{AgendaEntry, AgendaReason};
use views::{Views, Visibility};

const HOSPITAL: &str = "11500242322384326D";
const PHARMACY: &str = "91210200MA0QECKN5M";

fn about(uscc: &str, subject_matter: Option<&str>) -> TransferSent {
    let uscc = Some(Uscc::new(uscc).unwrap());
    TransferSent {
        subjects: vec![Subject::Organisation(Organisation { name: "某单位".to_owned(), uscc })],
        subject_matter: subject_matter.map(str::to_owned),
        ..sent("线索")
    }
}

fn clue(story: &mut Story, sent: TransferSent) -> TransferRef {
    story.send_as(MatterId::fresh(), TransferKind::ClueTransfer, SENDER, RECEIVER, sent)
}

fn object(story: &mut Story, clue: &TransferRef) {
    let objected = Objected {
        reason: "非本部门职责".to_owned(),
        proposed_department: department(STRANGER),
        ground: None,
    };
    let stopped = story.moved(clue, ClockCode::T03, ClockMove::Stopped);
    let clocks = vec![stopped, story.started(ClockCode::T04, &clue.from, 48)];
    let held = after(TransferState::Objected, Some(&clue.from), clocks);
    story.record(clue, RECEIVER, TransferEvent::Objected(objected), held);
}

async fn agenda(views: &Views, who: &Visibility, now: chrono::DateTime<Utc>) -> Vec<AgendaEntry> {
    views.agenda(who, now, None, 10).await.unwrap().entries
}

#[tokio::test]
async fn the_agenda_calls_a_failure_known_only_while_it_is_the_one_that_was_acknowledged() {
    let mut story = Story::new();
    let (known, overdue_later) = (story.send(SENDER, RECEIVER), story.send(SENDER, RECEIVER));
    story.later(40 * 24);
    let until = story.now + TimeDelta::days(10);
    for case in [&known, &overdue_later] {
        let acknowledged = FailureAcknowledged { note: "系统迁移".to_owned(), until };
        let (acknowledged_until, acknowledged_at) = (Some(until), Some(story.now));
        let facts = Facts { acknowledged_until, acknowledged_at, ..Facts::default() };
        story.note_facts(case, OFFICE, TransferEvent::FailureAcknowledged(acknowledged), facts);
    }
    // Its next clock begins after that, and runs out; what was acknowledged stays known.
    let (acknowledged_until, acknowledged_at) = (Some(until), Some(story.now));
    let facts = Facts { acknowledged_until, acknowledged_at, ..Facts::default() };
    let stopped = story.moved(&overdue_later, ClockCode::T02, ClockMove::Stopped);
    let clocks = vec![stopped, story.started(ClockCode::T03, &overdue_later.to, 120)];
    let signed = after(TransferState::Signed, Some(&overdue_later.to), clocks);
    story.record(&overdue_later, RECEIVER, TransferEvent::Signed, After { facts, ..signed });
    let (_database, _pool, views) = told(&story).await;
    let office = Visibility::Parties(department(OFFICE));
    let listed = agenda(&views, &office, story.now + TimeDelta::days(9)).await;
    let known_until = |id| listed.iter().find(|entry| entry.transfer_id == id).unwrap().acknowledged_until;
    assert_eq!((known_until(known.id), known_until(overdue_later.id)), (Some(until), None));
}

#[tokio::test]
async fn the_agenda_holds_open_disputes_and_what_is_overdue_earliest_due_first() {
    let mut story = Story::new();
    let disputed = story.send(SENDER, RECEIVER);
    story.sign(&disputed);
    object(&mut story, &disputed);
    let late = story.send(SENDER, RECEIVER);
    let urged = Facts { ladder: Some(LadderStep::Urged), ..Facts::default() };
    let event = TransferEvent::TimeLimitWarned(contract::event::TimeLimitWarned {
        code: ClockCode::T02,
        run: 1,
        owner: late.to.clone(),
        due_at: story.now,
        mark: contract::clock::WarningMark::Share,
    });
    story.note_facts(&late, "casebus", event, urged);
    story.whole_life(SENDER, RECEIVER);
    let (_database, _pool, views) = told(&story).await;
    let sent_at = story.events[0].occurred_at;
    let office = Visibility::Parties(department(OFFICE));

    let listed = agenda(&views, &office, sent_at).await;
    assert_eq!(listed.len(), 1, "nothing is overdue yet");
    assert_eq!((listed[0].transfer_id, listed[0].why), (disputed.id, AgendaReason::Dispute));
    assert_eq!((listed[0].code, listed[0].state), (Some(ClockCode::T04), TransferState::Objected));
    assert_eq!(listed[0].holder, Some(department(SENDER)));

    let listed = agenda(&views, &office, sent_at + TimeDelta::hours(24)).await;
    let expected = [(late.id, AgendaReason::Overdue), (disputed.id, AgendaReason::Dispute)];
    assert_eq!(listed.iter().map(|entry| (entry.transfer_id, entry.why)).collect::<Vec<_>>(), expected);
    assert_eq!((listed[0].code, listed[0].ladder), (Some(ClockCode::T02), Some(LadderStep::Urged)));
    assert_eq!(listed[0].due_at, Some(sent_at + TimeDelta::hours(24)));

    let first = views.agenda(&office, sent_at + TimeDelta::hours(24), None, 1).await.unwrap();
    let second = views.agenda(&office, sent_at + TimeDelta::hours(24), first.next, 1).await.unwrap();
    assert_eq!(second.entries[0].transfer_id, disputed.id);
    assert_eq!(second.next, None);
    let stranger = Visibility::Parties(department(STRANGER));
    assert!(agenda(&views, &stranger, story.now).await.is_empty());
}

#[tokio::test]
async fn similar_transfers_are_open_recent_and_about_the_same_organisation_and_matter() {
    let mut story = Story::new();
    clue(&mut story, about(HOSPITAL, Some("SM-001")));
    story.later(24 * 31);
    let since = story.now - TimeDelta::days(30);
    let same = clue(&mut story, about(HOSPITAL, Some("SM-001")));
    clue(&mut story, about(PHARMACY, Some("SM-001")));
    let unnamed = clue(&mut story, about(HOSPITAL, None));
    let closed = story.whole_life(SENDER, RECEIVER);
    let notice = about(PHARMACY, Some("SM-001"));
    story.send_as(MatterId::fresh(), TransferKind::Notice, SENDER, RECEIVER, notice);
    let (_database, _pool, views) = told(&story).await;
    let codes = [HOSPITAL.to_owned()];
    let similar = async |who: &Visibility, codes: &[String], matter, to: &str| {
        let to = department(to);
        let found = views.similar_open(who, codes, matter, &to, since).await.unwrap();
        found.iter().map(|transfer| transfer.id).collect::<Vec<_>>()
    };
    let all = Visibility::All;
    assert_eq!(similar(&all, &codes, Some("SM-001"), STRANGER).await, [same.id], "whoever receives it");
    assert_eq!(similar(&all, &codes, None, RECEIVER).await, [unnamed.id, same.id]);
    assert!(similar(&all, &codes, None, STRANGER).await.is_empty());
    assert!(similar(&all, &codes, Some("SM-002"), RECEIVER).await.is_empty());
    assert!(similar(&all, &[], None, RECEIVER).await.is_empty());
    let both = [PHARMACY.to_owned(), HOSPITAL.to_owned()];
    assert_eq!(similar(&all, &both, Some("SM-001"), RECEIVER).await.len(), 2);
    let stranger = Visibility::Parties(department(STRANGER));
    assert!(similar(&stranger, &both, Some("SM-001"), RECEIVER).await.is_empty());
    assert_eq!(views.transfer_by_id(&all, closed.id).await.unwrap().unwrap().holder, None);
}

#[tokio::test]
async fn no_more_than_fifty_similar_transfers_are_found_the_last_ones() {
    let mut story = Story::new();
    let sent: Vec<_> = (0..52).map(|_| clue(&mut story, about(HOSPITAL, None)).id).collect();
    let (_database, _pool, views) = told(&story).await;
    let (codes, since) = ([HOSPITAL.to_owned()], story.now - TimeDelta::days(30));
    let found =
        views.similar_open(&Visibility::All, &codes, None, &department(RECEIVER), since).await.unwrap();
    let found: Vec<_> = found.iter().map(|transfer| transfer.id).collect();
    assert_eq!(found, sent.iter().rev().take(50).copied().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_received_referral_is_found_by_its_organisation_while_it_is_open() {
    let mut story = Story::new();
    let send = |story: &mut Story, kind, uscc| {
        story.send_as(MatterId::fresh(), kind, SENDER, RECEIVER, about(uscc, Some("SM-001")))
    };
    let referral = send(&mut story, TransferKind::CaseReferral, HOSPITAL);
    send(&mut story, TransferKind::ClueTransfer, PHARMACY);
    story.later(24 * 60);
    let (_database, pool, views) = told(&story).await;
    let received = async |receiver: &str, codes: &[&str]| {
        let codes: Vec<_> = codes.iter().map(|code| (*code).to_owned()).collect();
        views.received_referrals(&[STRANGER.to_owned(), receiver.to_owned()], &codes).await.unwrap()
    };
    assert_eq!(received(RECEIVER, &[PHARMACY, HOSPITAL]).await, [referral.id], "however long ago");
    assert_eq!(received(RECEIVER, &[PHARMACY]).await, [], "that was a clue");
    assert_eq!(received(SENDER, &[HOSPITAL]).await, [], "it did not receive it");
    assert_eq!(received(RECEIVER, &[]).await, []);
    let folded = story.events.len();
    let withdrawn = TransferEvent::Withdrawn(contract::event::ReasonGiven { reason: "误发".to_owned() });
    story.record(&referral, SENDER, withdrawn, after(TransferState::Withdrawn, None, vec![]));
    fold_all(&pool, &story.events[folded..], 1).await;
    assert_eq!(received(RECEIVER, &[HOSPITAL]).await, []);
}

#[tokio::test]
async fn a_receiver_that_was_assumed_waits_for_the_office_until_it_is_confirmed() {
    let mut story = Story::new();
    let mut assumed = Vec::new();
    for _ in 0..3 {
        let case = TransferRef {
            id: TransferId::fresh(),
            kind: TransferKind::ClueTransfer,
            from: department(SENDER),
            to: department(RECEIVER),
            matter: MatterId::fresh(),
        };
        let clocks = vec![story.started(ClockCode::T02, &case.to, 24)];
        let mut held = after(TransferState::Delivered, Some(&case.to), clocks);
        held.facts.routing_open = true;
        let event = TransferEvent::Sent(TransferSent { routing: Routing::Assumed, ..sent("线索") });
        story.record(&case, SENDER, event, held);
        assumed.push(case);
    }
    story.send(SENDER, RECEIVER);
    let (_database, pool, views) = told(&story).await;
    let office = Visibility::Parties(department(OFFICE));
    let feed = views.feed(&office, 0, 10).await.unwrap();
    assert_eq!(feed.events.len(), 3, "the office hears of what it has to confirm");
    let first = views.routing_to_confirm(&office, None, 2).await.unwrap();
    let rest = views.routing_to_confirm(&office, first.next, 2).await.unwrap();
    let listed: Vec<_> = first.entries.iter().chain(&rest.entries).map(|transfer| transfer.id).collect();
    assert_eq!(listed, [assumed[2].id, assumed[1].id, assumed[0].id]);
    assert_eq!(rest.next, None);

    let folded = story.events.len();
    let confirmed = RoutingConfirmed { department: department(RECEIVER), reason: None, rerouted_to: None };
    let event = TransferEvent::RoutingConfirmed(confirmed);
    story.note_facts(&assumed[1], OFFICE, event, Facts::default());
    fold_all(&pool, &story.events[folded..], 1).await;
    let listed = views.routing_to_confirm(&office, None, 10).await.unwrap().entries;
    assert_eq!(listed.len(), 2);
    let stranger = Visibility::Parties(department(STRANGER));
    assert!(views.routing_to_confirm(&stranger, None, 10).await.unwrap().entries.is_empty());
}
