//! The rules: who may do what with a transfer, what follows, and which clocks run. Pure: no I/O, no clock of its
//! own, no randomness.
//!
//! * [`registry`]: departments, their governments and offices, and the responsibility matrix.
//! * [`calendar`], [`period`], [`counting`], [`civil`]: working days and due moments in Asia/Shanghai civil time.
//! * [`rule_pack`], [`rules`]: time limits as versioned data.
//! * [`transfer`]: the state of a transfer, its clocks, and the acts that move it.
//! * [`dispute`], [`feedback`]: acts on the jurisdiction and on the answer.
//! * [`time_limit`]: acts on clocks: pause, extend, explain, warn, miss.
//! * [`supervision`]: the ladder of urging, and supervision tasks.
//! * [`assistance`]: help from other departments, and joint handling.
//! * [`handoff`]: the criminal handoff: its table of transitions, its guards, its clocks.
//! * [`scorecard`]: how fast departments meet their duties, in numbers.
//! * [`command`]: all acts in one list, and [`command::decide`].

pub mod assistance;
pub mod calendar;
pub mod civil;
pub mod command;
pub mod counting;
pub mod course;
pub mod dispute;
pub mod feedback;
pub mod handoff;
pub mod period;
pub mod refusal;
pub mod registry;
pub mod rule_pack;
pub mod rules;
pub mod scorecard;
pub mod supervision;
pub mod time_limit;
pub mod transfer;

pub use command::{Command, decide};
pub use course::{Decision, Draft};
pub use refusal::Refusal;
pub use rules::Rules;
pub use transfer::Transfer;
