//! Criminal handoffs in the read model: who sees which, where each lane is, and what is due.

use crate::story::{Story, department, told};
use contract::handoff::{
    Direction, HandoffAct, HandoffBody, HandoffState, Milestone, Said, Secrecy, Station, Suspect, SuspectKind,
};
use contract::ids::{DepartmentId, HandoffId, MatterId};
use contract::sealed::Sealed;
use domain::Rules;
use domain::handoff::role::By;
use domain::handoff::{Handoff, HandoffAction, HandoffDecision, HandoffDraft, OpenHandoff, decide, open};
use domain::registry::{Department, DepartmentType, Registry};
use uuid::Uuid;
use views::handoff::{HandoffFilter, Reader};
use views::{Views, Visibility};

const AGENCY: &str = "320100-wjw";
const POLICE: &str = "320100-gaj";
const PROCURATORATE: &str = "320100-jcy";
const COMMISSION: &str = "320100-jjw";

fn registry() -> Registry {
    let body = |id: &str, department_type| Department {
        id: department(id),
        name: id.to_owned(),
        canonical_name: id.to_owned(),
        level: "市".to_owned(),
        department_type,
        parent: Some(department("320100-rmzf")),
        host: None,
    };
    let bodies = [
        (AGENCY, DepartmentType::EnforcingOrgan),
        (POLICE, DepartmentType::PublicSecurity),
        (PROCURATORATE, DepartmentType::Procuratorate),
        (COMMISSION, DepartmentType::Supervisory),
        ("320100-rmzf", DepartmentType::Government),
    ];
    Registry::new(1, bodies.map(|(id, kind)| body(id, kind)), [], [])
}

/// The key of a suspect, by the first character of the name.
fn subject_key(name: &str) -> Uuid {
    Uuid::from_u128(name.chars().next().map_or(0, u128::from))
}

fn opening(direction: Direction, to: &str) -> OpenHandoff {
    let suspect = |name: &str| Suspect {
        kind: SuspectKind::Organisation,
        name: Some(name.to_owned()),
        person_name: Some(Sealed::new(subject_key(name), "AAAA")),
        identity_number: None,
        uscc: None,
        offence: "诈骗罪".to_owned(),
        public_official: false,
    };
    let id = HandoffId::fresh();
    let is_sealed = direction == Direction::SupervisoryClue;
    OpenHandoff {
        id,
        direction,
        by: department(AGENCY),
        to: department(to),
        matter: Some(MatterId(id.0)),
        origin: None,
        upstream: Vec::new(),
        title: "骗保".to_owned(),
        summary: "骗取基金".to_owned(),
        suspects: vec![suspect("甲医院"), suspect("乙药店")],
        administrative_case: None,
        administrative_case_filed_on: None,
        standard: None,
        amount_fen: None,
        expedited: false,
        suspicion: Some("涉嫌诈骗".to_owned()),
        readers: if is_sealed { vec!["key1".to_owned()] } else { Vec::new() },
        approval: None,
    }
}

/// An act that needs only words.
fn act(story: &mut Story, handoff: Handoff, act: HandoffAct, by: &str) -> Handoff {
    let said =
        Said { content: Some("内容".to_owned()), items: vec!["账册".to_owned()], ..Said::default() };
    let action = HandoffAction { act, said, fresh: HandoffId::fresh() };
    let by = department(by);
    let decided = decide(&handoff, None, &action, By::Organ(&by), story.now, &Rules::national(), &registry());
    story.hand_over(Some(handoff), &decided.unwrap())
}

/// Tells one open handoff, beside which a detention stands, and a sealed clue; their ids.
pub fn tell(story: &mut Story) -> (HandoffId, HandoffId) {
    let rules = Rules::national();
    let decision = open(&opening(Direction::Forward, POLICE), story.now, &rules, &registry()).unwrap();
    let mut handoff = story.hand_over(None, &decision);
    story.later(1);
    handoff = act(story, handoff, HandoffAct::EvidenceHolding, AGENCY);
    story.later(3);
    handoff = act(story, handoff, HandoffAct::EvidenceDisposal, AGENCY);
    let mut order = Said { content: Some("应当移送".to_owned()), ..Said::default() };
    order.approval = Some(contract::handoff::Approval {
        name: contract::sealed::Sealed::new(contract::ids::fresh_id(), "AAAA"),
        post: contract::handoff::ApproverPost::ChiefProcurator,
        presides_from: None,
        presides_to: None,
    });
    let action = HandoffAction { act: HandoffAct::TransferOpinion, said: order, fresh: HandoffId::fresh() };
    let by = department(PROCURATORATE);
    let decided = decide(&handoff, None, &action, By::Organ(&by), story.now, &rules, &registry()).unwrap();
    let handoff = story.hand_over(Some(handoff), &decided);
    detain(story, &handoff);
    let clue =
        open(&opening(Direction::SupervisoryClue, COMMISSION), story.now, &rules, &registry()).unwrap();
    let sealed = story.hand_over(None, &clue);
    (handoff.reference.id, sealed.reference.id)
}

fn reader(id: &str, key: &str) -> Reader {
    let own = department(id);
    Reader { visibility: Visibility::Parties(own.clone()), department: own, key: key.to_owned() }
}

async fn ids(views: &Views, reader: &Reader) -> Vec<HandoffId> {
    let page = views.list_handoffs(reader, &HandoffFilter::default(), None, 10).await.unwrap();
    page.entries.into_iter().map(|handoff| handoff.id).collect()
}

#[tokio::test]
async fn a_handoff_is_seen_by_those_who_may_know_of_it_and_a_sealed_one_by_named_keys() {
    let mut story = Story::new();
    let (open, sealed) = tell(&mut story);
    let (_database, _pool, views) = told(&story).await;
    assert_eq!(ids(&views, &reader(AGENCY, "key1")).await, [sealed, open]);
    assert_eq!(ids(&views, &reader(AGENCY, "key2")).await, [open]);
    assert_eq!(ids(&views, &reader(PROCURATORATE, "key9")).await, [open]);
    assert_eq!(ids(&views, &reader(COMMISSION, "key9")).await, [sealed]);
    assert_eq!(ids(&views, &reader(POLICE, "key9")).await, [], "nothing was dispatched yet");
    let all = Reader { visibility: Visibility::All, ..reader("110000-sjj", "key9") };
    assert_eq!(ids(&views, &all).await, [open], "whoever sees all does not see what is sealed");
    let region = vec![department(AGENCY), department(COMMISSION)];
    let own: DepartmentId = department("320100-lxb");
    let overseer = Reader {
        visibility: Visibility::Region { own: own.clone(), region },
        department: own,
        key: "key9".to_owned(),
    };
    assert_eq!(ids(&views, &overseer).await, [open]);
}

#[tokio::test]
async fn a_feed_of_a_department_does_not_know_of_a_sealed_handoff_and_the_receivers_does() {
    let mut story = Story::new();
    let (_, sealed) = tell(&mut story);
    let (_database, _pool, views) = told(&story).await;
    for (who, expected) in [(AGENCY, 0), (PROCURATORATE, 0), (COMMISSION, 1)] {
        let feed = views.feed(&Visibility::Parties(department(who)), 0, 100).await.unwrap();
        let count = feed.events.iter().filter(|event| event.transfer.0 == sealed.0).count();
        assert_eq!((count, feed.covered_to), (expected, story.position()), "{who}");
    }
    let feed = views.feed(&Visibility::All, 0, 100).await.unwrap();
    assert!(feed.events.iter().all(|event| event.transfer.0 != sealed.0));
}

#[tokio::test]
async fn the_lanes_show_their_station_and_the_papers_their_numbers() {
    let mut story = Story::new();
    let (open, sealed) = tell(&mut story);
    let (_database, _pool, views) = told(&story).await;
    let watching = reader(PROCURATORATE, "key9");
    let lanes = views.watched_lanes(&watching, Some(Station::Agency), None, None, 10).await.unwrap();
    let states: Vec<_> = lanes.entries.iter().map(|entry| (entry.lane.number, entry.lane.state)).collect();
    assert_eq!(states, [(1, HandoffState::OrderedToTransfer), (2, HandoffState::OrderedToTransfer)]);
    let first = views.watched_lanes(&watching, None, None, None, 1).await.unwrap();
    let second = views.watched_lanes(&watching, None, None, first.next, 1).await.unwrap();
    assert_eq!((first.entries[0].lane.number, second.entries[0].lane.number), (1, 2));
    let documents = views.documents_of(open).await.unwrap();
    assert_eq!(documents.len(), 1);
    assert!(documents[0].number.contains("〔2026〕"), "{}", documents[0].number);
    let keys = [subject_key("甲医院")];
    let by_suspect = async |reader: &Reader, of| {
        let others = views.with_subjects(reader, of, &keys).await.unwrap();
        others.into_iter().map(|other| other.id).collect::<Vec<_>>()
    };
    assert_eq!(by_suspect(&watching, sealed).await, [open]);
    assert_eq!(by_suspect(&watching, open).await, [], "a sealed handoff is not told by its suspects");
    let everywhere = Reader { visibility: Visibility::All, ..reader("320100-zfw", "key8") };
    assert_eq!(by_suspect(&everywhere, sealed).await, [], "who takes no part could try names out");
}

/// The police record a detention.
fn detain(story: &mut Story, handoff: &Handoff) {
    let reference = handoff.reference.clone();
    let data = Said { milestone: Some(Milestone::Detention), lanes: vec![1], ..Said::default() };
    let (event, secrecy) = (HandoffAct::Milestone, Secrecy::Judicial);
    let after = handoff.after.clone();
    let body = HandoffBody {
        handoff: reference,
        event,
        data,
        by: department(POLICE),
        secrecy,
        document: None,
        after,
    };
    let drafts = vec![HandoffDraft { body, occurred_at: story.now, number_series: None }];
    let decision = HandoffDecision { drafts, guards: Vec::new(), shown: handoff.reference.id };
    story.hand_over(Some(handoff.clone()), &decision);
}

#[tokio::test]
async fn a_detention_is_told_to_judicial_organs_and_moves_nothing_of_its_handoff() {
    let mut story = Story::new();
    let decision =
        open(&opening(Direction::Forward, POLICE), story.now, &Rules::national(), &registry()).unwrap();
    let opened = story.hand_over(None, &decision);
    let id = opened.reference.id;
    story.later(1);
    for _ in 0..2 {
        detain(&mut story, &opened);
    }
    story.later(1);
    let acted = act(&mut story, opened.clone(), HandoffAct::EvidenceHolding, AGENCY);
    let (_database, _pool, views) = told(&story).await;
    let shown = views.handoff_by_id(&reader(AGENCY, "key1"), id).await.unwrap().unwrap();
    assert_eq!((shown.version, shown.position), (acted.version, story.position()));
    assert_eq!(acted.version, opened.version + 1, "the detentions took no version");
    let versions = async |with_investigation| {
        let events = views.handoff_events(id, with_investigation, 0, 100).await.unwrap();
        events.into_iter().map(|event| (event.event_type, event.version)).collect::<Vec<_>>()
    };
    let open: Vec<_> = versions(false).await.into_iter().map(|(_, version)| version).collect();
    assert!(open.into_iter().eq(1..=acted.version));
    let last = views.last_handoff_events(id, acted.version, 2).await.unwrap();
    let last: Vec<_> = last.into_iter().map(|event| event.version).collect();
    assert_eq!(last, [acted.version, opened.version], "the last one first");
    assert_eq!(views.last_handoff_events(id, 1, 2).await.unwrap().len(), 1);
    let all = versions(true).await;
    let milestones: Vec<_> =
        all.iter().filter(|(kind, _)| kind == "criminal-handoff.milestone-reached").collect();
    assert_eq!(milestones.iter().map(|(_, version)| *version).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(all.last().unwrap().1, acted.version, "in the order in which they happened");
    for (who, expected) in [(AGENCY, 0), (PROCURATORATE, 2)] {
        let feed = views.feed(&Visibility::Parties(department(who)), 0, 100).await.unwrap();
        let count = feed.events.iter().filter(|event| event.transfer.0 == id.investigation()).count();
        assert_eq!(count, expected, "{who}");
    }
    assert_eq!(views.row_apart().await.unwrap(), None);
}
