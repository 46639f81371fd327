//! The flow with one guard less. A guard without which nothing goes wrong would be of no use.

use super::{Case, Fault};
use crate::flow::design::{Design, Guard};
use crate::flow::invariant::Invariant;
use crate::flow::scope::{Filling, Mishap, Operator, Scope};

/// Two commands write the same stream through two gateways.
const RIVALS: Scope = Scope { commands: &[0, 0], gateways: 2, ..Scope::SMALLEST };
/// The log is restored and begins a new epoch; a gateway or a projector was not stopped.
const FORGOTTEN: Scope =
    Scope { commands: &[0, 0], failovers: 1, operator: Operator::StopsRelaysOnly, ..Scope::SMALLEST };
/// The log goes back, and only a relay can notice.
const ASLEEP: Scope = Scope {
    commands: &[0, 0],
    filling: Filling::ByRelays,
    relays: 1,
    mishaps: &[],
    failovers: 1,
    operator: Operator::Sleeps,
    ..Scope::SMALLEST
};
/// The log goes back, and who knows more of it may begin anew.
const FORGETFUL: Scope = Scope { faults: 1, mishaps: &[Mishap::Oblivion], ..ASLEEP };
/// The log goes back, and the stream gets ahead of it only after a relay has compared them again.
const LATE: Scope = Scope { faults: 2, mishaps: &[Mishap::SlowMessage, Mishap::Oblivion], ..ASLEEP };
/// One relay and a stream that may be emptied.
const PURGED: Scope = Scope {
    commands: &[0],
    filling: Filling::ByRelays,
    relays: 1,
    faults: 1,
    mishaps: &[Mishap::Purge],
    ..Scope::SMALLEST
};
/// Two projectors.
const FOLDING: Scope =
    Scope { commands: &[0, 0], filling: Filling::InOneStep, projectors: 2, ..Scope::SMALLEST };

/// What goes wrong without a guard that is built; and, as a design, what it was taken from.
pub fn without(guard: Guard) -> Option<(Design, Case)> {
    let built = Design::as_built();
    let (design, scope, fault) = match guard {
        Guard::HeadLock => (built, Scope { commands: &[0, 1], ..RIVALS }, Fault::Breaks(Invariant::Dense)),
        Guard::CommandLookUp => {
            let one = Scope { commands: &[0], gateways: 1, faults: 1, ..RIVALS };
            (built, one, Fault::Breaks(Invariant::CommandOnce))
        }
        Guard::VersionCheck => (built, RIVALS, Fault::Breaks(Invariant::DecidedOnLast)),
        Guard::LaterStatement | Guard::UniqueKeys => (built, RIVALS, Fault::Breaks(Invariant::CommandOnce)),
        Guard::AppendEpoch => {
            (built, Scope { gateways: 2, ..FORGOTTEN }, Fault::Breaks(Invariant::DecidedOnLast))
        }
        Guard::Halt => (built.with(Guard::WindowComparison), LATE, Fault::Breaks(Invariant::HaltStands)),
        Guard::ComparedServer | Guard::FreshBatch => {
            (built, Scope { relays: 2, ..FORGETFUL }, Fault::Breaks(Invariant::OneHistory))
        }
        Guard::KnownEvents => (built, ASLEEP, Fault::Breaks(Invariant::ShownOnce)),
        Guard::ExpectedSequence => {
            let two = Scope { relays: 2, faults: 0, ..PURGED };
            (built, two, Fault::Breaks(Invariant::InPlace))
        }
        Guard::EndComparison => (built.with(Guard::WindowComparison), LATE, Fault::GetsStuck),
        Guard::StreamEpoch => {
            let restored = Scope { operator: Operator::ByTheBook, ..ASLEEP };
            (built, restored, Fault::Breaks(Invariant::OneEpoch))
        }
        Guard::LogEpoch => {
            let twice = Scope { failovers: 2, ..FORGETFUL };
            (built, twice, Fault::Breaks(Invariant::OneEpoch))
        }
        Guard::EmptyStream => (built, PURGED, Fault::GetsStuck),
        Guard::CheckpointPosition => (built, FOLDING, Fault::Breaks(Invariant::EffectOnce)),
        Guard::OneTransaction => {
            let one = Scope { projectors: 1, faults: 1, ..FOLDING };
            (built, one, Fault::Breaks(Invariant::EffectOnce))
        }
        Guard::MessageEpoch => {
            let restored = Scope { failovers: 1, projectors: 1, ..FOLDING };
            (built, restored, Fault::Breaks(Invariant::ViewIsFold))
        }
        Guard::Completion => {
            let purged = Scope { commands: &[0, 0], projectors: 1, ..PURGED };
            (built.with(Guard::BeginningComparison), purged, Fault::Breaks(Invariant::ViewIsFold))
        }
        Guard::LastSentAgain => {
            (built, Scope { relays: 2, window: 1, ..LATE }, Fault::Breaks(Invariant::OneHistory))
        }
        Guard::Generation => {
            let emptied = Scope { faults: 1, mishaps: &[Mishap::Reset], ..FOLDING };
            (built, emptied, Fault::Breaks(Invariant::ViewIsFold))
        }
        Guard::EpochNotedAnew => {
            let running = Scope {
                commands: &[0],
                projectors: 1,
                failovers: 1,
                operator: Operator::StopsNothing,
                ..FOLDING
            };
            (built, running, Fault::GetsStuck)
        }
        Guard::UnusedEpoch => {
            let twice = Scope { failovers: 2, operator: Operator::RestoresOldBackups, ..Scope::SMALLEST };
            (built, twice, Fault::Breaks(Invariant::ShownOnce))
        }
        Guard::WindowComparison | Guard::BeginningComparison | Guard::MessageIds => return None,
    };
    let mut case = Case::new(design.without(guard), scope, fault);
    case.flow.tolerated = tolerated_without(guard);
    Some((design, case))
}

/// What may be broken besides: it is no harm yet, or one that the guard is not there for.
fn tolerated_without(guard: Guard) -> &'static [Invariant] {
    match guard {
        // Between the two transactions the views are not what the checkpoint says; that is not yet the harm.
        Guard::OneTransaction => &[Invariant::ViewIsFold],
        // What was not published either, nobody knows of any more; that is another limit.
        Guard::ComparedServer | Guard::FreshBatch | Guard::LastSentAgain | Guard::LogEpoch => {
            &[Invariant::ShownOnce]
        }
        Guard::Halt | Guard::EndComparison => &[Invariant::OneHistory, Invariant::ShownOnce],
        _ => &[],
    }
}

/// The stream takes no message twice whose id it remembers. What it lost after it had stored it can then not be sent
/// again.
pub fn with_message_ids() -> Case {
    let scope = Scope { faults: 1, mishaps: &[Mishap::StreamLoss], ..PURGED };
    Case::new(Design::as_built().with(Guard::MessageIds), scope, Fault::GetsStuck)
}
