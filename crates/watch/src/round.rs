//! One round: every clock that ran out becomes an event.

use crate::diagnosis::diagnose;
use crate::{WatchConfig, WatchError};
use command::{CommandError, Request, request_hash};
use contract::actor::Actor;
use contract::ids::CommandId;
use domain::transfer::commands::MissTimeLimit;
use domain::{Command, Refusal};
use futures_util::future::try_join_all;
use views::clock::DueClock;

/// Clocks in one page.
const PAGE: i64 = 500;
/// Commands under way at once, so that they share commits.
const AT_ONCE: usize = 32;
/// The name under which the watch acts.
const CALLER: &str = "casebus/watch";

/// Records every clock that ran out; answers how many were new.
pub(crate) async fn look_once(config: &WatchConfig) -> Result<u64, WatchError> {
    let now = (config.now)();
    let (mut cursor, mut missed) = (None, 0);
    loop {
        let page = config.views.due_clocks(now, cursor, PAGE).await?;
        for some in page.entries.chunks(AT_ONCE) {
            let recorded = try_join_all(some.iter().map(|due| record(config, due))).await?;
            missed += recorded.into_iter().map(u64::from).sum::<u64>();
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(missed),
        }
    }
}

/// Records one clock; `false` when the log knows better than the read model, or another watch was first.
async fn record(config: &WatchConfig, due: &DueClock) -> Result<bool, WatchError> {
    let clock = &due.clock;
    let run = format!("{}/{}/{}", clock.transfer_id, clock.code, clock.run);
    let route = "time-limit.missed";
    let request = Request {
        id: CommandId::derive(CALLER, route, &run),
        hash: request_hash(route, run.as_bytes()),
        actor: Actor::System("watch"),
        by: clock.owner.clone(),
        now: (config.now)(),
        expected_version: None,
    };
    let cause = diagnose(config, due).await;
    let command = Command::MissTimeLimit(MissTimeLimit { code: clock.code, run: clock.run, cause });
    match config.desk.act(&request, clock.transfer_id, &command).await {
        Ok(done) => {
            if !done.repeated {
                let (transfer, code) = (clock.transfer_id, clock.code);
                tracing::debug!(%transfer, %code, %cause, "a time limit was missed");
            }
            Ok(!done.repeated)
        }
        Err(CommandError::Refused(Refusal::ClockNotMissed) | CommandError::Busy) => Ok(false),
        Err(error @ (CommandError::Log(_) | CommandError::NotAppended(_))) => Err(error.into()),
        // One transfer that cannot be read must not keep the others from being watched.
        Err(error) => {
            let (transfer, code) = (clock.transfer_id, clock.code);
            tracing::error!(%transfer, %code, error = &error as &dyn std::error::Error, "a missed time limit is not recorded");
            Ok(false)
        }
    }
}
