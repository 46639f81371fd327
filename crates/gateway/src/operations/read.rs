//! Reads: transfers, matters, departments and routing.

pub(crate) mod clock;
pub(crate) mod departments;
pub(crate) mod matter;
pub(crate) mod routing;
pub(crate) mod rule_packs;
pub(crate) mod supervision_tasks;
pub(crate) mod transfer;
pub(crate) mod transfer_events;
pub(crate) mod transfers;
