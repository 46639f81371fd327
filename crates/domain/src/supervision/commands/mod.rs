//! One file per act.

mod acknowledge_failure;
mod decide_in_meeting;
mod escalate;
mod file_plan;
mod reopen_task;
mod reply_to_urge;
mod report_progress;
mod supervise;
mod supervise_automatically;
mod urge;
mod urge_automatically;

pub use acknowledge_failure::AcknowledgeFailure;
pub use decide_in_meeting::{DecideInMeeting, Resolution};
pub use escalate::Escalate;
pub use file_plan::FilePlan;
pub use reopen_task::ReopenTask;
pub use reply_to_urge::ReplyToUrge;
pub use report_progress::ReportProgress;
pub use supervise::Supervise;
pub use supervise_automatically::SuperviseAutomatically;
pub use urge::Urge;
pub use urge_automatically::UrgeAutomatically;

use crate::command::Act;
use crate::counting::{Counting, DayEnd, EndRoll, Given, StartRule};
use crate::period::{Period, Unit};
use crate::refusal::Refusal;
use crate::rule_pack::Severity;
use crate::transfer::clocks::{Clock, Phase};
use chrono::{DateTime, NaiveDate, Utc};
use contract::clock::ClockCode;

/// The working day that is so many after the day of a moment.
fn working_days_after(moment: DateTime<Utc>, days: u16, act: &Act<'_>) -> NaiveDate {
    let counting = Counting {
        period: Period { length: days, unit: Unit::WorkingDay },
        start_rule: StartRule::NextDay,
        end_roll: EndRoll::None,
        day_end: DayEnd::Midnight,
    };
    let sum = counting.count(moment, Given::default(), act.rules.calendar());
    sum.last_day.expect("a count of working days has a last day")
}

/// The clock on which the ladder stands: it ran out, that is on record, the duty is serious and still owed, and no
/// office has said that it knows.
fn overdue_clock<'a>(
    act: &Act<'a>,
    code: ClockCode,
    run: u32,
) -> Result<(&'a Clock, DateTime<Utc>), Refusal> {
    let transfer = act.transfer;
    let rule = act.rules.pack(&transfer.sent.rule_pack)?.clock(code);
    let is_serious = rule.is_some_and(|rule| rule.severity == Severity::Serious);
    let is_it = |clock: &&Clock| {
        let is_over = clock.due_at.is_some_and(|due_at| due_at <= act.now);
        clock.code == code && clock.run == run && clock.missed && clock.phase == Phase::Running && is_over
    };
    // What the office says of its own duties quiets nothing.
    let is_quiet = |clock: &Clock| {
        let until = transfer.facts.acknowledged_for(clock.due_at);
        clock.owner != transfer.sent.office && until.is_some_and(|until| act.now < until)
    };
    let clock = transfer.clocks.iter().find(is_it).filter(|clock| is_serious && !is_quiet(clock));
    clock.and_then(|clock| Some((clock, clock.due_at?))).ok_or(Refusal::StepNotDue)
}
