//! A department that follows its feed through everything, page after page, now at this gateway, now at that.

use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;

/// Between two pages.
const PAUSE: Duration = Duration::from_millis(40);

/// What it has read in the last epoch.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// The epoch.
    pub epoch: i64,
    /// So far it was told everything.
    pub covered_to: i64,
    /// Position and id of each event, as they came.
    pub told: Vec<(i64, String)>,
    /// All pages, those of earlier epochs too.
    pub pages: u64,
}

impl Read {
    /// Notes a page that was asked for behind `covered_to`.
    fn note(&mut self, page: &Value) {
        let (Some(epoch), Some(covered_to)) = (page["epoch"].as_i64(), page["covered_to"].as_i64()) else {
            return;
        };
        self.pages += 1;
        if epoch > self.epoch {
            // It begins again.
            *self = Self { epoch, pages: self.pages, ..Self::default() };
            return;
        }
        if epoch < self.epoch || covered_to < self.covered_to {
            return;
        }
        let events = page["data"].as_array().into_iter().flatten();
        self.told.extend(events.map(|event| {
            let id = event["id"].as_str().unwrap_or_default().to_owned();
            (event["position"].as_i64().unwrap_or_default(), id)
        }));
        self.covered_to = covered_to;
    }
}

/// The reader at work; it ends with this value.
#[derive(Debug)]
pub struct FeedReader {
    read: Arc<Mutex<Read>>,
    _task: JoinSet<()>,
}

impl FeedReader {
    /// Reads pages as `ask` answers them, which takes the number of the attempt and the position behind which to begin.
    pub fn new<Asked>(ask: impl Fn(usize, i64) -> Asked + Send + 'static) -> Self
    where
        Asked: Future<Output = Option<Value>> + Send,
    {
        let read = Arc::new(Mutex::new(Read::default()));
        let (noted, mut task) = (read.clone(), JoinSet::new());
        task.spawn(async move {
            for attempt in 0.. {
                let after = noted.lock().unwrap_or_else(PoisonError::into_inner).covered_to;
                if let Some(page) = ask(attempt, after).await {
                    noted.lock().unwrap_or_else(PoisonError::into_inner).note(&page);
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        Self { read, _task: task }
    }

    /// What it has read.
    pub fn read(&self) -> MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn page(epoch: i64, covered_to: i64, positions: &[i64]) -> Value {
        let data: Vec<Value> =
            positions.iter().map(|position| json!({ "position": position, "id": "a" })).collect();
        json!({ "epoch": epoch, "covered_to": covered_to, "data": data })
    }

    #[test]
    fn in_a_new_epoch_it_begins_again() {
        let mut read = Read::default();
        for page in [page(1, 0, &[]), page(1, 5, &[2, 4]), page(1, 9, &[7]), json!({ "code": "busy" })] {
            read.note(&page);
        }
        assert_eq!((read.covered_to, read.told.len(), read.pages), (9, 3, 3));
        read.note(&page(2, 12, &[10]));
        assert_eq!((read.epoch, read.covered_to, read.told.len()), (2, 0, 0));
        read.note(&page(1, 12, &[10]));
        assert_eq!(read.told.len(), 0, "a page of the former epoch that comes late is nothing");
    }
}
