//! Record the clocks that ran out, with the cause.

use crate::carry_out::carry_out_all;
use crate::consumers::Consumers;
use crate::diagnosis::diagnose;
use crate::memory::Memory;
use crate::step::{Candidate, Step};
use crate::{WatchConfig, WatchError};
use domain::Command;
use domain::time_limit::commands::MissTimeLimit;
use futures_util::future::join_all;
use views::clock::DueClock;

/// Clocks in one page.
const PAGE: i64 = 500;
/// Causes that are asked for at once.
const AT_ONCE: usize = 32;

/// Records every clock that ran out; answers how many were new.
pub(crate) async fn record_missed(
    config: &WatchConfig,
    memory: &mut Memory,
    consumers: &mut Consumers,
) -> Result<u64, WatchError> {
    let now = (config.now)();
    let (mut cursor, mut missed) = (None, 0);
    let mut is_first = true;
    loop {
        let page = config.views.due_clocks(now, cursor, PAGE).await?;
        if is_first && (consumers.are_untried() || !page.entries.is_empty()) {
            consumers.begin_round().await;
            is_first = false;
        }
        let consumers = &*consumers;
        // What is asked is recorded before more is asked: a step has only so much time.
        for some in page.entries.chunks(AT_ONCE) {
            let candidates = join_all(some.iter().map(|due| candidate(config, consumers, due))).await;
            missed += carry_out_all(config, memory, candidates, (config.now)()).await?.done;
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(missed),
        }
    }
}

async fn candidate(config: &WatchConfig, consumers: &Consumers, due: &DueClock) -> Candidate {
    let clock = &due.clock;
    let cause = diagnose(config, consumers, due).await;
    let command = MissTimeLimit { code: clock.code, run: clock.run, cause };
    Candidate::of_clock(Step::Miss, clock, "", Command::MissTimeLimit(command))
}
