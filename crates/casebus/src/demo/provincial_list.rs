//! The provincial rectification list: thirty measures, one task for each responsible department.
//!
//! The provincial office opened the list; most departments signed and report on it, some late; one city never signed.

use super::act::Act;
use super::minutes::Script;
use super::working_time::{WorkingTime, chance};
use crate::supervision_tasks::{self, Task};
use chrono::{Datelike, NaiveDate};
use contract::event::OutcomeCode;
use contract::ids::DepartmentId;
use domain::registry::Registry;
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
    let scripts = list.tasks.into_iter().filter_map(|task| script(task, time, registry, &sender));
    scripts.collect()
}

fn script(mut task: Task, time: &WorkingTime, registry: &Registry, sender: &DepartmentId) -> Option<Script> {
    let row = &mut task.row;
    row.deadline = row.deadline.and_then(|day| in_year_of(time, day));
    let name = format!("{}-{}-{}", row.item, row.measure, task.to);
    // Items are opened in their order, two or three a day.
    let item: usize = row.item.trim_start_matches('R').parse().ok()?;
    let sent = time.days_ago(40 - item, &format!("{}-{}", row.item, row.measure));
    let office = registry.office_between(sender, &task.to);
    let mut script = Script {
        sent_at: time.moment(sent)?,
        send: task.command(registry, sender.clone(), office),
        organisation: None,
        person: None,
        other: None,
        missing: Vec::new(),
        outcome: OutcomeCode::Rectified,
        texts: texts(&task, registry),
        steps: Vec::new(),
        name,
    };
    let mut earlier = sent;
    for (days, act) in course(&task.to, &script.name) {
        let slot = WorkingTime::after(sent, days, earlier, &format!("{}{act:?}", script.name));
        let Some(moment) = time.moment(slot) else { break };
        script.steps.push((moment, act));
        earlier = slot;
    }
    Some(script)
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

fn texts(task: &Task, registry: &Registry) -> BTreeMap<Act, String> {
    let name = registry.department(&task.to).map_or("本单位", |department| department.name.as_str());
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
