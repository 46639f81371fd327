//! Faults under load: stories over `casebus up`, a few random schedules over separate processes, and a checker that
//! is itself checked.

mod checker;
mod random;
mod up;
