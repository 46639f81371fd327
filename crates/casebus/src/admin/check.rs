//! Findings of checks: each one line, with the way out where something is wrong.

use crate::terminal::say;
use std::process::ExitCode;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Ok,
    Warn,
    Fail,
}

/// What was found so far.
#[derive(Default)]
pub(super) struct Findings {
    failed: bool,
}

impl Findings {
    /// All is well with it.
    pub(super) fn ok(&mut self, what: impl AsRef<str>) {
        self.tell(Level::Ok, what.as_ref());
    }

    /// It works, but should be looked after.
    pub(super) fn warn(&mut self, what: impl AsRef<str>, way_out: &str) {
        self.tell(Level::Warn, &format!("{}: {way_out}", what.as_ref()));
    }

    /// It does not work.
    pub(super) fn fail(&mut self, what: impl AsRef<str>, way_out: &str) {
        self.tell(Level::Fail, &format!("{}: {way_out}", what.as_ref()));
    }

    fn tell(&mut self, level: Level, text: &str) {
        self.failed |= level == Level::Fail;
        let word = match level {
            Level::Ok => "ok  ",
            Level::Warn => "warn",
            Level::Fail => "fail",
        };
        say(format!("{word}  {text}"));
    }

    /// Success unless something failed.
    pub(super) fn code(&self) -> ExitCode {
        if self.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}
