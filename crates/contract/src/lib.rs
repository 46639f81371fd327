//! The words that every other crate speaks: ids, event types, the envelope in which events travel, bus
//! subjects, problem codes and the sentences for them. No I/O.
//!
//! * [`ids`]: transfers, matters, events, commands, departments.
//! * [`kind`], [`state`], [`clock`]: the vocabulary of a transfer's life.
//! * [`event`]: what happened, as it is stored, hashed and published.
//! * [`handoff`]: the criminal handoff, its acts, states, clocks and papers.
//! * [`cloud_event`], [`subject`], [`async_api`]: how an event travels on the bus.
//! * [`scorecard`]: what is kept of a transfer to measure how fast its duties are met.
//! * [`sealed`]: personal data, which travels only encrypted.
//! * [`uscc`]: unified social credit codes (GB 32100).
//! * [`traceparent`]: the trace to which a request and its events belong.
//! * [`limits`]: how long a text may be.
//! * [`problem`], [`text`]: every error code and its sentence in zh-CN and en.

pub mod action;
pub mod actor;
pub mod async_api;
pub mod clock;
pub mod cloud_event;
pub mod event;
pub mod handoff;
pub mod ids;
pub mod kind;
pub mod limits;
pub mod number;
pub mod problem;
pub mod scorecard;
pub mod sealed;
pub mod state;
pub mod subject;
pub mod text;
pub mod traceparent;
pub mod uscc;
