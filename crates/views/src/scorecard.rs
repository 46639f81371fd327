//! What is kept of each transfer for the scorecard: who had it when, and how its duties went. The same fold gives it
//! from the rows, and for any past moment from the events up to then.

use crate::rows::{self, PlannedAnew, as_stored};
use crate::timeline::{self, TimelineEvent};
use crate::{Views, ViewsError, Visibility};
use chrono::{DateTime, Utc};
use contract::clock::{ClockChange, ClockMove};
use contract::event::{After, Body, BodyError, TransferEvent, TransferSent};
use contract::ids::DepartmentId;
use contract::kind::TransferKind;
use contract::scorecard::{ScoreClock, ScoreFacts, Stage};
use contract::state::TransferState;
use std::ops::Range;

/// Of how many transfers the events are read at once.
const TRANSFERS_AT_ONCE: usize = 500;

/// What is kept of a transfer after the event that sent it, or after a later one.
pub(crate) fn fold(facts: &mut Option<ScoreFacts>, body: &Body, occurred_at: DateTime<Utc>) {
    let now = as_stored(occurred_at);
    if let TransferEvent::Sent(sent) = &body.event {
        *facts = Some(begin(body, sent, now));
    }
    if let Some(facts) = facts {
        apply(facts, body, now);
    }
}

fn begin(body: &Body, sent: &TransferSent, now: DateTime<Utc>) -> ScoreFacts {
    ScoreFacts {
        transfer_id: body.transfer.id,
        kind: body.transfer.kind,
        from_department: body.transfer.from.clone(),
        to_department: body.transfer.to.clone(),
        office: sent.office.clone(),
        sent_at: now,
        stages: Vec::new(),
        clocks: Vec::new(),
        final_feedback_at: None,
        ground: None,
        returned: false,
        rerouted: false,
    }
}

fn apply(facts: &mut ScoreFacts, body: &Body, now: DateTime<Utc>) {
    enter(&mut facts.stages, &body.after, now);
    for change in &body.after.clocks {
        turn(&mut facts.clocks, change, now);
    }
    if let TransferEvent::FinalFeedbackGiven(_) = &body.event {
        facts.final_feedback_at = Some(now);
    }
    if let TransferEvent::Objected(objected) = &body.event {
        facts.ground = objected.ground;
    }
    facts.returned |= body.after.state == TransferState::Returned;
    facts.rerouted |= body.after.state == TransferState::Rerouted;
}

/// Ends the stage that goes on, if another one begins, and begins that one, if somebody holds the transfer.
fn enter(stages: &mut Vec<Stage>, after: &After, now: DateTime<Utc>) {
    let mut now = now;
    if let Some(last) = stages.last_mut().filter(|last| last.to.is_none()) {
        if last.state == after.state && Some(&last.holder) == after.holder.as_ref() {
            return;
        }
        // The clocks of two machines may differ by a little.
        now = now.max(last.from);
        last.to = Some(now);
        if last.from == now {
            stages.pop();
        }
    }
    if let Some(holder) = after.holder.clone() {
        stages.push(Stage { state: after.state, holder, from: now, to: None });
    }
}

/// Moves one clock. That it was recorded as missed says nothing new: its due moment does.
fn turn(clocks: &mut Vec<ScoreClock>, change: &ClockChange, now: DateTime<Utc>) {
    let known = clocks.iter().position(|clock| (clock.code, clock.run) == (change.code, change.run));
    let at = known.unwrap_or_else(|| {
        clocks.push(ScoreClock {
            code: change.code,
            run: change.run,
            owner: change.owner.clone(),
            started_at: as_stored(change.started_at),
            due_at: None,
            stopped_at: None,
            cancelled: false,
        });
        clocks.len() - 1
    });
    let clock = &mut clocks[at];
    clock.owner.clone_from(&change.owner);
    let due_at = change.due_at.map(as_stored);
    match change.movement {
        ClockMove::Started | ClockMove::Resumed | ClockMove::Extended | ClockMove::Recalculated => {
            clock.due_at = due_at;
        }
        ClockMove::Paused => clock.due_at = None,
        ClockMove::Missed => {}
        ClockMove::Stopped | ClockMove::Cancelled => {
            clock.due_at = due_at.or(clock.due_at);
            clock.stopped_at = Some(now);
            clock.cancelled = change.movement == ClockMove::Cancelled;
        }
    }
}

/// Which transfers a scorecard counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoreFilter {
    /// Sent in these months.
    pub months: Range<DateTime<Utc>>,
    /// Sent or received by this department.
    pub department: Option<DepartmentId>,
    /// Of this kind.
    pub kind: Option<TransferKind>,
    /// More transfers than this are not loaded.
    pub most: usize,
}

/// What a scorecard is computed from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scored {
    /// The transfers.
    pub facts: Vec<ScoreFacts>,
    /// How many are left out because an event of theirs could not be read.
    pub skipped: usize,
}

/// A filter as the statement takes it.
struct Asked {
    all: bool,
    departments: Vec<String>,
    department: Option<String>,
    kind: Option<&'static str>,
    as_of: Option<DateTime<Utc>>,
    /// One more than is allowed, so that too many are noticed.
    limit: i64,
}

impl Asked {
    /// Only transfers that count in the row of a department of which the caller sees every transfer.
    fn new(visibility: &Visibility, filter: &ScoreFilter, as_of: Option<DateTime<Utc>>) -> Self {
        let (all, departments) = match visibility {
            Visibility::All => (true, Vec::new()),
            Visibility::Parties(own) => (false, vec![own.to_string()]),
            Visibility::Region { own, region } => {
                (false, region.iter().chain([own]).map(ToString::to_string).collect())
            }
        };
        Self {
            all,
            departments,
            department: filter.department.as_ref().map(ToString::to_string),
            kind: filter.kind.map(TransferKind::name),
            as_of,
            limit: i64::try_from(filter.most).unwrap_or(i64::MAX).saturating_add(1),
        }
    }
}

/// Reads a column of the transfers that were asked for.
macro_rules! select_scored {
    ($column:literal, $filter:expr, $asked:expr) => {
        sqlx::query_scalar!(
            "select "
                + $column
                + " from views_1.scorecard s
              where ($1 or s.from_department = any($2) or s.to_department = any($2))
                and s.sent_at >= $3 and s.sent_at < $4
                and ($5::text is null or s.from_department = $5 or s.to_department = $5)
                and ($6::text is null or s.kind = $6)
                and ($7::timestamptz is null or s.sent_at <= $7)
              order by s.transfer_id limit $8",
            $asked.all,
            &$asked.departments,
            $filter.months.start,
            $filter.months.end,
            $asked.department.as_deref(),
            $asked.kind,
            $asked.as_of,
            $asked.limit
        )
    };
}

impl Visibility {
    /// Whether every transfer of the department can be seen, so that numbers about it are whole.
    pub fn covers(&self, department: &DepartmentId) -> bool {
        match self {
            Self::All => true,
            Self::Parties(own) => own == department,
            Self::Region { own, region } => own == department || region.contains(department),
        }
    }
}

impl Views {
    /// What the scorecard is computed from: the transfers that were sent in the months, as they stand, of the departments
    /// that the visibility [covers](Visibility::covers), in order of their ids; `None` when there are too many.
    pub async fn scorecard_facts(
        &self,
        visibility: &Visibility,
        filter: &ScoreFilter,
    ) -> Result<Option<Scored>, ViewsError> {
        let asked = Asked::new(visibility, filter, None);
        let query = select_scored!("to_jsonb(s) as row", filter, asked);
        let facts: Vec<_> = rows::fetch(&self.pool, PlannedAnew(query)).await?;
        Ok((facts.len() <= filter.most).then_some(Scored { facts, skipped: 0 }))
    }

    /// The same as it stood at a past moment, from the events that had occurred by then. A transfer with an event that
    /// this version cannot read is left out.
    pub async fn scorecard_facts_as_of(
        &self,
        visibility: &Visibility,
        filter: &ScoreFilter,
        as_of: DateTime<Utc>,
    ) -> Result<Option<Scored>, ViewsError> {
        let as_of = as_stored(as_of);
        let asked = Asked::new(visibility, filter, Some(as_of));
        let transfers = select_scored!("s.transfer_id", filter, asked).fetch_all(&self.pool).await?;
        if transfers.len() > filter.most {
            return Ok(None);
        }
        let mut scored = Scored::default();
        for transfers in transfers.chunks(TRANSFERS_AT_ONCE) {
            let events = timeline::up_to(&self.pool, transfers, as_of).await?;
            for of_one in events.chunk_by(|one, next| one.transfer == next.transfer) {
                match told_by(of_one) {
                    Ok(facts) => scored.facts.extend(facts),
                    Err(_) => scored.skipped += 1,
                }
            }
        }
        Ok(Some(scored))
    }
}

/// What the first events of a transfer say, without a hole. An event whose clock ran behind that of an earlier one is
/// left out until the earlier one has occurred.
fn told_by(events: &[TimelineEvent]) -> Result<Option<ScoreFacts>, BodyError> {
    let mut facts = None;
    for (event, version) in events.iter().zip(1..) {
        if event.version != version {
            break;
        }
        let body = Body::decode(event.schema_version, &event.body)?;
        fold(&mut facts, &body, event.occurred_at);
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: u32) -> DateTime<Utc> {
        format!("2026-09-16T01:{minute:02}:00Z").parse().unwrap()
    }

    fn after(state: TransferState, holder: Option<&str>) -> After {
        let holder = holder.map(|holder| DepartmentId::new(holder).unwrap());
        After { state, holder, handling: None, clocks: Vec::new(), facts: contract::event::Facts::default() }
    }

    #[test]
    fn a_stage_goes_on_through_events_that_move_nothing_and_ends_with_the_transfer() {
        let mut stages = Vec::new();
        enter(&mut stages, &after(TransferState::Delivered, Some("320100-wjw")), at(0));
        enter(&mut stages, &after(TransferState::Delivered, Some("320100-wjw")), at(5));
        enter(&mut stages, &after(TransferState::Withdrawn, None), at(9));
        enter(&mut stages, &after(TransferState::Withdrawn, None), at(10));
        assert_eq!(stages.len(), 1);
        assert_eq!((stages[0].from, stages[0].to), (at(0), Some(at(9))));
    }

    #[test]
    fn a_stage_that_lasted_no_time_is_left_out() {
        let mut stages = Vec::new();
        for state in [TransferState::Delivered, TransferState::Signed, TransferState::Accepted] {
            enter(&mut stages, &after(state, Some("320100-wjw")), at(0));
        }
        assert_eq!(stages.iter().map(|stage| stage.state).collect::<Vec<_>>(), [TransferState::Accepted]);
    }

    #[test]
    fn another_holder_begins_another_stage_and_no_stage_ends_before_it_begins() {
        let mut stages = Vec::new();
        enter(&mut stages, &after(TransferState::Contested, Some("320100-wjw")), at(5));
        enter(&mut stages, &after(TransferState::Contested, Some("320100-lxb")), at(6));
        enter(&mut stages, &after(TransferState::Closed, None), at(3));
        assert_eq!(stages.len(), 1);
        assert_eq!((stages[0].from, stages[0].to), (at(5), Some(at(6))));
    }
}
