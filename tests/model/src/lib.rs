//! A model of the flow from command to view, small enough that every order of its steps can be tried.
//!
//! * [`explorer`]: visits every state that a model can reach, breadth first, and answers with the shortest list of steps
//!   to a state that breaks an invariant, or to one from which the system cannot come to rest any more.
//! * [`flow`]: gateways, log, relays, `JetStream`, projectors and the operator, as they are built, one file each. Each of its
//!   guards can be taken away.
//! * [`wrong`]: designs that are known to be wrong, of which the explorer must say what is wrong with them.
//! * [`scopes`]: how many of everything there are in one exploration.
//!
//! The tests explore small scopes; `cargo run --release -p model -- --deep` explores larger ones.

pub mod explorer;
pub mod flow;
pub mod scopes;
pub mod wrong;
