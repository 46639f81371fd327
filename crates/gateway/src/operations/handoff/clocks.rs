//! `GET /v1/criminal-handoffs/{id}/clocks`: every run of every clock, with its arithmetic.

use super::{HandoffPath, handoff_id, may_see, note_read};
use crate::answers::clock_explanation::{DayAnswer, SentencesAnswer, day, end_roll, source_status};
use crate::answers::clock_sentences::{Told, sentences};
use crate::answers::handoff::{HandoffClockAnswer, clock_answer};
use crate::answers::problem::ReadProblems;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use chrono::NaiveDate;
use contract::handoff::{HandoffClockRun, HandoffPause};
use contract::problem::ProblemCode;
use domain::handoff::clocks::Counter;
use domain::rule_pack::{HandoffClockRule, RulePack};
use serde::Serialize;
use utoipa::ToSchema;

/// A run of a clock with everything that led to its due moment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoffClockExplanation)]
pub(crate) struct ExplainedClock {
    /// The run.
    #[serde(flatten)]
    run: HandoffClockAnswer,
    /// What starts it, in words of the table.
    starts_on: String,
    /// What stops it.
    stops_on: String,
    /// How long it runs.
    length: u16,
    /// Of what.
    #[schema(example = "natural_day")]
    unit: &'static str,
    /// What if it ends on a day off: `next_working_day` or `none`.
    end_roll: &'static str,
    /// What did not count.
    pauses: Vec<HandoffPause>,
    /// Days that were left out, and make-up working days that were counted.
    days: Vec<DayAnswer>,
    /// Days at the end over which it was rolled: days off, and from then on days on which the clock stood still.
    rolled: Vec<DayAnswer>,
    /// The last day on which the duty can be met in time; `null` for hours and while it is paused.
    last_day: Option<NaiveDate>,
    /// How sure the article is: `parameter`, `verified`, `recalled` or `variant`.
    source_status: &'static str,
    /// The holiday calendar by which it was counted.
    calendar: String,
    /// The same in words.
    explanation: SentencesAnswer,
}

/// The clocks of a handoff.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoffClocks)]
pub(crate) struct ClocksAnswer {
    /// Every run, first started first.
    data: Vec<ExplainedClock>,
}

/// Explain the clocks of a criminal handoff
///
/// Each run with its arithmetic and its article. Taken from the log. The reading is recorded.
#[utoipa::path(
    get,
    path = "/v1/criminal-handoffs/{id}/clocks",
    tag = "handoff",
    params(HandoffPath, ReadHeaders),
    responses((status = 200, description = "The clocks", body = ClocksAnswer), ReadProblems)
)]
pub(crate) async fn explain_handoff_clocks(read: Read) -> Result<Json<ClocksAnswer>, Problem> {
    read.parameters.known(&[])?;
    let id = handoff_id(&read)?;
    let handoff = read.app.desk.handoff(id).await?;
    let handoff = handoff.filter(|handoff| may_see(&read.caller, handoff, &read.registry));
    let handoff = handoff.ok_or_else(|| Problem::new(ProblemCode::HandoffNotFound))?;
    note_read(&read, id, "/v1/criminal-handoffs/{id}/clocks").await?;
    let rules = read.app.desk.rules();
    let pack = rules.pack(&handoff.opening.rule_pack).map_err(Problem::refused)?;
    let explained = |run: &HandoffClockRun| {
        // By the calendar of its due moment, whatever is in force now.
        let counter = Counter {
            rules: &pack.criminal,
            calendar: rules.calendar_of(&run.calendar),
            expedited: handoff.opening.expedited,
            now: read.now,
        };
        let rule = pack.criminal.clock(run.code)?;
        Some(explain(run, rule, pack, &counter, &read))
    };
    Ok(Json(ClocksAnswer { data: handoff.after.clocks.iter().filter_map(explained).collect() }))
}

fn explain(
    run: &HandoffClockRun,
    rule: &HandoffClockRule,
    pack: &RulePack,
    counter: &Counter<'_>,
    read: &Read,
) -> ExplainedClock {
    let arithmetic = counter.count(rule, run);
    let paused = run.pauses.last().filter(|pause| pause.to.is_none() && run.ended_at.is_none());
    let paused = paused.map(|pause| (pause.from, domain::handoff::clocks::pause_reason(run.code)));
    let status = source_status(rule.status);
    let told = Told {
        name: &rule.name,
        code: run.code.name(),
        arithmetic: &arithmetic,
        paused,
        article: &rule.article,
        status,
        pack: &pack.id,
    };
    let counting = rule.counting(counter.expedited);
    ExplainedClock {
        run: clock_answer(run, (rule.name.clone(), rule.article.clone()), read.now),
        starts_on: rule.starts_on.clone(),
        stops_on: rule.stops_on.clone(),
        length: counting.period.length,
        unit: counting.period.unit.name(),
        end_roll: end_roll(counting.end_roll),
        pauses: run.pauses.clone(),
        days: arithmetic.days.iter().map(day).collect(),
        rolled: arithmetic.rolled.iter().map(day).collect(),
        last_day: arithmetic.last_day.filter(|_| paused.is_none()),
        source_status: status,
        calendar: arithmetic.calendar.clone(),
        explanation: sentences(&told, &read.registry),
    }
}
