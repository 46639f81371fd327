//! Give the clocks of criminal handoffs the due moments that follow from the holiday calendar in force, as events.
//!
//! All handoffs are gone through for each calendar. A pass that a round could not end is gone on with in the next
//! round; one that left something to be tried again is gone through again, and every one after an hour and then once a
//! day: another process may go on counting by the former calendar for a while.

use crate::carry_out::{Outcome, note};
use crate::handoffs::{carry_out, failed};
use crate::memory::{Memory, Pass, Swept};
use crate::step::Step;
use crate::{WatchConfig, WatchError, read_model};
use contract::ids::HandoffId;
use domain::Rules;
use domain::handoff::recalculation;

/// Handoffs in one page.
const PAGE: i64 = 200;

/// Recalculates what another calendar moves; answers in how many handoffs it moved something.
pub(crate) async fn recalculate(config: &WatchConfig, memory: &mut Memory) -> Result<u64, WatchError> {
    let rules = config.desk.rules();
    let calendar = rules.calendar().version();
    if Swept::holds(&mut memory.swept_for_handoffs, calendar, (config.now)()) {
        return Ok(0);
    }
    if memory.handoff_pass.calendar != calendar {
        let is_settled = read_model::has_reached_head(config).await?;
        memory.handoff_pass = Pass::begin(calendar, is_settled);
    }
    let mut moved = 0;
    loop {
        let page = config.views.running_handoffs(memory.handoff_pass.after, PAGE).await?;
        for id in &page {
            let key = format!("{}/{id}/{calendar}", Step::RecalculateHandoffs.route());
            let now = (config.now)();
            if memory.holds(&key, now) {
                memory.handoff_pass.is_settled &= memory.has_settled(&key);
            } else {
                let outcome = recalculate_one(config, &rules, *id).await?;
                moved += u64::from(outcome == Outcome::Done);
                memory.handoff_pass.is_settled &= outcome.is_settled();
                note(memory, Step::RecalculateHandoffs, key, &outcome, now);
            }
            memory.handoff_pass.after = Some(*id);
        }
        if i64::try_from(page.len()).is_ok_and(|found| found < PAGE) {
            let pass = std::mem::take(&mut memory.handoff_pass);
            if pass.is_settled {
                Swept::note(&mut memory.swept_for_handoffs, &pass.calendar, (config.now)());
            }
            return Ok(moved);
        }
    }
}

async fn recalculate_one(config: &WatchConfig, rules: &Rules, id: HandoffId) -> Result<Outcome, WatchError> {
    let handoff = match config.desk.handoff(id).await {
        Ok(Some(handoff)) => handoff,
        Ok(None) => return Ok(Outcome::NotNow),
        Err(error) => return failed(id, error),
    };
    if rules.pack(&handoff.opening.rule_pack).is_err() {
        return Ok(Outcome::UnknownRulePack(handoff.opening.rule_pack));
    }
    let now = (config.now)();
    let Some(action) = recalculation(&handoff, now, rules) else { return Ok(Outcome::NotNow) };
    let name = format!("recalculated/{}/{}", rules.calendar().version(), handoff.version);
    carry_out(config, &handoff, &name, &action, now).await
}
