//! The scorecard 评分表: per department, month and kind, how fast duties are met, computed from what is kept of each
//! transfer. The same facts, moment and calendar always give the same numbers: whole minutes, sorted rows.
//!
//! * [`month`]: civil months.
//! * [`office_hours`]: how much working time lies between two moments.
//! * [`row`]: the numbers.

pub mod month;
pub mod office_hours;
pub mod row;

pub use month::Month;
pub use office_hours::{OfficeHours, working_minutes};
pub use row::{Returned, Row, StageTime, Tally};

use crate::calendar::Calendar;
use chrono::{DateTime, Utc};
use contract::clock::ClockCode;
use contract::ids::DepartmentId;
use contract::kind::TransferKind;
use contract::scorecard::{ScoreFacts, Stage};
use contract::state::TransferState;
use std::collections::BTreeMap;

/// Sign, or read a notice.
const SIGN: &[ClockCode] = &[ClockCode::T02, ClockCode::T15];
/// Verify and decide on filing.
const DECIDE: &[ClockCode] = &[ClockCode::T07];
/// Answer: a transfer, a request for assistance, a task by its own dates.
const ANSWER: &[ClockCode] =
    &[ClockCode::T08, ClockCode::T08b, ClockCode::T09, ClockCode::T09b, ClockCode::T14, ClockCode::T21];
/// Confirm or contest the answer.
const CONFIRM: &[ClockCode] = &[ClockCode::T18];

/// When and by what the scorecard is computed.
#[derive(Clone, Copy, Debug)]
pub struct Measure<'a> {
    /// The moment at which the facts stand.
    pub now: DateTime<Utc>,
    /// The working days.
    pub calendar: &'a Calendar,
    /// The working hours of a working day.
    pub hours: OfficeHours,
}

/// The rows of the departments that are `shown`, sorted by department, month and kind. Every transfer counts in the
/// row of its receiver and in the row of its sender, in the civil month in which it was sent.
///
/// A row is right only if the facts hold every transfer of its department; whoever may not see all of them must not be
/// shown the row.
pub fn compute(
    facts: &[ScoreFacts],
    measure: &Measure<'_>,
    shown: impl Fn(&DepartmentId) -> bool,
) -> Vec<Row> {
    let mut sums: BTreeMap<Key, Sum> = BTreeMap::new();
    for transfer in facts {
        let stages = measured(transfer, measure);
        for department in [&transfer.from_department, &transfer.to_department] {
            if shown(department) {
                let key = (department.clone(), Month::of(transfer.sent_at), transfer.kind);
                sums.entry(key).or_default().add(department, transfer, &stages, measure.now);
            }
        }
    }
    sums.into_iter().map(|(key, sum)| sum.row(key)).collect()
}

/// Which row.
type Key = (DepartmentId, Month, TransferKind);

/// Each stage with the working time it took; one that goes on counts up to now, so that silence weighs.
fn measured<'a>(transfer: &'a ScoreFacts, measure: &Measure<'_>) -> Vec<(&'a Stage, u32)> {
    let minutes = |stage: &Stage| {
        working_minutes(stage.from, stage.to.unwrap_or(measure.now), measure.calendar, measure.hours)
    };
    transfer.stages.iter().map(|stage| (stage, minutes(stage))).collect()
}

/// A row in the making.
#[derive(Default)]
struct Sum {
    sent: u32,
    signed: Tally,
    decided: Tally,
    feedback: Tally,
    confirmed: Tally,
    returned: u32,
    reasons: BTreeMap<&'static str, u32>,
    minutes: BTreeMap<(TransferState, DepartmentId), Vec<u32>>,
}

impl Sum {
    fn add(
        &mut self,
        department: &DepartmentId,
        transfer: &ScoreFacts,
        stages: &[(&Stage, u32)],
        now: DateTime<Utc>,
    ) {
        if *department == transfer.from_department {
            self.sent += 1;
            self.confirmed.add(transfer, department, CONFIRM, now);
            if transfer.returned || transfer.rerouted {
                self.returned += 1;
                *self.reasons.entry(row::reason(transfer.ground)).or_default() += 1;
            }
        } else {
            self.signed.add(transfer, department, SIGN, now);
            self.decided.add(transfer, department, DECIDE, now);
            self.feedback.add(transfer, department, ANSWER, now);
        }
        for (stage, minutes) in stages {
            self.minutes.entry((stage.state, stage.holder.clone())).or_default().push(*minutes);
        }
    }

    fn row(self, (department, month, kind): Key) -> Row {
        let stages = self.minutes.into_iter();
        Row {
            department,
            month,
            kind,
            sent: self.sent,
            signed: self.signed,
            decided: self.decided,
            feedback: self.feedback,
            confirmed: self.confirmed,
            returned: Returned::of(self.returned, self.sent, self.reasons),
            stages: stages.map(|((state, holder), minutes)| StageTime::of(state, holder, minutes)).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
