//! Whole lives of clue transfers: sent, signed, accepted, interim feedback, final feedback, confirmed and closed.
//!
//! They run side by side, as in an office: at any time some thousands of transfers are open, and the events of one
//! stand far apart in the log, so a batch hardly ever holds two events of the same transfer.

use super::fill::command;
use chrono::{DateTime, TimeDelta, Utc};
use contract::clock::{ClockChange, ClockCode, ClockMove};
use contract::event::{
    After, Body, CloseReason, Closed, Facts, FeedbackGiven, FeedbackReference, OutcomeCode, Terms,
    TransferEvent, TransferRef, TransferSent,
};
use contract::ids::{DepartmentId, MatterId, TransferId, fresh_id};
use contract::kind::{Routing, Source, TransferKind, Urgency};
use contract::state::{Handling, TransferState};
use log::{NewCommand, NewEvent};

/// Commands of a life; the last one has two events.
const COMMANDS: usize = 6;
/// Events of a life.
const EVENTS: usize = 7;
/// So many other lives begin between two commands of one.
const STRIDE: usize = 997;
/// Between the beginnings of two lives.
const BETWEEN_TWO: TimeDelta = TimeDelta::seconds(5);
/// Departments that send to each other.
const DEPARTMENTS: usize = 40;

/// The commands of about so many events.
pub(super) fn commands(events: usize) -> impl Iterator<Item = NewCommand> {
    let mut lives: Vec<Life> = (0..events.div_ceil(EVENTS)).map(Life::new).collect();
    let mut order: Vec<(usize, usize)> = (0..lives.len())
        .flat_map(|life| (0..COMMANDS).map(move |step| (life + step * STRIDE, life)))
        .collect();
    order.sort_unstable();
    order.into_iter().map(move |(_, life)| lives[life].next_command())
}

/// One transfer on its way.
struct Life {
    case: TransferRef,
    office: DepartmentId,
    sent_at: DateTime<Utc>,
    step: usize,
    version: i64,
}

impl Life {
    fn new(number: usize) -> Self {
        let id = TransferId::fresh();
        let case = TransferRef {
            id,
            kind: TransferKind::ClueTransfer,
            from: department(number % DEPARTMENTS),
            to: department((number + 7) % DEPARTMENTS),
            matter: MatterId(id.0),
        };
        // A program that starts on this log has a clock behind its last event, also after millions of them.
        let later = BETWEEN_TWO * i32::try_from(number).unwrap_or(i32::MAX);
        let sent_at = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_500) + later;
        Self { case, office: department(DEPARTMENTS), sent_at, step: 0, version: 0 }
    }

    fn next_command(&mut self) -> NewCommand {
        let bodies = self.bodies();
        let version = self.version;
        self.step += 1;
        self.version += i64::try_from(bodies.len()).unwrap_or_default();
        command(bodies.into_iter().map(|(event, after)| self.recorded(event, after)).collect(), version)
    }

    /// What happens in the next command, with what holds after it.
    fn bodies(&self) -> Vec<(TransferEvent, After)> {
        let (to, from) = (Some(&self.case.to), Some(&self.case.from));
        let started = |code, owner, hours| self.clock(code, ClockMove::Started, owner, hours);
        let stopped = |code, owner| self.clock(code, ClockMove::Stopped, owner, 24);
        let receiver = &self.case.to;
        match self.step {
            0 => {
                let clocks = vec![started(ClockCode::T02, receiver, 24)];
                vec![(TransferEvent::Sent(self.sent()), after(TransferState::Delivered, to, clocks))]
            }
            1 => {
                let clocks = vec![stopped(ClockCode::T02, receiver), started(ClockCode::T03, receiver, 120)];
                vec![(TransferEvent::Signed, after(TransferState::Signed, to, clocks))]
            }
            2 => {
                let clocks = vec![
                    stopped(ClockCode::T03, receiver),
                    started(ClockCode::T07, receiver, 360),
                    started(ClockCode::T08, receiver, 360),
                    started(ClockCode::T09b, receiver, 2_160),
                ];
                vec![(TransferEvent::Accepted, accepted(to, clocks))]
            }
            3 => {
                let event = TransferEvent::InterimFeedbackGiven(feedback(1, None));
                vec![(event, accepted(to, vec![stopped(ClockCode::T08, receiver)]))]
            }
            4 => {
                let clocks = vec![
                    stopped(ClockCode::T07, receiver),
                    stopped(ClockCode::T09b, receiver),
                    started(ClockCode::T18, &self.case.from, 120),
                ];
                let event = TransferEvent::FinalFeedbackGiven(feedback(2, Some(OutcomeCode::FundsRecovered)));
                vec![(event, after(TransferState::Answered, from, clocks))]
            }
            _ => {
                let confirmed = TransferEvent::FeedbackConfirmed(FeedbackReference { feedback: 2 });
                let clocks = vec![stopped(ClockCode::T18, &self.case.from)];
                let closed = TransferEvent::Closed(Closed { reason: CloseReason::Confirmed });
                vec![
                    (confirmed, after(TransferState::Answered, from, clocks)),
                    (closed, after(TransferState::Closed, None, Vec::new())),
                ]
            }
        }
    }

    fn recorded(&self, event: TransferEvent, after: After) -> NewEvent {
        let is_first = matches!(event, TransferEvent::Sent(_));
        let body = Body { transfer: self.case.clone(), event, after };
        NewEvent {
            stream_id: self.case.id.0,
            event_id: fresh_id(),
            event_type: body.event_type().as_str().to_owned(),
            schema_version: Body::SCHEMA_VERSION,
            occurred_at: self.now(),
            actor: format!("{}/clerk/k_7Hq0aZ9bY8cX", self.case.to),
            correlation_id: self.case.matter.0,
            causation_id: None,
            number_series: is_first.then(|| format!("{}/2026", self.case.from)),
            traceparent: None,
            body: body.encode(),
        }
    }

    fn clock(&self, code: ClockCode, movement: ClockMove, owner: &DepartmentId, hours: i64) -> ClockChange {
        ClockChange {
            code,
            run: 1,
            movement,
            owner: owner.clone(),
            started_at: self.now(),
            due_at: Some(self.now() + TimeDelta::hours(hours)),
            provisional: false,
            warn_at: None,
            pause_reason: None,
            calendar: Some("cn-2026".to_owned()),
        }
    }

    /// Business time of the step.
    fn now(&self) -> DateTime<Utc> {
        self.sent_at + TimeDelta::hours(i64::try_from(self.step).unwrap_or_default() * 20)
    }

    fn sent(&self) -> TransferSent {
        TransferSent {
            title: "诊所超范围执业线索".to_owned(),
            summary: "沿街诊所在许可科目之外开展口腔种植，未公示医师执业证书。".to_owned(),
            urgency: Urgency::Normal,
            source: Source::Complaint,
            discovered_at: None,
            subjects: Vec::new(),
            subject_matter: None,
            routing: Routing::Named,
            origin: None,
            office: self.office.clone(),
            objection_allowed: true,
            deadline: None,
            number_year: 2026,
            rule_pack: "cn-default-2026.2".to_owned(),
            calendar: "cn-2026".to_owned(),
            terms: Terms::default(),
        }
    }
}

fn department(number: usize) -> DepartmentId {
    format!("3201{:02}-d{number}", number / 20)
        .parse()
        .expect("six digits, a hyphen and a few letters are the id of a department")
}

fn feedback(number: u32, outcome: Option<OutcomeCode>) -> FeedbackGiven {
    let text = "已核查，涉事诊所确有超范围执业行为。".to_owned();
    FeedbackGiven { feedback: number, text, outcome, parts: Vec::new(), without_parts: None }
}

fn after(state: TransferState, holder: Option<&DepartmentId>, clocks: Vec<ClockChange>) -> After {
    After { state, holder: holder.cloned(), handling: None, clocks, facts: Facts::default() }
}

fn accepted(holder: Option<&DepartmentId>, clocks: Vec<ClockChange>) -> After {
    After { handling: Some(Handling::Pending), ..after(TransferState::Accepted, holder, clocks) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn every_life_is_whole_and_in_order_and_lives_run_side_by_side() {
        let mut versions: HashMap<uuid::Uuid, i64> = HashMap::new();
        let mut open_at_most = 0;
        for command in commands(14_000) {
            let version = versions.entry(command.guards[0].stream_id).or_default();
            assert_eq!(*version, command.guards[0].version);
            *version += i64::try_from(command.events.len()).unwrap();
            open_at_most = open_at_most.max(versions.values().filter(|version| **version < 7).count());
        }
        assert_eq!(versions.len(), 2_000);
        assert!(versions.values().all(|version| *version == 7));
        assert!(open_at_most > 1_500, "{open_at_most}");
    }

    #[test]
    fn bodies_are_those_of_the_contract() {
        for command in commands(7) {
            for event in command.events {
                let body = Body::decode(event.schema_version, &event.body).unwrap();
                assert_eq!(body.event_type().as_str(), event.event_type);
            }
        }
    }
}
