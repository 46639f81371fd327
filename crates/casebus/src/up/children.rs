//! Postgres and nats-server as children, started again when they die; or those that the environment names.

use crate::config;
use crate::database;
use servers::{NatsOptions, NatsServer, PostgresOptions, PostgresServer, ServersError};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The first pause before a server is started again; it doubles while that fails.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The servers of `casebus up`.
pub(super) struct Children {
    /// The database, as its owner.
    pub(super) owner_url: String,
    /// The database, as the services.
    pub(super) service_url: String,
    /// Whether the database is private to this folder.
    pub(super) private_database: bool,
    /// NATS.
    pub(super) nats_url: String,
    postgres: Guarded,
    nats: Guarded,
}

/// A child under guard.
struct Guarded {
    stop: CancellationToken,
    tracker: TaskTracker,
}

impl Children {
    /// Starts NATS, which is there at once, then Postgres; or takes those that `CASEBUS_NATS_URL` and
    /// `CASEBUS_DATABASE_URL` name.
    pub(super) async fn start(folder: &Path) -> anyhow::Result<Self> {
        let given = config::load(None)?;
        let nats = start_unless::<NatsServer>(given.nats_url().is_some(), nats_options(folder)).await?;
        let database =
            start_unless::<PostgresServer>(given.database_url().is_ok(), postgres_options(folder)).await;
        let (database, nats) = match (database, nats) {
            (Ok(database), nats) => (database, nats),
            (Err(error), Some((server, _))) => {
                // What Postgres said is the news; a NATS that ends slowly is not.
                let _stopped = server.stop().await;
                return Err(error.into());
            }
            (Err(error), None) => return Err(error.into()),
        };
        let owner_url = match &database {
            Some((server, _)) => server.url(),
            None => given.database_url()?.to_owned(),
        };
        let nats_url = match &nats {
            Some((server, _)) => server.url(),
            None => given.nats_url().unwrap_or_default().to_owned(),
        };
        let private_database = database.is_some();
        let service_url =
            if private_database { database::url_of_service(&owner_url) } else { owner_url.clone() };
        let nats = nats.map(|(server, mut options)| {
            // Clients find it again at the same place.
            options.port = Some(server.port());
            options.password = Some(server.password().to_owned());
            (server, options)
        });
        Ok(Self {
            owner_url,
            service_url,
            private_database,
            nats_url,
            postgres: Guarded::new(database),
            nats: Guarded::new(nats),
        })
    }

    /// Stops NATS, then Postgres.
    pub(super) async fn stop(self) {
        self.nats.stop().await;
        self.postgres.stop().await;
    }
}

fn postgres_options(folder: &Path) -> PostgresOptions {
    let mut options = PostgresOptions::new(folder.join("postgres"));
    options.bin_dir = config::named_in_environment("CASEBUS_POSTGRES_BIN").map(PathBuf::from);
    options
}

fn nats_options(folder: &Path) -> NatsOptions {
    let mut options = NatsOptions::new(folder.join("nats"));
    options.binary = config::named_in_environment("CASEBUS_NATS_SERVER").map(PathBuf::from);
    options
}

async fn start_unless<S: Server>(
    given: bool,
    options: S::Options,
) -> Result<Option<(S, S::Options)>, ServersError> {
    if given {
        return Ok(None);
    }
    let server = S::start(options.clone()).await?;
    Ok(Some((server, options)))
}

impl Guarded {
    fn new<S: Server>(server: Option<(S, S::Options)>) -> Self {
        let (stop, tracker) = (CancellationToken::new(), TaskTracker::new());
        if let Some((server, options)) = server {
            tracker.spawn(guard(server, options, stop.clone()));
        }
        tracker.close();
        Self { stop, tracker }
    }

    async fn stop(self) {
        self.stop.cancel();
        self.tracker.wait().await;
    }
}

/// A private server, whichever.
trait Server: Sized + Send + Sync + 'static {
    const NAME: &'static str;
    type Options: Clone + Send + Sync + 'static;

    fn start(options: Self::Options) -> impl Future<Output = Result<Self, ServersError>> + Send;
    fn exited(&self) -> impl Future<Output = ExitStatus> + Send;
    fn stop(self) -> impl Future<Output = Result<(), ServersError>> + Send;
    fn url(&self) -> String;
}

/// Starts a server again whenever it has died, until the stop.
async fn guard<S: Server>(mut server: S, options: S::Options, stop: CancellationToken) {
    let url = server.url();
    while let Some(status) = stop.run_until_cancelled(server.exited()).await {
        tracing::error!(server = S::NAME, %status, "a server has died; it is started again");
        drop(server);
        let Some(started) = stop.run_until_cancelled(start_again::<S>(&options)).await else { return };
        server = started;
        if server.url() == url {
            tracing::info!(server = S::NAME, "the server runs again");
        } else {
            tracing::error!(server = S::NAME, "the server runs again at another place: start casebus again");
        }
    }
    if let Err(error) = server.stop().await {
        tracing::warn!(server = S::NAME, %error, "the server did not stop in good order");
    }
}

async fn start_again<S: Server>(options: &S::Options) -> S {
    let mut pause = FIRST_PAUSE;
    loop {
        match S::start(options.clone()).await {
            Ok(server) => return server,
            Err(error) => {
                tracing::error!(server = S::NAME, %error, "the server does not start; trying again");
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

impl Server for PostgresServer {
    const NAME: &'static str = "Postgres";
    type Options = PostgresOptions;

    fn start(options: PostgresOptions) -> impl Future<Output = Result<Self, ServersError>> + Send {
        Self::start(options)
    }

    fn exited(&self) -> impl Future<Output = ExitStatus> + Send {
        self.exited()
    }

    fn stop(self) -> impl Future<Output = Result<(), ServersError>> + Send {
        self.stop()
    }

    fn url(&self) -> String {
        self.url()
    }
}

impl Server for NatsServer {
    const NAME: &'static str = "nats-server";
    type Options = NatsOptions;

    fn start(options: NatsOptions) -> impl Future<Output = Result<Self, ServersError>> + Send {
        Self::start(options)
    }

    fn exited(&self) -> impl Future<Output = ExitStatus> + Send {
        self.exited()
    }

    fn stop(self) -> impl Future<Output = Result<(), ServersError>> + Send {
        self.stop()
    }

    fn url(&self) -> String {
        self.url()
    }
}
