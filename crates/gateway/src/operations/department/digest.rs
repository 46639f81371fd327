//! `GET /v1/digest`: what a department should know this morning.

use super::time_text;
use crate::answers::list_entry::ListEntry;
use crate::answers::problem::ReadProblems;
use crate::civil_time::civil_text;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use contract::ids::DepartmentId;
use domain::civil;
use serde::Serialize;
use utoipa::ToSchema;

/// How many transfers are shown.
const SHOWN: i64 = 50;

/// What a department should know this morning.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Digest)]
pub(crate) struct DigestAnswer {
    /// The moment of which it speaks.
    #[schema(format = DateTime)]
    now: String,
    /// The department.
    department: DepartmentId,
    /// When the department reads it; `null` when it did not say.
    #[schema(example = "08:30")]
    digest_at: Option<String>,
    /// What it holds that is due today.
    due_today: u64,
    /// What it holds that is due tomorrow.
    due_tomorrow: u64,
    /// What it holds of which it was warned, and that did not run out yet.
    warned: u64,
    /// What it holds that is overdue.
    overdue: u64,
    /// Urgings that wait for its reply.
    urgings: u64,
    /// What it received since the beginning of yesterday.
    new: u64,
    /// The keys whose absent holders the caller covers today.
    covering: Vec<String>,
    /// The transfers behind the numbers, the most urgent first, 50 at most.
    data: Vec<DigestEntry>,
}

/// A transfer, and why it is in the digest.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DigestEntry)]
pub(crate) struct DigestEntry {
    /// Why.
    because: Vec<Because>,
    /// The transfer.
    transfer: ListEntry,
}

/// Why a transfer is in the digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Because {
    /// Its due moment has come.
    Overdue,
    /// An urging waits for a reply.
    Urged,
    /// It is due today.
    DueToday,
    /// It is due tomorrow.
    DueTomorrow,
    /// A warning was given.
    Warned,
    /// It was received since the beginning of yesterday.
    New,
}

/// Read the digest 每日提要
///
/// Of the caller's own department, whatever else its key may see. What an office has acknowledged as a known failure
/// does not count as overdue.
#[utoipa::path(
    get,
    path = "/v1/digest",
    tag = "department",
    params(ReadHeaders),
    responses((status = 200, description = "The digest", body = DigestAnswer), ReadProblems)
)]
pub(crate) async fn read_digest(read: Read) -> Result<Json<DigestAnswer>, Problem> {
    read.parameters.known(&[])?;
    let own = read.caller.department.clone();
    let digest = read.app.views.digest(&own, read.now, SHOWN).await?;
    let setting = read.app.accounts.notification_setting(&own).await?;
    // All of them are held or received by the department.
    let shown = digest.entries.iter().map(|entry| (entry.transfer.id, vec![&own]));
    read.note_fetched(shown).await?;
    Ok(Json(DigestAnswer {
        now: civil_text(read.now),
        digest_at: setting.digest_at.map(time_text),
        due_today: digest.due_today,
        due_tomorrow: digest.due_tomorrow,
        warned: digest.warned,
        overdue: digest.overdue,
        urgings: digest.urgings,
        new: digest.new,
        covering: covering(&read).await?,
        data: digest.entries.into_iter().map(|entry| shown_entry(entry, &read)).collect(),
        department: own,
    }))
}

fn shown_entry(entry: views::digest::DigestEntry, read: &Read) -> DigestEntry {
    let reasons = [
        (entry.overdue, Because::Overdue),
        (entry.urged, Because::Urged),
        (entry.due_today, Because::DueToday),
        (entry.due_tomorrow, Because::DueTomorrow),
        (entry.warned, Because::Warned),
        (entry.new, Because::New),
    ];
    DigestEntry {
        because: reasons.into_iter().filter(|(holds, _)| *holds).map(|(_, because)| because).collect(),
        transfer: ListEntry::of(entry.transfer, &read.registry, read.now),
    }
}

/// The keys whose absent holders the caller covers today.
async fn covering(read: &Read) -> Result<Vec<String>, Problem> {
    let (today, key) = (civil::day_of(read.now), &read.caller.key_id);
    let absences = read.app.accounts.absences_from(&read.caller.department, today).await?;
    let covered = absences.into_iter().filter(|one| one.from_day <= today && one.covered_by_key_id == *key);
    Ok(covered.map(|one| one.key_id).collect())
}
