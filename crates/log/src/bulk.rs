//! Reading many events at once: a binary COPY costs Postgres and this program less for each of them than rows do, and more
//! for each call.

use crate::read::answer;
use crate::{LogError, RecordedEvent};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use sqlx::pool::PoolConnection;
use sqlx::{PgPool, Postgres};
use uuid::Uuid;

/// From so many events on it is worth it.
pub(crate) const MANY: i64 = 500;

/// The columns, in the order of the fields of [`RecordedEvent`].
const COLUMNS: &str = "e.position, (select h.epoch from log.log_head h), e.event_id, e.stream_id, e.version, e.event_type, \
     e.schema_version, e.number, e.occurred_at, e.recorded_at, e.actor, e.correlation_id, e.causation_id, e.traceparent, e.body";
/// How many these are.
const FIELDS: i16 = 15;
/// What a binary COPY begins with: a signature, flags, and the length of what follows the head, both zero.
const HEAD: &[u8; 19] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What stands in the place of the number of fields at the end.
const END: i16 = -1;
/// The beginning of time for Postgres, 2000-01-01, in microseconds since 1970.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// The events that `rest` chooses and orders, which stands behind `from log.event e`. COPY takes no parameters: nothing but
/// numbers and ids may be written into it.
pub(crate) async fn read(pool: &PgPool, rest: &str) -> Result<Vec<RecordedEvent>, LogError> {
    // On the heap: the futures of readers stay small.
    answer(Box::pin(copy(pool, rest))).await
}

async fn copy(pool: &PgPool, rest: &str) -> Result<Vec<RecordedEvent>, sqlx::Error> {
    let statement = format!("copy (select {COLUMNS} from log.event e {rest}) to stdout with (format binary)");
    let mut copied = Copied::default();
    let mut copying = Copying { connection: pool.acquire().await?, has_ended: false };
    let mut chunks = copying.connection.copy_out_raw(&statement).await?;
    // Read as they come: Postgres sends on meanwhile.
    while let Some(chunk) = chunks.try_next().await? {
        copied.take(&chunk).map_err(|what| sqlx::Error::Decode(what.into()))?;
    }
    drop(chunks);
    copying.has_ended = true;
    copied.all().map_err(|what| sqlx::Error::Decode(what.into()))
}

/// A connection that is closed unless its copy came to its end: what is still to come would be taken for the answer to another question.
struct Copying {
    connection: PoolConnection<Postgres>,
    has_ended: bool,
}

impl Drop for Copying {
    fn drop(&mut self) {
        if !self.has_ended {
            self.connection.close_on_drop();
        }
    }
}

/// What a copy brought so far.
#[derive(Default)]
struct Copied {
    events: Vec<RecordedEvent>,
    /// The beginning of what is not whole yet.
    begun: Vec<u8>,
    has_head: bool,
    has_ended: bool,
}

impl Copied {
    /// Postgres sends row by row, but need not.
    fn take(&mut self, chunk: &[u8]) -> Result<(), &'static str> {
        let begun = std::mem::take(&mut self.begun);
        if begun.is_empty() { self.read(chunk) } else { self.read(&[&begun, chunk].concat()) }
    }

    fn read(&mut self, mut bytes: &[u8]) -> Result<(), &'static str> {
        while !bytes.is_empty() {
            let mut rest = Rest(bytes);
            match self.read_one(&mut rest) {
                Ok(()) => bytes = rest.0,
                Err(Unread::CutOff) => {
                    self.begun = bytes.to_vec();
                    break;
                }
                Err(Unread::Other(what)) => return Err(what),
            }
        }
        Ok(())
    }

    /// The head, an event, or the end.
    fn read_one(&mut self, rest: &mut Rest<'_>) -> Result<(), Unread> {
        if self.has_ended {
            return Err(Unread::Other("a copy goes on behind its end"));
        }
        if !self.has_head {
            self.has_head = rest.array::<{ HEAD.len() }>()? == *HEAD;
            return if self.has_head { Ok(()) } else { Err(Unread::Other("this is no binary copy")) };
        }
        match i16::from_be_bytes(rest.array()?) {
            END => self.has_ended = true,
            FIELDS => self.events.push(rest.event()?),
            _ => return Err(Unread::Other("a copied event has another number of fields")),
        }
        Ok(())
    }

    /// The events of a whole copy.
    fn all(self) -> Result<Vec<RecordedEvent>, &'static str> {
        if self.has_ended { Ok(self.events) } else { Err("a copy is cut off") }
    }
}

/// Why something was not read.
#[derive(Debug)]
enum Unread {
    /// The rest of it is still to come.
    CutOff,
    /// It is not what it should be.
    Other(&'static str),
}

/// What is still to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn event(&mut self) -> Result<RecordedEvent, Unread> {
        // In the order of the columns.
        Ok(RecordedEvent {
            position: self.number()?,
            epoch: self.number()?,
            event_id: self.uuid()?,
            stream_id: self.uuid()?,
            version: self.number()?,
            event_type: self.text()?,
            schema_version: i16::from_be_bytes(whole(self.value()?)?),
            number: self.field()?.map(whole).transpose()?.map(i64::from_be_bytes),
            occurred_at: self.moment()?,
            recorded_at: self.moment()?,
            actor: self.text()?,
            correlation_id: self.uuid()?,
            causation_id: self.field()?.map(whole).transpose()?.map(Uuid::from_bytes),
            traceparent: self.field()?.map(text).transpose()?,
            body: self.value()?.to_vec(),
        })
    }

    fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], Unread> {
        let (array, rest) = self.0.split_first_chunk().ok_or(Unread::CutOff)?;
        self.0 = rest;
        Ok(*array)
    }

    /// The bytes of a field; `None` where it is null.
    fn field(&mut self) -> Result<Option<&'a [u8]>, Unread> {
        let Ok(length) = usize::try_from(i32::from_be_bytes(self.array()?)) else { return Ok(None) };
        let (field, rest) = self.0.split_at_checked(length).ok_or(Unread::CutOff)?;
        self.0 = rest;
        Ok(Some(field))
    }

    fn value(&mut self) -> Result<&'a [u8], Unread> {
        self.field()?.ok_or(Unread::Other("a field of an event is null that never is"))
    }

    fn number(&mut self) -> Result<i64, Unread> {
        Ok(i64::from_be_bytes(whole(self.value()?)?))
    }

    fn uuid(&mut self) -> Result<Uuid, Unread> {
        Ok(Uuid::from_bytes(whole(self.value()?)?))
    }

    fn text(&mut self) -> Result<String, Unread> {
        text(self.value()?)
    }

    fn moment(&mut self) -> Result<DateTime<Utc>, Unread> {
        let since_epoch = self.number()?.checked_add(POSTGRES_EPOCH);
        since_epoch.and_then(DateTime::from_timestamp_micros).ok_or(Unread::Other("a moment is out of range"))
    }
}

/// A field of a fixed length.
fn whole<const LENGTH: usize>(field: &[u8]) -> Result<[u8; LENGTH], Unread> {
    field.try_into().map_err(|_| Unread::Other("a field of an event has another length"))
}

fn text(field: &[u8]) -> Result<String, Unread> {
    str::from_utf8(field).map(str::to_owned).map_err(|_| Unread::Other("a text of an event is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(chunks: &[&[u8]]) -> Result<Vec<RecordedEvent>, &'static str> {
        let mut copied = Copied::default();
        chunks.iter().try_for_each(|chunk| copied.take(chunk))?;
        copied.all()
    }

    fn field(bytes: &[u8]) -> Vec<u8> {
        [&i32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
    }

    /// A copy of one event, whose position is 7 and which has no number, cause and trace.
    fn copy_of_one() -> Vec<u8> {
        let (number, id, null) =
            (field(&7_i64.to_be_bytes()), field(&[9; 16]), (-1_i32).to_be_bytes().to_vec());
        let fields = [
            number.clone(),
            number.clone(),
            id.clone(),
            id.clone(),
            number.clone(),
            field(b"a.b"),
            field(&1_i16.to_be_bytes()),
            null.clone(),
            number.clone(),
            number,
            field(b"somebody"),
            id,
            null.clone(),
            null,
            field(b"{}"),
        ];
        [&HEAD[..], &FIELDS.to_be_bytes(), &fields.concat(), &END.to_be_bytes()].concat()
    }

    #[test]
    fn a_copy_is_read_however_it_is_cut_into_chunks() {
        let copy = copy_of_one();
        let whole = read(&[&copy]).unwrap();
        assert_eq!((whole.len(), whole[0].position, whole[0].body.as_slice()), (1, 7, b"{}".as_slice()));
        assert_eq!(whole[0].occurred_at.timestamp_micros(), POSTGRES_EPOCH + 7);
        for place in 0..=copy.len() {
            let (first, second) = copy.split_at(place);
            assert_eq!(read(&[first, second]).as_ref(), Ok(&whole), "cut at {place}");
        }
        let bytes: Vec<&[u8]> = copy.chunks(1).collect();
        assert_eq!(read(&bytes), Ok(whole));
    }

    #[test]
    fn what_is_no_whole_copy_is_refused() {
        assert_eq!(read(&[HEAD, &END.to_be_bytes()]), Ok(Vec::new()));
        assert_eq!(read(&[b"this is no copy of anything"]), Err("this is no binary copy"));
        assert_eq!(read(&[HEAD]), Err("a copy is cut off"));
        let copy = copy_of_one();
        assert_eq!(read(&[&copy[..copy.len() - 2]]), Err("a copy is cut off"));
        let null = [&HEAD[..], &FIELDS.to_be_bytes(), &(-1_i32).to_be_bytes()].concat();
        assert_eq!(read(&[&null]), Err("a field of an event is null that never is"));
        let short = [&HEAD[..], &FIELDS.to_be_bytes(), &field(&[0; 4])].concat();
        assert_eq!(read(&[&short]), Err("a field of an event has another length"));
        assert_eq!(read(&[HEAD, &3_i16.to_be_bytes()]), Err("a copied event has another number of fields"));
        assert_eq!(read(&[&copy, &[0]]), Err("a copy goes on behind its end"));
    }
}
