//! What is due by itself in criminal handoffs: clocks that ran out are recorded, rights that were not used lapse.

use crate::memory::Memory;
use crate::{WatchConfig, WatchError};
use chrono::{DateTime, Utc};
use command::{CommandError, Request, request_hash};
use contract::actor::Actor;
use contract::ids::{CommandId, HandoffId};
use domain::handoff::{HandoffAction, due, recalculation};
use domain::registry::Registry;
use log::WriterError;

/// Handoffs in one page.
const PAGE: i64 = 200;
/// The name under which the watch acts.
const CALLER: &str = "casebus/watch";
/// The route of its acts on handoffs.
const ROUTE: &str = "criminal-handoff.due";

/// Takes what is due in every handoff; answers how many acts took effect now.
pub(crate) async fn look_at_handoffs(config: &WatchConfig, memory: &mut Memory) -> Result<u64, WatchError> {
    let now = (config.now)();
    // What moves due moments comes first.
    let mut taken = recalculate(config, memory).await?;
    let mut cursor = None;
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

/// Counts the clocks of all handoffs by another calendar, once for each calendar.
async fn recalculate(config: &WatchConfig, memory: &mut Memory) -> Result<u64, WatchError> {
    let rules = config.desk.rules();
    let calendar = rules.calendar().version();
    if memory.swept_for_handoffs.as_deref() == Some(calendar) {
        return Ok(0);
    }
    let (mut after, mut moved) = (None, 0);
    loop {
        let page = config.views.running_handoffs(after, PAGE).await?;
        for id in &page {
            let Some(handoff) = config.desk.handoff(*id).await? else { continue };
            if let Some(action) = recalculation(&handoff, (config.now)(), &rules) {
                let name = format!("recalculated/{calendar}/{}", handoff.version);
                moved += carry_out(config, *id, &name, &action, (config.now)()).await?;
            }
        }
        after = page.last().copied();
        if i64::try_from(page.len()).is_ok_and(|found| found < PAGE) {
            memory.swept_for_handoffs = Some(calendar.to_owned());
            return Ok(moved);
        }
    }
}

async fn look_at(config: &WatchConfig, id: HandoffId, now: DateTime<Utc>) -> Result<u64, WatchError> {
    let handoff = match config.desk.handoff(id).await {
        Ok(Some(handoff)) => handoff,
        Ok(None) => return Ok(0),
        Err(error) => return failed(id, error),
    };
    let rules = config.desk.rules();
    let Ok(pack) = rules.pack(&handoff.opening.rule_pack) else {
        tracing::warn!(%id, rule_pack = handoff.opening.rule_pack, "the watch does not know a rule pack and waits for it");
        return Ok(0);
    };
    let mut taken = 0;
    for (name, action) in due(&handoff, now, &pack.criminal) {
        taken += carry_out(config, id, &name, &action, now).await?;
    }
    Ok(taken)
}

async fn carry_out(
    config: &WatchConfig,
    id: HandoffId,
    name: &str,
    action: &HandoffAction,
    now: DateTime<Utc>,
) -> Result<u64, WatchError> {
    let name = format!("{id}/{name}");
    let Some(handoff) = config.desk.handoff(id).await? else { return Ok(0) };
    let request = Request {
        id: CommandId::derive(CALLER, ROUTE, &name),
        hash: request_hash(ROUTE, name.as_bytes()),
        actor: Actor::System("watch"),
        by: handoff.reference.from,
        now,
        expected_version: None,
        traceparent: None,
    };
    match config.desk.act_on_handoff(&request, id, action, true, &Registry::default()).await {
        Ok(done) => Ok(u64::from(!done.repeated)),
        // The log knows better than the read model.
        Err(CommandError::HandoffRefused(_) | CommandError::Busy) => Ok(0),
        Err(error) => failed(id, error),
    }
}

/// One handoff that cannot be read must not keep the others from being watched; trouble with the log ends the step.
fn failed(id: HandoffId, error: CommandError) -> Result<u64, WatchError> {
    let is_rejected = matches!(error, CommandError::NotAppended(WriterError::Rejected));
    if !is_rejected && matches!(error, CommandError::Log(_) | CommandError::NotAppended(_)) {
        return Err(error.into());
    }
    let error = &error as &dyn std::error::Error;
    tracing::error!(%id, error, "the watch could not act on a criminal handoff");
    Ok(0)
}
