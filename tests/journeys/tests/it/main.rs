//! Journeys across the system, over HTTP and NATS only, in business words.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod back_again;
mod clue_to_closure;
mod handed_to_police;
mod handoff;
mod incomplete_file;
mod insurance_fraud;
mod joint_work;
mod jurisdiction;
mod nobody_answers;
mod non_filing_fought;
mod pdf;
mod police_silent;
mod provincial_list;
mod sealed_clue;
mod signed_then_silence;
mod silence;
mod story;
mod task_to_three;
mod trace;
