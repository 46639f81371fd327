//! How long writers write, and what of it counts: as in the benchmark of our own event log.

use crate::event::EventSource;
use crate::peer::Writer;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Written before anything counts: connections are there, plans are made, files have grown.
pub(crate) const WARM_UP: Duration = Duration::from_millis(500);

/// What the writers of one measurement did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Written {
    /// All that was acknowledged, also while warming up.
    pub(crate) all: u64,
    /// Of it, what was acknowledged in the time that counts.
    pub(crate) counted: u64,
}

/// Lets all writers write at the same time until the time is over.
pub(crate) async fn run<W: Writer>(
    writers: Vec<(W, EventSource)>,
    counted: Duration,
) -> anyhow::Result<Written> {
    let from = Instant::now() + WARM_UP;
    let until = from + counted;
    let mut tasks = JoinSet::new();
    for (writer, source) in writers {
        tasks.spawn(write(writer, source, from, until));
    }
    let mut sum = Written::default();
    while let Some(written) = tasks.join_next().await {
        let written = written??;
        sum.all += written.all;
        sum.counted += written.counted;
    }
    Ok(sum)
}

async fn write(
    mut writer: impl Writer,
    mut source: EventSource,
    from: Instant,
    until: Instant,
) -> anyhow::Result<Written> {
    let mut written = Written::default();
    while Instant::now() < until {
        writer.append(source.next_event()).await?;
        written.all += 1;
        let now = Instant::now();
        if now >= from && now < until {
            written.counted += 1;
        }
    }
    Ok(written)
}
