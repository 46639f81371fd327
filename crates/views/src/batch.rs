//! Folding a batch of events in memory.

use crate::Event;
use crate::audience::{self, Audience};
use crate::handoff::{self, HandoffDocument, HandoffLife};
use crate::life::Life;
use crate::load::Loaded;
use crate::parked::Parked;
use crate::timeline::Told;
use contract::handoff::Secrecy;
use contract::ids::HandoffId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// One transfer of a batch.
#[derive(Default)]
pub(crate) struct Entry {
    /// As it stood before.
    pub(crate) before: Option<Arc<Life>>,
    /// As it stands after what was folded.
    pub(crate) after: Option<Life>,
}

/// One handoff of a batch.
#[derive(Default)]
pub(crate) struct HandoffEntry {
    /// As it stood before.
    pub(crate) before: Option<HandoffLife>,
    /// As it stands after what was folded.
    pub(crate) after: Option<HandoffLife>,
}

/// What a batch touches.
#[derive(Default)]
pub(crate) struct Batch<'a> {
    pub(crate) entries: BTreeMap<Uuid, Entry>,
    pub(crate) handoffs: BTreeMap<Uuid, HandoffEntry>,
    pub(crate) documents: Vec<HandoffDocument>,
    parked_streams: BTreeSet<Uuid>,
    pub(crate) parked: Vec<Parked>,
    pub(crate) folded: Vec<Told<'a>>,
    pub(crate) audience: Audience,
}

impl<'a> Batch<'a> {
    /// Adds a transfer as it stands.
    pub(crate) fn take_up(&mut self, id: Uuid, life: Arc<Life>) {
        let after = Some(Life::clone(&life));
        self.entries.insert(id, Entry { before: Some(life), after });
    }

    /// Adds streams as they were read.
    pub(crate) fn take_up_loaded(&mut self, loaded: Loaded) {
        for (id, life) in loaded.lives {
            self.take_up(id, Arc::new(life));
        }
        let handoffs = loaded.handoffs.into_iter();
        self.handoffs.extend(
            handoffs.map(|(id, life)| (id, HandoffEntry { before: Some(life.clone()), after: Some(life) })),
        );
        self.parked_streams.extend(loaded.parked);
    }

    pub(crate) fn fold(&mut self, event: &'a Event) {
        let stream_id = event.stream_id;
        if self.parked_streams.contains(&stream_id) {
            self.park(event, "an earlier event of its stream was not folded".to_owned());
            return;
        }
        if event.is_of_handoff() {
            return self.fold_handoff(event);
        }
        let entry = self.entries.entry(stream_id).or_default();
        let holder_before = entry.after.as_ref().and_then(|life| life.transfer.holder.clone());
        let folded =
            event.decode().and_then(|body| Life::fold(&mut entry.after, event, &body).map(|()| body));
        match (folded, &entry.after) {
            (Ok(body), Some(life)) => {
                audience::fold(&mut self.audience, event, &body, &life.transfer, holder_before.as_ref());
                self.folded.push(Told { internal_to: audience::inside(&body).cloned(), event });
            }
            // A fold that succeeds leaves a life behind.
            (Ok(_), None) => {}
            (Err(error), _) => self.park(event, error.to_string()),
        }
    }

    fn fold_handoff(&mut self, event: &'a Event) {
        let folded = event.decode_handoff().and_then(|body| {
            // What stands beside a handoff is read, and changes nothing of it.
            if HandoffId::beside(event.stream_id).is_none() {
                let entry = self.handoffs.entry(event.stream_id).or_default();
                HandoffLife::fold(&mut entry.after, event, &body)?;
            }
            Ok(body)
        });
        match folded {
            Ok(body) => {
                audience::fold_handoff(&mut self.audience, event, &body);
                self.documents.extend(handoff::document_of(event, &body));
                let is_secret = matches!(body.secrecy, Secrecy::Judicial | Secrecy::Sealed);
                let internal_to = is_secret.then_some(body.by);
                self.folded.push(Told { event, internal_to });
            }
            Err(error) => self.park(event, error.to_string()),
        }
    }

    pub(crate) fn park(&mut self, event: &Event, reason: String) {
        self.parked_streams.insert(event.stream_id);
        if let Some(life) = self.entries.get_mut(&event.stream_id).and_then(|entry| entry.after.as_mut()) {
            life.transfer.stale = true;
        }
        if let Some(life) = self.handoffs.get_mut(&event.stream_id).and_then(|entry| entry.after.as_mut()) {
            life.handoff.stale = true;
        }
        self.parked.push(Parked { stream_id: event.stream_id, position: event.position, reason });
    }

    /// The transfers to remember after it was written, `None` for one that must be read again, and what was parked. A
    /// parked stream may be folded again by an operator; of one that has ended little more is heard.
    pub(crate) fn end(self) -> (Vec<(Uuid, Option<Life>)>, Vec<Parked>) {
        let Self { entries, parked_streams, parked, .. } = self;
        let remember =
            |life: &Life| !parked_streams.contains(&life.transfer.id.0) && !life.transfer.state.is_ended();
        let lives = entries.into_iter().map(|(id, entry)| (id, entry.after.filter(remember)));
        (lives.collect(), parked)
    }
}
