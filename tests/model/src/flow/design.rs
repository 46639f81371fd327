//! The guards of the flow. Each can be taken away, to see what it is there for.

/// One guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// `log.append` locks the head before it reads anything, until the commit.
    HeadLock,
    /// `log.append` looks up commands and versions in statements that begin after the lock was granted: one that had
    /// waited for it would still see the log as it was before (READ COMMITTED).
    LaterStatement,
    /// `log.append` gives a command that it knows its first answer.
    CommandLookUp,
    /// `log.append` refuses a command that was decided on another version.
    VersionCheck,
    /// The lean way looks for the versions that its commands follow before it locks the head, and for the commands not at all: the
    /// unique keys of the log refuse an event whose command, or whose version of its stream, is there already.
    UniqueKeys,
    /// `log.append` refuses a caller of another epoch.
    AppendEpoch,
    /// `log.append` takes nothing new while a relay has halted the log.
    Halt,
    /// After its server began anew, `log.append` takes nothing new until a relay has compared stream and log there.
    ComparedServer,
    /// A process that knows of an event that the log has no more halts it until a new epoch: before it appends, and before a relay
    /// lets others append.
    KnownEvents,
    /// A message names the sequence that must stand before it.
    ExpectedSequence,
    /// The relay compares the event at the end of the stream with the log.
    EndComparison,
    /// The relay makes a stream of an earlier epoch again.
    StreamEpoch,
    /// The relay halts before a stream of a later epoch: the log is an older copy.
    LogEpoch,
    /// The relay makes an emptied stream again.
    EmptyStream,
    /// The checkpoint moves only from where the batch was loaded.
    CheckpointPosition,
    /// The checkpoint and what was folded are written in one transaction.
    OneTransaction,
    /// The projector uses no message of another epoch.
    MessageEpoch,
    /// The projector reads what the stream lacks from the log.
    Completion,
    /// The relay reads the event that it sent last once more, with those that follow it, and compares.
    LastSentAgain,
    /// What the relay read before a failover, it does not send after it: after a second it reads anew, and compares. No
    /// failover is quicker.
    FreshBatch,
    /// A read model that was emptied is of another generation, and the checkpoint moves only in the one in which the batch
    /// was loaded.
    Generation,
    /// A projector notes the epoch that it asked for in an empty read model, whatever one stood there.
    EpochNotedAnew,
    /// A new epoch has a number that none had before: that of the clock.
    UnusedEpoch,

    /// Not built: the relay compares the last messages of the stream with the log, as many as may be in flight.
    WindowComparison,
    /// Not built: the relay makes a stream again whose beginning is lost.
    BeginningComparison,
    /// Not built, and a mistake: messages carry an id, and the stream does not take the same one twice.
    MessageIds,
}

/// The guards that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Design(u32);

/// All guards that the flow has.
pub const BUILT: [Guard; 23] = [
    Guard::HeadLock,
    Guard::LaterStatement,
    Guard::CommandLookUp,
    Guard::VersionCheck,
    Guard::UniqueKeys,
    Guard::AppendEpoch,
    Guard::Halt,
    Guard::ComparedServer,
    Guard::KnownEvents,
    Guard::ExpectedSequence,
    Guard::EndComparison,
    Guard::StreamEpoch,
    Guard::LogEpoch,
    Guard::EmptyStream,
    Guard::CheckpointPosition,
    Guard::OneTransaction,
    Guard::MessageEpoch,
    Guard::Completion,
    Guard::LastSentAgain,
    Guard::FreshBatch,
    Guard::Generation,
    Guard::EpochNotedAnew,
    Guard::UnusedEpoch,
];

impl Design {
    /// The flow as it is built.
    pub fn as_built() -> Self {
        BUILT.into_iter().fold(Self(0), Self::with)
    }

    /// With one more guard.
    #[must_use]
    pub fn with(self, guard: Guard) -> Self {
        Self(self.0 | bit(guard))
    }

    /// With one guard less.
    #[must_use]
    pub fn without(self, guard: Guard) -> Self {
        Self(self.0 & !bit(guard))
    }

    /// Whether a guard is there.
    pub fn has(self, guard: Guard) -> bool {
        self.0 & bit(guard) != 0
    }
}

fn bit(guard: Guard) -> u32 {
    1 << guard as u32
}
