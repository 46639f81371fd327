//! Ask for more time 申请延期, before the clock runs out.

use crate::civil;
use crate::command::Act;
use crate::course::Decision;
use crate::period::Unit;
use crate::refusal::Refusal;
use crate::transfer::clocks::{Clock, Phase};
use chrono::{Days, NaiveDate};
use contract::clock::ClockCode;
use contract::event::{ExtensionRequested, TransferEvent};

/// How far ahead a day lies at most that is asked for by name.
const FURTHEST_DAYS: Days = Days::new(366);

/// Ask for more time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestExtension {
    /// For which clock.
    pub code: ClockCode,
    /// Why.
    pub reason: String,
    /// The day to which it shall run, where the clock counts no days.
    pub until: Option<NaiveDate>,
}

impl RequestExtension {
    pub(crate) fn decide(&self, act: &Act<'_>) -> Result<Decision, Refusal> {
        let code = self.code;
        let pack = act.rules.pack(&act.transfer.sent.rule_pack)?;
        // While it stands still there is nothing to extend: what it will be due depends on the pause.
        let is_his = |clock: &&Clock| clock.owner == *act.by && clock.phase == Phase::Running;
        let clock = act.transfer.open_clock(code).filter(is_his);
        let clock = clock.ok_or(Refusal::ClockNotRunning { code })?;
        let rule = pack.clock(code).ok_or(Refusal::ClockNotRunning { code })?;
        let extension = rule.extension.ok_or(Refusal::NotExtendable { code })?;
        if let Some(due_at) = clock.last_due_at.filter(|_| clock.ran_out(act.now)) {
            return Err(Refusal::ExtensionAfterExpiry { code, due_at });
        }
        let granted = clock.extensions_asked;
        if granted >= extension.times {
            return Err(Refusal::ExtensionsUsedUp { code, times: extension.times });
        }
        if (rule.period.unit == Unit::OwnDates) != self.until.is_some() {
            return Err(Refusal::ExtensionDay { code });
        }
        let current = clock.due_at.map(civil::last_day_before);
        let furthest = civil::day_of(act.now) + FURTHEST_DAYS;
        let fits = |until, current| current < until && until <= furthest;
        if self.until.zip(current).is_some_and(|(until, current)| !fits(until, current)) {
            return Err(Refusal::ExtensionDay { code });
        }
        let requested = ExtensionRequested {
            code,
            run: clock.run,
            owner: clock.owner.clone(),
            reason: self.reason.clone(),
            ordinal: granted + 1,
            until: self.until,
        };
        Ok(act.course()?.happen(TransferEvent::ExtensionRequested(requested)).decided())
    }
}
