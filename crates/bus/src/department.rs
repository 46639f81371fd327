//! The durable consumers of departments: made by operators, fetched from and acknowledged by the departments.

use crate::stream::position;
use crate::{Bus, BusError};
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::consumer::pull::Config;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, PullConsumer};
use async_nats::jetstream::stream::ConsumerErrorKind;
use contract::ids::DepartmentId;
use contract::subject::of_department;
use std::time::Duration;

/// A message that was fetched and not acknowledged for so long is delivered again.
const ACKNOWLEDGE_WITHIN: Duration = Duration::from_secs(30);

/// Name of a department's durable consumer.
pub fn consumer_name(department: &DepartmentId) -> String {
    format!("department-{department}")
}

impl Bus {
    /// Makes the durable pull consumer of a department: everything it sent and received, from the beginning, each
    /// message to be acknowledged. Repeating it changes nothing. Answers the consumer's name.
    pub async fn create_department_consumer(&self, department: &DepartmentId) -> Result<String, BusError> {
        let name = consumer_name(department);
        let subjects = of_department(department);
        let config = Config {
            durable_name: Some(name.clone()),
            description: Some(format!("What {department} sent and received")),
            deliver_policy: DeliverPolicy::All,
            ack_policy: AckPolicy::Explicit,
            ack_wait: ACKNOWLEDGE_WITHIN,
            filter_subjects: subjects.to_vec(),
            ..Config::default()
        };
        let consumer = self
            .jetstream
            .create_consumer_on_stream(config, &self.config.stream)
            .await
            .map_err(BusError::refused("make the consumer of a department"))?;
        let kept = &consumer.cached_info().config.filter_subjects;
        if kept[..] != subjects[..] {
            return Err(BusError::SettingIgnored {
                stream: self.config.stream.clone(),
                setting: "filter_subjects of a consumer",
                wanted: subjects.join(" "),
                found: kept.join(" "),
            });
        }
        Ok(name)
    }

    /// The position up to which a department has acknowledged everything that concerns it; 0 if nothing yet, none if
    /// it has no consumer.
    pub async fn acknowledged_through(&self, department: &DepartmentId) -> Result<Option<i64>, BusError> {
        let asked: Result<PullConsumer, _> =
            self.jetstream.get_consumer_from_stream(consumer_name(department), &self.config.stream).await;
        match asked {
            Ok(consumer) => Ok(Some(position(consumer.cached_info().ack_floor.stream_sequence))),
            Err(error) => match error.kind() {
                ConsumerErrorKind::JetStream(refusal)
                    if [ErrorCode::CONSUMER_NOT_FOUND, ErrorCode::STREAM_NOT_FOUND]
                        .contains(&refusal.error_code()) =>
                {
                    Ok(None)
                }
                _ => Err(BusError::refused("say what a department has acknowledged")(error)),
            },
        }
    }
}
