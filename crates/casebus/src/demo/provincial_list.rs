//! The provincial rectification list: thirty measures, each a matter with a task for each responsible
//! department.
//!
//! The provincial office opened the list; most departments signed and report on it, some late; one city never signed.

use super::act::Act;
use super::ids::linked_id;
use super::minutes::{Script, Together};
use super::working_time::{Slot, WorkingTime, chance};
use crate::supervision_tasks::{self, Task};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use contract::event::OutcomeCode;
use contract::ids::DepartmentId;
use domain::registry::Registry;
use domain::transfer::commands::SendTransfer;
use std::collections::BTreeMap;

/// The list, as it is imported by `casebus import supervision-tasks` as well.
const LIST: &str = include_str!("../../data/rectification.csv");
/// Who opened it.
pub(crate) const SENDER: &str = "210000-zsb";
/// The list is of this year; the demonstration plays in its own.
const YEAR_OF_LIST: i32 = 2020;
/// The city that never signs.
const SILENT: &str = "210900-rmzf";

/// One script for each task.
pub(crate) fn scripts(time: &WorkingTime, registry: &Registry) -> Vec<Script> {
    let Ok(sender) = DepartmentId::new(SENDER) else { return Vec::new() };
    let list = supervision_tasks::read(LIST, &sender, registry);
    list.tasks.into_iter().filter_map(|task| scripts_of(task, time, registry, &sender)).flatten().collect()
}

/// The scripts of a row, one for each of its departments.
fn scripts_of(
    mut task: Task,
    time: &WorkingTime,
    registry: &Registry,
    sender: &DepartmentId,
) -> Option<Vec<Script>> {
    let row = &mut task.row;
    row.deadlines = row.deadlines.iter().filter_map(|day| in_year_of(time, *day)).collect();
    // Items are opened in their order, two or three a day.
    let item: usize = row.item.trim_start_matches('R').parse().ok()?;
    let name = format!("{}-{}", row.item, row.measure);
    let sent = time.days_ago(40 - item, &name);
    let sent_at = time.moment(sent)?;
    let name_of = |to: &DepartmentId| format!("{name}-{to}");
    let mut commands = task.commands(registry, sender);
    for command in &mut commands {
        command.id = linked_id(&name_of(&command.to), 0);
    }
    let together = Together { name: name.clone(), commands: commands.clone() };
    let script = |send: SendTransfer| Script {
        name: name_of(&send.to),
        sent_at,
        organisation: None,
        person: None,
        other: None,
        missing: Vec::new(),
        outcome: OutcomeCode::Rectified,
        texts: texts(&task, &send.to, registry),
        steps: steps(&send, &name_of(&send.to), sent, time),
        together: Some(together.clone()),
        send,
    };
    Some(commands.into_iter().map(script).collect())
}

/// What has happened by now of the course of a department.
fn steps(send: &SendTransfer, name: &str, sent: Slot, time: &WorkingTime) -> Vec<(DateTime<Utc>, Act)> {
    let mut steps = Vec::new();
    let mut earlier = sent;
    // An office that takes the answer itself rules with its contest.
    let rules_at_once = send.terms.approver.as_ref() == Some(&send.office);
    let course = course(&send.to, name).into_iter();
    for (days, act) in course.filter(|(_, act)| !(rules_at_once && *act == Act::AnswerAgain)) {
        let slot = WorkingTime::after(sent, days, earlier, &format!("{name}{act:?}"));
        let Some(moment) = time.moment(slot) else { break };
        steps.push((moment, act));
        earlier = slot;
    }
    steps
}

/// What a department does with a task, and after how many working days.
fn course(department: &DepartmentId, name: &str) -> Vec<(usize, Act)> {
    let luck = chance(name, 100);
    let later = chance(&format!("{name} later"), 6);
    if department.as_str() == SILENT || luck < 5 {
        return Vec::new();
    }
    let signed = if luck < 12 { 3 + later } else { later % 2 };
    let mut course = vec![(signed, Act::Sign)];
    if luck >= 35 {
        course.push((9 + later, Act::Interim));
    }
    if luck >= 55 {
        course.push((16 + later, Act::Final));
    }
    match luck {
        60..=62 => course.extend([
            (19 + later, Act::Contest),
            (21 + later, Act::AnswerAgain),
            (25 + later, Act::Final),
            (27 + later, Act::Confirm),
        ]),
        63.. => course.push((18 + later, Act::Confirm)),
        _ => {}
    }
    course
}

fn texts(task: &Task, to: &DepartmentId, registry: &Registry) -> BTreeMap<Act, String> {
    let name = registry.department(to).map_or("本单位", |department| department.name.as_str());
    let action = &task.row.action;
    BTreeMap::from([
        (Act::Interim, format!("{name}已就“{action}”制定方案，明确责任人和完成节点，正在推进。")),
        (Act::Final, format!("{name}已完成“{action}”，形成制度并留存台账，可供核查。")),
        (Act::Contest, "反馈只列计划，未见完成情况和佐证材料，请补充。".to_owned()),
        (Act::AnswerAgain, "经核实，整改成效依据不足，责成补充后重新反馈。".to_owned()),
    ])
}

/// The same day in the year of the demonstration, or in the year after for one of the year after.
fn in_year_of(time: &WorkingTime, day: NaiveDate) -> Option<NaiveDate> {
    day.with_year(day.year() + time.year() - YEAR_OF_LIST)
}
