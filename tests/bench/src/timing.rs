//! Closed loops: many at once do one thing after the other, and what is done in the time that counts is counted.

use crate::cpu::{CpuTimes, Watched};
use crate::series::Measured;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::sleep_until;

/// Done before anything counts: plans are made, files have grown.
const WARM_UP: Duration = Duration::from_millis(500);

/// One who does the same thing again and again.
pub(crate) trait Work: Send + 'static {
    /// Does it once; answers how many operations that was.
    fn once(&mut self) -> impl Future<Output = anyhow::Result<u32>> + Send;
}

/// What was done.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    /// All operations, also those while warming up.
    pub(crate) all: u64,
    /// What counts.
    pub(crate) measured: Measured,
}

#[derive(Clone, Copy, Default)]
struct Count {
    all: u64,
    counted: u64,
}

/// Lets all work at the same time until the time is over.
pub(crate) async fn closed_loop(
    workers: Vec<impl Work>,
    counted: Duration,
    watched: &Watched,
) -> anyhow::Result<Done> {
    let from = Instant::now() + WARM_UP;
    let until = from + counted;
    let mut tasks = JoinSet::new();
    for worker in workers {
        tasks.spawn(work(worker, from, until));
    }
    let before = look(watched, from).await?;
    let after = look(watched, until).await?;
    let mut sum = Count::default();
    while let Some(count) = tasks.join_next().await {
        let count = count??;
        sum.all += count.all;
        sum.counted += count.counted;
    }
    let operations = u32::try_from(sum.counted).map_or(f64::INFINITY, f64::from);
    let cpu = after.since(&before, operations);
    Ok(Done { all: sum.all, measured: Measured { per_second: operations / counted.as_secs_f64(), cpu } })
}

async fn look(watched: &Watched, at: Instant) -> anyhow::Result<CpuTimes> {
    sleep_until(at.into()).await;
    watched.now()
}

async fn work(mut worker: impl Work, from: Instant, until: Instant) -> anyhow::Result<Count> {
    let mut count = Count::default();
    while Instant::now() < until {
        let operations = u64::from(worker.once().await?);
        count.all += operations;
        let now = Instant::now();
        if now >= from && now < until {
            count.counted += operations;
        }
    }
    Ok(count)
}

/// Times one thing that is done once, from its beginning to its end.
pub(crate) struct Stopwatch<'watched> {
    watched: &'watched Watched,
    before: CpuTimes,
    started: Instant,
}

impl<'watched> Stopwatch<'watched> {
    /// Begins.
    pub(crate) fn start(watched: &'watched Watched) -> anyhow::Result<Self> {
        let before = watched.now()?;
        Ok(Self { watched, before, started: Instant::now() })
    }

    /// So far; so many operations were done.
    pub(crate) fn so_far(&self, operations: f64) -> anyhow::Result<Measured> {
        let seconds = self.started.elapsed().as_secs_f64();
        let cpu = self.watched.now()?.since(&self.before, operations);
        Ok(Measured { per_second: operations / seconds, cpu })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sleeper;

    impl Work for Sleeper {
        async fn once(&mut self) -> anyhow::Result<u32> {
            tokio::time::sleep(Duration::from_millis(10)).await;
            Ok(2)
        }
    }

    #[tokio::test]
    async fn only_what_is_done_in_the_time_that_counts_is_counted() {
        let workers = vec![Sleeper, Sleeper];
        let done = closed_loop(workers, Duration::from_millis(200), &Watched::own()).await.unwrap();
        // At most 20 times 2 workers times 2 operations; a busy machine does fewer.
        assert!(done.measured.per_second > 0.0 && done.measured.per_second <= 400.0, "{done:?}");
        assert!(done.all > 80, "{done:?}");
    }
}
