//! `casebus import`: rows from CSV files. Ends with code 2 when rows were bad.

use crate::command_line::{ImportArguments, ImportKind};
use crate::connection::Connection;
use crate::database::{self, Pools};
use crate::failure::Failure;
use crate::rules::KeptRules;
use crate::services;
use crate::supervision_tasks::{self, BadRow};
use crate::terminal::say;
use accounts::{CalendarImport, ImportReport};
use contract::ids::DepartmentId;
use domain::calendar::Calendar;
use log::Hints;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::process::ExitCode;
use tokio::task::JoinSet;

/// What the process ends with when rows were bad.
const ROWS_WERE_BAD: u8 = 2;

/// Carries it out and prints the report.
pub(crate) async fn import(arguments: &ImportArguments) -> anyhow::Result<ExitCode> {
    let text = std::fs::read_to_string(&arguments.file).map_err(|error| {
        let file = arguments.file.display();
        Failure::new(
            format!("cannot read {file} ({error}): it must be a readable file in UTF-8"),
            format!("无法读取 {file}（{error}）：须为可读的 UTF-8 文件"),
        )
    })?;
    check_version(arguments)?;
    let connection = Connection::find(&arguments.target)?;
    let strict = arguments.strict;
    let report = match arguments.what {
        ImportKind::Departments => connection.accounts().await?.import_departments(&text, strict).await?,
        ImportKind::Groups => connection.accounts().await?.import_groups(&text, strict).await?,
        ImportKind::Responsibilities => {
            connection.accounts().await?.import_responsibilities(&text, strict).await?
        }
        ImportKind::Holidays => return holidays(&connection, arguments, &text).await,
        ImportKind::SupervisionTasks => return supervision_tasks(&connection, arguments, &text).await,
    };
    Ok(tell(&report))
}

/// Only holidays have a version.
fn check_version(arguments: &ImportArguments) -> Result<(), Failure> {
    match (arguments.what, &arguments.version) {
        (ImportKind::Holidays, _)
        | (
            ImportKind::Departments
            | ImportKind::Groups
            | ImportKind::Responsibilities
            | ImportKind::SupervisionTasks,
            None,
        ) => Ok(()),
        (
            ImportKind::Departments
            | ImportKind::Groups
            | ImportKind::Responsibilities
            | ImportKind::SupervisionTasks,
            Some(_),
        ) => Err(Failure::new(
            "--version is for holidays: leave it out",
            "--version 仅用于导入节假日：请去掉该参数",
        )),
    }
}

/// Years of which a holiday notice can speak.
const NOTICE_YEARS: RangeInclusive<i32> = 2000..=2199;
/// Days off that a year has at least, by its notice.
const DAYS_OFF_AT_LEAST: usize = 10;

async fn holidays(
    connection: &Connection,
    arguments: &ImportArguments,
    text: &str,
) -> anyhow::Result<ExitCode> {
    let (accounts, now) = (connection.accounts().await?, connection.clock().now());
    if !arguments.incomplete {
        refuse_incomplete_years(text)?;
    }
    match accounts.import_calendar(arguments.version.as_deref(), text, now).await? {
        CalendarImport::Imported { version, years } => {
            let years: Vec<_> = years.iter().map(ToString::to_string).collect();
            let years = years.join(", ");
            say(format!(
                "calendar {version} is in force, with the holidays of {years} 节假日历 {version} 已生效（{years}）"
            ));
            say(
                "the watch computes the open clocks again, each change as an event 未结时限将由督办服务重新计算，变动均记入事件",
            );
            Ok(ExitCode::SUCCESS)
        }
        CalendarImport::Unchanged { version } => {
            say(format!(
                "nothing is new: calendar {version} says the same 无变化：现行节假日历 {version} 内容相同"
            ));
            Ok(ExitCode::SUCCESS)
        }
        CalendarImport::Refused(errors) => {
            tell_bad(&errors);
            say("nothing was taken: a notice is taken whole or not at all 未导入：通知须整体有效才会导入");
            Ok(code(false))
        }
        CalendarImport::VersionTaken(version) => Err(Failure::new(
            format!(
                "there is a calendar {version} already, and a calendar never changes: name another --version"
            ),
            format!("已有节假日历 {version}，日历不可更改：请用 --version 另起版本名"),
        )
        .into()),
    }
}

/// A notice takes the place of all that was known of its years, so a year with a few days off would make working days
/// of all other holidays. What cannot be read is told row by row later.
fn refuse_incomplete_years(text: &str) -> anyhow::Result<()> {
    let Ok(notice) = Calendar::from_csv("notice", text) else { return Ok(()) };
    let is_odd = |year: &i32| !NOTICE_YEARS.contains(year) || notice.days_off(*year) < DAYS_OFF_AT_LEAST;
    let Some(year) = notice.years().find(is_odd) else { return Ok(()) };
    let days = notice.days_off(year);
    Err(Failure::new(
        format!(
            "the file names {days} days off for {year}, but a notice takes the place of all that was known of its year: \
             add the other holidays, or say --incomplete"
        ),
        format!("文件中{year}年只有{days}天放假，而导入会取代该年原有安排：请补全该年节假日，或加上 --incomplete"),
    )
    .into())
}

fn tell(report: &ImportReport) -> ExitCode {
    tell_bad(&report.errors);
    let ImportReport { rows, stored, changed, left, errors: _ } = report;
    for (set, member) in left {
        say(format!("{member} left {set}: the file does not name it 文件中没有 {member}，已移出 {set}"));
    }
    say(format!(
        "{stored} of {rows} rows are stored, {changed} changed 共{rows}行，已存{stored}行，变更{changed}行"
    ));
    code(report.is_clean())
}

async fn supervision_tasks(
    connection: &Connection,
    arguments: &ImportArguments,
    text: &str,
) -> anyhow::Result<ExitCode> {
    let accounts = connection.accounts().await?;
    let registry = accounts.load_registry().await?;
    let rules = KeptRules::load(&accounts).await?;
    let from = sender(arguments, &registry)?;
    let mut list = supervision_tasks::read(text, from, &registry);
    let pools = Pools::shared(database::pool(&connection.database_url, 8).await?);
    let mut writers = JoinSet::new();
    let desk = services::desk(&pools, &Hints::default(), rules.shared(), &mut writers).await?;
    if arguments.strict {
        list.bad.extend(supervision_tasks::sent_otherwise(&desk, from, connection.clock(), &list).await?);
        if !list.bad.is_empty() {
            list.tasks.clear();
            list.good_rows = 0;
        }
    }
    let sent = supervision_tasks::send_all(&desk, &registry, from, connection.clock(), &list).await?;
    drop(desk);
    while writers.join_next().await.is_some() {}
    let bad: Vec<&BadRow> = list.bad.iter().chain(&sent.bad).collect();
    tell_bad(&bad);
    for set in &list.incomplete {
        say(format!("note: the registry does not name every member of {set} 注意：{set} 的成员名单不完整"));
    }
    let (rows, good, new, before) = (list.rows, list.good_rows, sent.sent, sent.repeated);
    say(format!(
        "{good} of {rows} rows are good: {new} tasks sent, {before} had been sent before \
         共{rows}行，有效{good}行，新发督办{new}件，此前已发{before}件"
    ));
    Ok(code(bad.is_empty()))
}

fn sender<'a>(
    arguments: &'a ImportArguments,
    registry: &domain::registry::Registry,
) -> anyhow::Result<&'a DepartmentId> {
    let known = arguments.from.as_ref().filter(|from| registry.department(from).is_some());
    known.ok_or_else(|| {
        Failure::new(
            "--from must name a department of the registry: import it first, or name another",
            "--from 须为名录中的部门：请先导入该部门，或另选部门",
        )
        .into()
    })
}

fn tell_bad(rows: &[impl Display]) {
    for row in rows {
        say(row.to_string());
    }
}

fn code(is_clean: bool) -> ExitCode {
    if is_clean { ExitCode::SUCCESS } else { ExitCode::from(ROWS_WERE_BAD) }
}
