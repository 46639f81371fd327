//! Arrivals by the clock, whether or not earlier ones were answered, so that waiting counts.

use anyhow::Context;
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinSet};

/// Lets something arrive at a rate for so long; answers what became of each, and of those that failed what they said.
pub(crate) async fn run<T, Asked>(
    per_second: u32,
    duration: Duration,
    mut ask: impl FnMut(Instant) -> Asked,
) -> anyhow::Result<(Vec<T>, Vec<String>)>
where
    T: Send + 'static,
    Asked: Future<Output = anyhow::Result<T>> + Send + 'static,
{
    let count = u32::try_from(duration.as_secs())? * per_second;
    let mut arrivals = arrivals(count, per_second);
    let (mut answered, mut failed) = (Vec::new(), Vec::new());
    let mut take = |done: Result<anyhow::Result<T>, JoinError>| {
        match done.context("a request panicked")? {
            Ok(answer) => answered.push(answer),
            Err(error) => failed.push(format!("{error:#}")),
        }
        anyhow::Ok(())
    };
    let mut requests = JoinSet::new();
    while let Some(at) = arrivals.recv().await {
        requests.spawn(ask(at));
        while let Some(done) = requests.try_join_next() {
            take(done)?;
        }
    }
    while let Some(done) = requests.join_next().await {
        take(done)?;
    }
    Ok((answered, failed))
}

/// So many arrivals at a rate; each is told its scheduled time, at that time or later. A thread of its own keeps them,
/// because the runtime's timers have a grain of a millisecond and would be late when the runtime is busy.
fn arrivals(count: u32, per_second: u32) -> mpsc::Receiver<Instant> {
    // Room for all, so that the clock never waits.
    let (sender, receiver) = mpsc::channel(usize::try_from(count).unwrap_or(usize::MAX).max(1));
    let interval = Duration::from_secs(1) / per_second;
    let start = Instant::now() + interval;
    thread::spawn(move || {
        for number in 0..count {
            let at = start + interval * number;
            thread::sleep(at.saturating_duration_since(Instant::now()));
            if sender.blocking_send(at).is_err() {
                return;
            }
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn arrivals_keep_their_schedule_when_nobody_takes_them() {
        let mut arrivals = arrivals(20, 1_000);
        tokio::time::sleep(Duration::from_millis(60)).await;
        let mut times = Vec::new();
        while let Some(at) = arrivals.recv().await {
            times.push(at);
        }
        assert_eq!(times.len(), 20);
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] == Duration::from_millis(1)));
        assert!(times[19].elapsed() > Duration::from_millis(30));
    }

    #[tokio::test]
    async fn failures_are_told_apart_from_answers() {
        let mut number = 0;
        let ask = |_| {
            number += 1;
            let is_good = number % 2 == 0;
            async move { if is_good { Ok(()) } else { anyhow::bail!("no") } }
        };
        let (answered, failed) = run(100, Duration::from_secs(1), ask).await.unwrap();
        assert_eq!((answered.len(), failed.len(), failed[0].as_str()), (50, 50, "no"));
    }
}
