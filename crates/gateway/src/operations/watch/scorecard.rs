//! `GET /v1/watch/scorecard`: how fast departments meet their duties, now and at any past moment.

mod answer;

use crate::answers::problem::{ProblemAnswer, ReadProblems};
use crate::civil_time::civil_text;
use crate::problem::{Argument, Problem, plain};
use crate::reading::{Read, ReadHeaders};
use answer::ScorecardAnswer;
use axum::Json;
use chrono::{DateTime, Utc};
use contract::ids::DepartmentId;
use contract::kind::TransferKind;
use contract::problem::ProblemCode;
use domain::calendar::Calendar;
use domain::scorecard::{Measure, Month, OfficeHours, compute};
use utoipa::IntoParams;
use views::scorecard::{ScoreFilter, Scored};

/// How many months one answer counts at most.
const MONTHS_MAX: u32 = 12;

/// How many transfers one answer counts at most.
const TRANSFERS_MAX: usize = 50_000;

/// What is counted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the reader is below")]
pub(crate) struct ScorecardParameters {
    /// The first month in which the transfers were sent, in Asia/Shanghai civil time; without it, the last one.
    #[param(pattern = "^[0-9]{4}-[0-9]{2}$", example = "2026-03")]
    from: Option<String>,
    /// The last month, at most twelve in all; without it, the month of `as_of`.
    #[param(pattern = "^[0-9]{4}-[0-9]{2}$", example = "2026-05")]
    to: Option<String>,
    /// Only the rows of this department.
    #[param(value_type = Option<String>)]
    department: Option<DepartmentId>,
    /// Only transfers of this kind.
    kind: Option<TransferKind>,
    /// The moment at which the scorecard is read, not in the future; without it, now.
    #[param(value_type = Option<String>, format = DateTime)]
    as_of: Option<String>,
}

/// What was asked.
struct Asked {
    from: Month,
    to: Month,
    department: Option<DepartmentId>,
    kind: Option<TransferKind>,
    as_of: Option<DateTime<Utc>>,
}

/// Read the scorecard
///
/// One row per department, month of sending and kind. A transfer counts in the row of its receiver (signed, decided,
/// feedback) and in the row of its sender (sent, confirmed, returned), once in each with the worst of its duties: in
/// time, not yet due, late, missing. Working time is 9:00 to 17:00 on working days; what goes on counts up to the moment
/// of reading. A caller reads the rows of the departments of which it sees every transfer: its own, and those of the
/// region that it oversees. A past moment is answered from the events that had occurred by then. More than 50,000
/// transfers are refused: ask for fewer months, one department or one kind.
#[utoipa::path(
    get,
    path = "/v1/watch/scorecard",
    tag = "watch",
    params(ScorecardParameters, ReadHeaders),
    responses(
        (status = 200, description = "The scorecard", body = ScorecardAnswer),
        (
            status = 422,
            description = "Too many transfers for one answer.",
            body = ProblemAnswer,
            content_type = "application/problem+json"
        ),
        ReadProblems
    )
)]
pub(crate) async fn read_scorecard(read: Read) -> Result<Json<ScorecardAnswer>, Problem> {
    let asked = asked(&read)?;
    let now = asked.as_of.unwrap_or(read.now);
    // Kept by the computation too, which goes on when the caller does not wait for it.
    let turn = read.app.scoring.clone().acquire_owned().await;
    let turn = turn.map_err(|error| Problem::new(ProblemCode::ServiceUnavailable).caused_by(error))?;
    let scored = scored(&read, &asked).await?;
    let rules = read.app.desk.rules();
    let calendar = calendar_at(&read, asked.as_of).await?;
    let (visibility, department, skipped) = (read.visibility.clone(), asked.department, scored.skipped);
    let computing = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let calendar = calendar.map_or_else(|| rules.calendar(), |version| rules.calendar_of(&version));
        let measure = Measure { now, calendar, hours: OfficeHours::default() };
        let is_asked = |id: &DepartmentId| department.as_ref().is_none_or(|department| department == id);
        compute(&scored.facts, &measure, |id| is_asked(id) && visibility.covers(id))
    });
    let rows = computing.await;
    let rows = rows.map_err(|error| Problem::new(ProblemCode::ServiceInternal).caused_by(error))?;
    Ok(Json(ScorecardAnswer {
        from: asked.from.to_string(),
        to: asked.to.to_string(),
        as_of: civil_text(now),
        skipped,
        rows: rows.into_iter().map(|row| answer::row(row, &read.registry)).collect(),
    }))
}

/// What is counted; refused when it is too much for one answer.
async fn scored(read: &Read, asked: &Asked) -> Result<Scored, Problem> {
    let filter = ScoreFilter {
        months: asked.from.through(asked.to),
        department: asked.department.clone(),
        kind: asked.kind,
        most: TRANSFERS_MAX,
    };
    let views = &read.app.views;
    let scored = match asked.as_of {
        None => views.scorecard_facts(&read.visibility, &filter).await?,
        Some(as_of) => views.scorecard_facts_as_of(&read.visibility, &filter, as_of).await?,
    };
    let too_large = || Problem::naming(ProblemCode::ScorecardTooLarge, vec![("most", plain(TRANSFERS_MAX))]);
    let scored = scored.ok_or_else(too_large)?;
    if scored.skipped > 0 {
        tracing::warn!(skipped = scored.skipped, "a scorecard leaves out transfers with unreadable events");
    }
    Ok(scored)
}

/// The version of the calendar that was in force at a past moment; `None` stands for the one in force now.
async fn calendar_at(read: &Read, as_of: Option<DateTime<Utc>>) -> Result<Option<String>, Problem> {
    let Some(as_of) = as_of else { return Ok(None) };
    let version = read.app.accounts.calendar_in_force_at(as_of).await?;
    Ok(Some(version.unwrap_or_else(|| Calendar::national().version().to_owned())))
}

fn asked(read: &Read) -> Result<Asked, Problem> {
    let parameters = &read.parameters;
    parameters.known(&["from", "to", "department", "kind", "as_of"])?;
    let past = |text: &str| crate::fields::moment(text).filter(|moment| *moment <= read.now);
    let as_of = parameters.parsed("as_of", "expected-past-moment", past)?;
    let month = |name| parameters.parsed(name, "expected-month", |text| text.parse::<Month>().ok());
    let (from, to) = (month("from")?, month("to")?);
    let to = to.unwrap_or_else(|| Month::of(as_of.unwrap_or(read.now)));
    let from = from.unwrap_or(to);
    if !(1..=MONTHS_MAX).contains(&from.count_through(to)) {
        let named = vec![("most", MONTHS_MAX.to_string())];
        return Err(Problem::query("to", Argument::Phrase("expected-months", named)));
    }
    let department =
        parameters.parsed("department", "expected-department-id", |text| DepartmentId::new(text).ok())?;
    Ok(Asked { from, to, department, kind: parameters.choice("kind")?, as_of })
}
