//! Journeys across the system, over HTTP and NATS only, in business words.

mod clue_to_closure;
mod jurisdiction;
mod silence;
