//! Arrivals by the clock. A thread of its own keeps them, because the runtime's timers have a grain of a millisecond
//! and would be late when the runtime is busy.

use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Room for arrivals that the runtime has not taken yet: all of them, so that the clock never waits.
const fn room(arrivals: u32) -> usize {
    // A u32 fits a usize wherever this runs.
    arrivals as usize
}

/// So many arrivals at a rate; each is told with its scheduled time, at that time or later.
pub(crate) fn arrivals(count: u32, per_second: u32) -> mpsc::Receiver<(u32, Instant)> {
    let (sender, receiver) = mpsc::channel(room(count).max(1));
    let interval = Duration::from_secs(1) / per_second;
    let start = Instant::now() + interval;
    thread::spawn(move || {
        for number in 0..count {
            let at = start + interval * number;
            thread::sleep(at.saturating_duration_since(Instant::now()));
            if sender.blocking_send((number, at)).is_err() {
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
        while let Some((_, at)) = arrivals.recv().await {
            times.push(at);
        }
        assert_eq!(times.len(), 20);
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] == Duration::from_millis(1)));
        assert!(times[19].elapsed() > Duration::from_millis(30));
    }
}
