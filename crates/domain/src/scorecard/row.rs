//! The numbers of one department, month and kind.

use super::month::Month;
use chrono::{DateTime, Utc};
use contract::clock::ClockCode;
use contract::event::ObjectionGround;
use contract::ids::DepartmentId;
use contract::kind::TransferKind;
use contract::scorecard::{ScoreClock, ScoreFacts};
use contract::state::TransferState;
use std::collections::BTreeMap;

/// The numbers of one department, month and kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The department.
    pub department: DepartmentId,
    /// The civil month in which the transfers were sent.
    pub month: Month,
    /// Their kind.
    pub kind: TransferKind,
    /// How many it sent.
    pub sent: u32,
    /// How it signed what it received; a notice is read.
    pub signed: Tally,
    /// How it decided on filing what it received (T07).
    pub decided: Tally,
    /// How it answered what it received (T08, T08b, T09, T09b; a request for assistance T14, a task T21).
    pub feedback: Tally,
    /// How it confirmed or contested the answers to what it sent (T18).
    pub confirmed: Tally,
    /// What it sent and the receiver did not keep.
    pub returned: Returned,
    /// How long the transfers that it sent or received stayed in each state, by who held them.
    pub stages: Vec<StageTime>,
}

/// In how many transfers a duty was met in time or not. A transfer counts once, with the worst of its duties; one whose
/// duty fell away before it was due counts nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Met before the due moment.
    pub in_time: u32,
    /// Met at the due moment or after it.
    pub late: u32,
    /// Not met although the due moment has come.
    pub missing: u32,
    /// Not met and not yet due.
    pub open: u32,
}

/// What a sender got back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Returned {
    /// How many it took back after an objection, or another transfer took their place.
    pub count: u32,
    /// How many of a thousand that it sent.
    pub rate_per_thousand: u32,
    /// How many for which reason: a ground of objection, or [`NO_REASON`].
    pub reasons: BTreeMap<&'static str, u32>,
}

/// Where the receiver chose no ground, or did not object.
pub const NO_REASON: &str = "not_stated";

/// How long transfers stayed in a state while a department held them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageTime {
    /// The state.
    pub state: TransferState,
    /// Who held them.
    pub holder: DepartmentId,
    /// How many stays were measured.
    pub count: u32,
    /// The median, in minutes of working time.
    pub median_working_minutes: u32,
    /// The 90th percentile, in minutes of working time.
    pub p90_working_minutes: u32,
}

/// How it stands with a duty, from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    InTime,
    Open,
    Late,
    Missing,
}

impl Tally {
    /// Counts a transfer by the department's duties under these clocks.
    pub(super) fn add(
        &mut self,
        transfer: &ScoreFacts,
        owner: &DepartmentId,
        codes: &[ClockCode],
        now: DateTime<Utc>,
    ) {
        let clocks = transfer.clocks.iter();
        let duties = clocks.filter(|clock| codes.contains(&clock.code) && clock.owner == *owner);
        match duties.filter_map(|clock| standing(clock, now)).max() {
            Some(Standing::InTime) => self.in_time += 1,
            Some(Standing::Open) => self.open += 1,
            Some(Standing::Late) => self.late += 1,
            Some(Standing::Missing) => self.missing += 1,
            None => {}
        }
    }
}

/// How it stands with a duty; `None` where it fell away before it was due. One that fell away later was never met.
fn standing(clock: &ScoreClock, now: DateTime<Utc>) -> Option<Standing> {
    let is_due_by = |moment| clock.due_at.is_some_and(|due_at| due_at <= moment);
    match clock.stopped_at {
        Some(at) if clock.cancelled => is_due_by(at).then_some(Standing::Missing),
        Some(at) if is_due_by(at) => Some(Standing::Late),
        Some(_) => Some(Standing::InTime),
        None if is_due_by(now) => Some(Standing::Missing),
        None => Some(Standing::Open),
    }
}

impl Returned {
    pub(super) fn of(count: u32, sent: u32, reasons: BTreeMap<&'static str, u32>) -> Self {
        let rate = u64::from(count) * 1000 / u64::from(sent.max(1));
        Self { count, rate_per_thousand: u32::try_from(rate).unwrap_or(u32::MAX), reasons }
    }
}

/// A ground as the key of a reason.
pub(super) fn reason(ground: Option<ObjectionGround>) -> &'static str {
    ground.map_or(NO_REASON, ObjectionGround::name)
}

impl StageTime {
    pub(super) fn of(state: TransferState, holder: DepartmentId, mut minutes: Vec<u32>) -> Self {
        minutes.sort_unstable();
        Self {
            state,
            holder,
            count: u32::try_from(minutes.len()).unwrap_or(u32::MAX),
            median_working_minutes: percentile(&minutes, 50),
            p90_working_minutes: percentile(&minutes, 90),
        }
    }
}

/// The percentile of sorted values by the nearest rank: always one of the values, so it is exact.
fn percentile(sorted: &[u32], percent: usize) -> u32 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_value_of_the_nearest_rank() {
        let ten: Vec<u32> = (1..=10).collect();
        assert_eq!((percentile(&ten, 50), percentile(&ten, 90)), (5, 9));
        let eleven: Vec<u32> = (1..=11).collect();
        assert_eq!((percentile(&eleven, 50), percentile(&eleven, 90)), (6, 10));
        assert_eq!((percentile(&[7], 50), percentile(&[7], 90), percentile(&[], 50)), (7, 7, 0));
    }

    #[test]
    fn a_rate_without_a_sending_is_nothing() {
        assert_eq!(Returned::of(1, 3, BTreeMap::new()).rate_per_thousand, 333);
        assert_eq!(Returned::of(0, 0, BTreeMap::new()).rate_per_thousand, 0);
    }
}
