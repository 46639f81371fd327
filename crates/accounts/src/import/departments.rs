//! `id,name,canonical_name,level,type,parent,host`

use super::table::{Checker, Table, shortened};
use super::{ImportReport, RowError, RowErrorCode, begin, finish};
use crate::error::AccountsError;
use crate::handle::Accounts;
use crate::registry;
use contract::ids::DepartmentId;
use domain::registry::{Department, DepartmentType};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};

const COLUMNS: [&str; 7] = ["id", "name", "canonical_name", "level", "type", "parent", "host"];

/// How long a name may be, in characters.
const NAME_LIMIT: usize = 200;

impl Accounts {
    /// Imports departments. A parent or host may come later in the text or be stored already.
    pub async fn import_departments(
        &self,
        csv_text: &str,
        strict: bool,
    ) -> Result<ImportReport, AccountsError> {
        let table = Table::read(csv_text, COLUMNS);
        let mut transaction = begin(&self.pool).await?;
        let stored = registry::departments(&mut transaction).await?;
        let count = table.count;
        let (good, errors) = check(table, stored);
        let mut report = ImportReport::new(count, good.len(), errors, strict);
        if report.stored > 0 {
            report.changed = store(&mut transaction, &good).await?;
            finish(transaction, report.changed).await?;
        }
        Ok(report)
    }
}

/// The rows that may be stored, and what is wrong with the others.
fn check(table: Table<7>, stored: Vec<Department>) -> (Vec<Department>, Vec<RowError>) {
    let mut errors = table.errors;
    let mut seen = BTreeSet::new();
    let mut good = BTreeMap::new();
    for row in &table.rows {
        let mut checker = Checker::new(row.line, &mut errors);
        let Some(department) = department(&row.fields, &mut checker) else { continue };
        if !seen.insert(department.id.clone()) {
            let detail = format!("{} stands on an earlier line", department.id);
            checker.refuse("id", RowErrorCode::DuplicateId, department.id.as_str(), detail);
        }
        if checker.is_clean() {
            good.insert(department.id.clone(), (row.line, department));
        }
    }
    let stored: BTreeMap<_, _> = stored.into_iter().map(|old| (old.id.clone(), old)).collect();
    drop_unconnected(&mut good, &stored, &mut errors);
    (good.into_values().map(|(_, department)| department).collect(), errors)
}

/// One department; `None` when it has no id. Other errors are in the checker.
fn department(fields: &[String; 7], checker: &mut Checker<'_>) -> Option<Department> {
    let [id, name, canonical_name, level, kind, parent, host] = fields;
    let id = checker.id("id", id);
    let name = checker.required_text("name", name, NAME_LIMIT);
    let canonical_name = checker.required_text("canonical_name", canonical_name, NAME_LIMIT);
    let level = checker.required_text("level", level, NAME_LIMIT);
    let department_type = DepartmentType::from_code(kind);
    if department_type.is_none() {
        let known = DepartmentType::ALL.map(DepartmentType::code).join(", ");
        let detail = format!("{} is none of {known}", shortened(kind));
        checker.refuse("type", RowErrorCode::UnknownType, shortened(kind), detail);
    }
    let parent = checker.optional_id("parent", parent);
    let host = checker.optional_id("host", host);
    // An unknown type is in the checker, so what stands in its place is never stored.
    let department_type = department_type.unwrap_or(DepartmentType::Legacy);
    Some(Department { id: id?, name, canonical_name, level, department_type, parent, host })
}

type GoodRows = BTreeMap<DepartmentId, (u64, Department)>;

/// Drops rows whose parent or host does not hold, again and again, because a dropped row may be the parent of
/// another.
fn drop_unconnected(
    good: &mut GoodRows,
    stored: &BTreeMap<DepartmentId, Department>,
    errors: &mut Vec<RowError>,
) {
    loop {
        let mut dropped = Vec::new();
        for (line, department) in good.values() {
            let mut checker = Checker::new(*line, errors);
            let find = |id: &DepartmentId| good.get(id).map(|(_, row)| row).or_else(|| stored.get(id));
            check_connections(department, find, &mut checker);
            check_dependants(department, find, stored, &mut checker);
            if !checker.is_clean() {
                dropped.push(department.id.clone());
            }
        }
        if dropped.is_empty() {
            return;
        }
        for id in dropped {
            good.remove(&id);
        }
    }
}

/// A government under which departments stand stays one: they would have no coordination office but themselves.
fn check_dependants<'a>(
    department: &Department,
    find: impl Fn(&DepartmentId) -> Option<&'a Department>,
    stored: &BTreeMap<DepartmentId, Department>,
    checker: &mut Checker<'_>,
) {
    let was_one =
        stored.get(&department.id).is_some_and(|one| one.department_type == DepartmentType::Government);
    if !was_one || department.department_type == DepartmentType::Government {
        return;
    }
    let stands_under =
        |id: &&DepartmentId| find(id).is_some_and(|one| one.parent.as_ref() == Some(&department.id));
    if let Some(dependant) = stored.keys().find(stands_under) {
        let detail = format!("{dependant} stands under it, so its type stays GOVERNMENT");
        checker.refuse("type", RowErrorCode::GovernmentNeeded, dependant.as_str(), detail);
    }
}

fn check_connections<'a>(
    department: &'a Department,
    find: impl Fn(&DepartmentId) -> Option<&'a Department>,
    checker: &mut Checker<'_>,
) {
    if let Some(parent) = &department.parent {
        match find(parent).map(|parent| parent.department_type) {
            None => {
                let detail = format!("{parent} is neither stored nor a good row of this text");
                checker.refuse("parent", RowErrorCode::UnknownParent, parent.as_str(), detail);
            }
            Some(DepartmentType::Government) => {}
            Some(other) => {
                let detail = format!("{parent} is of type {}, not GOVERNMENT", other.code());
                checker.refuse("parent", RowErrorCode::ParentNotAGovernment, parent.as_str(), detail);
            }
        }
    }
    if let Some(host) = department.host.as_ref().filter(|host| find(host).is_none()) {
        let detail = format!("{host} is neither stored nor a good row of this text");
        checker.refuse("host", RowErrorCode::UnknownHost, host.as_str(), detail);
    }
    if leads_back(department, &find, |department| department.parent.as_ref()) {
        checker.refuse("parent", RowErrorCode::Circle, "", "its parents lead back to itself");
    }
    if leads_back(department, &find, |department| department.host.as_ref()) {
        checker.refuse("host", RowErrorCode::Circle, "", "its hosts lead back to itself");
    }
}

fn leads_back<'a>(
    department: &'a Department,
    find: impl Fn(&DepartmentId) -> Option<&'a Department>,
    step: impl Fn(&'a Department) -> Option<&'a DepartmentId>,
) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = step(department);
    while let Some(id) = next {
        if *id == department.id {
            return true;
        }
        if !seen.insert(id) {
            return false;
        }
        next = find(id).and_then(&step);
    }
    false
}

async fn store(connection: &mut PgConnection, rows: &[Department]) -> Result<u64, AccountsError> {
    let texts =
        |pick: fn(&Department) -> &str| rows.iter().map(|row| pick(row).to_owned()).collect::<Vec<_>>();
    let parents: Vec<_> = rows.iter().map(|row| row.parent.clone().map(String::from)).collect();
    let hosts: Vec<_> = rows.iter().map(|row| row.host.clone().map(String::from)).collect();
    let done = sqlx::query!(
        "INSERT INTO accounts.department AS old (id, name, canonical_name, level, type, parent, host)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
         ON CONFLICT (id) DO UPDATE SET
             name = excluded.name, canonical_name = excluded.canonical_name, level = excluded.level,
             type = excluded.type, parent = excluded.parent, host = excluded.host
         WHERE (old.name, old.canonical_name, old.level, old.type, old.parent, old.host)
             IS DISTINCT FROM (excluded.name, excluded.canonical_name, excluded.level, excluded.type,
                 excluded.parent, excluded.host)",
        &texts(|row| row.id.as_str()),
        &texts(|row| &row.name),
        &texts(|row| &row.canonical_name),
        &texts(|row| &row.level),
        &texts(|row| row.department_type.code()),
        &parents as &[Option<String>],
        &hosts as &[Option<String>],
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}
