//! CPU time of processes, from `/proc/PID/stat` (proc(5)).

use anyhow::Context;
use std::collections::HashMap;
use std::fs;

/// Microseconds of a clock tick: `USER_HZ` is 100 on every Linux.
const TICK_MICROSECONDS: u64 = 10_000;
/// How the measuring program itself is called in tables.
pub(crate) const OWN: &str = "bench";

/// Stands for the children of this process that have ended; no process has this id.
const ENDED_CHILDREN: u32 = 0;

/// Processes whose CPU time counts, each with its descendants, under a name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watched(Vec<(&'static str, u32)>);

/// CPU microseconds so far, by name.
#[derive(Clone, Debug)]
pub(crate) struct CpuTimes(Vec<(&'static str, u64)>);

/// CPU microseconds for each operation, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct CpuUse(Vec<(&'static str, f64)>);

/// What the kernel tells of one process.
struct Process {
    parent: u32,
    /// In user and kernel mode.
    own: u64,
    /// That of children that have ended and were waited for.
    ended_children: u64,
}

impl Watched {
    /// The measuring program, without its children.
    pub(crate) fn own() -> Self {
        Self(vec![(OWN, std::process::id())])
    }

    /// And what programs take that are run to their end meanwhile.
    pub(crate) fn and_ended(mut self, name: &'static str) -> Self {
        self.0.push((name, ENDED_CHILDREN));
        self
    }

    /// And this process with its descendants; several of one name are told as one.
    pub(crate) fn and(mut self, name: &'static str, pid: u32) -> Self {
        self.0.push((name, pid));
        self
    }

    /// What they have used so far.
    pub(crate) fn now(&self) -> anyhow::Result<CpuTimes> {
        let processes = all_processes()?;
        let own = std::process::id();
        let mut times: Vec<(&'static str, u64)> = Vec::with_capacity(self.0.len());
        for (name, pid) in &self.0 {
            let of_own = |ticks: fn(&Process) -> u64| processes.get(&own).map_or(0, ticks);
            let ticks = match *pid {
                ENDED_CHILDREN => of_own(|process| process.ended_children),
                pid if pid == own => of_own(|process| process.own),
                pid => ticks_of_tree(&processes, pid),
            };
            match times.iter_mut().find(|(known, _)| known == name) {
                Some((_, sum)) => *sum += ticks * TICK_MICROSECONDS,
                None => times.push((*name, ticks * TICK_MICROSECONDS)),
            }
        }
        Ok(CpuTimes(times))
    }
}

impl CpuTimes {
    /// What each of so many operations took since an earlier look.
    pub(crate) fn since(&self, earlier: &Self, operations: f64) -> CpuUse {
        let each = self.0.iter().zip(&earlier.0).map(|((name, now), (_, before))| {
            let spent = u32::try_from(now.saturating_sub(*before)).map_or(f64::INFINITY, f64::from);
            (*name, if operations > 0.0 { spent / operations } else { 0.0 })
        });
        CpuUse(each.collect())
    }
}

impl CpuUse {
    /// So many microseconds each.
    #[cfg(test)]
    pub(crate) fn of(each: &[(&'static str, f64)]) -> Self {
        Self(each.to_vec())
    }

    /// A part of it.
    pub(crate) fn divided_by(&self, parts: f64) -> Self {
        let each = self.0.iter().map(|(name, each)| (*name, if parts > 0.0 { each / parts } else { 0.0 }));
        Self(each.collect())
    }

    /// Whose it is.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }

    /// Microseconds of one of them.
    pub(crate) fn microseconds_of(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, each)| *each)
    }
}

/// CPU microseconds of this process and of all children that have ended.
pub(crate) fn own_and_ended_children() -> anyhow::Result<u64> {
    let processes = all_processes()?;
    let own = processes.get(&std::process::id()).context("the kernel does not tell our CPU time")?;
    Ok((own.own + own.ended_children) * TICK_MICROSECONDS)
}

/// CPU microseconds in which the processors did anything, for anyone.
pub(crate) fn all_busy() -> anyhow::Result<u64> {
    let text = fs::read_to_string("/proc/stat")?;
    busy_in(&text)
        .map(|ticks| ticks * TICK_MICROSECONDS)
        .context("the kernel does not tell what its processors do")
}

/// The first line is `cpu user nice system idle iowait irq softirq steal …`; neither idle nor iowait is work.
fn busy_in(text: &str) -> Option<u64> {
    let line = text.lines().next()?.strip_prefix("cpu ")?;
    let fields: Vec<u64> = line.split_whitespace().filter_map(|field| field.parse().ok()).collect();
    let busy = fields.iter().take(8).enumerate().filter(|(place, _)| *place != 3 && *place != 4);
    Some(busy.map(|(_, ticks)| ticks).sum())
}

fn all_processes() -> anyhow::Result<HashMap<u32, Process>> {
    let mut found = HashMap::new();
    for entry in fs::read_dir("/proc")? {
        let Ok(pid) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
        // A process may end while the folder is read.
        let Ok(text) = fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        if let Some(process) = process_in(&text) {
            found.insert(pid, process);
        }
    }
    Ok(found)
}

/// Fields 4 and 14 to 17; the name in field 2 may hold anything, so fields are counted after its last parenthesis.
fn process_in(text: &str) -> Option<Process> {
    let (_, after) = text.rsplit_once(')')?;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let number = |place: usize| fields.get(place)?.parse::<u64>().ok();
    Some(Process {
        parent: u32::try_from(number(1)?).ok()?,
        own: number(11)? + number(12)?,
        ended_children: number(13)? + number(14)?,
    })
}

fn ticks_of_tree(processes: &HashMap<u32, Process>, root: u32) -> u64 {
    let own = processes.get(&root).map_or(0, |process| process.own + process.ended_children);
    let children = processes.iter().filter(|(_, process)| process.parent == root);
    own + children.map(|(pid, _)| ticks_of_tree(processes, *pid)).sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_shift_the_fields() {
        let text = "7 (a) b) S 3 7 7 0 -1 4194560 1 2 3 4 50 60 7 8 20 0 1 0";
        let process = process_in(text).unwrap();
        assert_eq!((process.parent, process.own, process.ended_children), (3, 110, 15));
    }

    #[test]
    fn waiting_is_no_work() {
        assert_eq!(busy_in("cpu  1 2 4 1000 2000 8 16 32 64 128\ncpu0 …"), Some(63));
    }

    #[test]
    fn descendants_count_with_those_of_them_that_have_ended() {
        let process = |parent, own, ended_children| Process { parent, own, ended_children };
        let processes = HashMap::from([
            (1, process(0, 1, 10)),
            (2, process(1, 100, 0)),
            (3, process(2, 1000, 0)),
            (4, process(0, 5, 5)),
        ]);
        assert_eq!(ticks_of_tree(&processes, 1), 1111);
    }
}
