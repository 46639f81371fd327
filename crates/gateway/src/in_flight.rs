//! The commands that this gateway is carrying out, so that a repeat does not run beside its first.

use contract::ids::CommandId;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The commands under way. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct InFlight(Arc<Mutex<HashSet<CommandId>>>);

/// Keeps a command under way until it is dropped.
pub(crate) struct Underway {
    commands: InFlight,
    id: CommandId,
}

impl InFlight {
    /// Begins a command; `None` when it is under way already.
    pub(crate) fn begin(&self, id: CommandId) -> Option<Underway> {
        self.lock().insert(id).then(|| Underway { commands: self.clone(), id })
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<CommandId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.commands.lock().remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_under_way_until_its_guard_is_dropped() {
        let commands = InFlight::default();
        let id = CommandId::fresh();
        let first = commands.begin(id);
        assert!(first.is_some() && commands.begin(id).is_none());
        drop(first);
        assert!(commands.begin(id).is_some());
    }
}
