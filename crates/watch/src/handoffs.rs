//! What is due by itself in criminal handoffs: clocks that ran out are recorded, rights that were not used lapse.

use crate::carry_out::Outcome;
use crate::memory::Memory;
use crate::{WatchConfig, WatchError};
use chrono::{DateTime, Utc};
use command::{CommandError, Request, request_hash};
use contract::actor::Actor;
use contract::ids::{CommandId, HandoffId};
use domain::handoff::{Handoff, HandoffAction, HandoffRefusal, due};
use domain::registry::Registry;

/// Handoffs in one page.
const PAGE: i64 = 200;
/// The name under which the watch acts.
const CALLER: &str = "casebus/watch";
/// The route of its acts on handoffs.
const ROUTE: &str = "criminal-handoff.due";

/// Takes what is due in every handoff; answers how many acts took effect now.
pub(crate) async fn look_at_handoffs(config: &WatchConfig, memory: &mut Memory) -> Result<u64, WatchError> {
    let now = (config.now)();
    let (mut cursor, mut taken) = (None, 0);
    loop {
        let page = config.views.handoffs_due(now, cursor, PAGE).await?;
        for due in &page.entries {
            // What only prompts somebody else stays past its moment: it is looked at again when the handoff moves.
            let key = format!("{ROUTE}/{}/{}", due.id, due.version);
            if !memory.holds(&key, now) {
                let done = look_at(config, due.id, now).await?;
                taken += done;
                if done == 0 {
                    memory.leave_for_a_while(key, now);
                }
            }
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(taken),
        }
    }
}

async fn look_at(config: &WatchConfig, id: HandoffId, now: DateTime<Utc>) -> Result<u64, WatchError> {
    let handoff = match config.desk.handoff(id).await {
        Ok(Some(handoff)) => handoff,
        Ok(None) => return Ok(0),
        Err(error) => return failed(id, error).map(|_| 0),
    };
    let rules = config.desk.rules();
    let Ok(pack) = rules.pack(&handoff.opening.rule_pack) else {
        tracing::warn!(%id, rule_pack = handoff.opening.rule_pack, "the watch does not know a rule pack and waits for it");
        return Ok(0);
    };
    let mut taken = 0;
    for (name, action) in due(&handoff, now, &pack.criminal) {
        taken += u64::from(carry_out(config, &handoff, &name, &action, now).await? == Outcome::Done);
    }
    Ok(taken)
}

/// Carries out one act on a handoff.
pub(crate) async fn carry_out(
    config: &WatchConfig,
    handoff: &Handoff,
    name: &str,
    action: &HandoffAction,
    now: DateTime<Utc>,
) -> Result<Outcome, WatchError> {
    let id = handoff.reference.id;
    let name = format!("{id}/{name}");
    let request = Request {
        id: CommandId::derive(CALLER, ROUTE, &name),
        hash: request_hash(ROUTE, name.as_bytes()),
        actor: Actor::System("watch"),
        by: handoff.reference.from.clone(),
        now,
        expected_version: None,
        traceparent: None,
    };
    match config.desk.act_on_handoff(&request, id, action, true, &Registry::default()).await {
        Ok(done) if done.repeated => Ok(Outcome::NotNow),
        Ok(_) => Ok(Outcome::Done),
        Err(CommandError::Busy) => Ok(Outcome::Busy),
        Err(CommandError::HandoffRefused(HandoffRefusal::UnknownRulePack(pack))) => {
            Ok(Outcome::UnknownRulePack(pack))
        }
        // The log knows better than the read model.
        Err(CommandError::HandoffRefused(_)) => Ok(Outcome::NotNow),
        Err(error) => failed(id, error),
    }
}

/// One handoff that cannot be read must not keep the others from being watched; trouble with the log ends the step.
pub(crate) fn failed(id: HandoffId, error: CommandError) -> Result<Outcome, WatchError> {
    if error.is_of_the_log() {
        return Err(error.into());
    }
    let error = &error as &dyn std::error::Error;
    tracing::error!(%id, error, "the watch could not act on a criminal handoff");
    Ok(Outcome::Failed)
}
