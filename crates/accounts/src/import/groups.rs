//! `group,member,complete`

use super::table::{Checker, Table, shortened};
use super::{ImportReport, KnownDepartments, RowError, RowErrorCode, begin, finish, known};
use crate::error::AccountsError;
use crate::handle::Accounts;
use crate::registry;
use contract::ids::DepartmentId;
use domain::registry::DepartmentType;
use sqlx::PgConnection;
use std::collections::BTreeSet;

const COLUMNS: [&str; 3] = ["group", "member", "complete"];

/// One member of a set.
struct Membership {
    group: DepartmentId,
    member: DepartmentId,
    complete: bool,
}

impl Accounts {
    /// Imports members of sets. Members of a set of this text that the text no longer names leave it, unless a
    /// row was wrong.
    pub async fn import_groups(&self, csv_text: &str, strict: bool) -> Result<ImportReport, AccountsError> {
        let table = Table::read(csv_text, COLUMNS);
        let mut transaction = begin(&self.pool).await?;
        let known = known(&registry::departments(&mut transaction).await?);
        let count = table.count;
        let (good, errors) = check(table, &known);
        let mut report = ImportReport::new(count, good.len(), errors, strict);
        if report.stored > 0 {
            report.changed = store(&mut transaction, &good).await?;
            if report.is_clean() {
                report.left = remove_missing(&mut transaction, &good).await?;
                report.changed += u64::try_from(report.left.len()).unwrap_or(u64::MAX);
            }
            finish(transaction, report.changed).await?;
        }
        Ok(report)
    }
}

fn check(table: Table<3>, known: &KnownDepartments) -> (Vec<Membership>, Vec<RowError>) {
    let mut errors = table.errors;
    let mut seen = BTreeSet::new();
    let mut good = Vec::new();
    for row in &table.rows {
        let [group, member, complete] = &row.fields;
        let mut checker = Checker::new(row.line, &mut errors);
        let (group, member) = (checker.id("group", group), checker.id("member", member));
        let complete = yes_or_no(complete, &mut checker);
        let (Some(group), Some(member), Some(complete)) = (group, member, complete) else { continue };
        check_known(&group, &member, known, &mut checker);
        if !seen.insert((group.clone(), member.clone())) {
            let detail = format!("{member} stands on an earlier line of {group}");
            checker.refuse("member", RowErrorCode::DuplicateId, member.as_str(), detail);
        }
        if checker.is_clean() {
            good.push(Membership { group, member, complete });
        }
    }
    (good, errors)
}

fn yes_or_no(text: &str, checker: &mut Checker<'_>) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        other => {
            let detail = format!("{} is neither yes nor no", shortened(other));
            checker.refuse("complete", RowErrorCode::NotYesOrNo, shortened(other), detail);
            None
        }
    }
}

fn check_known(
    group: &DepartmentId,
    member: &DepartmentId,
    known: &KnownDepartments,
    checker: &mut Checker<'_>,
) {
    match known.get(group) {
        None => checker.refuse(
            "group",
            RowErrorCode::UnknownGroup,
            group.as_str(),
            format!("{group} is not stored"),
        ),
        Some(DepartmentType::Group) => {}
        Some(other) => {
            let detail = format!("{group} is of type {}, not GROUP", other.code());
            checker.refuse("group", RowErrorCode::NotAGroup, group.as_str(), detail);
        }
    }
    if !known.contains_key(member) {
        checker.refuse(
            "member",
            RowErrorCode::UnknownMember,
            member.as_str(),
            format!("{member} is not stored"),
        );
    }
}

fn columns(rows: &[Membership]) -> (Vec<String>, Vec<String>) {
    rows.iter().map(|row| (row.group.to_string(), row.member.to_string())).unzip()
}

async fn store(connection: &mut PgConnection, rows: &[Membership]) -> Result<u64, AccountsError> {
    let (groups, members) = columns(rows);
    let complete: Vec<_> = rows.iter().map(|row| row.complete).collect();
    let stored = sqlx::query!(
        "INSERT INTO accounts.department_group AS old (group_id, member, complete)
         SELECT * FROM unnest($1::text[], $2::text[], $3::boolean[])
         ON CONFLICT (group_id, member) DO UPDATE SET complete = excluded.complete
         WHERE old.complete <> excluded.complete",
        &groups,
        &members,
        &complete,
    )
    .execute(connection)
    .await?;
    Ok(stored.rows_affected())
}

/// Members that no row names leave the sets of these rows.
async fn remove_missing(
    connection: &mut PgConnection,
    rows: &[Membership],
) -> Result<Vec<(String, String)>, AccountsError> {
    let (groups, members) = columns(rows);
    let removed = sqlx::query!(
        "DELETE FROM accounts.department_group
         WHERE group_id = ANY($1::text[])
           AND (group_id, member) NOT IN (SELECT * FROM unnest($1::text[], $2::text[]))
         RETURNING group_id, member",
        &groups,
        &members,
    )
    .fetch_all(connection)
    .await?;
    let mut left: Vec<_> = removed.into_iter().map(|row| (row.group_id, row.member)).collect();
    left.sort();
    Ok(left)
}
