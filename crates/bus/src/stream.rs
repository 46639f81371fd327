//! The stream: its settings, its end, its messages.

use crate::{Bus, BusConfig, BusError, Received};
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{CreateStreamError, GetStreamErrorKind};
use async_nats::jetstream::stream::{
    Config, DiscardPolicy, Info, LastRawMessageErrorKind, RawMessageBuilder, RetentionPolicy, StorageType,
};
use contract::cloud_event::{CloudEvent, body_hash};
use contract::ids::EventId;
use std::collections::HashMap;

/// Under this name the stream carries the epoch of its log.
const EPOCH: &str = "casebus.epoch";
/// How `JetStream` writes "without limit".
const UNLIMITED: i64 = -1;

/// Where the stream ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamEnd {
    /// Epoch of the log that it was made for; none if it was not made by us.
    pub epoch: Option<i64>,
    /// Sequence of its first message; of the next one if it is empty.
    pub first: i64,
    /// Sequence of its last message, present or not; 0 if there never was one.
    pub last: i64,
    /// What stands at its end.
    pub event: EndEvent,
    /// The first setting that is not as configured.
    pub differing_setting: Option<&'static str>,
}

/// What stands at the end of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndEvent {
    /// Nothing: it has no messages.
    Empty,
    /// One of our events.
    Event {
        /// Its id.
        event_id: EventId,
        /// SHA-256 of its body as it stands there, in hexadecimal.
        body_hash: String,
        /// Position that it claims.
        position: i64,
        /// Epoch that it claims.
        epoch: i64,
    },
    /// A message that is none of our events.
    Foreign,
}

impl EndEvent {
    fn read(payload: &[u8]) -> Self {
        match CloudEvent::parse(payload) {
            Ok(event) => Self::Event {
                event_id: event.id,
                body_hash: event.body_bytes().map_or_else(|| event.datahash.clone(), body_hash),
                position: event.position,
                epoch: event.epoch,
            },
            Err(_) => Self::Foreign,
        }
    }
}

impl Bus {
    /// Where the stream ends, as its leader says; none if there is no stream.
    pub async fn stream_end(&self) -> Result<Option<StreamEnd>, BusError> {
        self.check_server()?;
        let Some(info) = self.stream_info().await? else { return Ok(None) };
        let last = position(info.state.last_sequence);
        let (last, event) = if info.state.messages == 0 {
            (last, EndEvent::Empty)
        } else {
            // A limited stream may have dropped the message of that position meanwhile, as others came after it.
            let newest = self.message(|stream| stream.last_by_subject(">".to_owned())).await?;
            let newest = newest
                .filter(|newest| newest.sequence >= last)
                .ok_or_else(|| BusError::refused("show the last message of the stream")("it was deleted"))?;
            (newest.sequence, EndEvent::read(&newest.payload))
        };
        let epoch: Option<i64> = info.config.metadata.get(EPOCH).and_then(|text| text.parse().ok());
        let wanted = settings(&self.config, epoch.unwrap_or_default());
        let differing_setting = first_difference(&wanted, &info.config).map(|difference| difference.setting);
        Ok(Some(StreamEnd {
            epoch,
            first: position(info.state.first_sequence),
            last,
            event,
            differing_setting,
        }))
    }

    async fn stream_info(&self) -> Result<Option<Info>, BusError> {
        match self.jetstream.get_stream(&self.config.stream).await {
            Ok(stream) => Ok(Some(stream.cached_info().clone())),
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(refusal)
                    if refusal.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    Ok(None)
                }
                _ => Err(BusError::refused("say where the stream ends")(error)),
            },
        }
    }

    /// Makes the stream for a log in this epoch; its first message will have the given sequence.
    pub async fn create_stream(&self, first: i64, epoch: i64) -> Result<(), BusError> {
        let wanted = Config { first_sequence: Some(sequence(first)), ..settings(&self.config, epoch) };
        let made = self
            .jetstream
            .create_stream(wanted.clone())
            .await
            .map_err(BusError::refused::<CreateStreamError>("make the stream"))?;
        let info = made.cached_info();
        self.compare(&wanted, &info.config)?;
        let begins = info.state.last_sequence + 1;
        if info.state.messages == 0 && begins != sequence(first) {
            return Err(self.ignored("first_seq", &sequence(first).to_string(), &begins.to_string()));
        }
        tracing::info!(stream = self.config.stream, first, epoch, "the stream was made");
        Ok(())
    }

    /// Gives an existing stream of this epoch the configured settings.
    pub async fn update_stream(&self, epoch: i64) -> Result<(), BusError> {
        let action = "change the settings of the stream";
        let stream =
            self.jetstream.get_stream(&self.config.stream).await.map_err(BusError::refused(action))?;
        let wanted = settings(&self.config, epoch);
        let first_sequence = stream.cached_info().config.first_sequence;
        let changed = Config { first_sequence, ..wanted.clone() };
        let info = self
            .jetstream
            .update_stream(changed)
            .await
            .map_err(BusError::refused::<CreateStreamError>(action))?;
        self.compare(&wanted, &info.config)?;
        tracing::info!(stream = self.config.stream, "the stream was given the configured settings");
        Ok(())
    }

    /// Deletes the stream with all its messages and consumers; it can be filled again from the log.
    pub async fn delete_stream(&self) -> Result<(), BusError> {
        match self.jetstream.delete_stream(&self.config.stream).await {
            Ok(_) => Ok(()),
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(refusal)
                    if refusal.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    Ok(())
                }
                _ => Err(BusError::refused("delete the stream")(error)),
            },
        }
    }

    /// The message of a position, from the stream's leader; none if the stream does not hold it.
    pub async fn read_message(&self, at: i64) -> Result<Option<Received>, BusError> {
        self.message(|stream| stream.sequence(sequence(at))).await
    }

    async fn message(
        &self,
        which: impl FnOnce(RawMessageBuilder) -> RawMessageBuilder,
    ) -> Result<Option<Received>, BusError> {
        let action = "show a message of the stream";
        let stream = self
            .jetstream
            .get_stream_no_info(&self.config.stream)
            .await
            .map_err(BusError::refused(action))?;
        match which(stream.raw_message_builder()).send().await {
            Ok(message) => Ok(Some(Received {
                sequence: position(message.sequence),
                subject: message.subject.to_string(),
                payload: message.payload,
            })),
            Err(error) => match error.kind() {
                LastRawMessageErrorKind::NoMessageFound => Ok(None),
                _ => Err(BusError::refused(action)(error)),
            },
        }
    }

    fn compare(&self, wanted: &Config, found: &Config) -> Result<(), BusError> {
        match first_difference(wanted, found) {
            Some(difference) => Err(self.ignored(difference.setting, &difference.wanted, &difference.found)),
            None => Ok(()),
        }
    }

    fn ignored(&self, setting: &'static str, wanted: &str, found: &str) -> BusError {
        BusError::SettingIgnored {
            stream: self.config.stream.clone(),
            setting,
            wanted: wanted.to_owned(),
            found: found.to_owned(),
        }
    }
}

/// A position as a stream sequence.
pub(crate) fn sequence(position: i64) -> u64 {
    position.max(0).unsigned_abs()
}

/// A stream sequence as a position; what no log can reach counts as the highest.
pub(crate) fn position(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

/// The settings of the stream, all but its first sequence.
fn settings(config: &BusConfig, epoch: i64) -> Config {
    Config {
        name: config.stream.clone(),
        description: Some("Events of casebus; sequence = position in the log".to_owned()),
        subjects: contract::subject::ALL.map(str::to_owned).to_vec(),
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::Old,
        num_replicas: config.replicas,
        max_messages: if config.max_messages == 0 { UNLIMITED } else { i64::from(config.max_messages) },
        max_bytes: UNLIMITED,
        max_messages_per_subject: UNLIMITED,
        max_consumers: -1,
        deny_delete: true,
        allow_direct: true,
        metadata: HashMap::from([(EPOCH.to_owned(), epoch.to_string())]),
        ..Config::default()
    }
}

struct Difference {
    setting: &'static str,
    wanted: String,
    found: String,
}

/// The first setting that matters and is not as wanted.
fn first_difference(wanted: &Config, found: &Config) -> Option<Difference> {
    macro_rules! compare {
        ($($setting:literal: $field:expr;)+) => {
            $({
                let field: fn(&Config) -> String = $field;
                let (wanted, found) = (field(wanted), field(found));
                if wanted != found {
                    return Some(Difference { setting: $setting, wanted, found });
                }
            })+
        };
    }
    compare! {
        "subjects": |config| config.subjects.join(" ");
        "storage": |config| format!("{:?}", config.storage);
        "retention": |config| format!("{:?}", config.retention);
        "discard": |config| format!("{:?}", config.discard);
        "num_replicas": |config| config.num_replicas.to_string();
        "max_msgs": |config| config.max_messages.to_string();
        "max_bytes": |config| config.max_bytes.to_string();
        "max_msgs_per_subject": |config| config.max_messages_per_subject.to_string();
        "max_age": |config| format!("{:?}", config.max_age);
        "deny_delete": |config| config.deny_delete.to_string();
        "allow_direct": |config| config.allow_direct.to_string();
        "no_ack": |config| config.no_ack.to_string();
        "sealed": |config| config.sealed.to_string();
        "metadata": |config| config.metadata.get(EPOCH).cloned().unwrap_or_default();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_the_server_ignored_is_found() {
        let wanted = settings(&BusConfig::new("nats://127.0.0.1"), 1);
        assert!(first_difference(&wanted, &wanted).is_none());
        let ignored = Config { metadata: HashMap::new(), ..wanted.clone() };
        assert_eq!(first_difference(&wanted, &ignored).unwrap().setting, "metadata");
        let limited = Config { max_messages: 5, ..wanted.clone() };
        assert_eq!(first_difference(&wanted, &limited).unwrap().setting, "max_msgs");
    }

    #[test]
    fn a_message_that_is_no_event_is_foreign() {
        assert_eq!(EndEvent::read(b"hello"), EndEvent::Foreign);
        assert_eq!(EndEvent::read(b"{\"id\":1}"), EndEvent::Foreign);
    }
}
