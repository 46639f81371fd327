//! Appends against public event stores, each doing its full job, at the number of writers that suits it best.
//!
//! The stores are driven by a program of their own, which is no part of the workspace. It is called in the same rounds
//! as the append, on the same Postgres. Without it nothing is measured and the row has no figure.

use super::append::measure_log;
use crate::cpu::CpuUse;
use crate::report::{Found, Section};
use crate::row::Figure;
use crate::series::{self, Measured, Series};
use crate::stage::Stage;
use anyhow::{Context, ensure};
use serde::Deserialize;
use std::path::Path;
use std::process::Stdio;
use tokio::process::Command;

/// Writers of the append.
const WRITERS: usize = 128;
/// In a quick run every number of writers is tried in the first round, and then so many of each store.
const KEPT: usize = 2;

/// A store as the program lists it.
#[derive(Deserialize)]
struct Listed {
    peer: String,
    version: String,
    writers: Vec<u32>,
}

/// What the program says of one measurement.
#[derive(Deserialize)]
struct Said {
    per_second: f64,
}

/// A store at a number of writers.
struct Contender {
    peer: String,
    writers: u32,
    series: Series,
    is_kept: bool,
}

/// Measures all rounds, if the program is there.
pub(crate) async fn run(stage: &Stage<'_>) -> anyhow::Result<Found> {
    let Some(program) = &stage.options.peers else { return Ok(not_measured("the program is not built")) };
    let listed = list(program).await?;
    if listed.is_empty() {
        return Ok(not_measured("the program lists none"));
    }
    let mut log = Series::new(format!("append, {WRITERS} writers"));
    let mut contenders: Vec<Contender> = listed.iter().flat_map(Listed::contenders).collect();
    let mut failures = Vec::new();
    for round in stage.rounds() {
        log.push(
            measure_log(stage.server, &stage.watched(), WRITERS, stage.options.counted()).await?.measured,
        );
        for contender in contenders.iter_mut().filter(|contender| contender.is_kept) {
            if let Err(error) = contender.measure(stage, program).await {
                failures.push(format!("{} failed: {error:#}", contender.series.name));
                contender.is_kept = false;
            }
        }
        if round == 0 && stage.options.quick {
            keep_best(&mut contenders);
        }
    }
    Ok(found(stage, log, contenders, failures))
}

impl Listed {
    fn contenders(&self) -> impl Iterator<Item = Contender> {
        self.writers.iter().map(|writers| Contender {
            peer: self.peer.clone(),
            writers: *writers,
            series: Series::new(format!("{} {}, {writers} writers", self.peer, self.version)),
            is_kept: true,
        })
    }
}

impl Contender {
    async fn measure(&mut self, stage: &Stage<'_>, program: &Path) -> anyhow::Result<()> {
        let database = stage.server.fresh_database().await?;
        let seconds = stage.options.counted().as_secs().max(1).to_string();
        let mut command = Command::new(program);
        command.args(["--database-url", &database.url, "--peer", &self.peer, "--seconds", &seconds]);
        command.args(["--writers", &self.writers.to_string()]);
        let said = answer(command).await;
        stage.server.remove(database).await?;
        let said: Said = serde_json::from_str(&said?).context("the program says no measurement")?;
        self.series.push(Measured { per_second: said.per_second, cpu: CpuUse::default() });
        Ok(())
    }
}

/// Of each store the numbers of writers at which it was fastest.
fn keep_best(contenders: &mut [Contender]) {
    contenders.sort_by(|one, other| {
        let rate = |contender: &Contender| contender.series.median().unwrap_or_default();
        one.peer.cmp(&other.peer).then(f64::total_cmp(&rate(other), &rate(one)))
    });
    for of_one in contenders.chunk_by_mut(|one, other| one.peer == other.peer) {
        of_one.iter_mut().skip(KEPT).for_each(|contender| contender.is_kept = false);
    }
}

/// The fastest of all that went on to the end. One that did not was measured in fewer rounds, in which the machine may have
/// been faster than in the others.
fn best(contenders: &[Contender]) -> Option<&Series> {
    let kept = contenders.iter().filter(|contender| contender.is_kept).map(|contender| &contender.series);
    kept.max_by(|one, other| {
        f64::total_cmp(&one.median().unwrap_or_default(), &other.median().unwrap_or_default())
    })
}

fn found(stage: &Stage<'_>, log: Series, contenders: Vec<Contender>, failures: Vec<String>) -> Found {
    let best = best(&contenders);
    let figures =
        best.and_then(|best| Figure::ratio("append_128_vs_best_peer", &log, best)).into_iter().collect();
    let mut notes = vec![format!(
        "Medians of {} interleaved rounds, on the same Postgres; every store appends one event of 400 bytes a commit with \
         its check of the stream's version, through its public interface.{}",
        stage.options.rounds,
        if stage.options.quick {
            " After the first round only the best two numbers of writers of each go on, and one of these is the best."
        } else {
            ""
        }
    )];
    notes.extend(best.map(|best| format!("The best: {}.", best.name)));
    notes.extend(failures);
    let mut all = vec![log];
    all.extend(contenders.into_iter().map(|contender| contender.series));
    Found { sections: vec![series::section("Public event stores", "events", &all, notes)], figures }
}

fn not_measured(why: &str) -> Found {
    let section = Section {
        title: "Public event stores".to_owned(),
        columns: vec!["not measured".to_owned()],
        rows: Vec::new(),
        notes: vec![format!("Not measured: {why}; see tests/bench/run.sh.")],
        figures: serde_json::Value::Null,
    };
    Found { sections: vec![section], figures: Vec::new() }
}

/// The stores that the program knows: a line of JSON each.
async fn list(program: &Path) -> anyhow::Result<Vec<Listed>> {
    let mut command = Command::new(program);
    command.arg("--list");
    let said = answer(command).await?;
    let lines = said.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| serde_json::from_str(line).context("the program lists what is no store")).collect()
}

async fn answer(mut command: Command) -> anyhow::Result<String> {
    let said =
        command.stdin(Stdio::null()).kill_on_drop(true).output().await.context("cannot run the program")?;
    ensure!(said.status.success(), "{}: {}", said.status, String::from_utf8_lossy(&said.stderr).trim());
    Ok(String::from_utf8_lossy(&said.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store at 1, 8, 32 and 128 writers after a first round, in which 8 and 32 were the fastest.
    fn after_the_first_round() -> Vec<Contender> {
        let listed =
            Listed { peer: "store".to_owned(), version: "1".to_owned(), writers: vec![1, 8, 32, 128] };
        let mut contenders: Vec<Contender> = listed.contenders().collect();
        for (contender, per_second) in contenders.iter_mut().zip([1.0, 4.0, 3.0, 2.0]) {
            contender.series.push(Measured { per_second, cpu: CpuUse::default() });
        }
        keep_best(&mut contenders);
        contenders
    }

    #[test]
    fn of_each_store_the_best_numbers_of_writers_go_on() {
        let contenders = after_the_first_round();
        let mut kept: Vec<u32> = contenders
            .iter()
            .filter(|contender| contender.is_kept)
            .map(|contender| contender.writers)
            .collect();
        kept.sort_unstable();
        assert_eq!(kept, [8, 32]);
    }
    #[test]
    fn the_best_is_one_that_was_measured_in_all_rounds() {
        let mut contenders = after_the_first_round();
        for contender in contenders.iter_mut().filter(|contender| contender.is_kept) {
            for _ in 0..2 {
                contender.series.push(Measured { per_second: 1.5, cpu: CpuUse::default() });
            }
        }
        // 128 writers came to 2 in the first round, and would be ahead of both.
        let best = best(&contenders).expect("two went on");
        assert_eq!(best.median(), Some(1.5));
    }
}
