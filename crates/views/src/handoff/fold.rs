//! What an event does to its handoff.

use super::Handoff;
use super::lane::HandoffLane;
use crate::Event;
use crate::event::FoldError;
use contract::handoff::HandoffBody;
use contract::ids::DepartmentId;
use std::collections::BTreeMap;

/// A handoff with its lanes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HandoffLife {
    pub(crate) handoff: Handoff,
    pub(crate) lanes: BTreeMap<u32, HandoffLane>,
}

impl HandoffLife {
    /// Brings a handoff to where it stands after the event; on an error nothing has changed.
    pub(crate) fn fold(life: &mut Option<Self>, event: &Event, body: &HandoffBody) -> Result<(), FoldError> {
        let expected = life.as_ref().map_or(1, |life| life.handoff.version + 1);
        if event.version != expected {
            return Err(FoldError::WrongVersion { expected, found: event.version });
        }
        if let Some(life) = life {
            life.apply(event, body);
            return Ok(());
        }
        let opening = body.data.opening.as_ref().ok_or(FoldError::WrongBeginning)?;
        let number = event.number.ok_or(FoldError::NumberMissing)?;
        let reference = &body.handoff;
        let handoff = Handoff {
            id: reference.id,
            number: contract::number::format_handoff(reference.sealed, opening.number_year, number),
            direction: reference.direction,
            sealed: reference.sealed,
            state: body.after.state,
            open: true,
            from_department: reference.from.clone(),
            to_department: reference.to.clone(),
            police: body.after.parties.police.clone(),
            seen_by: Vec::new(),
            readers: opening.readers.clone(),
            holders: Vec::new(),
            title: opening.title.clone(),
            matter: reference.matter,
            origin_transfer: opening.origin,
            opened_at: event.occurred_at,
            opened_position: event.position,
            due_at: None,
            look_at: None,
            version: 0,
            position: 0,
            updated_at: event.occurred_at,
            stale: false,
            opening: (**opening).clone(),
            after: body.after.clone(),
        };
        life.insert(Self { handoff, lanes: BTreeMap::new() }).apply(event, body);
        Ok(())
    }

    fn apply(&mut self, event: &Event, body: &HandoffBody) {
        let after = &body.after;
        for lane in &after.lanes {
            let since = self.lanes.get(&lane.number).filter(|known| known.state == lane.state);
            let since = since.map_or(event.occurred_at, |known| known.since);
            self.lanes.insert(lane.number, HandoffLane::of(body.handoff.id, after, lane, since));
        }
        let handoff = &mut self.handoff;
        handoff.state = after.state;
        handoff.open = after.open;
        handoff.police.clone_from(&after.parties.police);
        handoff.seen_by = after.audience(&body.handoff);
        handoff.holders = holders(body);
        handoff.due_at = after.earliest_due();
        handoff.look_at = after.look_at();
        handoff.version = event.version;
        handoff.position = event.position;
        handoff.updated_at = event.occurred_at;
        handoff.after.clone_from(after);
    }
}

fn holders(body: &HandoffBody) -> Vec<DepartmentId> {
    let mut holders: Vec<_> = body.after.lanes.iter().filter_map(|lane| lane.holder.clone()).collect();
    holders.sort();
    holders.dedup();
    holders
}
