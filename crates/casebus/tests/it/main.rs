//! The binary as its user meets it: one demonstration that lives through everything, and starts that are refused.

#![expect(clippy::unwrap_used, reason = "tests panic on failure")]

mod demonstration;
mod halted;
mod imports;
mod keys;
mod refused_starts;
mod rules;
mod single_services;
mod site;
mod support;
mod verify;
mod views;
