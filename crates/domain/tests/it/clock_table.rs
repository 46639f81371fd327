//! Every clock of the default pack, each in six cases: in time, in the last minute, late, paused over a holiday,
//! extended, re-routed. All begin on Monday 28 September 2026, before the National Day holiday (1 to 7 October, with
//! the make-up Saturday 10 October). The due days were counted by hand from the holiday notice.

use crate::given::{HEALTH, INSURANCE, MARKET, OFFICE, World, at, sending};
use chrono::{DateTime, TimeDelta, Utc};
use contract::clock::{ClockCode, MissedCause, PauseReason};
use contract::kind::{TransferKind, Urgency};
use domain::time_limit::commands::{
    DecideExtension, MissTimeLimit, RequestExtension, ResumeClocks, SuspendClocks,
};
use domain::transfer::clocks::{Clock, Phase};
use domain::transfer::commands::SendTransfer;
use domain::{Command, Refusal, civil};

use crate::clock_rows::*;

impl Row {
    fn clock(&self, world: &World) -> Clock {
        let mut clocks = world.transfer().clocks.iter();
        clocks.rfind(|clock| clock.code == self.code).unwrap().clone()
    }

    fn due_at(&self) -> DateTime<Utc> {
        civil::end_of(day(self.due_on))
    }

    fn begun(&self) -> World {
        let mut world = (self.begin)();
        if self.code == ClockCode::T21 {
            // Signed, so that progress can be reported.
            world.act(INSURANCE, "09-28 11:00", &Command::Sign);
        }
        if self.code == ClockCode::T14 {
            world.act(MARKET, "09-28 11:00", &Command::Sign);
        }
        let clock = self.clock(&world);
        assert_eq!(clock.started_at, at(BEGIN), "{}", self.code);
        assert_eq!(clock.due_at, Some(self.due_at()), "{} is due on {}", self.code, self.due_on);
        assert_eq!(clock.phase, Phase::Running);
        world
    }

    fn stopped_at(&self, when: DateTime<Utc>) -> Clock {
        let mut world = self.begun();
        let (by, command) = &self.stop;
        world.try_act(by, when, &command()).unwrap();
        let clock = self.clock(&world);
        assert_eq!(clock.phase, Phase::Stopped(when), "{}", self.code);
        clock
    }

    fn in_time(&self) {
        assert!(!self.stopped_at(at("09-29 09:00")).was_late(), "{}", self.code);
    }

    fn last_minute(&self) {
        let last = self.due_at() - TimeDelta::seconds(1);
        assert!(!self.stopped_at(last).was_late(), "{}", self.code);
    }

    /// Recorded once as missed, not before the due moment; the late act is recorded as late and not refused.
    fn late(&self) {
        assert!(self.stopped_at(self.due_at()).was_late(), "{}", self.code);
        let mut world = self.begun();
        let (code, run, owner) = (self.code, self.clock(&world).run, self.clock(&world).owner);
        let miss = Command::MissTimeLimit(MissTimeLimit { code, run, cause: MissedCause::Idle });
        let early = self.due_at() - TimeDelta::seconds(1);
        assert_eq!(world.try_act(owner.as_str(), early, &miss), Err(Refusal::ClockNotMissed));
        world.try_act(owner.as_str(), self.due_at(), &miss).unwrap();
        assert_eq!(world.try_act(owner.as_str(), self.due_at(), &miss), Err(Refusal::ClockNotMissed));
        assert!(world.transfer().facts.late.contains(&owner), "{code}");
        let (by, command) = &self.stop;
        world.try_act(by, self.due_at() + TimeDelta::hours(9), &command()).unwrap();
        assert!(self.clock(&world).was_late() && self.clock(&world).missed, "{code}");
    }

    fn paused(&self) {
        let mut world = self.begun();
        let receiver = world.transfer().reference.to.to_string();
        let suspend = Command::Suspend(SuspendClocks {
            reason: PauseReason::Appraisal,
            evidence: "委托书".into(),
            until: day("2026-10-20"),
        });
        let (from, to) = (at("09-30 15:00"), at("10-09 15:00"));
        let resume = Command::Resume(ResumeClocks { evidence: "鉴定意见".into() });
        let Some((how, due_on)) = self.paused else {
            // Whatever else may be suspended, this clock runs on.
            let _maybe_refused = world.try_act(&receiver, at("09-29 15:00"), &suspend);
            let clock = self.clock(&world);
            // What was asked for a clock that now stands still lapses, and is asked for again when it runs.
            let lapsed = Phase::Cancelled(at("09-29 15:00"));
            let phase = if self.code == ClockCode::T10 { lapsed } else { Phase::Running };
            assert_eq!((clock.phase, clock.due_at), (phase, Some(self.due_at())), "{}", self.code);
            return;
        };
        let acts = match how {
            Pausing::Suspension => [(receiver.clone(), suspend), (receiver, resume)],
            Pausing::Supplement => [(receiver, ask_for_more()), (HEALTH.to_owned(), supply())],
        };
        world.try_act(&acts[0].0, from, &acts[0].1).unwrap();
        assert_eq!(self.clock(&world).due_at, None, "{} stands still", self.code);
        let miss = MissTimeLimit { code: self.code, run: self.clock(&world).run, cause: MissedCause::Idle };
        let missed = world.try_act(&acts[0].0, at("10-09 14:00"), &Command::MissTimeLimit(miss));
        assert_eq!(missed, Err(Refusal::ClockNotMissed), "{} does not run", self.code);
        world.try_act(&acts[1].0, to, &acts[1].1).unwrap();
        let clock = self.clock(&world);
        assert_eq!(clock.due_at.map(civil::last_day_before), Some(day(due_on)), "{}", self.code);
    }

    fn extended(&self) {
        let mut world = self.begun();
        let owner = self.clock(&world).owner.to_string();
        let until = (self.code == ClockCode::T21).then(|| day("2026-10-30"));
        let (code, reason) = (self.code, "需要时间".to_owned());
        let ask = Command::RequestExtension(RequestExtension { code, reason, until });
        let Some(due_on) = self.extended else {
            assert!(world.try_act(&owner, at("09-29 09:00"), &ask).is_err(), "{code}");
            assert_eq!(self.clock(&world).due_at, Some(self.due_at()), "{code}");
            return;
        };
        world.try_act(&owner, at("09-29 09:00"), &ask).unwrap();
        assert_eq!(world.transfer().open_clock(ClockCode::T10).unwrap().owner.as_str(), owner);
        let grant = Command::DecideExtension(DecideExtension::Grant { note: None });
        world.try_act(&owner, at("09-29 10:00"), &grant).unwrap();
        let clock = self.clock(&world);
        assert_eq!(clock.due_at.map(civil::last_day_before), Some(day(due_on)), "{code}");
        // A second one is decided by the office only.
        let until = until.map(|until| until + chrono::Days::new(7));
        let again =
            Command::RequestExtension(RequestExtension { code, reason: "仍需时间".into(), until });
        world.try_act(&owner, at("09-30 09:00"), &again).unwrap();
        let by_owner = world.try_act(&owner, at("09-30 10:00"), &grant);
        assert!(matches!(by_owner, Err(Refusal::WrongParty { .. })), "{code}: {by_owner:?}");
        world.try_act(OFFICE, at("09-30 10:00"), &grant).unwrap();
        let third = world.try_act(&owner, at("09-30 11:00"), &again);
        assert!(matches!(third, Err(Refusal::ExtensionsUsedUp { times: 2, .. })), "{code}: {third:?}");
        let mut late = self.begun();
        let after = late.try_act(&owner, self.due_at(), &ask);
        assert!(matches!(after, Err(Refusal::ExtensionAfterExpiry { .. })), "{code}: {after:?}");
    }

    fn rerouted(&self) {
        let mut world = self.begun();
        match &self.reroute {
            Reroute::Over(by, act, next) => {
                let command = act(&mut world);
                world.act(by, "09-29 10:00", &command);
                assert!(!self.clock(&world).is_open(), "{} is over", self.code);
                let linked =
                    world.transfers.values().find(|one| one.reference.to.as_str() == MARKET).unwrap();
                assert_eq!(linked.reference.from.as_str(), HEALTH, "the first sender is owed");
                if let Some(next) = next {
                    let clock = linked.open_clock(*next).unwrap();
                    assert_eq!((clock.owner.as_str(), clock.started_at), (MARKET, at("09-29 10:00")));
                }
            }
            Reroute::Refused(by, act) => {
                let command = act(&mut world);
                assert!(world.try_act(by, at("09-29 10:00"), &command).is_err(), "{}", self.code);
                assert_eq!(self.clock(&world).due_at, Some(self.due_at()));
            }
        }
    }
}

/// T01 runs before the transfer is there: from the discovery to the sending, which is what stops it.
fn sent_after_discovery(sent_at: DateTime<Utc>, urgency: Urgency) -> Clock {
    let mut world = World::empty();
    let send = sending(TransferKind::ClueTransfer, world.first, HEALTH, INSURANCE, urgency);
    world.send(&SendTransfer { discovered_at: Some(at(BEGIN)), ..send }, None, sent_at);
    world.transfer().clocks.iter().find(|clock| clock.code == ClockCode::T01).unwrap().clone()
}

fn t01() -> usize {
    let due_at = civil::end_of(day("2026-10-08"));
    let (in_time, last) = (at("09-29 09:00"), due_at - TimeDelta::seconds(1));
    assert!(!sent_after_discovery(in_time, Urgency::Normal).was_late(), "in time");
    assert!(!sent_after_discovery(last, Urgency::Normal).was_late(), "last minute");
    let late = sent_after_discovery(due_at, Urgency::Normal);
    assert!(late.was_late() && late.due_at == Some(due_at), "late, over a holiday that does not count");
    assert!(sent_after_discovery(at("09-29 10:01"), Urgency::Urgent).was_late(), "urgent: 24 hours");
    // It is over when the transfer is there: nothing is left to pause or to extend.
    let mut world = World::empty();
    let send = sending(TransferKind::ClueTransfer, world.first, HEALTH, INSURANCE, Urgency::Normal);
    world.send(&SendTransfer { discovered_at: Some(at(BEGIN)), ..send }, None, in_time);
    let refused = world.refused(HEALTH, "09-29 10:00", &extend(ClockCode::T01));
    assert!(matches!(refused, Refusal::WrongParty { .. } | Refusal::ClockNotRunning { .. }), "extended");
    world.act(INSURANCE, "09-29 11:00", &Command::Sign);
    world.act(INSURANCE, "09-29 12:00", &object());
    world.act(HEALTH, "09-29 13:00", &give_back());
    let resend = resend_to_market(&mut world);
    world.act(HEALTH, "10-20 09:00", &resend);
    let has_t01 = world.linked().clocks.iter().any(|clock| clock.code == ClockCode::T01);
    assert!(!has_t01, "re-routed: the finding is not measured a second time");
    6
}

#[test]
fn every_clock_of_the_default_pack_in_time_last_minute_late_paused_extended_and_rerouted() {
    let rows = rows();
    let mut cases = t01();
    let mut codes = vec![ClockCode::T01];
    for row in &rows {
        row.in_time();
        row.last_minute();
        row.late();
        row.paused();
        row.extended();
        row.rerouted();
        cases += 6;
        codes.push(row.code);
    }
    codes.sort();
    assert_eq!(codes, ClockCode::ALL, "each clock stands in the table once");
    println!("{} clocks, {cases} cases", codes.len());
    assert_eq!((codes.len(), cases), (20, 120));
}
