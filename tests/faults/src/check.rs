//! The checker: acknowledged commands, log, stream, views, feed and a department's consumer must tell one story.

mod log_side;
mod stream_side;
mod views_side;

use crate::consumer::Consumer;
use crate::deployment::{Deployment, STREAM};
use crate::load::{Acknowledged, Load};
use crate::template::{RECEIVER, SENDER};
use anyhow::Context;
use log::RecordedEvent;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long all may take to be level after a fault.
const LEVEL_PATIENCE: Duration = Duration::from_secs(75);
/// How long a gateway may take to say that it is ready.
const GATEWAY_PATIENCE: Duration = Duration::from_secs(2);
const LOOK_AGAIN: Duration = Duration::from_millis(40);

/// What is known of an event of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    event_id: Uuid,
    stream_id: Uuid,
    event_type: String,
}

/// What is known of a transfer.
#[derive(Clone, Debug, Default)]
struct Transfer {
    version: i64,
    title: String,
    from: String,
    to: String,
}

/// Compares, and remembers what it has compared.
#[derive(Debug, Default)]
pub struct Checker {
    epoch: i64,
    events: Vec<Known>,
    ids: HashSet<Uuid>,
    transfers: HashMap<Uuid, Transfer>,
    /// How often each transfer has each type of event.
    types: HashMap<(Uuid, String), u32>,
    sent_titles: HashMap<String, u32>,
    fed: HashMap<&'static str, i64>,
    acknowledged: usize,
    contradicted: usize,
    broken: usize,
    refused: usize,
    consumer_wrong: usize,
    /// Stories of which an acknowledged event was lost with the failover or restore that an operator has answered.
    lost_stories: HashSet<u64>,
    /// The acknowledged events that were lost with them.
    pub lost: usize,
    /// What was found wrong.
    pub wrong: Vec<String>,
    /// Acknowledged commands that were looked up.
    pub commands: usize,
}

impl Checker {
    /// What is found wrong is told with the schedule.
    pub(crate) fn found(&mut self, what: String) {
        self.wrong.push(what);
    }

    /// Waits until log, stream and views end at one position, the watch has done what is due, and every gateway is ready.
    pub async fn level(&self, deployment: &mut Deployment, load: &Load) -> anyhow::Result<i64> {
        let begun = Instant::now();
        let due = self.due_endings(load);
        let mut last = String::new();
        let mut observer = None;
        let client = reqwest::Client::builder().timeout(GATEWAY_PATIENCE).build()?;
        while begun.elapsed() < LEVEL_PATIENCE {
            deployment.tend()?;
            match Self::observe(deployment, &mut observer, &due).await {
                Ok(ends) if ends.are_level() && ends.to_be_ended == 0 => {
                    match deployment.gateways_are_ready(&client).await {
                        Ok(true) => return Ok(ends.log),
                        answer => last = format!("not every gateway is ready: {answer:?}"),
                    }
                }
                Ok(ends) => last = format!("{ends:?}"),
                Err(error) => {
                    observer = None;
                    last = format!("{error:#}");
                }
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        anyhow::bail!("not level after {} s: {last}", LEVEL_PATIENCE.as_secs())
    }

    /// Requests that the watch has to have ended, as far as their stories are whole.
    fn due_endings(&self, load: &Load) -> Vec<Uuid> {
        let books = load.books();
        let due = books.to_be_ended.iter().filter(|(story, _)| !self.lost_stories.contains(story));
        due.map(|(_, request)| *request).collect()
    }

    async fn observe(
        deployment: &Deployment,
        observer: &mut Option<Observer>,
        due: &[Uuid],
    ) -> anyhow::Result<Ends> {
        if observer.is_none() {
            *observer = Some(Observer {
                connection: deployment.primary.connect().await?,
                context: deployment.jetstream().await?,
            });
        }
        let observer = observer.as_mut().context("it was just made")?;
        let query = "select h.position, h.halted is not null, c.position, c.epoch = h.epoch,
               (select count(*) from unnest($1) due where not exists (
                 select from log.event where stream_id = due and event_type = 'assistance.closed'))
            from log.log_head h, views_1.checkpoint c";
        let row: (i64, bool, i64, bool, i64) = tokio::time::timeout(
            Duration::from_secs(3),
            sqlx::query_as(query).bind(due).fetch_one(&mut observer.connection),
        )
        .await??;
        let stream = observer.context.get_stream(STREAM).await.context("there is no stream")?;
        let state = &stream.cached_info().state;
        Ok(Ends {
            log: row.0,
            is_halted: row.1,
            views: row.2,
            is_same_epoch: row.3,
            to_be_ended: row.4,
            stream: i64::try_from(state.last_sequence)?,
            messages: i64::try_from(state.messages)?,
        })
    }

    /// Checks what is new since the last time.
    pub async fn check(
        &mut self,
        deployment: &Deployment,
        load: &Load,
        consumer: &Consumer,
    ) -> anyhow::Result<()> {
        let read = self.read_log(deployment).await?;
        self.take_events(&read);
        self.compare_stream(deployment, &read).await?;
        self.compare_views(deployment).await?;
        let books = load.books().clone();
        self.compare_acknowledged(&books);
        for department in [SENDER, RECEIVER] {
            self.compare_feed(load, department).await?;
        }
        if self.wrong.is_empty() {
            // It would be waited for in vain.
            self.compare_consumer(consumer).await;
        }
        Ok(())
    }

    /// Checks everything again from the beginning: the log must be as it was read before.
    pub async fn check_all(
        &mut self,
        deployment: &Deployment,
        load: &Load,
        consumer: &Consumer,
    ) -> anyhow::Result<()> {
        let before = std::mem::take(&mut self.events);
        self.forget();
        self.check(deployment, load, consumer).await?;
        for (position, (old, new)) in (1..).zip(before.iter().zip(&self.events)) {
            if old != new {
                self.wrong.push(format!("position {position} was {old:?} and is {new:?}"));
            }
        }
        if self.events.len() < before.len() {
            self.wrong.push(format!("the log had {} events and has {}", before.len(), self.events.len()));
        }
        Ok(())
    }

    /// Forgets what was compared, not what was found.
    fn forget(&mut self) {
        self.events.clear();
        self.ids.clear();
        self.transfers.clear();
        self.types.clear();
        self.sent_titles.clear();
        self.fed.clear();
        self.acknowledged = 0;
    }

    /// After a loss that an operator has answered with a new epoch: what was acknowledged beyond `kept` before the
    /// loss is lost, and nothing else. Of an answer that was on its way meanwhile the log tells whether it stands.
    pub async fn begin_epoch(
        &mut self,
        deployment: &Deployment,
        load: &Load,
        kept: i64,
    ) -> anyhow::Result<()> {
        self.forget();
        let log = self.read_log(deployment).await?;
        let mut books = load.books();
        let now = books.incarnation;
        let is_lost = |one: &Acknowledged| {
            let place = usize::try_from(one.position - 1).unwrap_or(usize::MAX);
            let stands = log.get(place).is_some_and(|event| event.stream_id == one.transfer);
            one.position > kept && one.sent_in < now && (one.answered_in < now || !stands)
        };
        let (lost, stay): (Vec<_>, Vec<_>) =
            std::mem::take(&mut books.acknowledged).into_iter().partition(is_lost);
        books.acknowledged = stay;
        for one in &mut books.acknowledged {
            (one.sent_in, one.answered_in) = (now, now);
        }
        self.lost += lost.len();
        self.lost_stories.extend(lost.iter().map(|one| one.story));
        Ok(())
    }

    fn recorded_types(&self, transfer: Uuid, event_type: &str) -> u32 {
        self.types.get(&(transfer, event_type.to_owned())).copied().unwrap_or_default()
    }

    async fn read_log(&self, deployment: &Deployment) -> anyhow::Result<Vec<RecordedEvent>> {
        log_side::read_after(deployment, self.events.len()).await
    }
}

struct Observer {
    connection: sqlx::PgConnection,
    context: async_nats::jetstream::Context,
}

/// Where log, stream and views end.
#[derive(Debug)]
struct Ends {
    log: i64,
    is_halted: bool,
    views: i64,
    is_same_epoch: bool,
    to_be_ended: i64,
    stream: i64,
    messages: i64,
}

impl Ends {
    fn are_level(&self) -> bool {
        !self.is_halted && self.is_same_epoch && [self.views, self.stream, self.messages] == [self.log; 3]
    }
}
