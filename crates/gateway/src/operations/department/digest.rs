//! `GET /v1/digest`: what a department should know this morning.

use super::time_text;
use crate::answers::list_entry::ListEntry;
use crate::answers::problem::ReadProblems;
use crate::civil_time::civil_text;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use axum::Json;
use chrono::{DateTime, Days, NaiveDate, Utc};
use contract::clock::LadderStep;
use contract::ids::DepartmentId;
use domain::civil;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use views::Visibility;
use views::transfer::{BoxFilter, ListFilter, Transfer};

/// How many transfers are shown.
const SHOWN: usize = 50;
/// How many are asked for at once.
const PAGE: i64 = 200;

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
    due_today: usize,
    /// What it holds that is due tomorrow.
    due_tomorrow: usize,
    /// What it holds of which it was warned, and that did not run out yet.
    warned: usize,
    /// What it holds that is overdue.
    overdue: usize,
    /// Urgings that wait for its reply.
    urgings: usize,
    /// What it received since the beginning of yesterday.
    new: usize,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
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
    let (own, now) = (&read.caller.department, read.now);
    let mut found: BTreeMap<i64, (Transfer, Vec<Because>)> = BTreeMap::new();
    let held = ListFilter { holder: Some(own.clone()), ..ListFilter::default() };
    for transfer in all(&read, &held, None).await? {
        let because = of_held(&transfer, own, now);
        found.insert(transfer.sent_position, (transfer, because));
    }
    let received = ListFilter { desk: Some(BoxFilter::In(own.clone())), ..ListFilter::default() };
    let yesterday = civil::day_of(now) - Days::new(1);
    for transfer in all(&read, &received, Some(yesterday)).await? {
        let entry = found.entry(transfer.sent_position).or_insert_with(|| (transfer, Vec::new()));
        entry.1.push(Because::New);
    }
    let mut found: Vec<_> = found.into_values().filter(|(_, because)| !because.is_empty()).collect();
    // Because stands in the order of its urgency.
    found.sort_by_key(|(transfer, because)| {
        (because.iter().min().copied(), transfer.due_at.is_none(), transfer.due_at, transfer.sent_position)
    });
    answer(&read, found).await
}

async fn answer(
    read: &Read,
    mut found: Vec<(Transfer, Vec<Because>)>,
) -> Result<Json<DigestAnswer>, Problem> {
    let count = |wanted| found.iter().filter(|(_, because)| because.contains(&wanted)).count();
    let own = read.caller.department.clone();
    let setting = read.app.accounts.notification_setting(&own).await?;
    let answer = DigestAnswer {
        now: civil_text(read.now),
        digest_at: setting.digest_at.map(time_text),
        due_today: count(Because::DueToday),
        due_tomorrow: count(Because::DueTomorrow),
        warned: count(Because::Warned),
        overdue: count(Because::Overdue),
        urgings: count(Because::Urged),
        new: count(Because::New),
        covering: covering(read).await?,
        department: own,
        data: Vec::new(),
    };
    found.truncate(SHOWN);
    // All of them are held or received by the department.
    read.note_fetched(found.iter().map(|(transfer, _)| (transfer.id, vec![&answer.department]))).await?;
    let entry = |(transfer, because)| DigestEntry {
        because,
        transfer: ListEntry::of(transfer, &read.registry, read.now),
    };
    Ok(Json(DigestAnswer { data: found.into_iter().map(entry).collect(), ..answer }))
}

/// All transfers of a filter; those sent before a day are left out where one is named.
async fn all(read: &Read, filter: &ListFilter, since: Option<NaiveDate>) -> Result<Vec<Transfer>, Problem> {
    let own = Visibility::Parties(read.caller.department.clone());
    let (mut found, mut place) = (Vec::new(), None);
    loop {
        let page = read.app.views.list_transfers(&own, filter, place, PAGE).await?;
        let is_late = |transfer: &Transfer| since.is_none_or(|day| civil::day_of(transfer.sent_at) >= day);
        let count = page.entries.len();
        let before = found.len();
        found.extend(page.entries.into_iter().filter(is_late));
        place = page.next;
        // The last sent come first, so what follows was sent even earlier.
        if place.is_none() || found.len() - before < count {
            return Ok(found);
        }
    }
}

/// Why a transfer that the department holds is in its digest.
fn of_held(transfer: &Transfer, own: &DepartmentId, now: DateTime<Utc>) -> Vec<Because> {
    let today = civil::day_of(now);
    let is_known = transfer.acknowledged_until().is_some_and(|until| now < until);
    let overdue = transfer.is_overdue(now);
    let last_day = transfer.due_at.filter(|_| !overdue).map(civil::last_day_before);
    let is_urged = transfer.facts.urging.as_ref().is_some_and(|urging| urging.department == *own);
    let is_warned = transfer.facts.ladder == Some(LadderStep::Warned);
    let reasons = [
        (overdue && !is_known, Because::Overdue),
        (is_urged, Because::Urged),
        (last_day == Some(today), Because::DueToday),
        (last_day == Some(today + Days::new(1)), Because::DueTomorrow),
        (is_warned && !overdue, Because::Warned),
    ];
    reasons.into_iter().filter(|(holds, _)| *holds).map(|(_, because)| because).collect()
}

/// The keys whose absent holders the caller covers today.
async fn covering(read: &Read) -> Result<Vec<String>, Problem> {
    let (today, key) = (civil::day_of(read.now), &read.caller.key_id);
    let absences = read.app.accounts.absences_from(&read.caller.department, today).await?;
    let covered = absences.into_iter().filter(|one| one.from_day <= today && one.covered_by_key_id == *key);
    Ok(covered.map(|one| one.key_id).collect())
}
