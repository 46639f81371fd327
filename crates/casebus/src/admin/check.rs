//! Findings of checks: each one line, with the way out where something is wrong.

use crate::failure;
use crate::terminal::say;
use std::process::ExitCode;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Ok,
    Warn,
    Fail,
}

/// The same, said in English and in Chinese.
pub(super) type Said<English, Chinese> = (English, Chinese);

/// Where something stays behind the log.
pub(super) const PROJECTOR: Said<&str, &str> =
    ("see whether the projector runs, and what it logs", "请检查 projector 是否在运行及其日志");
pub(super) const RELAY: Said<&str, &str> =
    ("see whether the relay runs, and what it logs", "请检查 relay 是否在运行及其日志");
/// Where something is not what the log says.
pub(super) const NEW_EPOCH: Said<&str, &str> =
    ("stop everything, then run `casebus log new-epoch`", "请停止所有服务，然后运行 `casebus log new-epoch`");

/// What was found so far.
#[derive(Default)]
pub(super) struct Findings {
    failed: bool,
}

impl Findings {
    /// All is well with it.
    pub(super) fn ok(&mut self, (english, chinese): Said<impl AsRef<str>, impl AsRef<str>>) {
        self.tell(Level::Ok, &format!("{} {}", english.as_ref(), chinese.as_ref()));
    }

    /// It works, but should be looked after.
    pub(super) fn warn(&mut self, what: Said<impl AsRef<str>, impl AsRef<str>>, way_out: Said<&str, &str>) {
        self.tell(Level::Warn, &with_way_out(what, way_out));
    }

    /// It does not work.
    pub(super) fn fail(&mut self, what: Said<impl AsRef<str>, impl AsRef<str>>, way_out: Said<&str, &str>) {
        self.tell(Level::Fail, &with_way_out(what, way_out));
    }

    /// It does not work, for a reason that names the way out itself.
    pub(super) fn fail_with(&mut self, error: &anyhow::Error) {
        let failure = failure::of(error);
        let (english, chinese) = failure.in_both();
        self.tell(Level::Fail, &format!("{english} {chinese}"));
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

fn with_way_out(
    (english, chinese): Said<impl AsRef<str>, impl AsRef<str>>,
    (way_out, in_chinese): Said<&str, &str>,
) -> String {
    format!("{}: {way_out} {}：{in_chinese}", english.as_ref(), chinese.as_ref())
}
