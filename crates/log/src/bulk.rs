//! Reading many events at once: a binary COPY costs Postgres and this program less for each of them than rows do, and more
//! for each call.

use crate::read::answer;
use crate::{LogError, RecordedEvent};
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use sqlx::PgPool;
use sqlx::postgres::PgPoolCopyExt;
use uuid::Uuid;

/// From so many events on it is worth it.
pub(crate) const MANY: i64 = 500;

/// The columns, in the order of the fields of [`RecordedEvent`].
const COLUMNS: &str = "e.position, (select h.epoch from log.log_head h), e.event_id, e.stream_id, e.version, e.event_type, \
     e.schema_version, e.number, e.occurred_at, e.recorded_at, e.actor, e.correlation_id, e.causation_id, e.traceparent, e.body";
/// How many these are.
const FIELDS: i16 = 15;
/// What a binary COPY begins with: a signature, flags, and the length of what follows the head, both zero.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What stands in the place of the number of fields at the end.
const END: i16 = -1;
/// The beginning of time for Postgres, 2000-01-01, in microseconds since 1970.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// The events that `rest` chooses and orders, which stands behind `from log.event e`. COPY takes no parameters: nothing but
/// numbers and ids may be written into it.
pub(crate) async fn read(pool: &PgPool, rest: &str) -> Result<Vec<RecordedEvent>, LogError> {
    // On the heap: the futures of readers stay small.
    let bytes = answer(Box::pin(copy(pool, rest))).await?;
    events(&bytes).map_err(|what| sqlx::Error::Decode(what.into()).into())
}

async fn copy(pool: &PgPool, rest: &str) -> Result<Vec<u8>, sqlx::Error> {
    let statement = format!("copy (select {COLUMNS} from log.event e {rest}) to stdout with (format binary)");
    let mut bytes = Vec::new();
    let mut copied = pool.copy_out_raw(&statement).await?;
    while let Some(chunk) = copied.try_next().await? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The events of a whole copy.
fn events(bytes: &[u8]) -> Result<Vec<RecordedEvent>, &'static str> {
    let mut rest = Rest(bytes.strip_prefix(HEAD).ok_or("this is no binary copy")?);
    let mut events = Vec::new();
    loop {
        match i16::from_be_bytes(rest.array()?) {
            END if rest.0.is_empty() => return Ok(events),
            FIELDS => events.push(rest.event()?),
            _ => return Err("a copied event has another number of fields"),
        }
    }
}

/// What is still to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn event(&mut self) -> Result<RecordedEvent, &'static str> {
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

    fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], &'static str> {
        let (array, rest) = self.0.split_first_chunk().ok_or("a copy is cut off")?;
        self.0 = rest;
        Ok(*array)
    }

    /// The bytes of a field; `None` where it is null.
    fn field(&mut self) -> Result<Option<&'a [u8]>, &'static str> {
        let Ok(length) = usize::try_from(i32::from_be_bytes(self.array()?)) else { return Ok(None) };
        let (field, rest) = self.0.split_at_checked(length).ok_or("a copy is cut off")?;
        self.0 = rest;
        Ok(Some(field))
    }

    fn value(&mut self) -> Result<&'a [u8], &'static str> {
        self.field()?.ok_or("a field of an event is null that never is")
    }

    fn number(&mut self) -> Result<i64, &'static str> {
        Ok(i64::from_be_bytes(whole(self.value()?)?))
    }

    fn uuid(&mut self) -> Result<Uuid, &'static str> {
        Ok(Uuid::from_bytes(whole(self.value()?)?))
    }

    fn text(&mut self) -> Result<String, &'static str> {
        text(self.value()?)
    }

    fn moment(&mut self) -> Result<DateTime<Utc>, &'static str> {
        let since_epoch = self.number()?.checked_add(POSTGRES_EPOCH);
        since_epoch.and_then(DateTime::from_timestamp_micros).ok_or("a moment is out of range")
    }
}

/// A field of a fixed length.
fn whole<const LENGTH: usize>(field: &[u8]) -> Result<[u8; LENGTH], &'static str> {
    field.try_into().map_err(|_| "a field of an event has another length")
}

fn text(field: &[u8]) -> Result<String, &'static str> {
    str::from_utf8(field).map(str::to_owned).map_err(|_| "a text of an event is not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_whole_copy_is_refused() {
        assert_eq!(events(&[HEAD, &END.to_be_bytes()].concat()), Ok(Vec::new()));
        assert_eq!(events(b"PGCOPY"), Err("this is no binary copy"));
        assert_eq!(events(HEAD), Err("a copy is cut off"));
        let short = [HEAD, &FIELDS.to_be_bytes(), &8_i32.to_be_bytes(), &[0; 4]].concat();
        assert_eq!(events(&short), Err("a copy is cut off"));
        let null = [HEAD, &FIELDS.to_be_bytes(), &(-1_i32).to_be_bytes()].concat();
        assert_eq!(events(&null), Err("a field of an event is null that never is"));
        let other = [HEAD, &3_i16.to_be_bytes()].concat();
        assert_eq!(events(&other), Err("a copied event has another number of fields"));
        let more = [HEAD, &END.to_be_bytes(), &[0]].concat();
        assert_eq!(events(&more), Err("a copied event has another number of fields"));
    }
}
