//! The script of one transfer: what is sent, and what happens when.

use super::act::Act;
use chrono::{DateTime, Utc};
use contract::event::OutcomeCode;
use contract::ids::DepartmentId;
use contract::uscc::Uscc;
use domain::transfer::commands::SendTransfer;
use std::collections::BTreeMap;

/// The script of one transfer and of what grows from it.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// A name of its own, from which its ids are derived.
    pub(crate) name: String,
    /// When it is sent.
    pub(crate) sent_at: DateTime<Utc>,
    /// What is sent, without its subjects.
    pub(crate) send: SendTransfer,
    /// What is sent in one command with it, itself among it.
    pub(crate) together: Option<Together>,
    /// The organisation it is about.
    pub(crate) organisation: Option<(String, Option<Uscc>)>,
    /// The person it is about, to be sealed.
    pub(crate) person: Option<String>,
    /// The department that a dispute or a return names.
    pub(crate) other: Option<DepartmentId>,
    /// What a request for a supplement names.
    pub(crate) missing: Vec<String>,
    /// What comes out.
    pub(crate) outcome: OutcomeCode,
    /// What is said with an act.
    pub(crate) texts: BTreeMap<Act, String>,
    /// What happens, in order of time.
    pub(crate) steps: Vec<(DateTime<Utc>, Act)>,
}

/// Transfers of one matter that one command sends; each of them has a script.
#[derive(Clone, Debug)]
pub(crate) struct Together {
    /// A name of its own, from which the id of the command is derived.
    pub(crate) name: String,
    /// All of them, with their ids.
    pub(crate) commands: Vec<SendTransfer>,
}

impl Script {
    /// What is said with an act.
    pub(crate) fn text(&self, act: Act) -> String {
        self.texts.get(&act).cloned().unwrap_or_else(|| "按程序办理。".to_owned())
    }

    /// When a step happens; step 0 is the sending.
    pub(crate) fn moment(&self, step: usize) -> Option<DateTime<Utc>> {
        match step {
            0 => Some(self.sent_at),
            step => self.steps.get(step - 1).map(|(at, _)| *at),
        }
    }
}
