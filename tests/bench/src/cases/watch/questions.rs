//! What the watch is asked: each list with each filter page after page, and the summary, by everyone who may ask.

use super::fill::{Filled, now};
use anyhow::ensure;
use chrono::{DateTime, Utc};
use contract::ids::DepartmentId;
use std::time::{Duration, Instant};
use views::{DueCursor, Views, Visibility, WatchFilter};

/// Entries of a page: so few that even among few transfers the pages are full, and both sides read the same.
const PAGE: i64 = 10;
/// Pages that are read of each list.
const PAGES: usize = 3;
/// Departments that the summary lists.
const MOST_HOLDERS: usize = 50;
/// The region of the office and of the supervisor that ask.
const REGION: &str = "320105";

const UNACKNOWLEDGED: &str = "unacknowledged";
const MISSING_FEEDBACK: &str = "missing feedback";
const SUMMARY: &str = "summary";
const SUMMARY_OF_ALL: &str = "summary of everything";

/// The kinds of questions.
pub(super) const KINDS: [&str; 4] = [UNACKNOWLEDGED, MISSING_FEEDBACK, SUMMARY, SUMMARY_OF_ALL];

/// A question that was answered.
pub(super) struct Asked {
    /// Which kind.
    pub(super) kind: &'static str,
    /// How long it took.
    pub(super) took: Duration,
}

/// Asks every question once.
pub(super) async fn ask_all(views: &Views, filled: &Filled) -> anyhow::Result<Vec<Asked>> {
    let now = now()?;
    let mut asked = Vec::new();
    for sight in sights()? {
        for filter in filters() {
            ask_unacknowledged(views, &sight, now, filter, &mut asked).await?;
            ask_missing_feedback(views, &sight, now, filter, &mut asked).await?;
        }
        ask_summary(views, &sight, now, filled, &mut asked).await?;
    }
    Ok(asked)
}

/// An office that is a party of what it rules on, the supervisor of a region, and one who sees everything.
fn sights() -> anyhow::Result<[Visibility; 3]> {
    let own: DepartmentId = format!("{REGION}-coord").parse()?;
    let departments = (0..20).map(|number| format!("{REGION}-d{number}").parse());
    let region = departments.collect::<Result<Vec<DepartmentId>, _>>()?;
    Ok([Visibility::Parties(own.clone()), Visibility::Region { own, region }, Visibility::All])
}

/// What is overdue, what is overdue and alarms, and everything.
fn filters() -> [WatchFilter; 3] {
    let overdue = WatchFilter { overdue_only: true, alarming_only: false };
    [overdue, WatchFilter { alarming_only: true, ..overdue }, WatchFilter::default()]
}

async fn ask_unacknowledged(
    views: &Views,
    sight: &Visibility,
    now: DateTime<Utc>,
    filter: WatchFilter,
    asked: &mut Vec<Asked>,
) -> anyhow::Result<()> {
    let mut cursor: Option<DueCursor> = None;
    for _ in 0..PAGES {
        let started = Instant::now();
        let page = views.unacknowledged(sight, now, filter, cursor, PAGE).await?;
        asked.push(Asked { kind: UNACKNOWLEDGED, took: started.elapsed() });
        ensure!(i64::try_from(page.entries.len())? == PAGE, "a page of {} entries", page.entries.len());
        cursor = page.next;
    }
    Ok(())
}

async fn ask_missing_feedback(
    views: &Views,
    sight: &Visibility,
    now: DateTime<Utc>,
    filter: WatchFilter,
    asked: &mut Vec<Asked>,
) -> anyhow::Result<()> {
    let mut cursor: Option<DueCursor> = None;
    for _ in 0..PAGES {
        let started = Instant::now();
        let page = views.missing_feedback(sight, now, filter, cursor, PAGE).await?;
        asked.push(Asked { kind: MISSING_FEEDBACK, took: started.elapsed() });
        ensure!(i64::try_from(page.entries.len())? == PAGE, "a page of {} entries", page.entries.len());
        cursor = page.next;
    }
    Ok(())
}

/// What it counts must be what was filled: of those who see everything exactly, of others something.
async fn ask_summary(
    views: &Views,
    sight: &Visibility,
    now: DateTime<Utc>,
    filled: &Filled,
    asked: &mut Vec<Asked>,
) -> anyhow::Result<()> {
    let is_of_all = *sight == Visibility::All;
    let started = Instant::now();
    let summary = views.summary(sight, now, MOST_HOLDERS).await?;
    asked.push(Asked { kind: if is_of_all { SUMMARY_OF_ALL } else { SUMMARY }, took: started.elapsed() });
    let counted: i64 = summary.by_state.iter().map(|entry| entry.count.all).sum();
    let is_right = if is_of_all {
        counted == filled.transfers && summary.open == filled.open
    } else {
        summary.open > 0 && summary.open < filled.open
    };
    ensure!(is_right, "the summary counts {counted} transfers, {} of them open", summary.open);
    Ok(())
}
