//! What is due by itself in a handoff: notices that count as arrived, clocks that ran out, and rights that were not used
//! in time.

use super::clocks::Counter;
use super::decide::HandoffAction;
use super::state::Handoff;
use crate::rule_pack::{CriminalRules, HandoffClockRule};
use crate::rules::Rules;
use chrono::{DateTime, Utc};
use contract::clock::ClockState;
use contract::handoff::{HandoffAct, HandoffClock, HandoffClockRun, HandoffState, Lane, Said};
use contract::ids::HandoffId;

/// The acts of casebus itself that are due at a moment, each with a name that is the same for every attempt at it.
pub fn due(handoff: &Handoff, now: DateTime<Utc>, rules: &CriminalRules) -> Vec<(String, HandoffAction)> {
    let after = &handoff.after;
    let may_be_missed =
        |run: &HandoffClockRun| rules.clock(run.code).is_some_and(HandoffClockRule::may_be_missed);
    let missed = after
        .clocks
        .iter()
        .filter(|run| run.state == ClockState::Running && run.has_run_out(now) && may_be_missed(run))
        .map(|run| {
            let lane = run.lane.map_or_else(|| "whole".to_owned(), |lane| lane.to_string());
            let said = Said {
                clock: Some(run.code),
                run: Some(run.run),
                lanes: run.lane.into_iter().collect(),
                ..Said::default()
            };
            (format!("missed/{}/{lane}/{}", run.code, run.run), action(HandoffAct::TimeLimitMiss, said))
        });
    let lapsed = after.lanes.iter().filter_map(|lane| {
        let code = right_in(lane.state)?;
        let run = after.clocks.iter().rfind(|run| run.code == code && run.lane == Some(lane.number))?;
        let name = format!("lapsed/{code}/{}/{}", lane.number, run.run);
        run.has_run_out(now).then(|| (name, lapse(lane)))
    });
    let arrived =
        after.notices.iter().filter(|notice| notice.received_at.is_none() && notice.deemed_at <= now).map(
            |notice| {
                let said = Said { notice: Some(notice.number), ..Said::default() };
                (format!("arrived/{}", notice.number), action(HandoffAct::NoticeReceipt, said))
            },
        );
    arrived.chain(missed).chain(lapsed).collect()
}

/// The act that gives running clocks the due moments of another holiday calendar, where it moves one or makes one
/// certain.
pub fn recalculation(handoff: &Handoff, now: DateTime<Utc>, rules: &Rules) -> Option<HandoffAction> {
    let pack = rules.pack(&handoff.opening.rule_pack).ok()?;
    let counter = Counter {
        rules: &pack.criminal,
        calendar: rules.calendar(),
        expedited: handoff.opening.expedited,
        now,
    };
    let moves = |run: &HandoffClockRun| {
        let rule = pack.criminal.clock(run.code);
        let due = rule.map(|rule| counter.count(rule, run).due);
        due.is_some_and(|due| Some(due.at) != run.due_at || due.provisional != run.provisional)
    };
    let mut running = handoff.after.clocks.iter().filter(|run| run.state == ClockState::Running);
    running.any(moves).then(|| action(HandoffAct::Recalculation, Said::default()))
}

/// The right that an organ may still use in a state.
const fn right_in(state: HandoffState) -> Option<HandoffClock> {
    if matches!(state, HandoffState::NotFiled) {
        Some(HandoffClock::C10)
    } else if matches!(state, HandoffState::ReconUpheld) {
        Some(HandoffClock::C12)
    } else {
        None
    }
}

fn lapse(lane: &Lane) -> HandoffAction {
    action(HandoffAct::Lapse, Said { lanes: vec![lane.number], ..Said::default() })
}

fn action(act: HandoffAct, said: Said) -> HandoffAction {
    HandoffAction { act, said, fresh: HandoffId::fresh() }
}
