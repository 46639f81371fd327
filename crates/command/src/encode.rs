//! Between the rules and the log: decisions become commands of the log, events of the log become transfers.

use crate::{CommandError, Request};
use contract::event::{Body, TransferEvent};
use contract::handoff::HandoffBody;
use contract::ids::{EventId, TransferId};
use domain::transfer::event::Place;
use domain::{Decision, Transfer};
use log::{Guard, NewCommand, NewEvent, RecordedEvent};
use uuid::Uuid;

/// The command of a decision, as the log takes it.
pub(crate) fn new_command(request: &Request, decision: &Decision) -> NewCommand {
    let mut events: Vec<NewEvent> = Vec::with_capacity(decision.drafts.len());
    let mut last_of_first_stream = None;
    for draft in &decision.drafts {
        let stream_id = draft.body.transfer.id.0;
        let is_linked = events.first().is_some_and(|first| first.stream_id != stream_id);
        let event_id = EventId::fresh().0;
        events.push(NewEvent {
            stream_id,
            event_id,
            event_type: draft.body.event_type().as_str().to_owned(),
            schema_version: Body::SCHEMA_VERSION,
            occurred_at: draft.occurred_at,
            actor: request.actor.to_string(),
            correlation_id: draft.body.transfer.matter.0,
            causation_id: if is_linked { last_of_first_stream } else { None },
            number_series: draft.number_series.clone(),
            traceparent: request.traceparent.map(|traceparent| traceparent.to_string()),
            body: draft.body.encode(),
        });
        if !is_linked {
            last_of_first_stream = Some(event_id);
        }
    }
    let guards =
        decision.guards.iter().map(|(stream, version)| Guard { stream_id: stream.0, version: *version });
    NewCommand { id: request.id.0, request_hash: request.hash, guards: guards.collect(), events }
}

/// Folds the events of a stream, as far as a position; `None` also where it is a handoff.
pub(crate) fn fold(
    stream: Uuid,
    events: &[RecordedEvent],
    up_to: i64,
) -> Result<Option<Transfer>, CommandError> {
    let id = TransferId(stream);
    let mut transfer = None;
    for event in events.iter().filter(|event| event.position <= up_to) {
        if HandoffBody::is_type(&event.event_type) {
            return Ok(None);
        }
        let body =
            Body::decode(event.schema_version, &event.body).map_err(|e| CommandError::Unreadable(id, e))?;
        let place = Place { position: event.position, number: event.number, occurred_at: event.occurred_at };
        transfer =
            Some(Transfer::evolve(transfer, &body, place).map_err(|e| CommandError::Inconsistent(id, e))?);
    }
    Ok(transfer)
}

/// Folds a decision that was just appended onto the transfer on which it was made, or into a new one; the first of its
/// events that is numbered got this number. `None` where the transfer that it shows is neither.
pub(crate) fn fold_decision(
    transfer: Option<&Transfer>,
    decision: &Decision,
    first: i64,
    number: Option<i64>,
) -> Result<Option<Transfer>, CommandError> {
    let id = decision.shown;
    let mut next = transfer.cloned();
    let mut number = number;
    for (position, draft) in (first..).zip(&decision.drafts) {
        let number = if draft.number_series.is_some() { number.take() } else { None };
        if draft.body.transfer.id != id {
            continue;
        }
        let begins = matches!(draft.body.event, TransferEvent::Sent(_));
        if next.is_none() && !(begins && number.is_some()) {
            return Ok(None);
        }
        let place = Place { position, number, occurred_at: draft.occurred_at };
        let evolved = Transfer::evolve(next, &draft.body, place);
        next = Some(evolved.map_err(|e| CommandError::Inconsistent(id, e))?);
    }
    Ok(next)
}
