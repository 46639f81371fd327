//! The gauges of a test's thread.

use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, LocalRecorderGuard, Metadata, Recorder, SharedString, Unit,
};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The gauges of the test's own thread, on which a test of `tokio` runs with all its tasks.
#[derive(Default)]
pub struct Gauges(Mutex<HashMap<String, Arc<AtomicU64>>>);

impl Gauges {
    /// Notes what is set from now on.
    pub fn note(&self) -> LocalRecorderGuard<'_> {
        metrics::set_default_local_recorder(self)
    }

    /// What a gauge shows; none if it was never set.
    pub fn value(&self, name: &str) -> Option<f64> {
        self.0.lock().unwrap().get(name).map(|bits| f64::from_bits(bits.load(Ordering::Relaxed)))
    }

    /// Waits until a gauge shows what is wanted, at most so long.
    pub async fn show(&self, name: &str, at_most: Duration, wanted: impl Fn(f64) -> bool) {
        let begun = Instant::now();
        while !self.value(name).is_some_and(&wanted) {
            assert!(begun.elapsed() < at_most, "{name} shows {:?}", self.value(name));
            sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Recorder for Gauges {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let mut gauges = self.0.lock().unwrap();
        Gauge::from_arc(gauges.entry(key.name().to_owned()).or_default().clone())
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}
