//! What can go wrong on the bus, and what helps.

use crate::ServerVersion;
use std::error::Error;

/// Whatever the NATS client reports.
pub(crate) type Cause = Box<dyn Error + Send + Sync>;

/// An error of the bus.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// No server could carry out this configuration.
    #[error("{0}")]
    InvalidConfig(&'static str),
    /// Nobody answers.
    #[error("NATS at {address} could not be reached")]
    Unreachable {
        /// Where, without password.
        address: String,
        /// Why.
        #[source]
        source: Cause,
    },
    /// User or password are wrong.
    #[error("NATS at {address} refused our user or password")]
    NotAuthorized {
        /// Where, without password.
        address: String,
    },
    /// The server lacks what we build on.
    #[error("nats-server {found} is too old: casebus needs 2.10 or newer, 2.12.7 or newer is advised")]
    ServerTooOld {
        /// Its version.
        found: ServerVersion,
    },
    /// The server took a setting of the stream and keeps another.
    #[error(
        "the stream {stream} has {setting} = {found}, not {wanted}: the server ignored it, or someone changed it"
    )]
    SettingIgnored {
        /// Which stream.
        stream: String,
        /// Which setting.
        setting: &'static str,
        /// What we asked for.
        wanted: String,
        /// What the server says.
        found: String,
    },
    /// A request to `JetStream` failed or was refused.
    #[error("JetStream did not {action}")]
    Refused {
        /// What it was asked to do.
        action: &'static str,
        /// Why.
        #[source]
        source: Cause,
    },
    /// There is no such stream.
    #[error("the stream {0} does not exist")]
    StreamNotFound(String),
    /// `JetStream` error 10071: the stream does not end where the message expected it to end.
    #[error("the stream does not end before position {0}")]
    WrongLastSequence(i64),
    /// No acknowledgement came in time; the message may or may not be in the stream.
    #[error("position {0} was not acknowledged in time")]
    TimedOut(i64),
    /// The connection broke before the acknowledgement; the message may or may not be in the stream.
    #[error("the connection broke before position {0} was acknowledged")]
    Disconnected(i64),
    /// The message is larger than the server accepts.
    #[error("the message of position {0} is larger than nats-server accepts (max_payload)")]
    TooLarge(i64),
    /// The server stored the message elsewhere.
    #[error("position {position} was stored as sequence {sequence}")]
    WrongSequence {
        /// Where it belongs.
        position: i64,
        /// Where it is.
        sequence: u64,
    },
}

/// What helps against an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Waiting: an outage.
    Wait,
    /// Comparing the end of the stream with the log: the stream is not where we thought.
    Compare,
    /// A person: it stays like this until someone changes something.
    Operator,
}

impl BusError {
    /// What helps.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Unreachable { .. } | Self::Refused { .. } => Remedy::Wait,
            Self::StreamNotFound(_)
            | Self::WrongLastSequence(_)
            | Self::TimedOut(_)
            | Self::Disconnected(_) => Remedy::Compare,
            Self::InvalidConfig(_)
            | Self::NotAuthorized { .. }
            | Self::ServerTooOld { .. }
            | Self::SettingIgnored { .. }
            | Self::TooLarge(_)
            | Self::WrongSequence { .. } => Remedy::Operator,
        }
    }

    /// Wraps what the client reports about a request.
    pub(crate) fn refused<E: Into<Cause>>(action: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::Refused { action, source: source.into() }
    }
}
