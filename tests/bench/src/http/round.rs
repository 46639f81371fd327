//! One round: all arrivals of it, and the times they took.

use super::api::Api;
use super::{REQUESTS_PER_SECOND, schedule};
use anyhow::Context;
use hdrhistogram::Histogram;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::{JoinError, JoinSet};

/// The longest time that is told apart, in microseconds.
const MICROSECONDS_MAX: u64 = 60_000_000;
/// Digits to which times are told apart.
const DIGITS: u8 = 3;

/// The times of one round, in microseconds from the scheduled arrival.
pub(crate) struct Round {
    /// Until the request was sent: how far the measuring itself lags behind.
    pub(crate) lag: Histogram<u64>,
    /// Until the create was answered.
    pub(crate) create: Histogram<u64>,
    /// Until a read showed it.
    pub(crate) visible: Histogram<u64>,
    /// Requests that failed.
    pub(crate) failures: u64,
    /// What the first of them said.
    pub(crate) first_failure: Option<String>,
}

/// The times of one request.
struct Times {
    lag: Duration,
    create: Duration,
    visible: Duration,
}

impl Round {
    fn new() -> anyhow::Result<Self> {
        let histogram = || Histogram::new_with_bounds(1, MICROSECONDS_MAX, DIGITS);
        Ok(Self {
            lag: histogram()?,
            create: histogram()?,
            visible: histogram()?,
            failures: 0,
            first_failure: None,
        })
    }

    fn take(&mut self, done: Result<anyhow::Result<Times>, JoinError>) -> anyhow::Result<()> {
        match done.context("a request panicked")? {
            Ok(times) => {
                record(&mut self.lag, times.lag)?;
                record(&mut self.create, times.create)?;
                record(&mut self.visible, times.visible)?;
            }
            Err(error) => {
                self.failures += 1;
                self.first_failure.get_or_insert_with(|| format!("{error:#}"));
            }
        }
        Ok(())
    }
}

/// Lets requests arrive for so long, and waits for the last.
pub(crate) async fn run(api: &Arc<Api>, duration: Duration) -> anyhow::Result<Round> {
    let count = u32::try_from(duration.as_secs())? * REQUESTS_PER_SECOND;
    let mut arrivals = schedule::arrivals(count, REQUESTS_PER_SECOND);
    let mut round = Round::new()?;
    let mut requests = JoinSet::new();
    while let Some((number, at)) = arrivals.recv().await {
        requests.spawn(one(Arc::clone(api), number, at));
        while let Some(done) = requests.try_join_next() {
            round.take(done)?;
        }
    }
    while let Some(done) = requests.join_next().await {
        round.take(done)?;
    }
    Ok(round)
}

async fn one(api: Arc<Api>, number: u32, at: Instant) -> anyhow::Result<Times> {
    let lag = at.elapsed();
    let created = api.create(usize::try_from(number)?).await?;
    let create = at.elapsed();
    api.wait_visible(&created).await?;
    Ok(Times { lag, create, visible: at.elapsed() })
}

fn record(histogram: &mut Histogram<u64>, time: Duration) -> anyhow::Result<()> {
    let microseconds = u64::try_from(time.as_micros())?.clamp(1, MICROSECONDS_MAX);
    Ok(histogram.record(microseconds)?)
}
