//! Where the next events come from: the bus while it keeps up, else the log.

use crate::ProjectorError;
use crate::envelope::{self, Unusable};
use crate::log_reader::{LogReader, count_from_log};
use bus::{Bus, BusConfig, Feed, Received};
use log::{BatchSize, Log};
use std::pin::Pin;
use std::time::Duration;
use tokio::time::sleep;
use views::{Checkpoint, Event};

/// How many events are folded at once, at first and at most.
pub(crate) const BATCH: BatchSize = BatchSize::new(250, 1_000);
/// Messages that are taken from the bus at once, at most.
const MESSAGES: i64 = 500;
/// From so many missing events on, the log is read until it is nearly done.
const FAR_BEHIND: i64 = 2_000;
/// Pause between two attempts to connect to the bus.
const CONNECT_PAUSE: Duration = Duration::from_secs(2);

/// Where events come from.
pub(crate) struct Source<'a> {
    log: LogReader,
    arrivals: Arrivals,
    patience: Duration,
    /// The bus said nothing while the log grew: do not wait for it again.
    bus_is_silent: bool,
    /// Compare with the end of the log before anything else.
    look_at_log: bool,
    /// Up to here the log is read, whatever the bus says.
    read_log_to: i64,
    /// How many events are taken next.
    batch: &'a mut BatchSize,
}

/// What comes from the bus.
enum Arrivals {
    /// Nothing: there is no bus.
    None,
    /// The first connection is still being made.
    Connecting(Pin<Box<dyn Future<Output = Bus> + Send>>),
    /// Messages.
    Open(Box<Subscription>),
}

/// A connection, and what is read through it.
struct Subscription {
    bus: Bus,
    feed: Feed,
}

impl<'a> Source<'a> {
    /// Takes so many events at first; how many it would take next is left there.
    pub(crate) fn new(
        log: Log,
        bus: Option<BusConfig>,
        patience: Duration,
        batch: &'a mut BatchSize,
    ) -> Self {
        let arrivals = bus.map_or(Arrivals::None, |config| Arrivals::Connecting(Box::pin(connect(config))));
        Self {
            log: LogReader(log),
            arrivals,
            patience,
            bus_is_silent: false,
            look_at_log: true,
            read_log_to: 0,
            batch,
        }
    }

    /// The events that follow the checkpoint without a hole; none if there are none for a moment.
    pub(crate) async fn next(&mut self, checkpoint: Checkpoint) -> Result<Vec<Event>, ProjectorError> {
        if checkpoint.position >= self.read_log_to && self.look_at_log {
            let head = self.log.head(checkpoint).await?;
            if head.position - checkpoint.position > FAR_BEHIND {
                self.read_log_to = head.position;
            }
            self.look_at_log = false;
        }
        if checkpoint.position < self.read_log_to {
            return self.read_on(checkpoint).await;
        }
        self.arrivals.go_to(checkpoint.position + 1);
        let waits_for_bus = self.arrivals.may_come() && !self.bus_is_silent;
        let (log, patience) = (&self.log, self.patience);
        let most = usize::try_from(self.batch.events().min(MESSAGES)).unwrap_or(1);
        let growth = async {
            if waits_for_bus {
                sleep(patience).await;
                return Ok(());
            }
            log.wait(checkpoint, patience).await
        };
        tokio::select! {
            messages = self.arrivals.next(checkpoint.position + 1, most) => {
                self.look_at_log = messages.len() >= most;
                let events = self.complete(checkpoint, messages).await?;
                self.resize_after(&events, most);
                // What was known already says nothing of how fast the bus is.
                self.bus_is_silent &= events.is_empty();
                Ok(events)
            }
            grown = growth => {
                grown?;
                self.log.head(checkpoint).await?;
                let events = self.read(checkpoint, checkpoint.position, i64::MAX).await?;
                self.bus_is_silent |= !events.is_empty();
                Ok(events)
            }
        }
    }

    /// The next events of the log, which is read until it is nearly done.
    async fn read_on(&mut self, checkpoint: Checkpoint) -> Result<Vec<Event>, ProjectorError> {
        let events =
            self.read(checkpoint, checkpoint.position, self.read_log_to - checkpoint.position).await?;
        if events.is_empty() {
            // The log does not go so far any more.
            self.read_log_to = 0;
        }
        self.look_at_log = events.last().is_none_or(|event| event.position >= self.read_log_to);
        Ok(events)
    }

    /// Events of the log, as many as are wanted and go into a batch.
    async fn read(
        &mut self,
        checkpoint: Checkpoint,
        after: i64,
        wanted: i64,
    ) -> Result<Vec<Event>, ProjectorError> {
        let asked = wanted.min(self.batch.events());
        let events = self.log.read(checkpoint, after, asked).await?;
        count_from_log(&events);
        self.resize_after(&events, usize::try_from(asked).unwrap_or(usize::MAX));
        Ok(events)
    }

    /// Takes fewer events after large ones, and more after small ones. What follows a batch that was not full may be of any
    /// size.
    fn resize_after(&mut self, events: &[Event], asked: usize) {
        let resized = self.batch.after(events.iter().map(|event| event.body.len()).sum());
        *self.batch = if events.len() < asked { resized.at_most(BATCH.events()) } else { resized };
    }

    /// The events of these messages; what is missing between them, or unusable in them, is read from the log.
    async fn complete(
        &mut self,
        checkpoint: Checkpoint,
        messages: Vec<Received>,
    ) -> Result<Vec<Event>, ProjectorError> {
        let head = self.log.head(checkpoint).await?;
        let mut events: Vec<Event> = Vec::with_capacity(messages.len());
        let mut last = checkpoint.position;
        for message in messages {
            if message.sequence > head.position {
                return Err(ProjectorError::BusAhead { bus: message.sequence, log: head.position });
            }
            let missing = message.sequence - last - 1;
            if missing > 0 {
                tracing::warn!(after = last, missing, "the bus lacks events; they are read from the log");
                events.extend(self.read(checkpoint, last, missing).await?);
                last = events.last().map_or(last, |event| event.position);
                if message.sequence != last + 1 {
                    // A large hole: the log is read on, then the bus from where that ends.
                    self.read_log_to = message.sequence - 1;
                    break;
                }
            }
            if message.sequence <= last {
                continue;
            }
            match envelope::read(&message, checkpoint.epoch) {
                Ok(event) => events.push(event),
                Err(why) => {
                    let read = self.log.read(checkpoint, last, 1).await?;
                    if why != Unusable::Internal {
                        tracing::warn!(position = message.sequence, ?why, "a message of the bus is not used");
                        count_from_log(&read);
                    }
                    events.extend(read);
                }
            }
            last = message.sequence;
        }
        if head.position - last > FAR_BEHIND {
            // The bus delivers, and too slowly.
            self.read_log_to = self.read_log_to.max(head.position);
        }
        Ok(events)
    }
}

impl Arrivals {
    /// Whether there is a bus at all.
    fn may_come(&self) -> bool {
        match self {
            Self::None => false,
            Self::Connecting(_) | Self::Open(_) => true,
        }
    }

    /// Messages, at most so many, however long it takes. Dropping the future loses nothing.
    async fn next(&mut self, wanted: i64, most: usize) -> Vec<Received> {
        loop {
            match self {
                Self::None => return std::future::pending().await,
                Self::Connecting(connecting) => {
                    let bus = connecting.await;
                    let feed = bus.subscribe_from(wanted);
                    *self = Self::Open(Box::new(Subscription { bus, feed }));
                }
                Self::Open(open) => return open.feed.next_batch(most).await,
            }
        }
    }

    /// Asks the bus anew if it delivered what was not used, or would deliver what the log has long delivered.
    fn go_to(&mut self, wanted: i64) {
        match self {
            Self::None | Self::Connecting(_) => {}
            Self::Open(open) => {
                let next = open.feed.wanted();
                if next > wanted || wanted - next > FAR_BEHIND {
                    open.feed = open.bus.subscribe_from(wanted);
                }
            }
        }
    }
}

/// Connects to the bus, however long it takes; until then the log is read.
async fn connect(config: BusConfig) -> Bus {
    loop {
        match Bus::connect(config.clone()).await {
            Ok(bus) => return bus,
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the projector has no bus and reads the log"
                );
                sleep(CONNECT_PAUSE).await;
            }
        }
    }
}
