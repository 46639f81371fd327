//! What the program under test logs.

use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing::{Dispatch, Level};

/// The log lines of this thread, as JSON, while it lives. A test of `tokio` runs on one thread, with all its tasks.
pub struct LogLines {
    written: Written,
    _guard: DefaultGuard,
}

/// While a process has one subscriber only, the first thread that comes to a line decides for all whether it is ever
/// logged, and it may be the thread of a test that captures nothing. With another one each thread is asked.
static ANOTHER: OnceLock<Dispatch> = OnceLock::new();

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl LogLines {
    /// Captures from now on, from `debug` up.
    #[must_use]
    pub fn capture() -> Self {
        ANOTHER.get_or_init(|| Dispatch::new(NoSubscriber::new()));
        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_max_level(Level::DEBUG)
            .with_writer(move || writer.clone())
            .finish();
        Self { written, _guard: tracing::subscriber::set_default(subscriber) }
    }

    /// The lines so far that hold this text.
    pub fn with(&self, text: &str) -> Vec<String> {
        let written = self.written.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = String::from_utf8_lossy(&written);
        lines.lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
    }
}

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say() {
        tracing::debug!("well");
    }

    #[test]
    fn a_line_is_captured_also_where_a_thread_that_captures_nothing_came_to_it_first() {
        let lines = LogLines::capture();
        std::thread::spawn(say).join().expect("it only logs");
        assert!(lines.with("well").is_empty(), "it is another thread");
        say();
        assert_eq!(lines.with("well").len(), 1);
    }
}
