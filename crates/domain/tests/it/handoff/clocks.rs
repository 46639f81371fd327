//! Every clock of the criminal handoff: in time, late, missed, by its article.

use super::clock_rows::{Expiry, ROWS, Row};
use super::given::{AGENCY, CASEBUS, POLICE, PROCURATORATE, World, all_on, at, national};
use super::reach::{reach, reverse};
use super::saying::said_for;
use chrono::TimeDelta;
use contract::clock::ClockState;
use contract::handoff::{HandoffAct as A, HandoffClock as C, HandoffClockRun, HandoffState as S, Said};
use domain::handoff::{Guard, HandoffRefusal};
use std::collections::BTreeMap;

impl Row {
    fn run(&self, world: &World) -> HandoffClockRun {
        world.clock(self.code).unwrap_or_else(|| panic!("{} has not begun", self.code)).clone()
    }

    /// The clock has begun.
    fn begun(&self, start: &str) -> World {
        let mut world = reach(&all_on(), self.state);
        for (by, act) in self.before {
            world.act(by, *act);
        }
        let runs =
            |world: &World| world.handoff().after.clocks.iter().filter(|run| run.code == self.code).count();
        let before = runs(&world);
        world.when(start).act(self.start.0, self.start.1);
        if matches!(self.code, C::C07Seven | C::C07Thirty) {
            let said = Said { clock: Some(self.code), ..said_for(&world, POLICE, A::ReviewExtension) };
            world.act_saying(POLICE, A::ReviewExtension, said);
        }
        assert!(runs(&world) > before, "{} begins", self.code);
        for (by, act) in self.between {
            world.act(by, *act);
        }
        world
    }

    fn is_due(&self, start: &str, due: &str) {
        let world = self.begun(start);
        let run = self.run(&world);
        assert_eq!(run.started_at, at(start), "{}", self.code);
        assert_eq!(run.due_at, Some(at(due)), "{} from {start}", self.code);
        assert_eq!(run.state, ClockState::Running, "{}", self.code);
        assert_eq!(run.owner.as_str(), self.owner, "{}", self.code);
        assert!(!run.provisional);
    }

    fn stopped(&self, mut world: World) -> HandoffClockRun {
        let now = world.now;
        world.act(self.stop.0, self.stop.1);
        let run = self.run(&world);
        assert_eq!(run.ended_at, Some(now), "{}", self.code);
        run
    }

    /// A right is used in time or lost; nothing is late.
    const fn late(&self) -> ClockState {
        if matches!(self.code, C::C10 | C::C12) { ClockState::Cancelled } else { ClockState::MetLate }
    }

    /// Met in the last second; late from the due moment on, and not refused.
    fn is_stopped(&self, start: &str, due: &str) {
        let mut world = self.begun(start);
        world.now = at(due) - TimeDelta::seconds(1);
        assert_eq!(self.stopped(world.clone()).state, ClockState::Met, "{}", self.code);
        world.now = at(due);
        assert_eq!(self.stopped(world).state, self.late(), "{}", self.code);
    }

    /// Recorded once as missed and not before the due moment, where it is a duty at all.
    fn runs_out(&self, start: &str, due: &str) {
        let mut world = self.begun(start);
        let run = self.run(&world);
        let lanes = run.lane.into_iter().collect();
        let miss = Said { clock: Some(self.code), run: Some(run.run), lanes, ..Said::default() };
        let refused = |world: &World| {
            let refusal = world.decided(CASEBUS, A::TimeLimitMiss, miss.clone()).unwrap_err();
            assert!(
                matches!(refusal, HandoffRefusal::Guard { guard: Guard::DutyMissed, .. }),
                "{}: {refusal:?}",
                self.code
            );
        };
        world.now = at(due) - TimeDelta::seconds(1);
        refused(&world);
        world.now = at(due);
        if self.expiry == Expiry::Missed {
            world.act_saying(CASEBUS, A::TimeLimitMiss, miss.clone());
            assert_eq!(self.run(&world).state, ClockState::Missed, "{}", self.code);
        }
        refused(&world);
        world.now = at(due) + TimeDelta::hours(9);
        let ended = self.stopped(world);
        assert_eq!(ended.state, self.late(), "{}", self.code);
        assert_eq!(ended.missed_at.is_some(), self.expiry == Expiry::Missed, "{}", self.code);
    }
}

#[test]
fn every_criminal_clock_is_due_met_late_and_missed_as_its_article_says() {
    let mut cases = BTreeMap::<C, u32>::new();
    let pack = all_on();
    let pack = pack.packs().iter().find(|pack| pack.id == "nj-2026.1").unwrap();
    for row in &ROWS {
        let rule = pack.criminal.clock(row.code).unwrap();
        assert!(rule.article.contains(row.article), "{}: {}", row.code, rule.article);
        assert_eq!(rule.may_be_missed(), row.expiry == Expiry::Missed, "{}", row.code);
        for (start, due) in row.cases {
            row.is_due(start, due);
            row.is_stopped(start, due);
            row.runs_out(start, due);
            *cases.entry(row.code).or_default() += 1;
        }
    }
    println!("{} criminal clocks, {} cases", cases.len(), cases.values().sum::<u32>());
    for code in C::ALL {
        assert!(cases.get(code).is_some_and(|number| *number >= 3), "{code} has fewer than three cases");
    }
}

#[test]
fn clocks_that_are_off_do_not_run() {
    let mut world = reach(&national(), S::NonprosReview);
    assert!(world.clock(C::C20).is_none());
    world = reach(&national(), S::Accepted);
    let refusal = world.refused(POLICE, A::ReviewExtension);
    assert!(matches!(refusal, HandoffRefusal::Guard { guard: Guard::ExtensionOn, .. }), "{refusal:?}");
}

#[test]
fn a_longer_review_counts_from_the_receipt_and_takes_the_place_of_the_three_days() {
    let mut world = reach(&all_on(), S::Presented);
    world.when("06-08 10:00").act(POLICE, A::Receipt);
    world.when("06-10 10:00").act(POLICE, A::ReviewExtension);
    assert_eq!(world.clock(C::C07).unwrap().state, ClockState::Cancelled);
    assert_eq!(world.clock(C::C07Seven).unwrap().due_at, Some(at("06-16 00:00")));
    assert!(!world.when("06-15 10:00").allows(AGENCY, A::OverdueComplaint));
    assert!(world.when("06-16 00:00").allows(AGENCY, A::OverdueComplaint));
}

#[test]
fn the_filing_clock_runs_on_while_a_supplement_is_awaited_unless_the_pack_stops_it() {
    let mut world = reach(&all_on(), S::Presented);
    world.when("06-08 10:00").act(POLICE, A::Receipt).act(POLICE, A::SupplementRequest);
    assert_eq!(world.clock(C::C07).unwrap().due_at, Some(at("06-12 00:00")));
    let rules = std::sync::Arc::new(super::given::rules_with(
        "[criminal]\nsupplement_pauses_filing = true\n\
         [[criminal.clock]]\ncode = \"C07-7\"\non = true\narticle = \"本市规定 第二条\"\n",
    ));
    let mut world = reach(&rules, S::Presented);
    world.when("06-08 10:00").act(POLICE, A::Receipt).act(POLICE, A::ReviewExtension);
    world.act(POLICE, A::SupplementRequest);
    assert_eq!(world.clock(C::C07Seven).unwrap().state, ClockState::Paused);
    world.when("06-10 10:00").act(AGENCY, A::Supplement);
    assert_eq!(world.clock(C::C07Seven).unwrap().due_at, Some(at("06-18 00:00")), "seven days and two");
}

#[test]
fn an_expedited_handoff_shortens_the_clocks_of_the_agency_only() {
    let mut world = World::empty(all_on(), at("06-08 10:00"));
    let mut command = world.opening(contract::handoff::Direction::Forward, AGENCY, POLICE);
    command.expedited = true;
    world.open(&command).unwrap();
    world.act(AGENCY, A::Suspicion).act(AGENCY, A::Report);
    assert_eq!(world.clock(C::C01).unwrap().due_at, Some(at("06-10 00:00")));
    world.act(AGENCY, A::Approval);
    assert_eq!(world.clock(C::C02).unwrap().due_at, Some(at("06-08 22:00")));
    world.act(AGENCY, A::Dispatch).act(POLICE, A::Receipt);
    assert_eq!(world.clock(C::C07).unwrap().due_at, Some(at("06-12 00:00")));
}

#[test]
fn a_review_that_is_suspended_stands_still_for_as_long() {
    let mut world = reach(&all_on(), S::NonprosReview);
    world.when("06-01 10:00").act(PROCURATORATE, A::ReviewRegistration);
    world.when("06-03 10:00").act(PROCURATORATE, A::ReviewSuspension);
    assert_eq!(world.clock(C::C22).unwrap().due_at, None);
    world.when("06-05 10:00").act(PROCURATORATE, A::ReviewResumption);
    // Two working days, 4 and 5 June, did not count.
    assert_eq!(world.clock(C::C22).unwrap().due_at, Some(at("06-18 00:00")));
}

#[test]
fn the_administrative_case_counts_from_its_filing_and_pauses_with_the_suspicion() {
    let mut world = World::investigating(all_on(), at("03-13 10:00"));
    assert_eq!(world.clock(C::C26).unwrap().started_at, at("03-13 00:00"));
    assert_eq!(world.clock(C::C26).unwrap().due_at, Some(at("06-12 00:00")));
    world.when("03-16 10:00").act(AGENCY, A::Suspicion);
    assert_eq!(world.clock(C::C26).unwrap().due_at, None);
    world.act(AGENCY, A::Report).when("03-20 10:00").act(AGENCY, A::Refusal);
    assert_eq!(world.clock(C::C26).unwrap().due_at, Some(at("06-16 00:00")), "four days later");
}

#[test]
fn an_administrative_case_that_ran_out_unseen_does_not_stand_still_and_stays_late() {
    let mut world = World::investigating(all_on(), at("03-13 10:00"));
    world.when("06-15 10:00").act(AGENCY, A::Suspicion);
    let clock = world.clock(C::C26).unwrap();
    assert_eq!((clock.state, clock.due_at), (ClockState::Running, Some(at("06-12 00:00"))));
    world.act(AGENCY, A::Report).when("06-16 10:00").act(AGENCY, A::Refusal);
    assert_eq!(world.clock(C::C26).unwrap().due_at, Some(at("06-12 00:00")), "no day more");
}

#[test]
fn a_police_organ_that_hands_a_case_back_starts_no_reply_clock_and_a_procuratorate_does() {
    assert!(reverse(&all_on(), POLICE).handoff().after.notices.is_empty());
    let mut world = reverse(&all_on(), PROCURATORATE);
    world.when("04-09 10:00").act(AGENCY, A::NoticeReceipt);
    assert_eq!(world.clock(C::C21).unwrap().due_at, Some(at("06-10 00:00")));
}
