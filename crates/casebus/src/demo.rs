//! The demonstration: the shipped registry, keys for everybody, a provincial list of tasks and some sixty stories.
//!
//! It is played through the ordinary road of commands, in order of business time, over the sixty days before the
//! demonstration begins, so that clocks really ran out. What would lie in the future has not happened yet. The same
//! beginning gives the same demonstration; one that was cut short is finished by the next start, because every
//! command has an id of its own.

mod act;
mod ids;
mod keys;
mod minutes;
mod organisation;
mod play;
mod provincial_list;
mod stories;
mod tour;
mod working_time;

use crate::business_clock::BusinessClock;
use crate::failure::Failure;
use accounts::Accounts;
use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use command::Desk;
use log::Log;
use minutes::Script;
use std::path::Path;
use working_time::WorkingTime;

pub(crate) use tour::Tour;

const DEPARTMENTS: &str = include_str!("../data/departments.csv");
const GROUPS: &str = include_str!("../data/groups.csv");
const RESPONSIBILITIES: &str = include_str!("../data/responsibilities.csv");

/// Notes in the data folder when the demonstration begins, so that one that was cut short is finished.
const UNFINISHED: &str = "demo-unfinished.json";

/// Where the demonstration is loaded.
pub(crate) struct Stage<'a> {
    /// The data folder.
    pub(crate) folder: &'a Path,
    /// Where its commands are carried out.
    pub(crate) desk: &'a Desk,
    /// Its keys and sealed names.
    pub(crate) accounts: &'a Accounts,
    /// Business time.
    pub(crate) clock: BusinessClock,
}

/// Refuses a log that holds something else than the demonstration: its clocks are not to be played with.
pub(crate) async fn must_be_one(log: &Log, folder: &Path) -> anyhow::Result<()> {
    let is_empty = log.head().await?.position == 0;
    if is_empty || folder.join(UNFINISHED).exists() || tour::is_in(log).await? {
        return Ok(());
    }
    Err(holds_other(folder).into())
}

/// Loads the demonstration into an empty log, or finishes one that was cut short; answers what to try with it, as far as its keys
/// are still there.
pub(crate) async fn load(stage: &Stage<'_>) -> anyhow::Result<Option<Tour>> {
    let Some(begins) = beginning(stage).await? else { return Ok(Tour::of(stage.folder)) };
    import_registry(stage.accounts).await?;
    let registry = stage.accounts.load_registry().await?;
    let keys = keys::create(stage, &registry).await?;
    let time = WorkingTime::before(begins, stage.desk.rules().calendar());
    let mut scripts: Vec<Script> = stories::scripts(&time, &registry)?;
    scripts.extend(provincial_list::scripts(&time, &registry));
    play::play(stage, &registry, &keys, scripts).await.context("the demonstration could not be played")?;
    keys.write(stage.folder)?;
    std::fs::remove_file(stage.folder.join(UNFINISHED))?;
    Ok(Tour::of(stage.folder))
}

/// When the demonstration begins: now for an empty log, then for one that was cut short.
async fn beginning(stage: &Stage<'_>) -> anyhow::Result<Option<DateTime<Utc>>> {
    let note = stage.folder.join(UNFINISHED);
    let is_empty = stage.desk.log().head().await?.position == 0;
    match std::fs::read_to_string(&note) {
        Ok(text) => {
            return Ok(Some(serde_json::from_str(&text).context("demo-unfinished.json cannot be read")?));
        }
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        Err(_) if !is_empty => return Ok(None),
        Err(_) => {}
    }
    let now = stage.clock.now();
    crate::connection::write_secret(&note, &serde_json::to_string(&now)?)?;
    Ok(Some(now))
}

fn holds_other(folder: &Path) -> Failure {
    let folder = folder.display();
    Failure::new(
        format!(
            "{folder} holds data that are no demonstration: leave --demo out, or choose another folder with --data-dir"
        ),
        format!("{folder} 中的数据不是演示数据：请去掉 --demo，或用 --data-dir 另选目录"),
    )
}

async fn import_registry(accounts: &Accounts) -> anyhow::Result<()> {
    let reports = [
        accounts.import_departments(DEPARTMENTS, true).await?,
        accounts.import_groups(GROUPS, true).await?,
        accounts.import_responsibilities(RESPONSIBILITIES, true).await?,
    ];
    for report in &reports {
        ensure!(report.is_clean(), "a shipped row is bad: {:?}", report.errors.first());
    }
    Ok(())
}
