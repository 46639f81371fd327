//! The connection to NATS.

use crate::{BusConfig, BusError, ServerVersion};
use async_nats::jetstream::{self, context::ContextBuilder};
use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long a connection may take, and an answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// How often a silent connection is tested.
const PING_INTERVAL: Duration = Duration::from_secs(10);
/// The longest pause between two attempts to connect again.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// A connection to the bus. Cheap to clone; connects again by itself when it breaks.
#[derive(Clone, Debug)]
pub struct Bus {
    pub(crate) client: Client,
    pub(crate) jetstream: jetstream::Context,
    pub(crate) config: Arc<BusConfig>,
    pub(crate) breaks: watch::Receiver<u64>,
}

impl Bus {
    /// Connects once; an outage from then on is waited for.
    pub async fn connect(config: BusConfig) -> Result<Self, BusError> {
        config.check()?;
        let (broke, breaks) = watch::channel(0_u64);
        let mut options = ConnectOptions::new()
            .name("casebus")
            .connection_timeout(PATIENCE)
            .request_timeout(Some(PATIENCE))
            .ping_interval(PING_INTERVAL)
            .reconnect_delay_callback(pause_before)
            .event_callback(move |event| {
                notice(&event, &broke);
                std::future::ready(())
            });
        if let Some((user, password)) = config.credentials()? {
            options = options.user_and_password(user, password);
        }
        let client = options.connect(config.addresses()?).await.map_err(|error| match error.kind() {
            ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
                BusError::NotAuthorized { address: config.shown() }
            }
            _ => BusError::Unreachable { address: config.shown(), source: error.into() },
        })?;
        let jetstream = ContextBuilder::new().timeout(PATIENCE).build(client.clone());
        let bus = Self { client, jetstream, config: Arc::new(config), breaks };
        let version = bus.check_server()?;
        if version < ServerVersion::OLDEST_ADVISED {
            tracing::warn!(
                %version, advised = %ServerVersion::OLDEST_ADVISED,
                "nats-server has known security holes; please upgrade it"
            );
        }
        Ok(bus)
    }

    /// How the bus was configured.
    pub fn config(&self) -> &BusConfig {
        &self.config
    }

    /// Version of the server that we are, or were last, connected to.
    pub fn server_version(&self) -> ServerVersion {
        ServerVersion::parse(&self.client.server_info().version)
    }

    /// A count of how often the connection broke; it wakes whoever waits for the next time.
    pub fn breaks(&self) -> watch::Receiver<u64> {
        let mut breaks = self.breaks.clone();
        breaks.mark_unchanged();
        breaks
    }

    /// Refuses a server that is too old; a connection may come back to another one.
    pub(crate) fn check_server(&self) -> Result<ServerVersion, BusError> {
        let found = self.server_version();
        if found < ServerVersion::OLDEST_ACCEPTED { Err(BusError::ServerTooOld { found }) } else { Ok(found) }
    }
}

fn pause_before(attempt: usize) -> Duration {
    let steps = u32::try_from(attempt).unwrap_or(u32::MAX);
    Duration::from_millis(100).saturating_mul(steps).min(LONGEST_PAUSE)
}

fn notice(event: &Event, broke: &watch::Sender<u64>) {
    match event {
        Event::Disconnected => {
            tracing::warn!("the connection to NATS broke");
            broke.send_modify(|count| *count += 1);
        }
        Event::Connected => tracing::info!("connected to NATS"),
        Event::ClientError(_) => tracing::debug!(%event, "NATS client"),
        Event::LameDuckMode
        | Event::Draining
        | Event::Closed
        | Event::SlowConsumer(_)
        | Event::ServerError(_) => {
            tracing::warn!(%event, "NATS says");
        }
    }
}
