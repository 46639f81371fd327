//! One command of the watch, and what came of it.

use crate::memory::Memory;
use crate::step::{Candidate, Step};
use crate::{WatchConfig, WatchError};
use chrono::{DateTime, Utc};
use command::{CommandError, Request, request_hash};
use contract::actor::Actor;
use contract::ids::CommandId;
use domain::Refusal;
use futures_util::future::try_join_all;

/// Commands under way at once, so that they share commits.
pub(crate) const AT_ONCE: usize = 32;
/// The name under which the watch acts.
const CALLER: &str = "casebus/watch";

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It took effect now.
    Done,
    /// It took effect before, or the log knows better than the read model.
    NotNow,
    /// The transfer changed again and again; the next round tries again.
    Busy,
    /// This process does not know the rule pack of the transfer, which may have been published a moment ago: the
    /// next round tries again.
    UnknownRulePack(String),
    /// It failed for this transfer only.
    Failed,
}

impl Outcome {
    /// Whether there is nothing to try again.
    pub(crate) const fn is_settled(&self) -> bool {
        match self {
            Self::Done | Self::NotNow => true,
            Self::Busy | Self::UnknownRulePack(_) | Self::Failed => false,
        }
    }
}

/// What came of several commands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcomes {
    /// How many took effect now.
    pub(crate) done: u64,
    /// Whether there is nothing to try again.
    pub(crate) are_settled: bool,
}

/// Carries out candidates that are not to be left alone.
pub(crate) async fn carry_out_all(
    config: &WatchConfig,
    memory: &mut Memory,
    mut candidates: Vec<Candidate>,
    now: DateTime<Utc>,
) -> Result<Outcomes, WatchError> {
    candidates.retain(|candidate| !memory.holds(&candidate.key, now));
    let mut all = Outcomes { done: 0, are_settled: true };
    for some in candidates.chunks(AT_ONCE) {
        let outcomes = try_join_all(some.iter().map(|candidate| carry_out(config, candidate, now))).await?;
        for (candidate, outcome) in some.iter().zip(outcomes) {
            all.done += u64::from(outcome == Outcome::Done);
            all.are_settled &= outcome.is_settled();
            note(memory, candidate.step, candidate.key.clone(), &outcome, now);
        }
    }
    Ok(all)
}

/// Remembers what is not to be tried again at once.
pub(crate) fn note(memory: &mut Memory, step: Step, key: String, outcome: &Outcome, now: DateTime<Utc>) {
    match outcome {
        // The read model lists it until it has seen the event, and not again after that.
        Outcome::Done | Outcome::Busy => {}
        Outcome::NotNow if memory.is_sweeping(step, now) => memory.leave_until_swept_again(key, now),
        Outcome::NotNow => memory.leave_for_today(key, now),
        Outcome::Failed => memory.leave_for_a_while(key, now),
        Outcome::UnknownRulePack(pack) => tell_once(memory, pack, now),
    }
}

/// Says that a rule pack is missing: once in a while for all transfers under it.
fn tell_once(memory: &mut Memory, rule_pack: &str, now: DateTime<Utc>) {
    let key = format!("rule-pack/{rule_pack}");
    if !memory.holds(&key, now) {
        tracing::warn!(rule_pack, "the watch does not know a rule pack and waits for it with its transfers");
        memory.leave_for_a_while(key, now);
    }
}

async fn carry_out(
    config: &WatchConfig,
    candidate: &Candidate,
    now: DateTime<Utc>,
) -> Result<Outcome, WatchError> {
    let Candidate { step, name, transfer, .. } = candidate;
    let (step, route) = (*step, step.route());
    let request = Request {
        id: CommandId::derive(CALLER, route, name),
        hash: request_hash(route, name.as_bytes()),
        actor: Actor::System("watch"),
        by: candidate.by.clone(),
        now,
        expected_version: None,
        traceparent: None,
    };
    match config.desk.act(&request, *transfer, &candidate.command).await {
        Ok(done) if done.repeated => Ok(Outcome::NotNow),
        Ok(_) => {
            tracing::debug!(%transfer, step = route, command = ?candidate.command, "the watch has acted");
            Ok(Outcome::Done)
        }
        Err(CommandError::Busy) => Ok(Outcome::Busy),
        Err(CommandError::Refused(Refusal::UnknownRulePack(pack))) => Ok(Outcome::UnknownRulePack(pack)),
        Err(CommandError::Refused(refusal)) if is_not_now(&refusal) => Ok(Outcome::NotNow),
        Err(error) if error.is_of_the_log() => Err(error.into()),
        // One transfer that cannot be read must not keep the others from being watched.
        Err(error) => {
            let (code, error) = (refusal_code(&error), &error as &dyn std::error::Error);
            tracing::error!(%transfer, step = ?step, refused = code, error, "the watch could not act on a transfer");
            Ok(Outcome::Failed)
        }
    }
}

/// Whether the rules say that the step is not due, or was taken.
fn is_not_now(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::ClockNotMissed | Refusal::StepNotDue | Refusal::NotSuspended | Refusal::NothingToRecalculate
    )
}

fn refusal_code(error: &CommandError) -> Option<&'static str> {
    if let CommandError::Refused(refusal) = error { Some(refusal.code().code()) } else { None }
}
