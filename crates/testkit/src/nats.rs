//! Private nats-servers for tests.

use std::path::PathBuf;

use rustix::process::{Pid, Signal, kill_process};
use servers::{NatsOptions, NatsServer};
use tokio::sync::{Mutex, OnceCell};

use crate::scratch;

/// A nats-server that a test may kill and start again, always at the same address.
#[derive(Debug)]
pub struct TestNats {
    /// Where it is, with user and password; stays the same over restarts.
    pub url: String,
    options: NatsOptions,
    server: Mutex<Option<NatsServer>>,
}

/// A nats-server of the test's own; it ends when the value is dropped.
///
/// # Panics
/// When it cannot be started.
pub async fn nats() -> TestNats {
    let mut options = NatsOptions::new(scratch::folder("nats"));
    options.candidates = nats_candidates();
    let server = start(options.clone()).await;
    options.port = Some(server.port());
    options.password = Some(server.password().to_owned());
    TestNats { url: server.url(), options, server: Mutex::new(Some(server)) }
}

/// One nats-server for all tests of this process. Each test names its streams so that they meet no other's.
///
/// # Panics
/// When it cannot be started.
pub async fn shared_nats() -> &'static TestNats {
    static SHARED: OnceCell<TestNats> = OnceCell::const_new();
    SHARED.get_or_init(nats).await
}

/// Where the tests look for nats-server before the PATH: what `CASEBUS_TEST_NATS_SERVER` names, then what
/// `deploy/install.sh` has fetched.
pub fn nats_candidates() -> Vec<PathBuf> {
    let named = std::env::var_os("CASEBUS_TEST_NATS_SERVER").map(PathBuf::from);
    named.into_iter().chain([scratch::workspace().join("target/tools/nats-server")]).collect()
}

async fn start(options: NatsOptions) -> NatsServer {
    match NatsServer::start(options).await {
        Ok(server) => server,
        Err(error) => panic!("no nats-server for the tests: {error}"),
    }
}

impl TestNats {
    /// Kills it as a crash would (SIGKILL) and waits until it is gone.
    pub async fn kill(&self) {
        let Some(server) = self.server.lock().await.take() else { return };
        let pid = i32::try_from(server.pid()).ok().and_then(Pid::from_raw);
        // It may have ended already: then there is nothing left to kill.
        let _ = pid.map(|pid| kill_process(pid, Signal::KILL));
        server.exited().await;
    }

    /// Stops it in good order.
    ///
    /// # Panics
    /// When it has to be killed.
    pub async fn stop(&self) {
        let Some(server) = self.server.lock().await.take() else { return };
        if let Err(error) = server.stop().await {
            panic!("{error}");
        }
    }

    /// Starts it again after [`TestNats::kill`] or [`TestNats::stop`], over the same files and at the same address.
    ///
    /// # Panics
    /// When it cannot be started, or still runs.
    pub async fn restart(&self) {
        let mut server = self.server.lock().await;
        assert!(server.is_none(), "kill or stop the nats-server before starting it again");
        *server = Some(start(self.options.clone()).await);
    }

    /// Removes all its files, while it is stopped: streams and consumers are lost.
    ///
    /// # Panics
    /// When it still runs, or the files cannot be removed.
    pub async fn wipe(&self) {
        let server = self.server.lock().await;
        assert!(server.is_none(), "kill or stop the nats-server before wiping it");
        if let Err(error) = std::fs::remove_dir_all(&self.options.data_dir) {
            panic!("the files of nats-server were not removed: {error}");
        }
    }
}
