//! `casebus log`: check the event log, and begin a new epoch of it.

use super::check::Findings;
use crate::command_line::{LogCommand, Target};
use crate::connection::Connection;
use crate::database;
use crate::failure::Failure;
use crate::terminal::say;
use bus::Bus;
use contract::cloud_event::{CloudEvent, body_hash};
use futures_util::{StreamExt, TryStreamExt, stream};
use log::{Log, RecordedEvent};
use std::process::ExitCode;
use std::time::Duration;

/// How many events are read at once.
const PAGE: i64 = 500;
/// How many messages are asked for at once.
const AT_ONCE: usize = 64;
/// How long the stream and the read model may take to catch up.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often that is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Carries out one of them.
pub(crate) async fn log(command: &LogCommand) -> anyhow::Result<ExitCode> {
    match command {
        LogCommand::Verify(target) => verify(target).await,
        LogCommand::NewEpoch { yes, target } => new_epoch(*yes, target).await.map(|()| ExitCode::SUCCESS),
    }
}

async fn new_epoch(yes: bool, target: &Target) -> anyhow::Result<()> {
    if !yes {
        return Err(Failure::new(
            "a new epoch makes every reader begin again: if positions may have been used twice, say so with --yes",
            "新纪元会使所有读取方重新开始：如确认位置号可能被重复使用，请加 --yes",
        )
        .into());
    }
    let connection = Connection::find(target)?;
    let owner = database::pool(&connection.owner_database_url, 2).await?;
    let epoch = log::schema::begin_epoch(&owner).await?;
    views::reset(&owner).await?;
    say(format!(
        "the log is in epoch {epoch}; the read model and the stream are built again from it \
         日志进入第{epoch}纪元，视图和消息流将据此重建"
    ));
    Ok(())
}

async fn verify(target: &Target) -> anyhow::Result<ExitCode> {
    let connection = Connection::find(target)?;
    let pool = database::pool(&connection.database_url, 4).await?;
    let log = Log::open(pool.clone()).await?;
    let head = log.head().await?;
    let bus = match connection.bus() {
        Some(bus) => Some(Bus::connect(bus).await?),
        None => None,
    };
    let mut findings = Findings::default();
    let first_in_stream = match &bus {
        Some(bus) => wait_for_stream(bus, head.position).await?,
        None => None,
    };
    let mut differing = None;
    let mut position = 0;
    while position < head.position {
        let mut page = log.read_after(position, PAGE).await?;
        page.retain(|event| event.position <= head.position);
        let hole = (position + 1..).zip(&page).find(|(expected, event)| event.position != *expected);
        if let (Some((missing, _)), _) | (None, Some(missing)) =
            (hole, page.is_empty().then_some(position + 1))
        {
            let way_out = "the log is damaged; restore it from a backup, then run `casebus log new-epoch`";
            findings.fail(format!("the log has no event at position {missing}"), way_out);
            return Ok(findings.code());
        }
        if let (Some(bus), Some(first)) = (&bus, first_in_stream) {
            differing = match differing {
                None => first_difference(bus, first, &page).await?,
                found => found,
            };
        }
        position = page.last().map_or(position, |event| event.position);
    }
    findings.ok(format!("the log has positions 1 to {position} without a hole, in epoch {}", head.epoch));
    tell_stream(&mut findings, bus.is_some(), first_in_stream, differing, position);
    verify_views(&mut findings, &pool, head).await?;
    Ok(findings.code())
}

fn tell_stream(
    findings: &mut Findings,
    is_known: bool,
    first: Option<i64>,
    differing: Option<i64>,
    head: i64,
) {
    match (is_known, first, differing) {
        (false, _, _) => findings.warn("the stream was not compared", "set CASEBUS_NATS_URL to compare it"),
        (true, None, _) => {
            findings.fail(
                "the stream does not reach the end of the log",
                "see whether the relay runs, and what it logs",
            );
        }
        (true, Some(_), Some(position)) => findings.fail(
            format!("the stream differs from the log at position {position}"),
            "stop everything, then run `casebus log new-epoch`",
        ),
        (true, Some(first), None) => {
            findings.ok(format!("the stream equals the log from position {first} to {head}"));
        }
    }
}

/// Where the stream begins, once it reaches the end of the log.
async fn wait_for_stream(bus: &Bus, head: i64) -> anyhow::Result<Option<i64>> {
    let begun = tokio::time::Instant::now();
    loop {
        match bus.stream_end().await? {
            Some(end) if end.last >= head => return Ok(Some(end.first)),
            Some(_) | None if begun.elapsed() > PATIENCE => return Ok(None),
            Some(_) | None => tokio::time::sleep(LOOK_AGAIN).await,
        }
    }
}

/// The first event of a page that the stream holds otherwise.
async fn first_difference(bus: &Bus, first: i64, page: &[RecordedEvent]) -> anyhow::Result<Option<i64>> {
    let held = page.iter().filter(|event| event.position >= first);
    let differing: Vec<Option<i64>> = stream::iter(held)
        .map(async |event| {
            let message = bus.read_message(event.position).await?;
            let equal = message.is_some_and(|message| is_same(event, &message.payload));
            anyhow::Ok((!equal).then_some(event.position))
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(differing.into_iter().flatten().next())
}

fn is_same(event: &RecordedEvent, payload: &[u8]) -> bool {
    let Ok(message) = CloudEvent::parse(payload) else { return false };
    // An event that outsiders may not see travels without its body, but with its hash.
    let hash = message.body_bytes().map_or_else(|| message.datahash.clone(), body_hash);
    message.id.0 == event.event_id
        && message.position == event.position
        && message.epoch == event.epoch
        && hash == body_hash(&event.body)
}

async fn verify_views(findings: &mut Findings, pool: &sqlx::PgPool, head: log::Head) -> anyhow::Result<()> {
    let way_out = "see whether the projector runs, and what it logs";
    if views::wait_for_position(pool, head.position, PATIENCE).await? {
        let checkpoint = views::checkpoint::read(pool).await?;
        if checkpoint.epoch == head.epoch || head.position == 0 {
            findings.ok(format!("the read model stands at position {}", checkpoint.position));
        } else {
            findings.fail(format!("the read model is of epoch {}", checkpoint.epoch), way_out);
        }
    } else {
        let checkpoint = views::checkpoint::read(pool).await?;
        findings
            .fail(format!("the read model stands at {} of {}", checkpoint.position, head.position), way_out);
    }
    Ok(())
}
