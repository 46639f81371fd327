//! The scorecard as an answer.

use contract::ids::DepartmentId;
use contract::kind::TransferKind;
use contract::state::TransferState;
use domain::registry::Registry;
use domain::scorecard::{Row, StageTime, Tally};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How fast departments meet their duties.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Scorecard)]
pub(crate) struct ScorecardAnswer {
    /// First month that is counted.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$")]
    pub(super) from: String,
    /// Last month that is counted.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$")]
    pub(super) to: String,
    /// The moment of which the numbers speak.
    #[schema(format = DateTime)]
    pub(super) as_of: String,
    /// How many transfers could not be counted, because an event of theirs cannot be read; only of a past moment.
    pub(super) skipped: usize,
    /// By department, month and kind; a row in which nothing was sent or received is left out.
    pub(super) rows: Vec<RowAnswer>,
}

/// The numbers of one department, month and kind.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScorecardRow)]
pub(crate) struct RowAnswer {
    /// The department.
    department: DepartmentId,
    /// Its name.
    name: String,
    /// The civil month in which the transfers were sent.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}$")]
    month: String,
    /// Their kind.
    kind: TransferKind,
    /// How many it sent.
    sent: u32,
    /// How it signed what it received (T02); a notice is read (T15).
    signed: TallyAnswer,
    /// How it decided on filing what it received (T07).
    decided: TallyAnswer,
    /// How it answered what it received (T08, T08b, T09, T09b; a request for assistance T14, a task T21).
    feedback: TallyAnswer,
    /// How it confirmed or contested the answers to what it sent (T18).
    confirmed: TallyAnswer,
    /// What it sent and the receiver did not keep.
    returned: ReturnedAnswer,
    /// How long what it sent or received stayed in each state, by who held it.
    stages: Vec<StageAnswer>,
}

/// In how many transfers a duty was met in time or not.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScorecardTally)]
pub(crate) struct TallyAnswer {
    /// Met before the due moment.
    in_time: u32,
    /// Met at the due moment or after it.
    late: u32,
    /// Not met although the due moment has come.
    missing: u32,
    /// Not met and not yet due.
    open: u32,
}

/// What a sender got back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScorecardReturned)]
pub(crate) struct ReturnedAnswer {
    /// How many it took back after an objection, or another transfer took their place.
    count: u32,
    /// How many of a thousand that it sent.
    rate_per_thousand: u32,
    /// How many for which reason: a ground of objection, or `not_stated`.
    reasons: BTreeMap<&'static str, u32>,
}

/// How long transfers stayed in a state while a department held them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScorecardStage)]
pub(crate) struct StageAnswer {
    /// The state.
    state: TransferState,
    /// Who held them.
    holder: DepartmentId,
    /// How many stays were measured; one that goes on counts up to the moment of reading.
    count: u32,
    /// The median of the working time, in minutes.
    median_working_minutes: u32,
    /// The 90th percentile of it.
    p90_working_minutes: u32,
}

/// A row as an answer.
pub(super) fn row(row: Row, registry: &Registry) -> RowAnswer {
    RowAnswer {
        name: registry.department(&row.department).map(|known| known.name.clone()).unwrap_or_default(),
        department: row.department,
        month: row.month.to_string(),
        kind: row.kind,
        sent: row.sent,
        signed: tally(row.signed),
        decided: tally(row.decided),
        feedback: tally(row.feedback),
        confirmed: tally(row.confirmed),
        returned: ReturnedAnswer {
            count: row.returned.count,
            rate_per_thousand: row.returned.rate_per_thousand,
            reasons: row.returned.reasons,
        },
        stages: row.stages.into_iter().map(stage).collect(),
    }
}

const fn tally(tally: Tally) -> TallyAnswer {
    TallyAnswer { in_time: tally.in_time, late: tally.late, missing: tally.missing, open: tally.open }
}

fn stage(stage: StageTime) -> StageAnswer {
    StageAnswer {
        state: stage.state,
        holder: stage.holder,
        count: stage.count,
        median_working_minutes: stage.median_working_minutes,
        p90_working_minutes: stage.p90_working_minutes,
    }
}
