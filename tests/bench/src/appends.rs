//! Appends per second: the event log with its one writer against one INSERT per transaction.
//!
//! Both run on the same private Postgres with everything durable, in turns within each round, each time in a fresh
//! database after a checkpoint, so that neither pays for what the other left. Each writer appends one event at a
//! time and waits until it is durable; every fifth event begins a new stream. After each measurement the rows are
//! counted: what was answered must be there.

mod event_source;
mod floor;
mod group_commit;
mod server;
mod table;
mod timing;

use crate::options::Options;
use crate::report::Section;
use server::Server;
use std::path::Path;
use timing::Timing;

/// How many callers wait for an append at the same time.
const WRITERS: [usize; 3] = [1, 32, 128];
/// Connections that either side has in its pool.
const POOL_CONNECTIONS: u32 = 16;
/// Connections that the floor may have beside that, one for each writer up to here.
const FLOOR_CONNECTIONS_MAX: u32 = 64;
/// Beside those: who makes the databases.
const OTHER_CONNECTIONS: u16 = 16;

/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contender {
    /// `log::Writer`.
    GroupCommit,
    /// One INSERT per transaction, with so many connections.
    Floor(u32),
}

/// One measurement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measurement {
    writers: usize,
    contender: Contender,
    per_second: f64,
    /// Events that shared a commit, on average; only the event log knows.
    per_commit: Option<f64>,
}

/// Measures all, and tells the server and the appends.
pub(crate) async fn run(options: &Options, scratch: &Path) -> anyhow::Result<Vec<Section>> {
    let server = Server::start(&scratch.join("appends")).await?;
    let measured = measure_all(options, &server).await;
    let settings = server.settings().await;
    server.stop().await?;
    Ok(vec![server::section(&settings?), table::section(options, &measured?)])
}

async fn measure_all(options: &Options, server: &Server) -> anyhow::Result<Vec<Measurement>> {
    let timing = Timing::new(options.appends_duration());
    let mut measured = Vec::new();
    for round in 0..options.rounds {
        for writers in WRITERS {
            for contender in turns(round, writers) {
                measured.push(measure(server, timing, writers, contender).await?);
            }
        }
    }
    Ok(measured)
}

/// Everyone takes the first turn in some round.
fn turns(round: u32, writers: usize) -> Vec<Contender> {
    let own =
        u32::try_from(writers).map_or(FLOOR_CONNECTIONS_MAX, |writers| writers.min(FLOOR_CONNECTIONS_MAX));
    let mut turns = vec![Contender::GroupCommit, Contender::Floor(POOL_CONNECTIONS)];
    if own > POOL_CONNECTIONS {
        turns.push(Contender::Floor(own));
    }
    let first = usize::try_from(round).unwrap_or_default() % turns.len();
    turns.rotate_left(first);
    turns
}

async fn measure(
    server: &Server,
    timing: Timing,
    writers: usize,
    contender: Contender,
) -> anyhow::Result<Measurement> {
    let database = server.fresh_database().await?;
    let (per_second, per_commit) = match contender {
        Contender::GroupCommit => {
            let (per_second, per_commit) = group_commit::measure(&database.url, writers, timing).await?;
            (per_second, Some(per_commit))
        }
        Contender::Floor(connections) => {
            (floor::measure(&database.url, connections, writers, timing).await?, None)
        }
    };
    server.remove(database).await?;
    Ok(Measurement { writers, contender, per_second, per_commit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyone_takes_the_first_turn_in_some_round() {
        let firsts: Vec<Contender> = (0..3).map(|round| turns(round, 128)[0]).collect();
        assert_eq!(firsts, [Contender::GroupCommit, Contender::Floor(16), Contender::Floor(64)]);
        assert_eq!(turns(0, 1), [Contender::GroupCommit, Contender::Floor(16)]);
    }
}
