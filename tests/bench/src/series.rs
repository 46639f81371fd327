//! Who was measured, in which rounds, and what that came to.

use crate::cpu::CpuUse;
use crate::report::Section;
use crate::statistics::{median, range};
use serde_json::{Value, json};

/// One contender in one round.
#[derive(Clone, Debug)]
pub(crate) struct Measured {
    /// Operations in a second.
    pub(crate) per_second: f64,
    /// CPU time for each operation.
    pub(crate) cpu: CpuUse,
}

impl Measured {
    /// The same, counted in parts of the operations: so many of each.
    pub(crate) fn in_parts(&self, parts_each: f64) -> Self {
        Self { per_second: self.per_second * parts_each, cpu: self.cpu.divided_by(parts_each) }
    }
}

/// One contender in all rounds.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    /// Who.
    pub(crate) name: String,
    measured: Vec<Measured>,
    /// What else is to be said of it in the table.
    pub(crate) beside: String,
}

impl Series {
    /// Nothing measured yet.
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), measured: Vec::new(), beside: String::new() }
    }

    /// Adds a round.
    pub(crate) fn push(&mut self, measured: Measured) {
        self.measured.push(measured);
    }

    /// The rates, round by round.
    pub(crate) fn rates(&self) -> Vec<f64> {
        self.measured.iter().map(|one| one.per_second).collect()
    }

    /// The median rate; nothing while nothing was measured.
    pub(crate) fn median(&self) -> Option<f64> {
        median(&self.rates())
    }

    /// The median of the CPU microseconds for each operation, by whose they are.
    fn cpu(&self) -> Vec<(&'static str, f64)> {
        let Some(first) = self.measured.first() else { return Vec::new() };
        let of = |name| {
            let each: Vec<f64> =
                self.measured.iter().filter_map(|one| one.cpu.microseconds_of(name)).collect();
            median(&each).unwrap_or_default()
        };
        first.cpu.names().map(|name| (name, of(name))).collect()
    }

    fn line(&self) -> Vec<String> {
        let rates = self.rates();
        let shown_range = range(&rates).map(|(least, most)| format!("{least:.0}–{most:.0}"));
        let cpu = self.cpu();
        let parts: Vec<String> = cpu.iter().map(|(name, each)| format!("{name} {each:.1}")).collect();
        let sum: f64 = cpu.iter().map(|(_, each)| each).sum();
        vec![
            self.name.clone(),
            median(&rates).map_or_else(|| "not measured".to_owned(), |middle| format!("{middle:.0}")),
            shown_range.unwrap_or_default(),
            if cpu.is_empty() { String::new() } else { format!("{sum:.1} = {}", parts.join(" + ")) },
            self.beside.clone(),
        ]
    }

    fn figures(&self) -> Value {
        let cpu: serde_json::Map<String, Value> =
            self.cpu().into_iter().map(|(name, each)| (name.to_owned(), json!(each))).collect();
        json!({ "name": self.name, "per_second": self.rates(), "cpu_microseconds_each": cpu, "beside": self.beside })
    }
}

/// Several contenders as a table. `unit` is what the rates count.
pub(crate) fn section(title: &str, unit: &str, series: &[Series], notes: Vec<String>) -> Section {
    let columns =
        ["who".to_owned(), format!("{unit}/s"), "range".to_owned(), "CPU µs each".to_owned(), String::new()];
    Section {
        title: title.to_owned(),
        columns: columns.to_vec(),
        rows: series.iter().map(Series::line).collect(),
        notes,
        figures: Value::Array(series.iter().map(Series::figures).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_the_median_the_range_and_whose_cpu_time_it_took() {
        let mut series = Series::new("append");
        for (rate, own) in [(10.0, 1.0), (30.0, 3.0), (20.0, 2.0)] {
            let cpu = CpuUse::of(&[("bench", own), ("Postgres", 4.0)]);
            series.push(Measured { per_second: rate, cpu });
        }
        assert_eq!(series.line(), ["append", "20", "10–30", "6.0 = bench 2.0 + Postgres 4.0", ""]);
    }
}
