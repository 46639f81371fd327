//! What others have seen, and nobody can take back.

use super::log::Event;

/// What was told and shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Past {
    /// For each command the position that was answered; 0 while there was no answer.
    pub answered: Vec<u8>,
    /// The log as it was before each time it went back.
    pub former_logs: Vec<Vec<Event>>,
    /// What a reader may have seen at each position of each epoch; kept only where the log may go back.
    pub shown: Vec<(u8, Event)>,
}

impl Past {
    pub(super) fn new(commands: usize) -> Self {
        Self { answered: vec![0; commands], former_logs: Vec::new(), shown: Vec::new() }
    }

    /// Somebody may have seen an event under an epoch.
    pub(super) fn show(&mut self, epoch: u8, event: Event) {
        if let Err(place) = self.shown.binary_search(&(epoch, event)) {
            self.shown.insert(place, (epoch, event));
        }
    }
}
