//! `GET /v1/transfers/{id}/clocks/{code}`: a clock explains its due moment.

use super::transfer::note_opened;
use crate::answers::clock_explanation::ClockExplanationAnswer;
use crate::answers::problem::ReadProblems;
use crate::problem::{Argument, Problem, plain};
use crate::reading::{Read, ReadHeaders};
use crate::visibility::{is_party, may_see};
use axum::Json;
use contract::clock::ClockCode;
use contract::ids::TransferId;
use contract::problem::ProblemCode;
use domain::transfer::clocks::explain;
use utoipa::IntoParams;

/// The path of a clock.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the path; the reader is below")]
pub(crate) struct ClockPath {
    /// The transfer.
    id: TransferId,
    /// The clock.
    code: ClockCode,
}

/// Which run of it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameter; the reader is below")]
pub(crate) struct RunParameter {
    /// Which run; the last one where none is named.
    #[param(minimum = 1, maximum = 10000)]
    run: Option<u32>,
}

/// Explain a clock
///
/// The arithmetic of its due moment, as data and in words: when it began, each day that was left out and why, each
/// pause, each extension and who approved it, the result, and the article, rule pack and calendar behind it. Taken from
/// the log. The reading is recorded.
#[utoipa::path(
    get,
    path = "/v1/transfers/{id}/clocks/{code}",
    tag = "read",
    params(ClockPath, RunParameter, ReadHeaders),
    responses((status = 200, description = "The explanation", body = ClockExplanationAnswer), ReadProblems)
)]
pub(crate) async fn explain_clock(read: Read) -> Result<Json<ClockExplanationAnswer>, Problem> {
    read.parameters.known(&["run"])?;
    let run = run(&read)?;
    let id = read.transfer_id()?;
    let transfer = read.app.desk.transfer(id).await?;
    let transfer = transfer.filter(|transfer| may_see(&read.caller, transfer, read.now, &read.registry));
    let transfer = transfer.ok_or_else(|| Problem::new(ProblemCode::TransferNotFound))?;
    let named = read.code.as_deref().unwrap_or_default();
    let shown: String = named.chars().take(60).collect();
    let unknown = || Problem::naming(ProblemCode::ClockUnknown, vec![("code", plain(&shown))]);
    let code = ClockCode::from_name(named).ok_or_else(unknown)?;
    let rules = read.app.desk.rules();
    let explanation = explain(&transfer, code, run, &rules).map_err(Problem::refused)?.ok_or_else(unknown)?;
    let answer = ClockExplanationAnswer::of(&explanation, &read.registry);
    let by_party = is_party(&transfer.standing(read.now), &read.caller.department);
    note_opened(&read, id, "/v1/transfers/{id}/clocks/{code}", by_party).await?;
    Ok(Json(answer))
}

fn run(read: &Read) -> Result<Option<u32>, Problem> {
    let Some(text) = read.parameters.get("run") else { return Ok(None) };
    let run = crate::headers::position(text).and_then(|run| u32::try_from(run).ok());
    let run = run.filter(|run| (1..=10_000).contains(run));
    run.map(Some).ok_or_else(|| {
        Problem::query("run", Argument::Phrase("expected-limit", vec![("most", "10000".to_owned())]))
    })
}
