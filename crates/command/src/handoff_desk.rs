//! The same road for criminal handoffs: load, decide, append, answer.

use crate::{CommandError, Desk, Request};
use chrono::{DateTime, Utc};
use contract::handoff::{HandoffAct, HandoffBody};
use contract::ids::{EventId, HandoffId, TransferId};
use domain::Command;
use domain::handoff::role::By;
use domain::handoff::{Handoff, HandoffAction, HandoffDecision, HandoffRefusal, OpenHandoff};
use domain::registry::Registry;
use log::{Guard, NewCommand, NewEvent, Outcome, RecordedEvent, WriterError};
use uuid::Uuid;

/// How often an act is decided again because the handoff changed meanwhile.
const DECISIONS: u32 = 8;

/// How large the body of an event may be, as the log holds.
const BODY_MAX_BYTES: usize = 256 * 1024;

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
        fold(id.0, &self.log().read_stream(id.0).await?, i64::MAX)
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
        let found = found_for_origin(command.origin, &decision);
        for _ in 0..DECISIONS {
            if let Some(done) = self.append_handoff(request, &decision, found.as_ref()).await? {
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
            let for_origin = found_for_origin(handoff.opening.origin, &decision)
                .or_else(|| outcome_for_origin(&handoff, &decision));
            if let Some(done) = self.append_handoff(request, &decision, for_origin.as_ref()).await? {
                return Ok(done);
            }
        }
        self.first_handoff_answer_or(request, CommandError::Busy).await
    }

    /// Appends a decision, and with it what it means for the transfer from which the handoff grew: all or nothing.
    async fn append_handoff(
        &self,
        request: &Request,
        decision: &HandoffDecision,
        for_origin: Option<&(TransferId, Command)>,
    ) -> Result<Option<HandoffDone>, CommandError> {
        let mut command = new_command(request, decision);
        if command.events.iter().any(|event| event.body.len() > BODY_MAX_BYTES) {
            return Err(CommandError::HandoffTooLarge(decision.shown));
        }
        if let Some((id, act)) = for_origin
            && let Some(transfer) = self.transfer(*id).await?
            && let Ok(decided) =
                domain::decide(&transfer, None, act, &request.by, micros(request.now), &self.rules())
        {
            let written = crate::encode::new_command(request, &decided);
            command.events.extend(written.events);
            command.guards.extend(written.guards);
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
        let id = events.first().map(|event| HandoffId(event.stream_id));
        let id = id.ok_or(CommandError::NotAppended(WriterError::Unknown))?;
        let handoff = self.handoff_at(id, last).await?;
        Ok(HandoffDone { handoff, position: last, repeated: true })
    }

    async fn handoff_at(&self, id: HandoffId, position: i64) -> Result<Handoff, CommandError> {
        fold(id.0, &self.log().read_stream(id.0).await?, position)?.ok_or(CommandError::HandoffNotFound(id))
    }
}

/// With the decision a crime is suspected: the transfer from which the handoff grew waits for it.
fn found_for_origin(origin: Option<TransferId>, decision: &HandoffDecision) -> Option<(TransferId, Command)> {
    let is_found = decision.drafts.iter().any(|draft| draft.body.event == HandoffAct::Suspicion);
    origin.filter(|_| is_found).map(|origin| (origin, Command::FindCrime(decision.shown)))
}

/// With the decision the criminal side of every lane is over: the transfer from which the handoff grew goes on.
fn outcome_for_origin(handoff: &Handoff, decision: &HandoffDecision) -> Option<(TransferId, Command)> {
    let id = handoff.reference.id;
    let last = decision.drafts.iter().rfind(|draft| draft.body.handoff.id == id)?;
    let arrives = !handoff.after.criminal_side_is_over() && last.body.after.criminal_side_is_over();
    let origin = handoff.opening.origin.filter(|_| arrives && handoff.opening.split_from.is_none())?;
    Some((origin, Command::ReceiveCriminalOutcome(id)))
}

/// Folds the events of a stream, as far as a position; `None` where it is not a handoff.
fn fold(stream: Uuid, events: &[RecordedEvent], up_to: i64) -> Result<Option<Handoff>, CommandError> {
    let id = HandoffId(stream);
    let events: Vec<_> = events.iter().filter(|event| event.position <= up_to).collect();
    if events.iter().any(|event| !HandoffBody::is_type(&event.event_type)) {
        return Ok(None);
    }
    let body = |event: &RecordedEvent| {
        HandoffBody::decode(event.schema_version, &event.body)
            .map_err(|e| CommandError::HandoffUnreadable(id, e))
    };
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(None) };
    let opened = Handoff::evolve(None, &body(first)?, first.number, first.occurred_at, first.position);
    let opened = opened.map_err(|e| CommandError::HandoffInconsistent(id, e))?;
    if events.len() == 1 {
        return Ok(Some(opened));
    }
    // Each body says what holds after it, so the last one says it all.
    let evolved = Handoff::evolve(Some(opened), &body(last)?, None, last.occurred_at, last.position);
    let handoff = evolved.map_err(|e| CommandError::HandoffInconsistent(id, e))?;
    Ok(Some(Handoff { version: last.version, ..handoff }))
}

/// The command of a decision, as the log takes it.
fn new_command(request: &Request, decision: &HandoffDecision) -> NewCommand {
    let mut cause = None;
    let mut events = Vec::with_capacity(decision.drafts.len());
    for draft in &decision.drafts {
        let stream_id = draft.body.handoff.id.0;
        let event_id = EventId::fresh().0;
        let is_shown = stream_id == decision.shown.0;
        events.push(NewEvent {
            stream_id,
            event_id,
            event_type: draft.body.event_type(),
            schema_version: HandoffBody::SCHEMA_VERSION,
            occurred_at: draft.occurred_at,
            actor: request.actor.to_string(),
            correlation_id: draft.body.handoff.matter.0,
            causation_id: if is_shown { None } else { cause },
            number_series: draft.number_series.clone(),
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
