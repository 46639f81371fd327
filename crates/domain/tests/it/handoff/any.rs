//! What holds after every event of any history.

use super::given::{
    ADDRESSEE, AGENCY, CASEBUS, COMMISSION, COURT, FOREST_POLICE, OTHER_AGENCY, OTHER_POLICE, POLICE,
    PROCURATORATE, SENDER, World, all_on, department,
};
use super::reach::{reverse, two_filed, worlds};
use super::saying::said_for;
use super::transitions::COMMITTED;
use chrono::TimeDelta;
use contract::clock::ClockState;
use contract::handoff::{
    Direction, HandoffAct as A, HandoffAfter, HandoffBody, HandoffClock as C, HandoffState as S, Lane,
    Milestone, Said, Verdict,
};
use domain::handoff::clocks::Counter;
use domain::handoff::effect::{Happening, apply, begin};
use domain::handoff::{HandoffDecision, allowed_acts};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Histories of the test; each has up to [`MOST_STEPS`] acts after its beginning.
const HISTORIES: u32 = 10_000;
const MOST_STEPS: usize = 40;

const ORGANS: [&str; 12] = [
    AGENCY,
    ADDRESSEE,
    SENDER,
    POLICE,
    FOREST_POLICE,
    PROCURATORATE,
    COURT,
    COMMISSION,
    OTHER_AGENCY,
    OTHER_POLICE,
    "320200-jcy",
    CASEBUS,
];

/// What may be done in a state, and what it leads to, as the committed table says.
static TABLE: LazyLock<BTreeMap<S, Vec<(A, &'static str)>>> = LazyLock::new(|| {
    let mut table = BTreeMap::<S, Vec<_>>::new();
    for (state, act, role, _) in lines() {
        table.entry(state).or_default().push((act, role));
    }
    table
});
static LEADS: LazyLock<BTreeSet<(S, A, S)>> =
    LazyLock::new(|| lines().map(|(state, act, _, next)| (state, act, next)).collect());
/// Where histories begin: every state by every path, and the beginnings that no path comes to.
static BEGINNINGS: LazyLock<Vec<World>> = LazyLock::new(|| {
    let mut all: Vec<_> = S::ALL.iter().flat_map(|state| worlds(&all_on(), *state)).collect();
    all.push(two_filed(&all_on()));
    all.extend([POLICE, PROCURATORATE, COURT].map(|by| reverse(&all_on(), by)));
    all
});

fn lines() -> impl Iterator<Item = (S, A, &'static str, S)> {
    COMMITTED.lines().map(|line| {
        let (left, next) = line.split_once(" → ").unwrap();
        let [state, act, role] = left.split(" · ").collect::<Vec<_>>()[..] else { panic!("{line}") };
        (S::from_name(state).unwrap(), A::from_name(act).unwrap(), role, S::from_name(next).unwrap())
    })
}

/// One step: which lane, what of it, by whom, how, and how long after the last one.
#[derive(Clone, Copy, Debug)]
struct Step {
    lane: usize,
    pick: usize,
    organ: usize,
    is_blind: bool,
    how: usize,
    hours: i64,
}

fn step() -> impl Strategy<Value = Step> {
    let hours = prop_oneof![4 => Just(0_i64), 3 => 1..80_i64, 1 => 80..3_000_i64];
    let small =
        (0..4_usize, 0..10_000_usize, 0..ORGANS.len(), prop::bool::weighted(0.15), 0..48_usize, hours);
    small.prop_map(|(lane, pick, organ, is_blind, how, hours)| Step {
        lane,
        pick,
        organ,
        is_blind,
        how,
        hours,
    })
}

/// Who plays a part of the table in a lane.
fn who<'a>(world: &'a World, lane: &'a Lane, role: &str, step: Step) -> &'a str {
    let after = &world.handoff().after;
    let found = match role {
        "agency" => Some(&after.parties.agency),
        "police" => Some(&after.parties.police),
        "earlier_police" => after.parties.earlier_police.first(),
        "procuratorate" => after.parties.procuratorate.as_ref(),
        "court" => after.parties.court.as_ref(),
        "addressee" => lane.reverse.as_ref().map(|reverse| &reverse.addressee),
        "consulted" => after.consultation.as_ref().map(|open| &open.with),
        "casebus" => return CASEBUS,
        "commission" => return COMMISSION,
        "sender" => return SENDER,
        _ => None,
    };
    found.map_or(ORGANS[step.organ], contract::ids::DepartmentId::as_str)
}

fn said(world: &World, lane: &Lane, by: &str, act: A, step: Step) -> Said {
    let mut said = said_for(world, by, act);
    if step.how % 3 == 1 || act == A::Splitting {
        said.lanes = vec![lane.number];
    }
    match act {
        A::Milestone if step.how.is_multiple_of(4) => said.milestone = Some(Milestone::ALL[step.pick % 4]),
        A::Milestone => {
            let done = lane.milestone.is_some();
            said.milestone =
                Some(if done { Milestone::Prosecution } else { Milestone::TransferForProsecution });
        }
        A::Judgment if step.how.is_multiple_of(2) => {
            said.verdict = Some(Verdict::ALL[step.pick % 3]);
            said.fine_fen = (said.verdict == Some(Verdict::Guilty)).then_some(100);
        }
        A::AdministrativeDecision => said.fine_fen = (step.how.is_multiple_of(2)).then_some(100),
        A::ReviewExtension if step.how.is_multiple_of(2) => said.clock = Some(C::C07Thirty),
        A::ReverseDesignation if step.how.is_multiple_of(2) => {
            said.department = Some(department(OTHER_AGENCY));
        }
        _ => {}
    }
    if step.is_blind && step.how.is_multiple_of(7) {
        said.department = Some(department(ORGANS[step.pick % (ORGANS.len() - 1)]));
    }
    said
}

/// Tries a step; answers how the handoff stood before, and what was decided.
fn take(world: &mut World, step: Step) -> Option<(HandoffAfter, HandoffDecision)> {
    world.now += TimeDelta::hours(step.hours);
    let after = &world.handoff().after;
    let lane = &after.lanes[step.lane % after.lanes.len()];
    let (act, by) = if step.is_blind {
        (A::ALL[step.pick % A::ALL.len()], ORGANS[step.organ])
    } else {
        let possible = TABLE.get(&lane.state)?;
        let (act, role) = possible[step.pick % possible.len()];
        (act, who(world, lane, role, step))
    };
    let said = said(world, lane, by, act, step);
    let decision = world.decided(by, act, said).ok()?;
    let before = after.clone();
    world.take_unread(decision.clone());
    Some((before, decision))
}

/// (i) The police leave `presented` only by signing; their silence goes to the procuratorate.
fn presented_is_left_by_signing(lane: &Lane, next: &Lane, act: A) {
    if lane.state == S::Presented && next.state != S::Presented {
        let is_signed = (act, next.state) == (A::Receipt, S::Accepted);
        let is_complained_of = (act, next.state) == (A::OverdueComplaint, S::SupervisionOverdue);
        assert!(is_signed || is_complained_of, "{act:?} leads from presented to {}", next.state);
    }
}

/// Each lane goes only where the committed table leads.
fn lanes_go_as_the_table_says(before: &HandoffAfter, body: &HandoffBody) {
    for lane in &before.lanes {
        let Some(next) = body.after.lanes.iter().find(|next| next.number == lane.number) else {
            panic!("a lane is gone")
        };
        presented_is_left_by_signing(lane, next, body.event);
        if lane.state != next.state && body.event != A::JoinedAway {
            let led = (lane.state, body.event, next.state);
            assert!(LEADS.contains(&led), "{led:?} is not in the table");
        }
    }
}

/// (ii) The filing clock never stands still, because the pack does not say so.
fn the_filing_clock_never_pauses(after: &HandoffAfter) {
    let is_review = |code| matches!(code, C::C07 | C::C07Seven | C::C07Thirty);
    for run in after.clocks.iter().filter(|run| is_review(run.code)) {
        assert!(run.pauses.is_empty() && run.state != ClockState::Paused);
    }
}

/// (iii) A lane closes with feedback to everybody who waits, and the handoff is over once all have confirmed.
fn closing_had_feedback(world: &World, body: &HandoffBody) {
    let after = &body.after;
    for lane in after.lanes.iter().filter(|lane| lane.state == S::Closed) {
        let feedback = lane.feedback.as_ref().expect("a closed lane has its feedback");
        let mut owed: Vec<_> = lane.reverse.iter().map(|reverse| reverse.issuer.clone()).collect();
        if matches!(body.event, A::ResultFeedback | A::ClueResult) && body.data.lanes.contains(&lane.number) {
            owed.extend(after.upstream.iter().cloned());
            if body.handoff.direction == Direction::Forward {
                owed.push(after.parties.agency.clone());
            }
        }
        for party in owed.iter().filter(|party| **party != feedback.by) {
            assert!(feedback.to.contains(party), "{party} waits for the result");
        }
    }
    let is_over = |lane: &Lane| match lane.state {
        S::Closed => {
            let feedback = lane.feedback.as_ref().unwrap();
            feedback.to.iter().all(|party| feedback.confirmed.contains(party))
        }
        S::Joined | S::Split => true,
        _ => false,
    };
    assert_eq!(after.open, !after.lanes.iter().all(is_over), "{}", world.first.0);
    // (v) Exactly one holder while something is owed.
    for lane in &after.lanes {
        assert_eq!(lane.holder.is_none(), is_over(lane), "in {}", lane.state);
    }
}

/// (vi) No clock runs in a lane that has ended, but that of a publication; and none runs twice.
fn clocks_run_where_something_is_owed(after: &HandoffAfter) {
    let mut seen = BTreeSet::new();
    for run in after.clocks.iter().filter(|run| run.is_owed()) {
        assert!(seen.insert((run.code, run.lane, &run.owner)), "{} runs twice", run.code);
        assert_eq!(run.due_at.is_none(), run.state == ClockState::Paused, "{}", run.code);
        let concerns = |lane: &&Lane| run.lane.is_none_or(|number| number == lane.number);
        let is_open = after.lanes.iter().filter(concerns).any(|lane| !lane.state.is_ended());
        assert!(is_open || run.code == C::C28, "{} runs in an ended lane", run.code);
    }
}

/// (iv) From the act, what it says, who, when and the rules, every event gives the same again, byte by byte.
fn a_replay_gives_the_same(world: &World) {
    let mut after: Option<HandoffAfter> = None;
    let opening = &world.handoff().opening;
    let pack = world.rules.pack(&opening.rule_pack).unwrap();
    for happened in world.history.iter().filter(|one| one.body.handoff.id == world.first) {
        let body = &happened.body;
        let happening = Happening {
            reference: &body.handoff,
            opening,
            act: body.event,
            said: &body.data,
            by: &body.by,
            counter: Counter {
                rules: &pack.criminal,
                calendar: world.rules.calendar(),
                expedited: opening.expedited,
                now: happened.at,
            },
        };
        let again = after.map_or_else(|| begin(&happening), |before| apply(&before, &happening));
        assert_eq!(again, body.after, "{:?}", body.event);
        after = Some(again);
    }
    let last = world.history.iter().rfind(|one| one.body.handoff.id == world.first).unwrap();
    let again = HandoffBody { after: after.unwrap(), ..last.body.clone() };
    assert_eq!(again.encode(), last.body.encode());
    let read = HandoffBody::decode(HandoffBody::SCHEMA_VERSION, &last.body.encode()).unwrap();
    assert_eq!(read, last.body, "a body reads back as it was written");
}

/// What is offered to an organ holds every act that it was seen to do.
fn what_is_done_is_offered(world: &World, body: &HandoffBody) {
    if body.event.is_internal() || body.event == A::NoticeReceipt {
        return;
    }
    let offered = allowed_acts(world.handoff(), &body.by, world.now, &world.rules, &world.registry);
    assert!(offered.contains(&body.event), "{:?} is not offered to {}", body.event, body.by);
}

fn holds(begin: &World, steps: Vec<Step>) -> Vec<A> {
    let mut world = begin.clone();
    let begun = world.history.len();
    for step in steps {
        let stood = (step.pick.is_multiple_of(16)).then(|| world.clone());
        let Some((mut before, decision)) = take(&mut world, step) else { continue };
        let last = decision.drafts.iter().rfind(|draft| draft.body.handoff.id == world.first);
        if let (Some(mut stood), Some(last)) = (stood, last) {
            stood.now = world.now;
            what_is_done_is_offered(&stood, &last.body);
        }
        for draft in decision.drafts.iter().filter(|draft| draft.body.handoff.id == world.first) {
            lanes_go_as_the_table_says(&before, &draft.body);
            the_filing_clock_never_pauses(&draft.body.after);
            closing_had_feedback(&world, &draft.body);
            clocks_run_where_something_is_owed(&draft.body.after);
            before = draft.body.after.clone();
        }
    }
    a_replay_gives_the_same(&world);
    world.history[begun..].iter().map(|one| one.body.event).collect()
}

#[test]
fn the_invariants_hold_after_every_act_of_any_handoff() {
    let config = ProptestConfig { cases: HISTORIES, failure_persistence: None, ..ProptestConfig::default() };
    let happened = RefCell::new(BTreeMap::<&str, u64>::new());
    let any = (any::<bool>(), 0..BEGINNINGS.len(), prop::collection::vec(step(), 1..=MOST_STEPS));
    TestRunner::new(config)
        .run(&any, |(from_the_start, begin, steps)| {
            let begin = if from_the_start { &BEGINNINGS[0] } else { &BEGINNINGS[begin] };
            for act in holds(begin, steps) {
                *happened.borrow_mut().entry(act.name()).or_default() += 1;
            }
            Ok(())
        })
        .unwrap();
    // A history that never comes to an act proves nothing about it.
    let happened = happened.into_inner();
    println!("{HISTORIES} histories: {happened:?}");
    for act in A::ALL.iter().filter(|act| **act != A::Opening && **act != A::JoinedAway) {
        assert!(happened.contains_key(act.name()), "no history came to {}", act.name());
    }
}
