//! The criminal handoff 行刑衔接: the statutory road from agency to police, procuratorate and court, and back.
//!
//! * [`table`]: every transition, row by row, with its article. Nothing else is allowed.
//! * [`guard`]: what an act must fulfil beyond its turn.
//! * [`decide`]: an act against table and guards: its events, or why not.
//! * [`due()`]: what is due by itself.
//! * [`open`]: how a handoff begins.
//! * [`effect`]: what an event does, from nothing but the event and the rules.
//! * [`clocks`]: the statutory clocks.
//! * [`state`], [`role`], [`refusal`], [`article`]: a handoff as it stands, who is who, why not, and by which article.

pub mod article;
pub mod clocks;
pub mod decide;
mod due;
pub mod effect;
pub mod guard;
pub mod join;
pub mod open;
pub mod refusal;
pub mod role;
pub mod state;
pub mod table;

pub use article::Article;
pub use decide::{HandoffAction, HandoffDecision, HandoffDraft, LANES_MAX, allowed_acts, decide};
pub use due::{due, recalculation};
pub use guard::Guard;
pub use open::{OpenHandoff, open};
pub use refusal::HandoffRefusal;
pub use role::Role;
pub use state::Handoff;
