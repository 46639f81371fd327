//! One row of a rectification list: its fields, checked, and its words in Chinese.

use super::{Receiver, Task};
use accounts::import::table::Row as TableRow;
use accounts::{RowError, RowErrorCode};
use chrono::{Datelike, NaiveDate};
use contract::ids::DepartmentId;
use contract::limits::{NAME_MAX_CHARACTERS, REASON_MAX_CHARACTERS, TITLE_MAX_CHARACTERS};
use domain::registry::Registry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A row that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its line in the file.
    pub(crate) line: u64,
    /// The item of the list, like `R04`.
    pub(crate) item: String,
    /// The measure of the item.
    pub(crate) measure: String,
    /// What is wrong.
    pub(crate) problem: String,
    /// What shall be done.
    pub(crate) action: String,
    /// Who leads, when somebody does.
    pub(crate) lead: Option<DepartmentId>,
    /// The days by which it shall be done, in order.
    pub(crate) deadlines: Vec<NaiveDate>,
    /// It shall be done at once 立行立改.
    pub(crate) immediate: bool,
    /// It shall be kept up 长期坚持.
    pub(crate) ongoing: bool,
}

/// What is wrong with a field of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadRow {
    pub(crate) line: u64,
    /// Empty when the whole row is meant.
    pub(crate) column: &'static str,
    /// A stable name.
    pub(crate) code: &'static str,
    pub(crate) detail: String,
    /// The same in Chinese.
    pub(crate) chinese: String,
}

impl BadRow {
    pub(super) fn of_table(error: &RowError) -> Self {
        Self {
            line: error.line,
            column: error.column,
            code: error.code.name(),
            detail: error.detail.clone(),
            chinese: error.in_chinese(),
        }
    }
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, code, detail, chinese } = self;
        match *column {
            "" => write!(f, "line {line}: {code}: {detail} 第{line}行：{chinese}"),
            column => {
                write!(f, "line {line}, column {column}: {code}: {detail} 第{line}行 {column} 列：{chinese}")
            }
        }
    }
}

/// A good row, and its departments with the incomplete sets through which each was found.
pub(super) struct Checked {
    pub(super) row: Row,
    pub(super) members: BTreeMap<DepartmentId, Vec<DepartmentId>>,
}

/// Checks one row; `keys` holds the items and measures of earlier rows.
pub(super) fn check(
    row: &TableRow<7>,
    from: &DepartmentId,
    registry: &Registry,
    keys: &mut BTreeSet<(String, String)>,
) -> Result<Checked, Vec<BadRow>> {
    let [item, measure, problem, action, responsible, lead, deadline] = &row.fields;
    let mut checker = Checker { line: row.line, registry, bad: Vec::new() };
    checker.text("item", item, NAME_MAX_CHARACTERS);
    checker.text("measure", measure, NAME_MAX_CHARACTERS);
    checker.text("problem", problem, REASON_MAX_CHARACTERS);
    checker.text("action", action, REASON_MAX_CHARACTERS);
    let members = checker.responsible(responsible, from);
    let lead = if lead.is_empty() { None } else { checker.department("lead", lead) };
    let (mut days, mut immediate, mut ongoing) = (BTreeSet::new(), false, false);
    for part in deadline.split(';').map(str::trim) {
        match part {
            "immediate" => immediate = true,
            "ongoing" => ongoing = true,
            "" => checker.refuse(
                "deadline",
                "empty",
                "give a date, immediate or ongoing",
                "须为日期、immediate 或 ongoing",
            ),
            other => match other.parse() {
                Ok(day) => {
                    days.insert(day);
                }
                Err(_) => checker.refuse(
                    "deadline",
                    "malformed_deadline",
                    format!("{other:?} is no date like 2021-06-30, nor immediate, nor ongoing"),
                    format!("{other:?} 不是 2021-06-30 形式的日期，也不是 immediate 或 ongoing"),
                ),
            },
        }
    }
    if !keys.insert((item.clone(), measure.clone())) {
        let detail = format!("{item} {measure} stands on an earlier line");
        let chinese = format!("与前面的行重复（{item} {measure}）");
        checker.refuse("measure", "duplicate_id", detail, chinese);
    }
    if !checker.bad.is_empty() {
        return Err(checker.bad);
    }
    let row = Row {
        line: row.line,
        item: item.clone(),
        measure: measure.clone(),
        problem: problem.clone(),
        action: action.clone(),
        lead,
        deadlines: days.into_iter().collect(),
        immediate,
        ongoing,
    };
    Ok(Checked { row, members })
}

struct Checker<'a> {
    line: u64,
    registry: &'a Registry,
    bad: Vec<BadRow>,
}

impl Checker<'_> {
    fn refuse(
        &mut self,
        column: &'static str,
        code: &'static str,
        detail: impl Into<String>,
        chinese: impl Into<String>,
    ) {
        let (detail, chinese) = (detail.into(), chinese.into());
        self.bad.push(BadRow { line: self.line, column, code, detail, chinese });
    }

    fn text(&mut self, column: &'static str, text: &str, limit: usize) {
        if text.is_empty() {
            self.refuse(column, "empty", "this field must not be empty", "不能为空");
        } else if text.chars().count() > limit {
            let (detail, chinese) = (format!("at most {limit} characters"), format!("不得超过{limit}个字符"));
            self.refuse(column, "too_long", detail, chinese);
        } else if text.chars().any(char::is_control) {
            self.refuse(
                column,
                "control_character",
                "control characters are not allowed",
                "不得含有控制字符",
            );
        }
    }

    fn department(&mut self, column: &'static str, text: &str) -> Option<DepartmentId> {
        match DepartmentId::new(text) {
            Err(error) => self.refuse(
                column,
                "malformed_id",
                format!("{text:?}: {error}"),
                format!("{}（{text:?}）", RowErrorCode::MalformedId.in_chinese()),
            ),
            Ok(id) if self.registry.department(&id).is_none() => {
                let (detail, chinese) = (format!("{id} is not in the registry"), format!("名录中没有 {id}"));
                self.refuse(column, "unknown_department", detail, chinese);
            }
            Ok(id) => return Some(id),
        }
        None
    }

    fn responsible(&mut self, text: &str, from: &DepartmentId) -> BTreeMap<DepartmentId, Vec<DepartmentId>> {
        let mut members: BTreeMap<DepartmentId, Vec<DepartmentId>> = BTreeMap::new();
        for part in text.split('|').map(str::trim).filter(|part| !part.is_empty()) {
            let Some(id) = self.department("responsible", part) else { continue };
            match self.registry.expand_group(&id) {
                Some(set) => {
                    for member in set.members {
                        let through = members.entry(member).or_default();
                        through.extend((!set.complete).then(|| id.clone()));
                    }
                }
                None if self.registry.department(&id).is_some_and(|department| !department.can_receive()) => {
                    self.refuse(
                        "responsible",
                        "cannot_receive",
                        format!("{id} is the old name of a department"),
                        format!("{id} 是部门的旧称"),
                    );
                }
                None => {
                    members.entry(id).or_default();
                }
            }
        }
        let named_nobody = members.keys().all(|member| member == from);
        if named_nobody && !self.bad.iter().any(|bad| bad.column == "responsible") {
            let chinese = "除派发单位外没有其他责任单位";
            self.refuse("responsible", "empty", "the row names no department but the sender", chinese);
        }
        members
    }
}

impl Task {
    /// The title of the task.
    pub(super) fn title(&self) -> String {
        let title = format!("整改任务{}-{}：{}", self.row.item, self.row.measure, self.row.action);
        title.chars().take(TITLE_MAX_CHARACTERS).collect()
    }

    /// What the task says: the problem, the action, who leads, until when, and what is not known.
    pub(super) fn summary(&self, receiver: &Receiver, registry: &Registry) -> String {
        let name = |id: &DepartmentId| {
            registry.department(id).map_or_else(|| id.to_string(), |department| department.name.clone())
        };
        let Row { problem, action, lead, .. } = &self.row;
        let lead = lead.as_ref().map(|lead| format!("牵头单位：{}。", name(lead))).unwrap_or_default();
        let time_limit = self.row.time_limit();
        let incomplete = receiver.incomplete.iter();
        let incomplete: String = incomplete
            .map(|set| format!("责任单位“{}”的成员名单不完整，如有遗漏请向派发单位补充。", name(set)))
            .collect::<Vec<_>>()
            .concat();
        format!("存在问题：{problem}。整改措施：{action}。{lead}完成时限：{time_limit}。{incomplete}")
    }
}

impl Row {
    /// The time limit in words.
    fn time_limit(&self) -> String {
        let immediate = self.immediate.then(|| "立行立改".to_owned());
        let days = self.deadlines.iter();
        let days = days.map(|day| format!("{}年{}月{}日前完成", day.year(), day.month(), day.day()));
        let ongoing = self.ongoing.then(|| "长期坚持".to_owned());
        immediate.into_iter().chain(days).chain(ongoing).collect::<Vec<_>>().join("，")
    }
}
