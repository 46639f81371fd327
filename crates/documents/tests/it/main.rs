//! What the printed papers promise, shown on real files with the tools of poppler.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod fonts;
mod layout;
mod literal;
mod papers;
mod printed;
