//! Room for so much at once: in all, and for each department no more than its share, so that one of them cannot take
//! everything from the others. It is given back when the answer was sent, not when it was made.

use crate::problem::{Problem, plain};
use axum::body::{Body, HttpBody};
use bytes::Bytes;
use contract::ids::DepartmentId;
use contract::problem::ProblemCode;
use hyper::body::{Frame, SizeHint};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How much of an answer goes to the connection at once: what goes there counts as sent.
const SENT_AT_ONCE: usize = 64 * 1024;

/// Room for so much at once.
pub(crate) struct Room {
    all: Arc<Semaphore>,
    share: u32,
    taken: Arc<Taken>,
}

/// How much each department has taken.
type Taken = Mutex<HashMap<DepartmentId, u32>>;

/// A place in the room, given back when it is dropped.
pub(crate) struct Place(OwnedSemaphorePermit);

impl Place {
    /// Takes over what another one holds.
    pub(crate) fn widen(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}

/// What a department has taken of its share, given back when it is dropped.
pub(crate) struct Share {
    taken: Arc<Taken>,
    department: DepartmentId,
    places: u32,
}

impl Room {
    /// Room for so much in all, and for a department.
    pub(crate) fn new(all: usize, share: usize) -> Self {
        let share = u32::try_from(share).unwrap_or(u32::MAX);
        Self { all: Arc::new(Semaphore::new(all)), share, taken: Arc::default() }
    }

    /// Takes so many places, whoever it is for.
    pub(crate) fn enter(&self, places: u32) -> Result<Place, Problem> {
        let permit = self.all.clone().try_acquire_many_owned(places);
        permit.map(Place).map_err(|_| Problem::new(ProblemCode::ServiceOverloaded))
    }

    /// Takes so many more places for whoever has some.
    pub(crate) fn widen(&self, held: &mut (Place, Option<Share>), places: u32) -> Result<(), Problem> {
        if places == 0 {
            return Ok(());
        }
        let more = self.enter(places)?;
        if let Some(share) = &mut held.1 {
            let mut more = self.share_of(&share.department, places)?;
            share.places += std::mem::take(&mut more.places);
        }
        held.0.widen(more);
        Ok(())
    }

    /// Takes so many places of the share of a department.
    pub(crate) fn share_of(&self, department: &DepartmentId, places: u32) -> Result<Share, Problem> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let before = taken.get(department).copied().unwrap_or(0);
        if before.saturating_add(places) > self.share {
            return Err(Problem::naming(ProblemCode::RequestTooMany, vec![("most", plain(self.share))]));
        }
        match taken.get_mut(department) {
            Some(of_department) => *of_department += places,
            None => drop(taken.insert(department.clone(), places)),
        }
        Ok(Share { taken: self.taken.clone(), department: department.clone(), places })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_department) = taken.get_mut(&self.department) {
            *of_department = of_department.saturating_sub(self.places);
        }
    }
}

/// The body of an answer, which keeps its room until the last of it has gone to the connection.
pub(crate) struct Held {
    body: Body,
    /// What has come of the body and has not gone yet.
    rest: Bytes,
    _room: (Place, Option<Share>),
}

impl Held {
    /// The body of an answer with the room that it takes.
    pub(crate) fn new(body: Body, room: (Place, Option<Share>)) -> Self {
        Self { body, rest: Bytes::new(), _room: room }
    }
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
                return Poll::Pending;
            };
            match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => self.rest = data,
                Some(Ok(Err(other))) => return Poll::Ready(Some(Ok(other))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        let most = self.rest.len().min(SENT_AT_ONCE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(most)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let rest = u64::try_from(self.rest.len()).unwrap_or(u64::MAX);
        let mut hint = self.body.size_hint();
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint.set_lower(hint.lower().saturating_add(rest));
        hint
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_more_places_has_no_more_than_its_share_and_gives_all_of_them_back() {
        let room = Room::new(4, 3);
        let (bureau, other) = ("320100-wjw".parse().unwrap(), "320100-ybj".parse().unwrap());
        let mut held = (room.enter(1).unwrap(), Some(room.share_of(&bureau, 1).unwrap()));
        assert!(room.widen(&mut held, 2).is_ok());
        assert!(room.widen(&mut held, 1).is_err(), "its share is three");
        let last = (room.enter(1).unwrap(), Some(room.share_of(&other, 1).unwrap()));
        assert!(room.enter(1).is_err(), "what was refused holds nothing, and what was given is taken");
        drop((held, last));
        assert!(room.enter(4).is_ok());
        assert!(room.share_of(&bureau, 3).is_ok());
    }
}
