//! `row,division,subject_matter,lead,participants,lead_mode,flag`

use super::table::{Checker, Table, shortened};
use super::{ImportReport, KnownDepartments, RowError, RowErrorCode, begin, finish, known};
use crate::error::AccountsError;
use crate::handle::Accounts;
use crate::registry;
use contract::ids::DepartmentId;
use domain::registry::{LeadMode, Responsibility};
use sqlx::PgConnection;
use std::collections::BTreeSet;

const COLUMNS: [&str; 7] = ["row", "division", "subject_matter", "lead", "participants", "lead_mode", "flag"];

/// How long the name of a row may be, in characters.
const ROW_LIMIT: usize = 40;
/// How long a subject matter or a remark may be, in characters.
const TEXT_LIMIT: usize = 500;

/// What stands between ids where a list is stored in one text on its way into the database.
const SEPARATOR: &str = "|";

impl Accounts {
    /// Imports the responsibility matrices. Leads and participants must be stored departments.
    pub async fn import_responsibilities(
        &self,
        csv_text: &str,
        strict: bool,
    ) -> Result<ImportReport, AccountsError> {
        let table = Table::read(csv_text, COLUMNS);
        let mut transaction = begin(&self.pool).await?;
        let known = known(&registry::departments(&mut transaction).await?);
        let count = table.count;
        let (good, errors) = check(table, &known);
        let mut report = ImportReport::new(count, good.len(), errors, strict);
        if report.stored > 0 {
            report.changed = store(&mut transaction, &good).await?;
            finish(transaction, report.changed).await?;
        }
        Ok(report)
    }
}

fn check(table: Table<7>, known: &KnownDepartments) -> (Vec<Responsibility>, Vec<RowError>) {
    let mut errors = table.errors;
    let mut rows_seen = BTreeSet::new();
    let mut matters_seen = BTreeSet::new();
    let mut good = Vec::new();
    for row in &table.rows {
        let mut checker = Checker::new(row.line, &mut errors);
        let responsibility = responsibility(&row.fields, known, &mut checker);
        let Responsibility { division, row_id, subject_matter, .. } = &responsibility;
        if !rows_seen.insert((division.clone(), row_id.clone())) {
            let detail =
                format!("{} of {} stands on an earlier line", shortened(row_id), shortened(division));
            checker.refuse("row", RowErrorCode::DuplicateId, shortened(row_id), detail);
        }
        if !matters_seen.insert((division.clone(), subject_matter.clone())) {
            let detail = format!("{} stands on an earlier line of the division", shortened(subject_matter));
            checker.refuse(
                "subject_matter",
                RowErrorCode::DuplicateSubjectMatter,
                shortened(subject_matter),
                detail,
            );
        }
        if checker.is_clean() {
            good.push(responsibility);
        }
    }
    (good, errors)
}

/// One row, to be stored only when the checker found nothing.
fn responsibility(
    fields: &[String; 7],
    known: &KnownDepartments,
    checker: &mut Checker<'_>,
) -> Responsibility {
    let [row_id, division, subject_matter, lead, participants, mode, flag] = fields;
    let row_id = checker.required_text("row", row_id, ROW_LIMIT);
    if !(6..=12).contains(&division.len()) || !division.bytes().all(|byte| byte.is_ascii_digit()) {
        let detail = format!("{} is not a division code of 6 to 12 digits", shortened(division));
        checker.refuse("division", RowErrorCode::MalformedDivision, shortened(division), detail);
    }
    let subject_matter = checker.required_text("subject_matter", subject_matter, TEXT_LIMIT);
    let leads = checker.ids("lead", lead);
    check_known("lead", RowErrorCode::UnknownLead, &leads, known, checker);
    let participants = checker.ids("participants", participants);
    check_known("participants", RowErrorCode::UnknownParticipant, &participants, known, checker);
    let lead_mode = LeadMode::from_code(mode);
    if lead_mode.is_none() {
        let names = LeadMode::ALL.map(LeadMode::code).join(" ");
        let detail = format!("{} is none of {names} or empty", shortened(mode));
        checker.refuse("lead_mode", RowErrorCode::UnknownLeadMode, shortened(mode), detail);
    }
    let lead_mode = lead_mode.unwrap_or(LeadMode::Unstated);
    check_lead_count(lead_mode, lead.split('|').filter(|id| !id.trim().is_empty()).count(), checker);
    let flag = checker.text("flag", flag, TEXT_LIMIT);
    Responsibility {
        division: division.clone(),
        row_id,
        subject_matter,
        leads,
        participants,
        lead_mode,
        flag,
    }
}

fn check_known(
    column: &'static str,
    code: RowErrorCode,
    ids: &[DepartmentId],
    known: &KnownDepartments,
    checker: &mut Checker<'_>,
) {
    for id in ids.iter().filter(|id| !known.contains_key(*id)) {
        checker.refuse(column, code, id.as_str(), format!("{id} is not stored"));
    }
}

fn check_lead_count(mode: LeadMode, count: usize, checker: &mut Checker<'_>) {
    let wrong = match mode {
        LeadMode::Single => count != 1,
        LeadMode::FirstExplicit | LeadMode::FirstAssumed => count == 0,
        LeadMode::Multi | LeadMode::Collective | LeadMode::Unstated => false,
    };
    if wrong {
        let detail = format!("{count} leads do not fit the lead mode {}", mode.code());
        checker.refuse("lead", RowErrorCode::WrongLeadCount, format!("{count}, {}", mode.code()), detail);
    }
}

async fn store(connection: &mut PgConnection, rows: &[Responsibility]) -> Result<u64, AccountsError> {
    let texts =
        |pick: fn(&Responsibility) -> &str| rows.iter().map(|row| pick(row).to_owned()).collect::<Vec<_>>();
    let lists = |pick: fn(&Responsibility) -> &[DepartmentId]| {
        let join =
            |ids: &[DepartmentId]| ids.iter().map(DepartmentId::as_str).collect::<Vec<_>>().join(SEPARATOR);
        rows.iter().map(|row| join(pick(row))).collect::<Vec<_>>()
    };
    let done = sqlx::query!(
        "INSERT INTO accounts.responsibility AS old
             (division, row_id, subject_matter, lead, participants, lead_mode, flag)
         SELECT division, row_id, subject_matter, string_to_array(lead, $8), string_to_array(participants, $8),
             lead_mode, flag
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
             AS new (division, row_id, subject_matter, lead, participants, lead_mode, flag)
         ON CONFLICT (division, row_id) DO UPDATE SET
             subject_matter = excluded.subject_matter, lead = excluded.lead,
             participants = excluded.participants, lead_mode = excluded.lead_mode, flag = excluded.flag
         WHERE (old.subject_matter, old.lead, old.participants, old.lead_mode, old.flag)
             IS DISTINCT FROM (excluded.subject_matter, excluded.lead, excluded.participants,
                 excluded.lead_mode, excluded.flag)",
        &texts(|row| &row.division),
        &texts(|row| &row.row_id),
        &texts(|row| &row.subject_matter),
        &lists(|row| &row.leads),
        &lists(|row| &row.participants),
        &texts(|row| row.lead_mode.code()),
        &texts(|row| &row.flag),
        SEPARATOR,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}
