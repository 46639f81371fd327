//! What holds after every event of any history (design: the invariants of the rules).

use crate::any::{
    COMMANDS, Choice, PARTIES, Step, allowed, carries_on, command, dated, is_refused_by_content, kind, steps,
    watched,
};
use crate::given::{HEALTH, INSURANCE, MARKET, World, at, department, sending};
use crate::recount::recount;
use chrono::{DateTime, TimeDelta, Utc};
use contract::clock::{ClockCode, ClockMove, PauseReason};
use contract::event::{Body, CloseReason, LinkReason, Terms, TransferEvent};
use contract::ids::TransferId;
use contract::kind::{Routing, TransferKind, Urgency};
use domain::calendar::Calendar;
use domain::rule_pack::Catalogue;
use domain::transfer::clocks::changes::Scene;
use domain::transfer::clocks::{Clock, Phase, changes, explain};
use domain::transfer::commands::SendTransfer;
use domain::transfer::event::Place;
use domain::transfer::state::State;
use domain::{Decision, Draft, Rules, Transfer, decide};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Histories of the test; each has up to [`MOST_STEPS`] acts.
const HISTORIES: u32 = 10_000;
const MOST_STEPS: usize = 40;

fn exactly_one_holder_while_open(transfer: &Transfer) {
    assert_eq!(transfer.holder().is_none(), transfer.state.name().is_ended(), "{:?}", transfer.state);
}

/// The pack names the exceptions: who decides on an extension, and who was urged.
fn only_the_holders_clocks_run(transfer: &Transfer, rules: &Rules) {
    let pack = rules.pack(&transfer.sent.rule_pack).unwrap();
    let is_beside = |clock: &Clock| pack.clock(clock.code).unwrap().beside_holder;
    for clock in transfer.clocks.iter().filter(|clock| clock.phase == Phase::Running) {
        if !is_beside(clock) {
            assert_eq!(Some(&clock.owner), transfer.holder(), "{} in {:?}", clock.code, transfer.state);
        }
        assert!(clock.due_at.is_some());
    }
}

/// A paused clock has no due moment, and a reason: a supplement is awaited, or the transfer is suspended.
fn a_paused_clock_does_not_run(transfer: &Transfer) {
    for clock in &transfer.clocks {
        let Phase::Paused { reason, .. } = clock.phase else { continue };
        assert!(clock.due_at.is_none() && clock.warn_at.is_none());
        let supplementing = matches!(transfer.state, State::Supplementing { .. });
        let suspended = transfer.facts.suspension.is_some_and(|suspension| suspension.reason == reason);
        let waits = reason == PauseReason::CriminalHandoff && transfer.facts.criminal_handoff.is_some();
        assert!(supplementing || suspended || waits, "{} is paused in {:?}", clock.code, transfer.state);
    }
}

/// Something always runs against the holder of a case: nobody can sit on it unseen. A task has the dates it was given.
fn the_holder_of_a_case_owes_something_by_a_time(transfer: &Transfer) {
    if transfer.reference.kind == TransferKind::SupervisionTask || transfer.holder().is_none() {
        return;
    }
    let owes = transfer.clocks.iter().any(|clock| clock.is_open() && Some(&clock.owner) == transfer.holder());
    assert!(owes, "nothing runs in {:?}: {:?}", transfer.state, transfer.clocks);
}

/// What ended after its due moment is late, whatever happened to its clock meanwhile; told from the changes alone.
fn lateness_is_never_lost(run: &Run) {
    let mut due: BTreeMap<(TransferId, ClockCode, u32), DateTime<Utc>> = BTreeMap::new();
    let mut paused: BTreeMap<(TransferId, ClockCode, u32), DateTime<Utc>> = BTreeMap::new();
    for Happened { body, now, .. } in &run.history {
        if let TransferEvent::ExtensionGranted(granted) = &body.event {
            let key = (body.transfer.id, granted.code, granted.run);
            assert!(*now < due[&key] && !paused.contains_key(&key), "granted after expiry");
        }
        for change in &body.after.clocks {
            let key = (body.transfer.id, change.code, change.run);
            match change.movement {
                ClockMove::Paused => {
                    // It may stand already, for another reason.
                    paused.entry(key).or_insert(*now);
                }
                ClockMove::Stopped | ClockMove::Cancelled => {
                    let ran_until = paused.get(&key).unwrap_or(now);
                    let clocks = &run.world.transfers[&body.transfer.id].clocks;
                    let is_it = |clock: &&Clock| clock.code == change.code && clock.run == change.run;
                    let clock = clocks.iter().find(is_it).unwrap();
                    assert!(clock.was_late() || *ran_until < due[&key], "{} {:?}", change.code, body.event);
                }
                ClockMove::Started | ClockMove::Resumed | ClockMove::Extended | ClockMove::Recalculated => {
                    if change.movement == ClockMove::Resumed {
                        paused.remove(&key);
                    }
                    due.extend(change.due_at.map(|due_at| (key, due_at)));
                }
                ClockMove::Missed => {}
            }
        }
    }
}

/// Nobody objects twice on the way of one case, and what takes the place of another keeps its sender and matter.
fn the_way_of_a_case_is_straight(run: &Run) {
    for Happened { body, .. } in &run.history {
        let transfer = &run.world.transfers[&body.transfer.id];
        if let TransferEvent::Objected(_) = &body.event {
            assert!(!transfer.sent.terms.objected.contains(&transfer.reference.to), "a second objection");
        }
        let TransferEvent::Sent(sent) = &body.event else { continue };
        let Some(origin) = &sent.origin else { continue };
        let before = &run.world.transfers[&origin.transfer];
        assert_eq!(body.transfer.matter, before.reference.matter);
        let replaces = matches!(
            origin.reason,
            LinkReason::Agreed | LinkReason::Designated | LinkReason::Resent | LinkReason::Routed
        );
        if replaces {
            assert_eq!(body.transfer.from, before.reference.from, "the first sender is owed");
        }
    }
}

/// The receiver of a case referral sends nothing onward that grew from it, however long the way.
fn no_referral_is_handed_on(run: &Run) {
    for transfer in run.world.transfers.values() {
        let keeps = matches!(transfer.reference.kind, TransferKind::Notice | TransferKind::AssistanceRequest);
        let mut above = transfer.sent.origin.as_ref().map(|origin| &run.world.transfers[&origin.transfer]);
        while let Some(origin) = above {
            let is_referral = origin.reference.kind == TransferKind::CaseReferral;
            let by_its_receiver = origin.reference.to == transfer.reference.from;
            assert!(!is_referral || !by_its_receiver || keeps, "handed on: {:?}", transfer.reference);
            above = origin.sent.origin.as_ref().map(|origin| &run.world.transfers[&origin.transfer]);
        }
    }
}

fn no_clock_runs_twice_at_once(transfer: &Transfer) {
    let open: Vec<_> =
        transfer.clocks.iter().filter(|clock| clock.is_open()).map(|clock| clock.code).collect();
    let distinct: BTreeSet<_> = open.iter().collect();
    assert_eq!(open.len(), distinct.len(), "{open:?}");
}

fn what_waits_has_its_clock(transfer: &Transfer) {
    assert_eq!(transfer.facts.extension.is_some(), transfer.open_clock(ClockCode::T10).is_some());
    assert_eq!(transfer.facts.urging.is_some(), transfer.open_clock(ClockCode::T20).is_some());
    assert!(transfer.facts.suspension.is_none() || transfer.state.handling().is_some());
}

fn every_explanation_adds_up(transfer: &Transfer, decision: &Decision, rules: &Rules) {
    let moved: BTreeSet<_> = decision
        .drafts
        .iter()
        .filter(|draft| draft.body.transfer.id == transfer.reference.id)
        .flat_map(|draft| draft.body.after.clocks.iter().map(|change| (change.code, change.run)))
        .collect();
    for clock in transfer.clocks.iter().filter(|clock| moved.contains(&(clock.code, clock.run))) {
        let explained = explain(transfer, clock.code, Some(clock.run), rules).unwrap().unwrap();
        assert_eq!(recount(&explained.arithmetic), explained.arithmetic.due.at);
        if clock.phase == Phase::Running {
            assert_eq!(Some(explained.arithmetic.due.at), clock.due_at, "{} {:?}", clock.code, explained);
        }
    }
}

/// Computes every clock change again from the events and the pack alone, and the transfer with them.
fn clocks_are_a_function_of_events_and_pack(run: &Run, id: TransferId) {
    let mut transfer: Option<Transfer> = None;
    for Happened { body, now, rules } in run.history.iter().filter(|one| one.body.transfer.id == id) {
        let place = Place { position: 0, number: None, occurred_at: *now };
        let after = Transfer::evolve(transfer.clone(), body, place).unwrap();
        let before = transfer.unwrap_or_else(|| Transfer { clocks: Vec::new(), ..after.clone() });
        let mut bare = after.clone();
        bare.clocks.clone_from(&before.clocks);
        let (event, rules) = (&body.event, &run.rules[*rules]);
        let pack = rules.pack(&after.sent.rule_pack).unwrap();
        let scene = Scene { before: &before, after: &bare, event, now: *now, pack, rules };
        assert_eq!(changes(&scene), body.after.clocks, "{}", body.event.name());
        transfer = Some(after);
    }
    assert_eq!(transfer.as_ref(), Some(&run.world.transfers[&id]), "replay gives the same transfer");
}

fn closing_had_final_feedback(transfer: &Transfer) {
    let State::Closed(reason) = &transfer.state else { return };
    match reason {
        CloseReason::Confirmed
        | CloseReason::ConfirmedByOffice
        | CloseReason::Ruled
        | CloseReason::StruckOff
        | CloseReason::Replied => {
            assert!(transfer.feedback.last().is_some_and(|given| given.is_final));
        }
        CloseReason::Kept | CloseReason::Read | CloseReason::MeetingDecided | CloseReason::CaseEnded => {}
    }
}

fn allowed_actions_are_those_that_are_decided(world: &World, now: DateTime<Utc>) {
    for transfer in world.transfers.values() {
        for party in PARTIES {
            let by = department(party);
            let allowed = transfer.standing(now).allowed_actions(&by);
            for which in 0..COMMANDS {
                let attempt = command(which, 0, TransferId(uuid::Uuid::nil()));
                let Some(action) = attempt.action() else { continue };
                let upstream = transfer.assists().map(|case| &world.transfers[&case]);
                let decided = decide(transfer, upstream, &attempt, &by, now, &world.rules);
                let is_due = decided.as_ref().map_or_else(|no| is_refused_by_content(no, &attempt), |_| true);
                if allowed.contains(&action) != is_due {
                    // An act that is not in turn may still be refused for what it says first: only then they differ.
                    assert!(!is_due || decided.is_err(), "{action} by {party}: {decided:?}");
                    assert!(!allowed.contains(&action), "{action} by {party}: {decided:?}");
                }
            }
        }
    }
}

/// The party sends something of its own in the matter of a transfer.
fn onward(transfer: &Transfer, by: &str, pick: usize, id: TransferId) -> SendTransfer {
    let kind = TransferKind::ALL[pick % TransferKind::ALL.len()];
    let to = PARTIES.into_iter().find(|party| *party != by).unwrap_or(MARKET);
    let from_receiver_of_origin = transfer.reference.to.as_str() == by;
    SendTransfer { from_receiver_of_origin, ..sending(kind, id, by, to, Urgency::Normal) }
}

fn informs_of_a_referral(transfer: &Transfer) -> bool {
    transfer.sent.origin.as_ref().is_some_and(|origin| origin.reason == LinkReason::Informed)
}

/// A history as it goes on.
struct Run {
    world: World,
    now: DateTime<Utc>,
    history: Vec<Happened>,
    /// The rules that were in force, in order; the last ones are.
    rules: Vec<Rules>,
}

/// An event, when it happened, and under which of the rules.
struct Happened {
    body: Body,
    now: DateTime<Utc>,
    rules: usize,
}

impl Run {
    fn begin(kind: TransferKind, is_urgent: bool) -> Self {
        let now = at("09-14 09:00");
        let urgency = if is_urgent { Urgency::Urgent } else { Urgency::Normal };
        let mut world = World::empty();
        let terms = if kind == TransferKind::SupervisionTask { dated() } else { Terms::default() };
        let discovered_at = Some(at("09-09 09:00"));
        let first = sending(kind, world.first, HEALTH, INSURANCE, urgency);
        let is_case = matches!(kind, TransferKind::ClueTransfer | TransferKind::CaseReferral);
        let routing = if is_case { Routing::Assumed } else { Routing::Named };
        world.send(&SendTransfer { terms, discovered_at, routing, ..first }, None, now);
        let history =
            world.history.iter().map(|body| Happened { body: body.clone(), now, rules: 0 }).collect();
        let rules = vec![world.rules.clone()];
        Self { world, now, history, rules }
    }

    /// A holiday notice comes out that makes a day off of an ordinary Monday.
    fn publish_a_calendar(&mut self) {
        let known = self.world.rules.calendar();
        let day_off = format!("2026-{:02}-02,off,临时放假\n", 10 + self.rules.len() % 3);
        let version = format!("cn-2026-{}", self.rules.len() + 1);
        let calendar =
            Calendar::from_csv(&version, &(known.to_csv().replace("2026-10-02,off,国庆节\n", "") + &day_off));
        let Ok(calendar) = calendar else { return };
        let catalogue = self.world.rules.catalogue().clone();
        self.world.rules = self.world.rules.clone().with(catalogue, [calendar]);
        self.rules.push(self.world.rules.clone());
    }

    /// Tries a step; answers the transfer on which it was done and what was decided.
    fn step(&mut self, step: Step) -> Option<(Transfer, Decision)> {
        self.now += TimeDelta::hours(step.hours.into());
        let id = self.world.fresh();
        let all = || self.world.transfers.values();
        let open: Vec<_> = all().filter(|transfer| transfer.holder().is_some()).collect();
        // Mostly something that is open; sometimes what has ended.
        let chosen = open.get(step.transfer).copied().or_else(|| all().nth(step.transfer / 2));
        let transfer = chosen.or_else(|| all().next())?.clone();
        let by_party = |by: usize| department(PARTIES[by]);
        let (by, command) = match step.choice {
            Choice::Onward(by) => {
                let by = PARTIES.get(by).copied().unwrap_or(transfer.reference.to.as_str());
                let send = onward(&transfer, by, step.pick, id);
                let decision = send.decide(Some(&transfer), self.now, &self.world.rules).ok()?;
                return Some(self.take(transfer, decision));
            }
            Choice::Blind { by, which } => (by_party(by), command(which, step.pick, id)),
            Choice::Allowed(nth) => allowed(&transfer, |_| true, (nth, step.pick), id, self.now)?,
            Choice::Forward(nth) => allowed(&transfer, carries_on, (nth, step.pick), id, self.now)?,
            Choice::Watch(nth) => watched(&transfer, nth)?,
            Choice::NewCalendar => {
                self.publish_a_calendar();
                return None;
            }
        };
        let upstream = transfer.assists().map(|case| &self.world.transfers[&case]);
        let decided = decide(&transfer, upstream, &command, &by, self.now, &self.world.rules);
        decided.ok().map(|decision| self.take(transfer, decision))
    }

    fn take(&mut self, transfer: Transfer, decision: Decision) -> (Transfer, Decision) {
        let drafts = decision.drafts.iter();
        let rules = self.rules.len() - 1;
        let happened = |draft: &Draft| Happened { body: draft.body.clone(), now: draft.occurred_at, rules };
        self.history.extend(drafts.map(happened));
        self.world.take(&decision);
        (transfer, decision)
    }
}

fn nothing_goes_a_forbidden_way(step: Step, transfer: &Transfer, decision: &Decision) {
    let is_onward = matches!(step.choice, Choice::Onward(_));
    let is_sent = |draft: &&Draft| matches!(draft.body.event, TransferEvent::Sent(_));
    let hands_on = decision.drafts.iter().filter(is_sent).any(|draft| {
        let new = &draft.body.transfer;
        let keeps = matches!(new.kind, TransferKind::Notice | TransferKind::AssistanceRequest);
        new.from == transfer.reference.to && !keeps
    });
    assert!(!(hands_on && transfer.reference.kind == TransferKind::CaseReferral));
    let is_conversion = |draft: &Draft| matches!(draft.body.event, TransferEvent::Converted(_));
    let converts = hands_on && decision.drafts.iter().any(is_conversion);
    assert!(!(converts && informs_of_a_referral(transfer)));
    for draft in &decision.drafts {
        assert!(draft.occurred_at >= transfer.updated_at || is_onward);
        assert_ne!(draft.body.transfer.from, draft.body.transfer.to);
    }
}

/// The national rules with a pack of a city that halves the long clocks, read once.
static WITH_A_CITY_PACK: LazyLock<Rules> = LazyLock::new(with_a_city_pack);

fn with_a_city_pack() -> Rules {
    let mut catalogue = Catalogue::shipped();
    let pack = "id = \"nj-2026.1\"\ninherits = \"cn-default-2026.2\"\njurisdiction = \"320100\"\n\
        effective_from = \"2026-01-01\"\n\
        [[clock]]\ncode = \"T02\"\nperiod = { length = 2, unit = \"working_day\" }\narticle = \"本市规定 第二条\"\n\
        [[clock]]\ncode = \"T07\"\nperiod = { length = 7, unit = \"working_day\" }\narticle = \"本市规定 第三条\"\n\
        [[clock]]\ncode = \"T09b\"\nperiod = { length = 1, unit = \"month\" }\narticle = \"本市规定 第四条\"\n\
        [[vector]]\nclock = \"T02\"\nstart = \"2026-09-30T16:00:00+08:00\"\ndue_on = \"2026-10-09\"\n\
        [[vector]]\nclock = \"T07\"\nstart = \"2026-03-02T16:00:00+08:00\"\ndue_on = \"2026-03-11\"\n\
        [[vector]]\nclock = \"T09b\"\nstart = \"2026-01-31T16:00:00+08:00\"\ndue_on = \"2026-02-28\"\n";
    catalogue.add(pack).unwrap();
    Rules::national().with(catalogue, [])
}

type Streams = BTreeMap<TransferId, Vec<Vec<u8>>>;

fn streams(run: &Run, of: &BTreeSet<TransferId>) -> Streams {
    let mut streams = Streams::new();
    for Happened { body, .. } in run.history.iter().filter(|one| of.contains(&one.body.transfer.id)) {
        streams.entry(body.transfer.id).or_default().push(body.encode());
    }
    streams
}

fn what_happened(one: Option<&(Transfer, Decision)>) -> Vec<&'static str> {
    one.into_iter().flat_map(|(_, decision)| &decision.drafts).map(|draft| draft.body.event.name()).collect()
}

/// Runs one history and checks what must hold; answers the names of its events.
fn holds(kind: TransferKind, is_urgent: bool, steps: Vec<Step>) -> Vec<&'static str> {
    let mut run = Run::begin(kind, is_urgent);
    for step in steps {
        let Some((transfer, decision)) = run.step(step) else { continue };
        nothing_goes_a_forbidden_way(step, &transfer, &decision);
        let touched: BTreeSet<_> = decision.drafts.iter().map(|draft| draft.body.transfer.id).collect();
        for transfer in touched.iter().map(|id| &run.world.transfers[id]) {
            exactly_one_holder_while_open(transfer);
            only_the_holders_clocks_run(transfer, &run.world.rules);
            a_paused_clock_does_not_run(transfer);
            closing_had_final_feedback(transfer);
            no_clock_runs_twice_at_once(transfer);
            what_waits_has_its_clock(transfer);
            the_holder_of_a_case_owes_something_by_a_time(transfer);
            every_explanation_adds_up(transfer, &decision, &run.world.rules);
        }
    }
    let ids: Vec<_> = run.world.transfers.keys().copied().collect();
    for id in ids {
        clocks_are_a_function_of_events_and_pack(&run, id);
    }
    lateness_is_never_lost(&run);
    the_way_of_a_case_is_straight(&run);
    no_referral_is_handed_on(&run);
    let mut seen = BTreeSet::new();
    for Happened { body, .. } in &run.history {
        for change in body.after.clocks.iter().filter(|change| change.movement == ClockMove::Missed) {
            let key = (body.transfer.id, change.code, change.run);
            assert!(seen.insert(key), "a clock is missed once per run");
        }
    }
    run.history.iter().map(|one| one.body.event.name()).collect()
}

#[test]
fn the_invariants_hold_after_every_act_of_any_history() {
    let config = ProptestConfig { cases: HISTORIES, failure_persistence: None, ..ProptestConfig::default() };
    let happened = RefCell::new(BTreeMap::<&str, u64>::new());
    let any = (kind(), any::<bool>(), steps(MOST_STEPS, true));
    TestRunner::new(config)
        .run(&any, |(kind, is_urgent, steps)| {
            for name in holds(kind, is_urgent, steps) {
                *happened.borrow_mut().entry(name).or_default() += 1;
            }
            Ok(())
        })
        .unwrap();
    // A history that never comes to an event proves nothing about it.
    let happened = happened.into_inner();
    println!("{HISTORIES} histories: {happened:?}");
    for (name, _) in TransferEvent::NAMES {
        assert!(happened.contains_key(name), "no history came to {name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: HISTORIES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn allowed_actions_are_what_is_decided_after_any_history(
        kind in kind(), steps in steps(MOST_STEPS, true)
    ) {
        let mut run = Run::begin(kind, false);
        for step in steps {
            run.step(step);
        }
        allowed_actions_are_those_that_are_decided(&run.world, run.now);
    }

    #[test]
    fn a_pack_that_is_published_changes_no_transfer_that_began_before(
        kind in kind(), steps in steps(MOST_STEPS, false), published_before in 0..MOST_STEPS
    ) {
        let (mut without, mut with) = (Run::begin(kind, false), Run::begin(kind, false));
        let mut old = BTreeSet::new();
        for (number, step) in steps.into_iter().enumerate() {
            if number == published_before {
                old = with.world.transfers.keys().copied().collect();
                with.world.rules = WITH_A_CITY_PACK.clone();
                with.rules.push(with.world.rules.clone());
            }
            let (a, b) = (without.step(step), with.step(step));
            // A transfer of the new pack may be due earlier, so later acts on it may differ; then the comparison ends.
            let is_new = |one: Option<&(Transfer, Decision)>| {
                one.is_some_and(|(transfer, _)| !old.contains(&transfer.reference.id))
            };
            if what_happened(a.as_ref()) != what_happened(b.as_ref()) && (is_new(a.as_ref()) || is_new(b.as_ref())) {
                prop_assert!(!old.is_empty());
                break;
            }
        }
        prop_assert_eq!(streams(&without, &old), streams(&with, &old));
        let begun_later = with.world.transfers.values().filter(|transfer| !old.contains(&transfer.reference.id));
        for transfer in begun_later.filter(|_| !old.is_empty()) {
            prop_assert_eq!(transfer.sent.rule_pack.as_str(), "nj-2026.1");
        }
    }
}
