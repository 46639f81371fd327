//! What is printed: a line for each schedule, and a table of the kinds of faults at the end.

use crate::fault::Kind;
use crate::inject::Effect;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// What became of one schedule.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its number.
    pub number: usize,
    /// Its faults, as far as they happened, with what they did.
    pub faults: Vec<(Kind, Effect)>,
    /// From the end of the last fault until all was level again.
    pub recovery: Option<Duration>,
    /// What was wrong.
    pub wrong: Vec<String>,
}

/// All outcomes so far.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Schedule by schedule.
    pub outcomes: Vec<Outcome>,
    /// Acknowledged commands that were looked up.
    pub commands: usize,
    /// Events that were lost where losing them is the fault.
    pub lost_as_expected: usize,
    /// Deployments that were checked as a whole.
    pub deployments: usize,
    /// What was wrong outside of schedules.
    pub wrong: Vec<String>,
}

impl Report {
    /// Whether nothing was wrong.
    pub fn is_well(&self) -> bool {
        self.wrong.is_empty() && self.outcomes.iter().all(|outcome| outcome.wrong.is_empty())
    }

    /// All that was wrong, with its schedule.
    pub fn all_wrong(&self) -> Vec<String> {
        let of_schedules = self.outcomes.iter().flat_map(|outcome| {
            outcome.wrong.iter().map(|what| format!("schedule {}: {what}", outcome.number))
        });
        of_schedules.chain(self.wrong.iter().cloned()).collect()
    }

    /// The table of kinds.
    pub fn table(&self) -> String {
        let mut kinds: BTreeMap<Kind, (Vec<Effect>, Vec<Duration>)> = BTreeMap::new();
        for outcome in &self.outcomes {
            for (kind, effect) in &outcome.faults {
                let (effects, recoveries) = kinds.entry(*kind).or_default();
                effects.push(*effect);
                recoveries.extend(outcome.recovery);
            }
        }
        let mut text =
            "| fault | times | all of the role | not on the leader | not felt | recovery min s | median s | max s |\n\
                        |---|---:|---:|---:|---:|---:|---:|---:|\n"
                .to_owned();
        for (kind, (effects, mut times)) in kinds {
            times.sort();
            let count = |wanted| effects.iter().filter(|effect| **effect == wanted).count();
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} | {} |",
                kind.name(),
                effects.len(),
                count(Effect::OnAll),
                count(Effect::OnAnother),
                count(Effect::Unfelt),
                seconds(times.first()),
                seconds(times.get(times.len() / 2)),
                seconds(times.last())
            );
        }
        text
    }

    /// The figures of the whole run.
    pub fn summary(&self) -> String {
        let wrong = self.all_wrong().len();
        format!(
            "{} schedules in {} deployments, {} faults; {} acknowledged commands looked up, {} lost where events are \
             lost by the fault; {wrong} things wrong",
            self.outcomes.len(),
            self.deployments,
            self.outcomes.iter().map(|outcome| outcome.faults.len()).sum::<usize>(),
            self.commands,
            self.lost_as_expected,
        )
    }
}

fn seconds(time: Option<&Duration>) -> String {
    time.map_or_else(|| "–".to_owned(), |time| format!("{:.2}", time.as_secs_f64()))
}
