//! Who is silent: what nobody has acknowledged, and which answers are missing.

pub(crate) mod agenda;
pub(crate) mod assumed_routing;
pub(crate) mod handoffs;
pub(crate) mod missing_feedback;
pub(crate) mod scorecard;
pub(crate) mod summary;
pub(crate) mod unacknowledged;
pub(crate) mod untransferred;

use crate::fields::Choice;
use crate::problem::Problem;
use crate::query::Parameters;
use chrono::{DateTime, Utc};
use utoipa::{IntoParams, ToSchema};
use views::unacknowledged::WatchFilter;

/// What a watch list shows beside what is overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Include {
    /// Also what is not yet due.
    Pending,
}

impl Choice for Include {
    fn names() -> Vec<&'static str> {
        vec!["pending"]
    }

    fn choose(name: &str) -> Option<Self> {
        (name == "pending").then_some(Self::Pending)
    }
}

/// What a watch list shows.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the readers are beside it")]
pub(crate) struct WatchParameters {
    /// `pending`: also what is not yet due. Without it only what is overdue now.
    #[param(inline)]
    include: Option<Include>,
    /// `true`: only what alarms now, without the known failures whose acknowledgement still runs.
    alarming: Option<bool>,
    /// How many entries a page has.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// What of a list is to be shown.
fn filter(parameters: &Parameters) -> Result<WatchFilter, Problem> {
    parameters.known(&["include", "alarming", "limit", "cursor"])?;
    Ok(WatchFilter {
        overdue_only: parameters.choice::<Include>("include")?.is_none(),
        alarming_only: parameters.flag("alarming")?,
    })
}

/// Whether a due moment has come.
fn is_overdue(due_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    due_at.is_some_and(|due_at| due_at <= now)
}
