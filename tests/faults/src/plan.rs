//! Which faults happen when: made of one seed, before anything runs.

use crate::deployment::Class;
use crate::fault::{Kind, Target};
use crate::random::Random;
use std::collections::HashMap;
use std::time::Duration;

/// Schedules of one deployment, at most.
const SCHEDULES_PER_DEPLOYMENT: usize = 20;
/// Where events are lost, logs are read again from the beginning: such deployments stay small.
const SCHEDULES_WITH_LOSS: usize = 10;
/// Of a hundred schedules, so many are of each class; the rest is of the class with one of each server.
const SHARES: [(Class, usize); 5] =
    [(Class::Cluster, 20), (Class::Sync, 8), (Class::Async, 7), (Class::Restore, 7), (Class::Disk, 8)];

/// A fault with its times, counted from the beginning of its schedule.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What happens.
    pub kind: Kind,
    /// When it begins.
    pub at: Duration,
    /// How long it lasts.
    pub lasts: Duration,
}

/// One schedule.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Its number in the whole run, from 1.
    pub number: usize,
    /// The seed of its choices.
    pub seed: u64,
    /// Its faults.
    pub faults: Vec<Planned>,
}

/// One deployment and its schedules.
#[derive(Clone, Debug)]
pub struct DeploymentPlan {
    /// Its servers.
    pub class: Class,
    /// The seed of its load.
    pub seed: u64,
    /// What happens to it.
    pub schedules: Vec<Schedule>,
}

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The seed of everything.
    pub seed: u64,
    /// How many schedules.
    pub schedules: usize,
    /// Only this kind of fault.
    pub only: Option<Kind>,
    /// Only these classes; none means all.
    pub classes: Vec<Class>,
}

/// Makes the plan.
pub fn plan(wanted: &Wanted) -> Vec<DeploymentPlan> {
    let mut planner =
        Planner { random: Random::new(wanted.seed), counts: HashMap::new(), only: wanted.only, number: 0 };
    let mut classes = deployments(wanted);
    planner.shuffle(&mut classes);
    classes.into_iter().map(|(class, schedules)| planner.deployment(class, schedules)).collect()
}

/// Deployments with the number of their schedules.
fn deployments(wanted: &Wanted) -> Vec<(Class, usize)> {
    let allowed: Vec<Class> = match (wanted.only, wanted.classes.is_empty()) {
        (Some(kind), true) => kind.classes().iter().copied().take(1).collect(),
        (None, true) => Class::ALL.to_vec(),
        (_, false) => wanted.classes.clone(),
    };
    let share = |class: Class| SHARES.iter().find(|(of, _)| *of == class).map_or(50, |(_, share)| *share);
    let sum: usize = allowed.iter().map(|class| share(*class)).sum();
    let mut left = wanted.schedules;
    let mut found = Vec::new();
    for (place, class) in allowed.iter().enumerate() {
        let is_last = place + 1 == allowed.len();
        let mut count =
            if is_last { left } else { (wanted.schedules * share(*class)).div_ceil(sum).min(left) };
        left -= count;
        let most = if Kind::main_of(*class).is_some_and(Kind::loses_events) {
            SCHEDULES_WITH_LOSS
        } else {
            SCHEDULES_PER_DEPLOYMENT
        };
        while count > 0 {
            found.push((*class, count.min(most)));
            count -= count.min(most);
        }
    }
    found
}

struct Planner {
    random: Random,
    counts: HashMap<Kind, usize>,
    only: Option<Kind>,
    number: usize,
}

impl Planner {
    fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            items.swap(place, self.random.below(place + 1));
        }
    }

    fn deployment(&mut self, class: Class, schedules: usize) -> DeploymentPlan {
        let seed = self.random.next();
        let schedules = (0..schedules).map(|_| self.schedule(class)).collect();
        DeploymentPlan { class, seed, schedules }
    }

    fn schedule(&mut self, class: Class) -> Schedule {
        self.number += 1;
        let mut faults = Vec::new();
        let wanted = match (self.only, Kind::main_of(class)) {
            (Some(_), _) => 1,
            (None, Some(_)) => 1 + self.random.below(3),
            // Mostly three, else two.
            (None, None) => 2 + self.random.below(6).min(1),
        };
        let main = self.only.or_else(|| Kind::main_of(class)).or_else(|| self.leader_of_cluster(class));
        faults.extend(main.map(|kind| self.timed(kind)));
        while faults.len() < wanted {
            let Some(kind) = self.another(class, &faults) else { break };
            faults.push(self.timed(kind));
        }
        for fault in &faults {
            *self.counts.entry(fault.kind).or_default() += 1;
        }
        Schedule { number: self.number, seed: self.random.next(), faults }
    }

    /// Two of three schedules of a cluster strike the node that leads: only there they can.
    fn leader_of_cluster(&self, class: Class) -> Option<Kind> {
        let is_wanted = class == Class::Cluster && !self.number.is_multiple_of(3);
        let kinds = [Kind::NatsLeaderKill, Kind::NatsLeaderFreeze];
        let least = kinds.into_iter().min_by_key(|kind| self.counts.get(kind).copied().unwrap_or_default());
        least.filter(|_| is_wanted)
    }

    /// A kind that strikes something else: mostly the one that was planned least.
    fn another(&mut self, class: Class, faults: &[Planned]) -> Option<Kind> {
        let mut possible: Vec<Kind> = Kind::ALL
            .iter()
            .copied()
            .filter(|kind| kind.classes().contains(&class) && Kind::main_of(class) != Some(*kind))
            .filter(|kind| faults.iter().all(|fault| may_meet(fault.kind, *kind)))
            .collect();
        self.shuffle(&mut possible);
        if self.random.percent(92) {
            possible.sort_by_key(|kind| self.counts.get(kind).copied().unwrap_or_default());
        }
        possible.first().copied()
    }

    fn timed(&mut self, kind: Kind) -> Planned {
        let at = self.random.milliseconds(150, 1_200);
        let lasts = match self.random.below(100) {
            // Longer than others wait for an answer.
            0..8 if kind.leaves_all_in_the_dark() => self.random.milliseconds(6_000, 10_000),
            0..20 => self.random.milliseconds(1_500, 3_000),
            _ => self.random.milliseconds(200, 1_400),
        };
        Planned { kind, at, lasts }
    }
}

/// Whether two kinds may happen in one schedule. Without Postgres nobody takes the lead.
fn may_meet(one: Kind, other: Kind) -> bool {
    let waits_for_postgres =
        |a: Kind, b: Kind| a.waits_for_another_leader() && b.target() == Target::Postgres;
    one.target() != other.target() && !waits_for_postgres(one, other) && !waits_for_postgres(other, one)
}

/// How often each kind happens.
pub fn counts(plan: &[DeploymentPlan]) -> HashMap<Kind, usize> {
    let mut counts = HashMap::new();
    for fault in
        plan.iter().flat_map(|deployment| &deployment.schedules).flat_map(|schedule| &schedule.faults)
    {
        *counts.entry(fault.kind).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_hundred_schedules_hold_every_kind_thirty_times_whatever_the_seed() {
        for seed in 0..200 {
            let plan = plan(&Wanted { seed, schedules: 500, only: None, classes: Vec::new() });
            let counts = counts(&plan);
            for kind in Kind::ALL {
                let count = counts.get(kind).copied().unwrap_or_default();
                assert!(count >= 30, "seed {seed}: {} happens {count} times", kind.name());
            }
            assert_eq!(plan.iter().map(|deployment| deployment.schedules.len()).sum::<usize>(), 500);
        }
    }

    #[test]
    fn a_seed_brings_the_same_plan_back() {
        let wanted = Wanted { seed: 7, schedules: 60, only: None, classes: Vec::new() };
        assert_eq!(format!("{:?}", plan(&wanted)), format!("{:?}", plan(&wanted)));
    }
}
