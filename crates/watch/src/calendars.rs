//! Give clocks the due moments that follow from the holiday calendar in force, as events.
//!
//! A calendar that this process has not looked through yet concerns every running clock of another one; after that
//! only the provisional ones, which every new year of holidays may make certain. A pass that a round could not end is gone on
//! with in the next one. The calendar is looked through once a pass had the whole log before it and left nothing to be tried
//! again; until then one pass follows the other. It counts as looked through for an hour, and from the second time on for a
//! day: another process may go on counting by the former calendar for a while.

use crate::carry_out::{AT_ONCE, Outcomes, carry_out_all};
use crate::memory::{Memory, Pass, Swept};
use crate::step::{Candidate, Step};
use crate::{WatchConfig, WatchError, read_model};
use contract::ids::TransferId;
use domain::transfer::clocks::Phase;
use domain::{Command, Rules, Transfer};

/// Transfers in one page, of which only ids are read: each page looks at all clocks that run, so there are few pages.
const PAGE: i64 = 20_000;

/// Recalculates what another calendar moves; answers in how many transfers it moved something.
pub(crate) async fn recalculate(config: &WatchConfig, memory: &mut Memory) -> Result<u64, WatchError> {
    let rules = config.desk.rules();
    let calendar = rules.calendar().version();
    if Swept::holds(&mut memory.swept_calendar, calendar, (config.now)()) {
        // What stays uncertain is little, and is looked through in one round.
        memory.transfer_pass = Pass::default();
        return look_through(config, memory, &rules, true).await;
    }
    if memory.transfer_pass.calendar != calendar {
        let is_settled = read_model::has_reached_head(config).await?;
        memory.transfer_pass = Pass::begin(calendar, is_settled);
    }
    let moved = look_through(config, memory, &rules, false).await?;
    let pass = std::mem::take(&mut memory.transfer_pass);
    if pass.is_settled {
        Swept::note(&mut memory.swept_calendar, &pass.calendar, (config.now)());
    }
    Ok(moved)
}

/// Goes on with the pass to its end; answers in how many transfers something moved.
async fn look_through(
    config: &WatchConfig,
    memory: &mut Memory,
    rules: &Rules,
    only_provisional: bool,
) -> Result<u64, WatchError> {
    let calendar = rules.calendar().version();
    let mut moved = 0;
    loop {
        let after = memory.transfer_pass.after;
        let page = config.views.clocks_of_other_calendars(calendar, only_provisional, after, PAGE).await?;
        for some in page.chunks(AT_ONCE) {
            let outcomes = recalculate_some(config, memory, rules, some).await?;
            moved += outcomes.done;
            memory.transfer_pass.is_settled &= outcomes.are_settled;
            memory.transfer_pass.after = some.last().copied();
        }
        if i64::try_from(page.len()).is_ok_and(|found| found < PAGE) {
            memory.transfer_pass.after = None;
            return Ok(moved);
        }
    }
}

async fn recalculate_some(
    config: &WatchConfig,
    memory: &mut Memory,
    rules: &Rules,
    transfers: &[TransferId],
) -> Result<Outcomes, WatchError> {
    let calendar = rules.calendar().version();
    let mut candidates = Vec::new();
    let mut are_settled = true;
    for id in transfers {
        // The version of the transfer is known only once it is loaded, which is what shall not happen each round.
        let key = format!("{}/{id}/{calendar}", Step::Recalculate.route());
        let now = (config.now)();
        if memory.holds(&key, now) {
            are_settled &= memory.has_settled(&key);
        } else if let Some(candidate) = candidate(config, rules, *id, &key).await? {
            candidates.push(candidate);
        } else {
            memory.leave_for_a_while(key, now);
            are_settled = false;
        }
    }
    let outcomes = carry_out_all(config, memory, candidates, (config.now)()).await?;
    Ok(Outcomes { are_settled: are_settled && outcomes.are_settled, ..outcomes })
}

/// The command, unless the transfer cannot be read or is ahead of the rules that this process knows.
async fn candidate(
    config: &WatchConfig,
    rules: &Rules,
    id: TransferId,
    key: &str,
) -> Result<Option<Candidate>, WatchError> {
    let transfer = match config.desk.transfer(id).await {
        Ok(found) => found,
        Err(error) if error.is_of_the_log() => return Err(error.into()),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(transfer = %id, error, "the watch cannot read a transfer to recalculate its clocks");
            None
        }
    };
    let Some(transfer) = transfer.filter(|transfer| !is_ahead(transfer, rules)) else {
        return Ok(None);
    };
    Ok(Some(Candidate {
        step: Step::Recalculate,
        name: format!("{id}/{}/{}", rules.calendar().version(), transfer.version),
        key: key.to_owned(),
        transfer: id,
        by: transfer.reference.to,
        command: Command::RecalculateClocks,
        waits_for_quiet_hours: Step::Recalculate.waits_for_quiet_hours(),
    }))
}

/// Whether a clock was counted by a calendar that this process does not know yet: that one is newer than ours.
fn is_ahead(transfer: &Transfer, rules: &Rules) -> bool {
    let running = transfer.clocks.iter().filter(|clock| clock.phase == Phase::Running);
    let mut calendars = running.filter_map(|clock| clock.calendar.as_deref());
    calendars.any(|calendar| rules.calendar_of(calendar).version() != calendar)
}
