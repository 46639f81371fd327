//! Supervision tasks 督办事项 from the rows of a rectification list: one matter for each row, with a task for each
//! responsible department in it.
//!
//! A set of departments is opened by the registry; where the source does not name all its members, the task says so.

mod row;
mod send;

use accounts::import::table::Table;
use contract::ids::DepartmentId;
use domain::registry::Registry;
use row::Checked;

pub(crate) use row::{BadRow, Row};
pub(crate) use send::{send_all, sent_otherwise};

/// The columns of the file.
const COLUMNS: [&str; 7] = ["item", "measure", "problem", "action", "responsible", "lead", "deadline"];

/// The task of a row, for all its departments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Task {
    /// The row it comes from.
    pub(crate) row: Row,
    /// Who shall do it, in order of id; at least one.
    pub(crate) receivers: Vec<Receiver>,
}

/// A department that gets a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Receiver {
    /// The department.
    pub(crate) to: DepartmentId,
    /// The sets through which the department was found that are not known in full.
    pub(crate) incomplete: Vec<DepartmentId>,
}

/// What a file holds.
#[derive(Debug, Default)]
pub(crate) struct TaskList {
    /// Rows in the file, without the header.
    pub(crate) rows: usize,
    /// Rows that can be used.
    pub(crate) good_rows: usize,
    /// Their tasks, in order of row.
    pub(crate) tasks: Vec<Task>,
    /// What is wrong with the others.
    pub(crate) bad: Vec<BadRow>,
    /// Sets in good rows that are not known in full.
    pub(crate) incomplete: Vec<DepartmentId>,
}

/// Reads a file and opens its sets. `from` will send the tasks, so it gets none.
pub(crate) fn read(text: &str, from: &DepartmentId, registry: &Registry) -> TaskList {
    let table = Table::read(text, COLUMNS);
    let mut list = TaskList { rows: table.count, ..TaskList::default() };
    list.bad.extend(table.errors.iter().map(BadRow::of_table));
    let mut keys = std::collections::BTreeSet::new();
    for row in &table.rows {
        match row::check(row, from, registry, &mut keys) {
            Ok(checked) => list.add(checked, from),
            Err(bad) => list.bad.extend(bad),
        }
    }
    list.bad.sort_by_key(|bad| bad.line);
    list
}

impl TaskList {
    fn add(&mut self, checked: Checked, from: &DepartmentId) {
        self.good_rows += 1;
        for set in checked.members.values().flatten() {
            if !self.incomplete.contains(set) {
                self.incomplete.push(set.clone());
            }
        }
        let Checked { row, members } = checked;
        let others = members.into_iter().filter(|(to, _)| to != from);
        let receivers = others.map(|(to, incomplete)| Receiver { to, incomplete }).collect();
        self.tasks.push(Task { row, receivers });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::registry::{Department, DepartmentGroup, DepartmentType};

    fn id(text: &str) -> DepartmentId {
        DepartmentId::new(text).unwrap()
    }

    fn registry() -> Registry {
        let department = |text: &str, department_type| Department {
            id: id(text),
            name: format!("名{text}"),
            canonical_name: String::new(),
            level: String::new(),
            department_type,
            parent: None,
            host: None,
        };
        let departments = [
            department("210000-zsb", DepartmentType::CoordinationOffice),
            department("210000-wjw", DepartmentType::EnforcingOrgan),
            department("210000-ybj", DepartmentType::EnforcingOrgan),
            department("210000-xsz", DepartmentType::Group),
            department("210000-old", DepartmentType::Legacy),
        ];
        let members = ["210000-wjw", "210000-ybj", "210000-zsb"].map(id).to_vec();
        let groups = [DepartmentGroup { id: id("210000-xsz"), members, complete: false }];
        Registry::new(1, departments, groups, [])
    }

    fn read_rows(rows: &str) -> TaskList {
        let text = format!("{}\n{rows}", COLUMNS.join(","));
        read(&text, &id("210000-zsb"), &registry())
    }

    #[test]
    fn a_set_becomes_one_task_for_all_its_members_and_says_that_it_is_not_known_in_full() {
        let list = read_rows(
            "R04,1,问题,措施,210000-xsz|210000-wjw,210000-wjw,immediate;2021-06-30;2020-12-31;ongoing\n",
        );
        assert!(list.bad.is_empty(), "{:?}", list.bad);
        let [task] = list.tasks.as_slice() else { panic!("{:?}", list.tasks) };
        let to: Vec<_> = task.receivers.iter().map(|receiver| receiver.to.as_str()).collect();
        assert_eq!(to, ["210000-wjw", "210000-ybj"], "the sender gets none");
        assert_eq!(list.incomplete, [id("210000-xsz")]);
        let sent = &task.commands(&registry(), &id("210000-zsb"))[1];
        let days: Vec<_> = sent.terms.due_dates.iter().map(|due| due.on.to_string()).collect();
        assert_eq!(days, ["2020-12-31", "2021-06-30"]);
        assert_eq!(sent.deadline, Some("2021-06-30".parse().unwrap()));
        assert_eq!(sent.terms.measures, ["措施"]);
        let summary = &sent.summary;
        for part in ["问题", "措施", "名210000-wjw", "立行立改", "2021年6月30日", "长期坚持", "名210000-xsz"]
        {
            assert!(summary.contains(part), "{part} in {summary}");
        }
    }

    #[test]
    fn the_office_between_takes_the_answer_of_a_department_in_which_the_sender_sits() {
        let mut departments: Vec<_> = registry().all().cloned().collect();
        for department in &mut departments {
            department.parent = Some(id("210000-rmzf"));
            if department.id == id("210000-zsb") {
                department.host = Some(id("210000-wjw"));
            }
        }
        let government = Department {
            id: id("210000-rmzf"),
            department_type: DepartmentType::Government,
            parent: None,
            host: None,
            ..departments[0].clone()
        };
        let registry = Registry::new(1, departments.into_iter().chain([government]), [], []);
        let text = format!("{}\nR1,1,问题,措施,210000-wjw|210000-ybj,,ongoing\n", COLUMNS.join(","));
        let list = read(&text, &id("210000-zsb"), &registry);
        let commands = list.tasks[0].commands(&registry, &id("210000-zsb"));
        let approvers: Vec<_> = commands.iter().map(|sent| sent.terms.approver.clone()).collect();
        assert_eq!(approvers, [Some(id("210000-rmzf")), None]);
    }

    #[test]
    fn every_wrong_field_is_reported_with_its_line_and_column() {
        let list = read_rows(
            "R1,1,,措施,210000-wjw,,ongoing\nR1,2,问题,措施,210000-no|210000-old,210000-xx,soon\nR1,3,问题,措施,,,\n\
             R1,4,问题,措施,210000-ybj,,ongoing\nR1,4,问题,措施,210000-ybj,,ongoing\n",
        );
        let found: Vec<_> = list.bad.iter().map(|bad| (bad.line, bad.column, bad.code)).collect();
        let expected = [
            (2, "problem", "empty"),
            (3, "responsible", "unknown_department"),
            (3, "responsible", "cannot_receive"),
            (3, "lead", "unknown_department"),
            (3, "deadline", "malformed_deadline"),
            (4, "responsible", "empty"),
            (4, "deadline", "empty"),
            (6, "measure", "duplicate_id"),
        ];
        assert_eq!(found, expected);
        assert_eq!((list.rows, list.good_rows, list.tasks.len()), (5, 1, 1));
    }
}
