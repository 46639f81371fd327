//! Criminal handoffs 行刑衔接移送: what is said, stored and published of them.
//!
//! * [`state`]: where a suspect's lane stands, and what came out of it.
//! * [`act`]: every act on a handoff, with the name of its event.
//! * [`clock`]: the statutory clocks and their runs.
//! * [`said`]: what an act may say, in one shape for all.
//! * [`field`]: which of it each act says.
//! * [`lane`]: what holds after an event: parties, lanes, clocks, notices.
//! * [`body`]: the body of an event.
//! * [`document`]: the papers that the steps produce, and their numbers.

mod act;
mod body;
mod clock;
mod document;
mod field;
mod lane;
mod said;
mod state;

pub use act::HandoffAct;
pub use body::{HandoffBody, HandoffRef, Opening, Secrecy};
pub use clock::{HandoffClock, HandoffClockRun, HandoffPause};
pub use document::{DocumentKind, IssuedDocument, document_number, document_series};
pub use field::{Field, Need, fields};
pub use lane::{
    Carried, HandoffAfter, HandoffParties, JoinedOrigin, Lane, LaneFeedback, Notice, OpenConsultation,
    Reverse, Station,
};
pub use said::{
    Approval, ApproverPost, Attachment, DecisionKind, Goods, HandoffMaterial, MaterialKind, Milestone,
    Officer, Said, Suspect, SuspectKind, Verdict,
};
pub use state::{Direction, HandoffState, LaneOutcome};
