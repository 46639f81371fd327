//! Give clocks the due moments that follow from the holiday calendar in force, as events.
//!
//! A calendar that this process has not looked through yet concerns every running clock of another one; after that
//! only the provisional ones, which every new year of holidays may make certain.

use crate::carry_out::carry_out_all;
use crate::memory::Memory;
use crate::step::{Candidate, Step};
use crate::{WatchConfig, WatchError};
use command::CommandError;
use contract::ids::TransferId;
use domain::transfer::clocks::Phase;
use domain::{Command, Rules, Transfer};

/// Transfers in one page.
const PAGE: i64 = 500;

/// Recalculates what another calendar moves; answers in how many transfers it moved something.
pub(crate) async fn recalculate(config: &WatchConfig, memory: &mut Memory) -> Result<u64, WatchError> {
    let rules = config.desk.rules();
    let calendar = rules.calendar().version();
    let only_provisional = memory.swept_calendar.as_deref() == Some(calendar);
    let (mut after, mut moved) = (None, 0);
    loop {
        let page = config.views.clocks_of_other_calendars(calendar, only_provisional, after, PAGE).await?;
        let mut candidates = Vec::new();
        for transfer in &page {
            candidates.extend(candidate(config, memory, &rules, *transfer).await?);
        }
        moved += carry_out_all(config, memory, candidates, (config.now)()).await?;
        after = page.last().copied();
        if i64::try_from(page.len()).is_ok_and(|found| found < PAGE) {
            memory.swept_calendar = Some(calendar.to_owned());
            return Ok(moved);
        }
    }
}

/// The command, unless the transfer was found to need none today.
async fn candidate(
    config: &WatchConfig,
    memory: &mut Memory,
    rules: &Rules,
    id: TransferId,
) -> Result<Option<Candidate>, WatchError> {
    let now = (config.now)();
    let calendar = rules.calendar().version();
    // The version of the transfer is known only once it is loaded, which is what shall not happen each round.
    let key = format!("{}/{id}/{calendar}", Step::Recalculate.route());
    if memory.holds(&key, now) {
        return Ok(None);
    }
    let transfer = match config.desk.transfer(id).await {
        Ok(found) => found,
        Err(error @ (CommandError::Log(_) | CommandError::NotAppended(_))) => return Err(error.into()),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(transfer = %id, error, "the watch cannot read a transfer to recalculate its clocks");
            None
        }
    };
    let Some(transfer) = transfer.filter(|transfer| !is_ahead(transfer, rules)) else {
        memory.leave_for_a_while(key, now);
        return Ok(None);
    };
    Ok(Some(Candidate {
        step: Step::Recalculate,
        name: format!("{id}/{calendar}/{}", transfer.version),
        key,
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
