//! Acts on the clocks of a transfer: pause and resume, extend, say why something was late, warn, record as missed.

pub mod commands;
