//! `date,kind,holiday`: the days of a yearly holiday notice.

use super::table::{Checker, Table, shortened};
use super::{RowError, RowErrorCode};
use crate::error::AccountsError;
use crate::handle::Accounts;
use crate::rules::{self, begin, finish};
use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};
use domain::Rules;
use domain::calendar::{Calendar, DayKind};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use std::fmt::Write;

const COLUMNS: [&str; 3] = ["date", "kind", "holiday"];

/// How long the name of a holiday may be, in characters.
const NAME_LIMIT: usize = 60;

/// What became of a holiday notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarImport {
    /// It is in force.
    Imported {
        /// Under this version.
        version: String,
        /// The years that the notice brought, in order.
        years: Vec<i32>,
    },
    /// The calendar in force says the same already.
    Unchanged {
        /// Its version.
        version: String,
    },
    /// Rows are wrong; nothing was taken, because half a year's holidays would be worse than none.
    Refused(Vec<RowError>),
    /// There is a calendar of that version, and a calendar never changes.
    VersionTaken(String),
}

impl Accounts {
    /// Puts the years of a notice in the place of those of the calendar in force, under a new version: the one named,
    /// else `cn-` and the last year that is then known, with `-2`, `-3` after it when that is taken.
    pub async fn import_calendar(
        &self,
        version: Option<&str>,
        csv_text: &str,
        now: DateTime<Utc>,
    ) -> Result<CalendarImport, AccountsError> {
        let notice = match check(Table::read(csv_text, COLUMNS)) {
            Ok(notice) => notice,
            Err(errors) => return Ok(CalendarImport::Refused(errors)),
        };
        let mut transaction = begin(&self.pool).await?;
        let (rules, unreadable) = rules::rules(&mut transaction).await?;
        // A new calendar keeps the years of the earlier ones, which would be lost with one that cannot be read.
        let is_calendar = |error: &AccountsError| matches!(error, AccountsError::StoredCalendar(..));
        if let Some(error) = unreadable.into_iter().find(is_calendar) {
            return Err(error);
        }
        let in_force = rules.calendar();
        let renewed = |version: &str| in_force.with_notice(version, &notice.csv);
        let same = match renewed(in_force.version()) {
            Ok(calendar) => calendar,
            Err(error) => {
                return Ok(CalendarImport::Refused(vec![of_whole(
                    RowErrorCode::Unreadable,
                    &error.to_string(),
                )]));
            }
        };
        if same == *in_force {
            return Ok(CalendarImport::Unchanged { version: in_force.version().to_owned() });
        }
        let version = match version {
            Some(version) if is_known(&rules, version) => {
                return Ok(CalendarImport::VersionTaken(version.to_owned()));
            }
            Some(version) => version.to_owned(),
            None => free_version(&rules, same.years().max().unwrap_or_default()),
        };
        store(&mut transaction, &version, &same, now).await?;
        finish(transaction).await?;
        Ok(CalendarImport::Imported { version, years: notice.years })
    }
}

/// A notice whose rows are good.
struct Notice {
    csv: String,
    years: Vec<i32>,
}

fn check(table: Table<3>) -> Result<Notice, Vec<RowError>> {
    let mut errors = table.errors;
    let mut days = BTreeMap::new();
    let mut csv = COLUMNS.join(",") + "\n";
    for row in &table.rows {
        let mut checker = Checker::new(row.line, &mut errors);
        let [date, kind, holiday] = &row.fields;
        let day = day(date, kind, &mut checker);
        name(holiday, &mut checker);
        if let Some(first) = day.and_then(|day| days.insert(day, row.line)) {
            checker.refuse("date", RowErrorCode::DuplicateId, date, format!("{date} stands on line {first}"));
        }
        // Writing into a String cannot fail.
        let _ = writeln!(csv, "{date},{kind},{holiday}");
    }
    if errors.is_empty() && days.is_empty() {
        errors.push(of_whole(RowErrorCode::Empty, "the file has no rows"));
    }
    errors.sort_by_key(|error| error.line);
    let mut years: Vec<_> = days.keys().map(Datelike::year).collect();
    years.dedup();
    if errors.is_empty() { Ok(Notice { csv, years }) } else { Err(errors) }
}

/// The day of a row. Work on a day on which people work anyway is most likely a mistake.
fn day(date: &str, kind: &str, checker: &mut Checker<'_>) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok().filter(|_| date.len() == "2026-10-01".len());
    if day.is_none() {
        let detail = format!("{} is no date like 2026-10-01", shortened(date));
        checker.refuse("date", RowErrorCode::MalformedDate, shortened(date), detail);
    }
    let kind_of_day = [("off", DayKind::Off), ("work", DayKind::Work)];
    let kind_of_day = kind_of_day.into_iter().find(|(name, _)| *name == kind).map(|(_, kind)| kind);
    let is_weekend = |day: NaiveDate| matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    if kind_of_day.is_none() {
        let detail = format!("{} is neither off nor work", shortened(kind));
        checker.refuse("kind", RowErrorCode::UnknownDayKind, shortened(kind), detail);
    } else if kind_of_day == Some(DayKind::Work) && day.is_some_and(|day| !is_weekend(day)) {
        let detail = format!("{date} is no weekend day, so it cannot be a make-up working day");
        checker.refuse("kind", RowErrorCode::NoMakeUpDay, date, detail);
    }
    day
}

fn name(holiday: &str, checker: &mut Checker<'_>) {
    checker.required_text("holiday", holiday, NAME_LIMIT);
    if holiday.contains([',', '"']) {
        checker.refuse(
            "holiday",
            RowErrorCode::ControlCharacter,
            ", \"",
            "commas and quotation marks are not allowed",
        );
    }
}

/// What is wrong with the file as a whole.
fn of_whole(code: RowErrorCode, detail: &str) -> RowError {
    RowError { line: 1, column: "", code, value: String::new(), detail: detail.to_owned() }
}

fn is_known(rules: &Rules, version: &str) -> bool {
    rules.calendar_of(version).version() == version
}

fn free_version(rules: &Rules, last_year: i32) -> String {
    let first = format!("cn-{last_year}");
    let later = (2..).map(|number| format!("{first}-{number}"));
    let mut versions = std::iter::once(first.clone()).chain(later);
    versions.find(|version| !is_known(rules, version)).unwrap_or(first)
}

async fn store(
    connection: &mut PgConnection,
    version: &str,
    calendar: &Calendar,
    now: DateTime<Utc>,
) -> Result<(), AccountsError> {
    sqlx::query!(
        "INSERT INTO accounts.calendar (version, ordinal, csv, published_at)
         SELECT $1, coalesce(max(ordinal), 0) + 1, $2, $3 FROM accounts.calendar",
        version,
        calendar.to_csv(),
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}
