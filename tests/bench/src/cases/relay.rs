//! The relay over a log that is full already, against the same messages published by hand.

use crate::events::FilledLog;
use crate::floors::publish::{self, Prepared};
use crate::nats::Bed;
use crate::report::{Found, Section};
use crate::row::Figure;
use crate::series::{self, Measured, Series};
use crate::stage::{Stage, turns};
use crate::timing::Stopwatch;
use anyhow::{Context, bail};
use contract::cloud_event::{self, Recorded};
use contract::ids::EventId;
use log::{Log, RecordedEvent};
use relay::{RelayConfig, RelayState};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long the relay may take for all events.
const PATIENCE: Duration = Duration::from_mins(3);
/// Events that are read at once while messages are prepared.
const READ: i64 = 2_000;

#[derive(Clone, Copy)]
enum Contender {
    Relay,
    Publish,
}

/// Measures all rounds: one copy of each message, and in a full run also three.
pub(crate) async fn run(stage: &Stage<'_>, filled: &FilledLog) -> anyhow::Result<Found> {
    let messages = prepare(filled).await?;
    let bed = Bed::of_one(stage.options, &stage.scratch.join("relay")).await?;
    let measured = measure(stage, filled, &bed, &messages).await;
    bed.stop().await?;
    let [relay, publish] = measured?;
    let figures = Figure::ratio("relay_vs_publish", &relay, &publish).into_iter().collect();
    let mut sections = vec![section(stage, filled, "Relay, one copy", &[relay, publish])];
    if !stage.options.quick {
        let bed = Bed::of_three(stage.options, &stage.scratch.join("relay-3")).await?;
        let measured = measure(stage, filled, &bed, &messages).await;
        bed.stop().await?;
        sections.push(section(stage, filled, "Relay, three copies on three nats-servers", &measured?));
    }
    Ok(Found { sections, figures })
}

fn section(stage: &Stage<'_>, filled: &FilledLog, title: &str, series: &[Series; 2]) -> Section {
    let notes = vec![format!(
        "Medians of {} interleaved rounds over {} events, every time into an empty stream. The relay reads the log and \
         builds the envelopes; the floor has the same subjects and bytes at hand and publishes them with the same \
         headers, 64 in flight, as async-nats offers it: with a future for each acknowledgement. The relay's publisher \
         reuses 64 subjects for the replies, which spares itself and the server something.",
        stage.options.rounds, filled.events
    )];
    series::section(title, "messages", series, notes)
}

async fn measure(
    stage: &Stage<'_>,
    filled: &FilledLog,
    bed: &Bed,
    messages: &[Prepared],
) -> anyhow::Result<[Series; 2]> {
    let mut relay = Series::new("relay");
    let mut publish = Series::new("raw pipelined publish");
    for round in stage.rounds() {
        for contender in turns(round, &[Contender::Publish, Contender::Relay]) {
            match contender {
                Contender::Relay => relay.push(relay_all(stage, filled, bed).await?),
                Contender::Publish => {
                    bed.empty(true).await?;
                    publish.push(publish::measure(bed, &bed.watch(stage.watched()), messages).await?);
                }
            }
        }
    }
    bed.empty(false).await?;
    Ok([relay, publish])
}

/// From the moment at which the relay has found log and stream to fit until all is acknowledged.
async fn relay_all(stage: &Stage<'_>, filled: &FilledLog, bed: &Bed) -> anyhow::Result<Measured> {
    bed.empty(false).await?;
    let pool = filled.database.pool().await?;
    let config = RelayConfig::new(Log::open(pool.clone()).await?, bed.config().clone());
    let mut state = config.status.subscribe();
    let (stop, mut task) = (CancellationToken::new(), JoinSet::new());
    task.spawn(relay::run(config, stop.clone()));
    let watched = bed.watch(stage.watched());
    let first = reached(&mut state, 0).await?;
    let stopwatch = Stopwatch::start(&watched)?;
    reached(&mut state, filled.events).await?;
    let measured = stopwatch.so_far(f64::from(u32::try_from(filled.events - first)?))?;
    stop.cancel();
    while let Some(ended) = task.join_next().await {
        ended.context("the relay panicked")??;
    }
    pool.close().await;
    Ok(measured)
}

/// Waits until everything up to a position is acknowledged; answers the position at which that is seen.
async fn reached(state: &mut watch::Receiver<RelayState>, position: i64) -> anyhow::Result<i64> {
    let is_there = |state: &RelayState| match state {
        RelayState::Relaying { acknowledged } => *acknowledged >= position,
        RelayState::Interrupted { .. } | RelayState::Halted { .. } => true,
        RelayState::Starting | RelayState::Standby => false,
    };
    let seen =
        timeout(PATIENCE, state.wait_for(is_there)).await.context("the relay does not come to its end")??;
    match &*seen {
        RelayState::Relaying { acknowledged } => Ok(*acknowledged),
        RelayState::Interrupted { reason } | RelayState::Halted { reason } => {
            bail!("the relay stopped: {reason}")
        }
        RelayState::Starting | RelayState::Standby => bail!("the relay has not begun"),
    }
}

/// The messages that the relay would send.
async fn prepare(filled: &FilledLog) -> anyhow::Result<Vec<Prepared>> {
    let pool = filled.database.pool().await?;
    let log = Log::open(pool.clone()).await?;
    let mut messages = Vec::with_capacity(usize::try_from(filled.events)?);
    let mut position = 0;
    while position < filled.events {
        for event in log.read_after(position, READ).await? {
            let message = cloud_event::message(&recorded(&event))?;
            messages.push(Prepared { subject: message.subject, payload: message.payload.into() });
            position = event.position;
        }
    }
    pool.close().await;
    Ok(messages)
}

fn recorded(event: &RecordedEvent) -> Recorded<'_> {
    Recorded {
        position: event.position,
        epoch: event.epoch,
        event_id: EventId(event.event_id),
        stream_id: event.stream_id,
        version: event.version,
        event_type: &event.event_type,
        schema_version: event.schema_version,
        number: event.number,
        occurred_at: event.occurred_at,
        recorded_at: event.recorded_at,
        actor: &event.actor,
        traceparent: event.traceparent.as_deref(),
        body: &event.body,
    }
}
