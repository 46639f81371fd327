//! How long writers write, and what of it counts.

use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Written before anything counts: plans are made, files have grown.
const WARM_UP: Duration = Duration::from_millis(500);

/// The length of a measurement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    counted: Duration,
}

/// What the writers of one measurement did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Written {
    /// All that was answered, also while warming up.
    pub(crate) all: u64,
    /// Of it, what was answered in the time that counts.
    counted: u64,
}

/// One who appends, one event at a time.
pub(crate) trait Append: Send + 'static {
    /// Appends the next event and returns when it is durable.
    fn append(&mut self) -> impl Future<Output = anyhow::Result<()>> + Send;
}

impl Timing {
    /// So much counts.
    pub(crate) fn new(counted: Duration) -> Self {
        Self { counted }
    }

    /// Lets all writers write at the same time until the time is over.
    pub(crate) async fn run(self, writers: Vec<impl Append>) -> anyhow::Result<Written> {
        let from = Instant::now() + WARM_UP;
        let until = from + self.counted;
        let mut tasks = JoinSet::new();
        for writer in writers {
            tasks.spawn(write(writer, from, until));
        }
        let mut sum = Written::default();
        while let Some(written) = tasks.join_next().await {
            let written = written??;
            sum.all += written.all;
            sum.counted += written.counted;
        }
        Ok(sum)
    }

    /// What was answered in a second.
    pub(crate) fn per_second(self, written: Written) -> f64 {
        let counted = u32::try_from(written.counted).map_or(f64::INFINITY, f64::from);
        counted / self.counted.as_secs_f64()
    }
}

async fn write(mut writer: impl Append, from: Instant, until: Instant) -> anyhow::Result<Written> {
    let mut written = Written::default();
    while Instant::now() < until {
        writer.append().await?;
        written.all += 1;
        let now = Instant::now();
        if now >= from && now < until {
            written.counted += 1;
        }
    }
    Ok(written)
}
