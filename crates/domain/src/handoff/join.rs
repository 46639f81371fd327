//! Joining and splitting: both histories are kept, and what is owed goes on in one place.

use super::clocks::{Counter, carried, waiting};
use super::decide::{HandoffDecision, HandoffDraft, secrecy};
use super::effect::{Happening, apply, begin};
use super::refusal::HandoffRefusal;
use super::state::Handoff;
use chrono::{DateTime, Utc};
use contract::handoff::{
    Carried, Direction, HandoffAct, HandoffBody, HandoffRef, HandoffState, JoinedOrigin, Lane, Opening, Said,
};
use contract::ids::{DepartmentId, HandoffId};

/// What another handoff brings, if it can be joined into this one: it is filed with the same police, in every open lane.
pub(super) fn brought(handoff: &Handoff, other: &Handoff) -> Result<Carried, HandoffRefusal> {
    let lanes: Vec<Lane> = other.after.lanes.iter().filter(|lane| !lane.state.is_ended()).cloned().collect();
    let is_filed = !lanes.is_empty() && lanes.iter().all(|lane| lane.state == HandoffState::Filed);
    let same_police = other.after.parties.police == handoff.after.parties.police;
    if !is_filed || !same_police || other.reference.id == handoff.reference.id || other.reference.sealed {
        return Err(HandoffRefusal::CannotJoin);
    }
    let clocks = carried(&other.after, &lanes);
    let notices = waiting(&other.after, &lanes);
    let (agency, upstream) = (other.after.parties.agency.clone(), other.after.upstream.clone());
    let own = other.opening.origin.filter(|_| other.opening.split_from.is_none());
    let own = own.map(|transfer| JoinedOrigin { transfer, handoff: other.reference.id });
    let origins = own.into_iter().chain(other.after.joined_origins.iter().copied()).collect();
    Ok(Carried { lanes, clocks, notices, agency, upstream, origins })
}

/// The other handoff ends as joined into this one.
pub(super) fn end_joined(
    other: &Handoff,
    into: HandoffId,
    by: &DepartmentId,
    counter: Counter<'_>,
) -> HandoffDraft {
    let said = Said { handoff: Some(into), ..Said::default() };
    let happening = Happening {
        reference: &other.reference,
        opening: &other.opening,
        act: HandoffAct::JoinedAway,
        said: &said,
        by,
        counter,
    };
    let after = apply(&other.after, &happening);
    let body = HandoffBody {
        handoff: other.reference.clone(),
        event: HandoffAct::JoinedAway,
        data: said,
        by: by.clone(),
        secrecy: secrecy(&other.reference, &after),
        document: None,
        after,
    };
    HandoffDraft { body, occurred_at: counter.now.max(other.updated_at), number_series: None }
}

/// The handoff into which lanes are split off: it begins where they stand.
pub(super) fn split_off(
    handoff: &Handoff,
    id: HandoffId,
    numbers: &[u32],
    by: &DepartmentId,
    counter: Counter<'_>,
    now: DateTime<Utc>,
) -> HandoffDecision {
    let is_taken = |lane: &&Lane| numbers.contains(&lane.number);
    let lanes: Vec<Lane> = handoff.after.lanes.iter().filter(is_taken).cloned().collect();
    let parties = &handoff.after.parties;
    let reference = match handoff.reference.direction {
        Direction::Forward | Direction::SupervisoryClue => {
            HandoffRef { id, to: parties.police.clone(), ..handoff.reference.clone() }
        }
        Direction::Reverse => HandoffRef { id, from: parties.police.clone(), ..handoff.reference.clone() },
    };
    let opening = Opening {
        number_year: crate::civil::year_of(now),
        split_from: Some(handoff.reference.id),
        suspects: lanes.iter().map(|lane| lane.suspect.clone()).collect(),
        procuratorate: parties.procuratorate.clone(),
        court: parties.court.clone(),
        copies: parties.copies.clone(),
        upstream: handoff.after.upstream.clone(),
        administrative_case_filed_on: None,
        ..handoff.opening.clone()
    };
    let clocks = carried(&handoff.after, &lanes);
    let notices = waiting(&handoff.after, &lanes);
    let carried = Carried {
        lanes,
        clocks,
        notices,
        agency: parties.agency.clone(),
        upstream: handoff.after.upstream.clone(),
        origins: Vec::new(),
    };
    let said = Said {
        opening: Some(Box::new(opening.clone())),
        carried: Some(Box::new(carried)),
        ..Said::default()
    };
    let happening = Happening {
        reference: &reference,
        opening: &opening,
        act: HandoffAct::Opening,
        said: &said,
        by,
        counter,
    };
    let after = begin(&happening);
    let series = contract::number::handoff_series(&reference.from, opening.number_year);
    let body = HandoffBody {
        secrecy: secrecy(&reference, &after),
        handoff: reference,
        event: HandoffAct::Opening,
        data: said.clone(),
        by: by.clone(),
        document: None,
        after,
    };
    HandoffDecision {
        drafts: vec![HandoffDraft { body, occurred_at: now, number_series: Some(series) }],
        guards: vec![(id, 0)],
        shown: id,
    }
}
