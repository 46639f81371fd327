//! The API of a running casebus, with the keys of its demonstration.

use super::create::CreateRequests;
use super::wire::Connection;
use anyhow::{Context, bail, ensure};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Departments of one district that send to each other; all are in the demonstration.
const DEPARTMENTS: [&str; 8] = [
    "120106-wjw",
    "120106-ybj",
    "120106-scj",
    "120106-mzj",
    "120106-sthj",
    "120106-zjj",
    "120106-swu",
    "120106-wlj",
];
/// Pause after a read that came too early.
const READ_PAUSE: Duration = Duration::from_millis(2);

/// Where casebus is asked.
pub(crate) struct Api {
    address: SocketAddr,
    keys: Vec<String>,
    idle: Mutex<Vec<Connection>>,
    number: AtomicU64,
    /// The last transfer that was created by anyone.
    pub(super) latest: Arc<Latest>,
}

/// A transfer that was created.
#[derive(Clone, Debug)]
pub(crate) struct Created {
    /// Its path.
    pub(super) place: String,
    /// The position at which it was written.
    pub(crate) position: i64,
    pub(super) sender: usize,
}

/// The one with the highest position.
#[derive(Default)]
pub(super) struct Latest {
    position: AtomicI64,
    created: Mutex<Option<Created>>,
}

impl Latest {
    /// Notes a transfer, if it came after all others.
    pub(super) fn note(&self, position: i64, created: impl FnOnce() -> Created) {
        if self.position.fetch_max(position, Ordering::Relaxed) < position {
            let mut latest = self.created.lock().unwrap_or_else(PoisonError::into_inner);
            if latest.as_ref().is_none_or(|known| known.position < position) {
                *latest = Some(created());
            }
        }
    }
}

impl Api {
    /// With the content of `demo-keys.json`.
    pub(crate) fn new(address: SocketAddr, keys: &str) -> anyhow::Result<Self> {
        let keys: BTreeMap<String, String> = serde_json::from_str(keys)?;
        let keys = DEPARTMENTS
            .into_iter()
            .map(|id| keys.get(id).cloned().with_context(|| format!("no key for {id}")))
            .collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self { address, keys, idle: Mutex::default(), number: AtomicU64::new(0), latest: Arc::default() })
    }

    /// A connection of the caller's own.
    pub(super) async fn connect(&self) -> anyhow::Result<Connection> {
        Connection::open(self.address).await
    }

    /// The requests of one of the departments.
    pub(super) fn requests(&self, sender: usize) -> CreateRequests {
        let to = DEPARTMENTS[(sender + 1) % DEPARTMENTS.len()];
        CreateRequests::new(&self.address.to_string(), &self.keys[sender % self.keys.len()], to)
    }

    /// The last transfer that was created by any [`super::Creator`].
    pub(crate) fn latest(&self) -> anyhow::Result<Created> {
        let latest = self.latest.created.lock().unwrap_or_else(PoisonError::into_inner);
        latest.clone().context("nothing was created")
    }

    /// Sends a clue from one of the departments to the next, on a connection that is kept for others.
    pub(crate) async fn create(&self) -> anyhow::Result<Created> {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let sender = usize::try_from(number)? % DEPARTMENTS.len();
        let mut connection = self.take().await?;
        let mut requests = self.requests(sender);
        let response = connection.send(requests.next(number)).await?;
        ensure!(response.status == 201, "a create was answered {}: {}", response.status, response.text());
        let position = response.header("casebus-position").context("no Casebus-Position")?.parse()?;
        let place = response.header("location").context("no Location")?.to_owned();
        self.give_back(connection);
        Ok(Created { place, position, sender })
    }

    /// Reads a transfer until the read view has it, for at most so long.
    pub(crate) async fn wait_visible(&self, created: &Created, at_most: Duration) -> anyhow::Result<()> {
        let request = format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nCasebus-Min-Position: {}\r\n\r\n",
            created.place,
            self.address,
            self.keys[created.sender % self.keys.len()],
            created.position
        );
        let until = Instant::now() + at_most;
        let mut connection = self.take().await?;
        loop {
            let response = connection.send(request.as_bytes()).await?;
            if response.status == 200 {
                self.give_back(connection);
                return Ok(());
            }
            if Instant::now() >= until {
                bail!("position {} is not visible: {}", created.position, response.text());
            }
            sleep(READ_PAUSE).await;
        }
    }

    async fn take(&self) -> anyhow::Result<Connection> {
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match kept {
            Some(connection) => Ok(connection),
            None => self.connect().await,
        }
    }

    fn give_back(&self, connection: Connection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}
