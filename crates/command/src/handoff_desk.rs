//! The same road for criminal handoffs: load, decide, append, answer.

use crate::{CommandError, Desk, Request};
use chrono::{DateTime, Utc};
use contract::handoff::{HandoffAct, HandoffBody};
use contract::ids::{EventId, HandoffId, TransferId};
use contract::limits::{EVENT_BODY_MAX_BYTES, REPEATABLE_EVENTS_MAX};
use domain::Command;
use domain::handoff::role::By;
use domain::handoff::{Handoff, HandoffAction, HandoffDecision, HandoffRefusal, OpenHandoff};
use domain::registry::Registry;
use log::{Guard, NewCommand, NewEvent, Outcome, RecordedEvent, WriterError};
use uuid::Uuid;

/// How often an act is decided again because the handoff changed meanwhile.
const DECISIONS: u32 = 8;

/// How large the body of an act may be that an organ may repeat at will: what the others owe must always find room.
const REPEATABLE_BODY_MAX_BYTES: usize = 128 * 1024;

/// An act on a handoff that took effect, now or the first time it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandoffDone {
    /// The handoff as it stood after it.
    pub handoff: Handoff,
    /// Position of the last event.
    pub position: i64,
    /// It had taken effect before; this is the first answer again.
    pub repeated: bool,
}

impl Desk {
    /// A handoff as it stands in the log.
    pub async fn handoff(&self, id: HandoffId) -> Result<Option<Handoff>, CommandError> {
        if HandoffId::beside(id.0).is_some() {
            return Ok(None);
        }
        fold(id.0, &self.log().read_first_and_last(id.0, i64::MAX).await?)
    }

    /// Opens a handoff.
    pub async fn open_handoff(
        &self,
        request: &Request,
        command: &OpenHandoff,
        registry: &Registry,
    ) -> Result<HandoffDone, CommandError> {
        let decision = match domain::handoff::open(command, micros(request.now), &self.rules(), registry) {
            Ok(decision) => decision,
            Err(refusal) => return self.first_handoff_answer_or(request, refusal.into()).await,
        };
        let found: Vec<_> = found_for_origin(command.origin, &decision).into_iter().collect();
        for _ in 0..DECISIONS {
            if let Some(done) = self.append_handoff(request, &decision, &found).await? {
                return Ok(done);
            }
        }
        self.first_handoff_answer_or(request, CommandError::Busy).await
    }

    /// Carries out an act on a handoff, for a department or for casebus itself.
    pub async fn act_on_handoff(
        &self,
        request: &Request,
        id: HandoffId,
        action: &HandoffAction,
        by_system: bool,
        registry: &Registry,
    ) -> Result<HandoffDone, CommandError> {
        for _ in 0..DECISIONS {
            let Some(handoff) = self.handoff(id).await? else {
                return self.first_handoff_answer_or(request, CommandError::HandoffNotFound(id)).await;
            };
            let other = match action.said.handoff.filter(|_| action.act == HandoffAct::Joining) {
                Some(other) => self.handoff(other).await?,
                None => None,
            };
            if let Some(expected) = request.expected_version.filter(|expected| *expected != handoff.version) {
                let error = CommandError::VersionMismatch { current: handoff.version, expected };
                return self.first_handoff_answer_or(request, error).await;
            }
            let by = if by_system { By::System } else { By::Organ(&request.by) };
            let decided = domain::handoff::decide(
                &handoff,
                other.as_ref(),
                action,
                by,
                micros(request.now),
                &self.rules(),
                registry,
            );
            let decision = match decided {
                Ok(decision) => decision,
                Err(refusal) => return self.first_handoff_answer_or(request, refusal.into()).await,
            };
            let mut for_origins = outcome_for_origins(&handoff, &decision);
            for_origins.extend(found_for_origin(
                handoff.opening.origin.filter(|_| handoff.opening.split_from.is_none()),
                &decision,
            ));
            if let Some(done) = self.append_handoff(request, &decision, &for_origins).await? {
                return Ok(done);
            }
        }
        self.first_handoff_answer_or(request, CommandError::Busy).await
    }

    /// Appends a decision, and with it what it means for the transfers from which the handoff grew: all or nothing.
    async fn append_handoff(
        &self,
        request: &Request,
        decision: &HandoffDecision,
        for_origins: &[(TransferId, Command)],
    ) -> Result<Option<HandoffDone>, CommandError> {
        let mut command = new_command(request, decision);
        let beside = self.guards_beside(decision).await?;
        let events = decision.guards.iter().map(|(_, version)| *version).max().unwrap_or(0);
        let mut bodies = command.events.iter().zip(&decision.drafts);
        if beside.iter().any(|guard| guard.version >= REPEATABLE_EVENTS_MAX)
            || bodies.any(|(event, draft)| event.body.len() > room(draft.body.event, events))
        {
            let error = CommandError::HandoffTooLarge(decision.shown);
            return self.first_handoff_answer_or(request, error).await.map(Some);
        }
        command.guards.extend(beside);
        for (id, act) in for_origins {
            let Some(transfer) = self.transfer(*id).await? else { continue };
            let decided =
                domain::decide(&transfer, None, act, &request.by, micros(request.now), &self.rules());
            // A transfer that does not wait for this handoff goes its own way.
            if let Ok(decided) = decided {
                let written = crate::encode::new_command(request, &decided);
                command.events.extend(written.events);
                command.guards.extend(written.guards);
            }
        }
        match self.append_command(command).await? {
            Outcome::Appended { last, .. } => {
                let handoff = self.handoff_at(decision.shown, last).await?;
                Ok(Some(HandoffDone { handoff, position: last, repeated: false }))
            }
            Outcome::Repeated { first, last } => self.handoff_answer_at(first, last).await.map(Some),
            Outcome::Conflict { .. } => Ok(None),
            Outcome::CommandIdReused => Err(CommandError::IdReused),
        }
    }

    /// Where the streams stand that the decision writes beside handoffs.
    async fn guards_beside(&self, decision: &HandoffDecision) -> Result<Vec<Guard>, CommandError> {
        let mut guards = Vec::new();
        for body in decision.drafts.iter().map(|draft| &draft.body) {
            let stream_id = body.stream_id();
            if HandoffId::beside(stream_id).is_some() {
                let events = self.log().read_first_and_last(stream_id, i64::MAX).await?;
                guards.push(Guard { stream_id, version: events.last().map_or(0, |last| last.version) });
            }
        }
        Ok(guards)
    }

    /// The first answer, if this command was carried out before.
    pub async fn first_handoff_answer(&self, request: &Request) -> Result<Option<HandoffDone>, CommandError> {
        match self.log().find_command(request.id.0).await? {
            Some(earlier) if earlier.request_hash == request.hash => {
                self.handoff_answer_at(earlier.first, earlier.last).await.map(Some)
            }
            Some(_) => Err(CommandError::IdReused),
            None => Ok(None),
        }
    }

    async fn first_handoff_answer_or(
        &self,
        request: &Request,
        error: CommandError,
    ) -> Result<HandoffDone, CommandError> {
        self.first_handoff_answer(request).await?.ok_or(error)
    }

    /// The answer of a command: the handoff of its first event, as it stood after the last one.
    async fn handoff_answer_at(&self, first: i64, last: i64) -> Result<HandoffDone, CommandError> {
        let events = self.log().read_after(first - 1, 1).await?;
        let first = events.first().ok_or(CommandError::NotAppended(WriterError::Unknown))?;
        let id = body_of(first)?.handoff.id;
        let handoff = self.handoff_at(id, last).await?;
        Ok(HandoffDone { handoff, position: last, repeated: true })
    }

    async fn handoff_at(&self, id: HandoffId, position: i64) -> Result<Handoff, CommandError> {
        fold(id.0, &self.log().read_first_and_last(id.0, position).await?)?
            .ok_or(CommandError::HandoffNotFound(id))
    }
}

/// With the decision a crime is suspected: the transfer from which the handoff grew waits for it. One that was accepted later learns
/// of it with the next step of its receiver towards the police.
fn found_for_origin(origin: Option<TransferId>, decision: &HandoffDecision) -> Option<(TransferId, Command)> {
    let is_found = decision.drafts.iter().any(|draft| {
        matches!(
            draft.body.event,
            HandoffAct::Suspicion | HandoffAct::Report | HandoffAct::Approval | HandoffAct::Dispatch
        )
    });
    origin.filter(|_| is_found).map(|origin| (origin, Command::FindCrime(decision.shown)))
}

/// With the decision the criminal side of every lane is over: the transfers from which the handoff, and those joined into
/// it, grew go on.
fn outcome_for_origins(handoff: &Handoff, decision: &HandoffDecision) -> Vec<(TransferId, Command)> {
    let id = handoff.reference.id;
    let last = decision.drafts.iter().rfind(|draft| draft.body.handoff.id == id);
    let is_over = last.is_some_and(|last| last.body.after.criminal_side_is_over());
    if handoff.after.criminal_side_is_over() || !is_over {
        return Vec::new();
    }
    let own = handoff.opening.origin.filter(|_| handoff.opening.split_from.is_none());
    let own = own.map(|origin| (origin, Command::ReceiveCriminalOutcome(id)));
    let joined = handoff.after.joined_origins.iter();
    let joined = joined.map(|origin| (origin.transfer, Command::ReceiveCriminalOutcome(origin.handoff)));
    own.into_iter().chain(joined).collect()
}

/// How large the body of an act may be on a handoff of this many events.
fn room(act: HandoffAct, events: i64) -> usize {
    match act.is_repeatable() {
        true if events >= REPEATABLE_EVENTS_MAX => 0,
        true => REPEATABLE_BODY_MAX_BYTES,
        false => EVENT_BODY_MAX_BYTES,
    }
}

fn body_of(event: &RecordedEvent) -> Result<HandoffBody, CommandError> {
    let body = HandoffBody::decode(event.schema_version, &event.body);
    body.map_err(|error| CommandError::HandoffUnreadable(HandoffId(event.stream_id), error))
}

/// Folds the first and the last event of a stream; `None` where it is not a handoff.
fn fold(stream: Uuid, events: &[RecordedEvent]) -> Result<Option<Handoff>, CommandError> {
    let id = HandoffId(stream);
    if events.iter().any(|event| !HandoffBody::is_type(&event.event_type)) {
        return Ok(None);
    }
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(None) };
    let opened = Handoff::evolve(None, &body_of(first)?, first.number, first.occurred_at, first.position);
    let opened = opened.map_err(|e| CommandError::HandoffInconsistent(id, e))?;
    if events.len() == 1 {
        return Ok(Some(opened));
    }
    // Each body says what holds after it, so the last one says it all.
    let evolved = Handoff::evolve(Some(opened), &body_of(last)?, None, last.occurred_at, last.position);
    let handoff = evolved.map_err(|e| CommandError::HandoffInconsistent(id, e))?;
    Ok(Some(Handoff { version: last.version, ..handoff }))
}

/// The command of a decision, as the log takes it.
fn new_command(request: &Request, decision: &HandoffDecision) -> NewCommand {
    let mut cause = None;
    let mut events = Vec::with_capacity(decision.drafts.len());
    for draft in &decision.drafts {
        let event_id = EventId::fresh().0;
        let is_shown = draft.body.handoff.id == decision.shown;
        events.push(NewEvent {
            stream_id: draft.body.stream_id(),
            event_id,
            event_type: draft.body.event_type(),
            schema_version: HandoffBody::SCHEMA_VERSION,
            occurred_at: draft.occurred_at,
            actor: request.actor.to_string(),
            correlation_id: draft.body.handoff.matter.0,
            causation_id: if is_shown { None } else { cause },
            number_series: draft.number_series.clone(),
            traceparent: request.traceparent.map(|traceparent| traceparent.to_string()),
            body: draft.body.encode(),
        });
        cause = Some(event_id);
    }
    let guards = decision.guards.iter();
    let guards = guards.map(|(stream, version)| Guard { stream_id: stream.0, version: *version });
    NewCommand { id: request.id.0, request_hash: request.hash, guards: guards.collect(), events }
}

/// Postgres keeps microseconds.
fn micros(moment: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(moment.timestamp_micros()).unwrap_or(moment)
}

impl From<HandoffRefusal> for CommandError {
    fn from(refusal: HandoffRefusal) -> Self {
        Self::HandoffRefused(refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_organ_repeats_for_ever_leaves_room_for_what_is_due() {
        assert!(room(HandoffAct::EvidenceHolding, 2) < room(HandoffAct::Receipt, 2));
        assert_eq!(room(HandoffAct::LegalReview, REPEATABLE_EVENTS_MAX), 0);
        for due in [HandoffAct::Dispatch, HandoffAct::Receipt, HandoffAct::Filing, HandoffAct::TimeLimitMiss]
        {
            assert_eq!(room(due, i64::MAX), EVENT_BODY_MAX_BYTES);
        }
    }
}
