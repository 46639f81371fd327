//! The lean ways into the log, for commands with one event each: what the unique keys find is not looked for before.

use crate::LogError;
use crate::append::{Guard, NewCommand, NewEvent, Outcome};
use crate::call::traceparents;
use sqlx::PgConnection;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// SQLSTATE of a lean append that cannot be made: the other way answers each command for itself.
const NOT_LEAN: &str = "CB005";
/// SQLSTATE of a unique key that found an earlier command, or another version.
const UNIQUE_VIOLATION: &str = "23505";

/// A command with its only guard and its only event.
type Single<'a> = (&'a NewCommand, &'a Guard, &'a NewEvent);

/// Appends in the lean way; `None`, with nothing in the log, where that is not possible.
pub(crate) async fn append(
    epoch: i64,
    connection: &mut PgConnection,
    commands: &[NewCommand],
) -> Result<Option<Vec<Outcome>>, LogError> {
    let Some(singles) = singles(commands) else { return Ok(None) };
    let appended = match singles.as_slice() {
        [single] => append_one(epoch, connection, *single).await.map(|outcome| vec![outcome]),
        singles => append_several(epoch, connection, singles).await,
    };
    match appended {
        Ok(outcomes) => Ok(Some(outcomes)),
        Err(error) if is_not_lean(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The commands, if each has one event on a guarded stream, and ids and streams differ.
fn singles(commands: &[NewCommand]) -> Option<Vec<Single<'_>>> {
    if let [command] = commands {
        return single(command).map(|single| vec![single]);
    }
    let mut ids = HashSet::with_capacity(commands.len());
    let mut streams = HashSet::with_capacity(commands.len());
    commands
        .iter()
        .map(|command| {
            let single = single(command)?;
            (ids.insert(command.id) && streams.insert(single.2.stream_id)).then_some(single)
        })
        .collect()
}

fn single(command: &NewCommand) -> Option<Single<'_>> {
    match (command.guards.as_slice(), command.events.as_slice()) {
        ([guard], [event]) => Some((command, guard, event)),
        _ => None,
    }
}

fn is_not_lean(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some(NOT_LEAN | UNIQUE_VIOLATION))
}

async fn append_one(
    epoch: i64,
    connection: &mut PgConnection,
    (command, guard, event): Single<'_>,
) -> Result<Outcome, sqlx::Error> {
    let answer = sqlx::query_scalar!(
        r#"select log.append_single($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) as "answer!: Vec<Option<i64>>""#,
        epoch,
        command.id,
        command.request_hash.as_slice(),
        guard.version,
        event.stream_id,
        event.event_id,
        event.event_type,
        event.schema_version,
        event.occurred_at,
        event.actor,
        event.correlation_id,
        event.causation_id,
        event.number_series,
        event.body,
        event.traceparent.as_deref() as Option<&str>
    )
    .fetch_one(connection)
    .await?;
    let [Some(position), number] = answer[..] else {
        return Err(sqlx::Error::Protocol(
            "the log answered something else than a position and a number".to_owned(),
        ));
    };
    Ok(Outcome::Appended { first: position, last: position, number })
}

async fn append_several(
    epoch: i64,
    connection: &mut PgConnection,
    singles: &[Single<'_>],
) -> Result<Vec<Outcome>, sqlx::Error> {
    let column = |of: fn(&Single<'_>) -> Uuid| singles.iter().map(of).collect::<Vec<_>>();
    let ranks = Ranks::of(singles);
    let row = sqlx::query!(
        r#"select start as "start!", numbers
             from log.append_lean($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"#,
        epoch,
        &ranks.series as &[&str],
        &column(|(command, _, _)| command.id),
        &singles.iter().map(|(command, _, _)| command.request_hash.as_slice()).collect::<Vec<_>>()
            as &[&[u8]],
        &singles.iter().map(|(_, guard, _)| guard.version).collect::<Vec<_>>(),
        &column(|(_, _, event)| event.stream_id),
        &column(|(_, _, event)| event.event_id),
        &singles.iter().map(|(_, _, event)| event.event_type.as_str()).collect::<Vec<_>>() as &[&str],
        &singles.iter().map(|(_, _, event)| event.schema_version).collect::<Vec<_>>(),
        &singles.iter().map(|(_, _, event)| event.occurred_at).collect::<Vec<_>>(),
        &singles.iter().map(|(_, _, event)| event.actor.as_str()).collect::<Vec<_>>() as &[&str],
        &column(|(_, _, event)| event.correlation_id),
        &singles.iter().map(|(_, _, event)| event.causation_id).collect::<Vec<_>>() as &[Option<Uuid>],
        &ranks.places,
        &ranks.ranks,
        &singles.iter().map(|(_, _, event)| event.body.as_slice()).collect::<Vec<_>>() as &[&[u8]],
        &traceparents(singles.iter().map(|(_, _, event)| *event)) as &[Option<&str>],
    )
    .fetch_one(connection)
    .await?;
    let numbers = row.numbers.unwrap_or_default();
    let positions = row.start + 1..;
    Ok(positions
        .zip(ranks.places.iter().zip(&ranks.ranks))
        .map(|(position, (place, rank))| {
            let stood_at = usize::try_from(*place - 1).ok().and_then(|place| numbers.get(place));
            let number = stood_at.map(|stood_at| stood_at + i64::from(*rank));
            Outcome::Appended { first: position, last: position, number }
        })
        .collect())
}

/// The series of a call: which one each event is numbered in, and as the how-manieth of it.
#[derive(Default)]
struct Ranks<'a> {
    series: Vec<&'a str>,
    /// Place of the event's series, from 1 as Postgres counts; 0: none.
    places: Vec<i32>,
    ranks: Vec<i32>,
}

impl<'a> Ranks<'a> {
    fn of(singles: &[Single<'a>]) -> Self {
        let mut known: HashMap<&str, (i32, i32)> = HashMap::new();
        let mut ranks = Self::default();
        for (_, _, event) in singles {
            let (place, rank) = match event.number_series.as_deref() {
                None => (0, 0),
                Some(series) => {
                    let entry = known.entry(series).or_insert_with(|| {
                        ranks.series.push(series);
                        let place = i32::try_from(ranks.series.len()).expect("a call holds few series");
                        (place, 0)
                    });
                    entry.1 += 1;
                    *entry
                }
            };
            ranks.places.push(place);
            ranks.ranks.push(rank);
        }
        ranks
    }
}
