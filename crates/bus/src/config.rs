//! Where the bus is and how its stream is kept.

use crate::BusError;
use async_nats::ServerAddr;
use std::fmt;

/// The usual name of the stream.
const DEFAULT_STREAM: &str = "CASEBUS";
/// `JetStream` keeps at most five copies of a message.
const MOST_REPLICAS: usize = 5;

/// Where the bus is and how its stream is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct BusConfig {
    /// Address of nats-server, `nats://host:port`; several of one cluster are separated by commas. May carry user and
    /// password, percent-encoded.
    pub url: String,
    /// User, if the address does not carry it.
    pub user: Option<String>,
    /// Password, if the address does not carry it.
    pub password: Option<String>,
    /// Name of the stream.
    pub stream: String,
    /// Copies of each message: 1 on one node, 3 on a cluster.
    pub replicas: usize,
    /// How many messages the stream keeps, the oldest going first; 0 keeps all.
    pub max_messages: u32,
}

impl BusConfig {
    /// The usual settings at an address: one copy, everything kept.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            user: None,
            password: None,
            stream: DEFAULT_STREAM.to_owned(),
            replicas: 1,
            max_messages: 0,
        }
    }

    /// Refuses what no server could carry out.
    pub fn check(&self) -> Result<(), BusError> {
        self.addresses()?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if self.stream.is_empty() || !self.stream.bytes().all(plain) {
            return Err(BusError::InvalidConfig("the name of the stream must be letters, digits, - and _"));
        }
        if !(1..=MOST_REPLICAS).contains(&self.replicas) {
            return Err(BusError::InvalidConfig("the stream can have 1 to 5 replicas"));
        }
        Ok(())
    }

    /// The oldest position that a stream filled now would hold.
    pub fn first_kept(&self, head: i64) -> i64 {
        match self.max_messages {
            0 => 1,
            kept => (head + 1 - i64::from(kept)).max(1),
        }
    }

    pub(crate) fn addresses(&self) -> Result<Vec<ServerAddr>, BusError> {
        self.url
            .split(',')
            .map(|address| address.trim().parse::<ServerAddr>())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| BusError::InvalidConfig("the address of NATS must look like nats://host:port"))
    }

    /// User and password: those given, else those of the first address.
    pub(crate) fn credentials(&self) -> Result<Option<(String, String)>, BusError> {
        if let Some(user) = &self.user {
            return Ok(Some((user.clone(), self.password.clone().unwrap_or_default())));
        }
        let addresses = self.addresses()?;
        let Some(address) = addresses.iter().find(|address| address.has_user_pass()) else { return Ok(None) };
        let decoded = |text: Option<&str>| percent_decoded(text.unwrap_or_default());
        match (decoded(address.username()), decoded(address.password())) {
            (Some(user), Some(password)) => Ok(Some((user, password))),
            (None, _) | (_, None) => {
                Err(BusError::InvalidConfig("user or password in the address of NATS is not percent-encoded"))
            }
        }
    }

    /// The addresses without user and password, for messages.
    pub(crate) fn shown(&self) -> String {
        let without = |address: &str| {
            let (scheme, rest) = address.split_once("://").unwrap_or(("nats", address));
            let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
            format!("{scheme}://{host}")
        };
        self.url.split(',').map(|address| without(address.trim())).collect::<Vec<_>>().join(",")
    }
}

impl fmt::Debug for BusConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BusConfig")
            .field("url", &self.shown())
            .field("stream", &self.stream)
            .field("replicas", &self.replicas)
            .field("max_messages", &self.max_messages)
            .finish_non_exhaustive()
    }
}

/// RFC 3986 §2.1.
fn percent_decoded(text: &str) -> Option<String> {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let digits = piece.get(..2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(&piece.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_come_from_the_address_or_beside_it() {
        let mut config = BusConfig::new("nats://bus:p%40ss%25@127.0.0.1:4222");
        assert_eq!(config.credentials().unwrap(), Some(("bus".into(), "p@ss%".into())));
        config.user = Some("other".into());
        config.password = Some("word".into());
        assert_eq!(config.credentials().unwrap(), Some(("other".into(), "word".into())));
        assert_eq!(BusConfig::new("nats://127.0.0.1:4222").credentials().unwrap(), None);
    }

    #[test]
    fn a_password_is_never_shown() {
        let mut config = BusConfig::new("nats://bus:secret@a:4222,nats://bus:secret@b:4222");
        config.password = Some("secret".into());
        assert_eq!(config.shown(), "nats://a:4222,nats://b:4222");
        assert!(!format!("{config:?}").contains("secret"));
    }

    #[test]
    fn what_no_server_could_carry_out_is_refused() {
        assert!(BusConfig::new("nats://127.0.0.1").check().is_ok());
        assert!(BusConfig::new("http://127.0.0.1").check().is_err());
        for wrong in ["", "a b", "a.b", "案"] {
            let config = BusConfig { stream: wrong.into(), ..BusConfig::new("nats://127.0.0.1") };
            assert!(config.check().is_err(), "{wrong}");
        }
        for wrong in [0, 6] {
            let config = BusConfig { replicas: wrong, ..BusConfig::new("nats://127.0.0.1") };
            assert!(config.check().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_limited_stream_begins_that_many_positions_before_the_end() {
        let limited = BusConfig { max_messages: 10, ..BusConfig::new("nats://127.0.0.1") };
        assert_eq!([0, 5, 10, 11, 100].map(|head| limited.first_kept(head)), [1, 1, 1, 2, 91]);
        assert_eq!(BusConfig::new("nats://127.0.0.1").first_kept(100), 1);
    }
}
