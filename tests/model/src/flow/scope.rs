//! How many of everything there are in one exploration.

/// How much is explored.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// The stream that each command writes.
    pub commands: &'static [u8],
    /// Gateways; without one, a command is appended and answered in a single step.
    pub gateways: usize,
    /// Commands in one call.
    pub call_size: usize,
    /// How the stream is filled.
    pub filling: Filling,
    /// Relays.
    pub relays: usize,
    /// Events that a relay may have read and not yet sent, where the log may go back.
    pub reading: usize,
    /// Messages that a relay may have in flight.
    pub window: usize,
    /// Projectors.
    pub projectors: usize,
    /// Events in one batch of a projector.
    pub batch: usize,
    /// So many things go wrong, whatever and whenever.
    pub faults: u8,
    /// What may go wrong besides crashes, lost messages and lost replies.
    pub mishaps: &'static [Mishap],
    /// So many times the database goes back to an older copy, or the operator begins a new epoch.
    pub failovers: u8,
    /// How that happens.
    pub operator: Operator,
    /// Two of a kind are alike, which saves states; in a trace their numbers may then change from step to step.
    pub actors_are_alike: bool,
}

/// How events come into the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filling {
    /// There is no stream.
    None,
    /// In one step each: nothing is in flight.
    InOneStep,
    /// By relays.
    ByRelays,
}

/// What may go wrong in some scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// `JetStream` loses its last messages, or the stream.
    StreamLoss,
    /// `JetStream` loses all messages and keeps their number.
    Purge,
    /// The operator empties the views while projectors run.
    Reset,
    /// A message is longer on its way than a failover takes.
    SlowMessage,
    /// Every process begins anew that knows of what was appended.
    Oblivion,
}

/// How the log goes back, and what the operator does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// By the book: stops everything, restores, begins a new epoch, starts everything.
    ByTheBook,
    /// The same, but gateways and projectors were forgotten and run on.
    StopsRelaysOnly,
    /// By the book, but the copy may be one from before an earlier new epoch.
    RestoresOldBackups,
    /// Restores nothing and begins a new epoch while everything runs.
    StopsNothing,
    /// Does not notice that a standby without the last events took over, until a relay has halted the log.
    Sleeps,
}

impl Scope {
    /// The smallest scope: one stream, one command, nothing goes wrong.
    pub const SMALLEST: Self = Self {
        commands: &[0],
        gateways: 0,
        call_size: 1,
        filling: Filling::None,
        relays: 0,
        reading: 2,
        window: 2,
        projectors: 0,
        batch: 2,
        faults: 0,
        mishaps: &[Mishap::StreamLoss],
        failovers: 0,
        operator: Operator::ByTheBook,
        actors_are_alike: true,
    };

    /// Whether there is a stream.
    pub(crate) fn has_bus(&self) -> bool {
        self.filling != Filling::None
    }

    /// Whether something may go wrong.
    pub(crate) fn has(&self, mishap: Mishap) -> bool {
        self.mishaps.contains(&mishap)
    }

    /// Whether events may vanish from the log. Where they may not, what was read of the log stays true, and steps that
    /// only read are taken together.
    pub(crate) fn log_may_go_back(&self) -> bool {
        self.failovers > 0
    }
}
