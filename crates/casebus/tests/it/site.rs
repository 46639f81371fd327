//! Servers of a site, over which single services and acts are begun.

use crate::support::{answer, casebus};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use testkit::TestDatabase;

/// A migrated database and a master key; nobody listens where NATS should be.
pub struct Site {
    pub database: TestDatabase,
    key: PathBuf,
    api: SocketAddr,
    nats: SocketAddr,
}

/// An address on which nobody listens.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

impl Site {
    pub async fn new() -> Self {
        let folder = testkit::folder("site");
        std::fs::create_dir_all(&folder).unwrap();
        let key = folder.join("master.key");
        accounts::MasterKey::load_or_create(&key).unwrap();
        let database = testkit::database().await;
        let site = Self { database, key, api: free_address(), nats: free_address() };
        assert_eq!(answer(&mut site.command(&["migrate"])).code, 0);
        site
    }

    /// An act on it, or one of its services.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = casebus();
        command
            .args(arguments)
            .env("CASEBUS_DATABASE_URL", &self.database.url)
            .env("CASEBUS_NATS_URL", format!("nats://{}", self.nats))
            .env("CASEBUS_GATEWAY_MASTER_KEY_FILE", &self.key)
            .env("CASEBUS_GATEWAY_LISTEN", self.api.to_string());
        command
    }

    /// Connects to the API, as soon as it listens.
    pub fn connect(&self) -> TcpStream {
        let begun = Instant::now();
        loop {
            match TcpStream::connect(self.api) {
                Ok(stream) => return stream,
                Err(error) => assert!(begun.elapsed() < Duration::from_secs(20), "{error}"),
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
