//! Journeys across the system, over HTTP and NATS only, in business words.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod clue_to_closure;
mod handoff;
mod incomplete_file;
mod insurance_fraud;
mod joint_work;
mod jurisdiction;
mod nobody_answers;
mod pdf;
mod provincial_list;
mod signed_then_silence;
mod silence;
mod story;
mod task_to_three;
