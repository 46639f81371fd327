//! The rows that decide: names, what they compare, what is expected of them, and what was found.

use crate::report::Section;
use crate::series::Series;
use crate::statistics::range;

/// What a figure must be.
#[derive(Clone, Copy, Debug)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

/// A row before it is measured.
struct Target {
    name: &'static str,
    what: &'static str,
    bound: Bound,
}

const fn at_least(name: &'static str, least: f64, what: &'static str) -> Target {
    Target { name, what, bound: Bound::AtLeast(least) }
}

const fn at_most(name: &'static str, most: f64, what: &'static str) -> Target {
    Target { name, what, bound: Bound::AtMost(most) }
}

const TARGETS: [Target; 18] = [
    at_least("append_32_vs_insert", 1.5, "append ÷ one INSERT per transaction, 32 writers"),
    at_least("append_128_vs_insert", 2.5, "append ÷ one INSERT per transaction, 128 writers"),
    at_least("append_512_vs_insert", 3.0, "append ÷ one INSERT per transaction, 512 writers"),
    at_least(
        "append_128_vs_best_peer",
        3.5,
        "append at 128 writers ÷ best public event store at its best writer count",
    ),
    at_least("append_512_vs_unnest", 0.5, "append at 512 writers ÷ multi-row INSERT by UNNEST of 100 rows"),
    at_least("append_1_vs_insert", 0.8, "append ÷ one INSERT per transaction, 1 writer"),
    at_least("relay_vs_publish", 0.85, "relay ÷ raw pipelined publish, same window and headers"),
    at_least("read_vs_copy", 0.6, "catch-up read ÷ binary COPY of the same rows by psql"),
    at_least("project_vs_upsert", 0.5, "rows written while projecting ÷ bulk upsert in batches of 2,000"),
    at_least("rebuild_vs_copy", 0.5, "rows written while rebuilding ÷ COPY of the same rows"),
    at_least("http_128_vs_append_128", 0.5, "HTTP create at 128 connections ÷ append at 128 writers"),
    at_least(
        "pipeline_vs_insert",
        0.7,
        "HTTP create → log → JetStream → views, all at once ÷ one INSERT per transaction, 32 writers",
    ),
    at_most("visible_p99_vs_commit_p99", 8.0, "command → visible ÷ one durable commit, p99 at 200 a second"),
    at_most("watch_large_vs_100k", 2.0, "queries of the watch among many transfers ÷ among 100,000, p99"),
    at_most("rss_mib", 200.0, "MiB of the casebus process under load, at its peak"),
    at_least("append_8_vs_insert", 0.0, "append ÷ one INSERT per transaction, 8 writers; nothing is asked"),
    at_least(
        "append_512_vs_unnest_1",
        0.0,
        "append at 512 writers ÷ UNNEST of 100 rows on one connection; nothing is asked",
    ),
    at_least(
        "http_vs_echo",
        0.0,
        "HTTP create ÷ bare axum that echoes JSON, 128 connections; nothing is asked",
    ),
];

/// What was found for a row.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    /// The row.
    pub(crate) name: &'static str,
    /// The figure.
    pub(crate) value: f64,
    /// The smallest and the largest of single rounds, where that says something.
    pub(crate) range: Option<(f64, f64)>,
}

impl Figure {
    /// One number.
    pub(crate) fn of(name: &'static str, value: f64) -> Self {
        Self { name, value, range: None }
    }

    /// The ratio of two medians; the range is that of the ratios within single rounds.
    pub(crate) fn ratio(name: &'static str, over: &Series, under: &Series) -> Option<Self> {
        let (over_median, under_median) = (over.median()?, under.median()?);
        let each: Vec<f64> =
            over.rates().iter().zip(under.rates()).map(|(over, under)| over / under).collect();
        (under_median > 0.0).then(|| Self { name, value: over_median / under_median, range: range(&each) })
    }
}

/// The final table: every row, measured or not.
pub(crate) fn section(figures: &[Figure]) -> Section {
    let columns = ["row", "figure", "single rounds", "asked", "", "what"];
    Section {
        title: "The rows that decide".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: TARGETS.iter().map(|target| line(target, figures)).collect(),
        notes: vec!["A row that was not measured has no figure, also in `report.json`.".to_owned()],
        figures: serde_json::Value::Null,
    }
}

fn line(target: &Target, figures: &[Figure]) -> Vec<String> {
    let asked = match target.bound {
        Bound::AtLeast(0.0) => "–".to_owned(),
        Bound::AtLeast(least) => format!("≥ {least}"),
        Bound::AtMost(most) => format!("≤ {most}"),
    };
    let found = figures.iter().find(|figure| figure.name == target.name);
    let (figure, rounds, verdict) = match found {
        None => ("not measured".to_owned(), String::new(), "–"),
        Some(found) => (shown(found.value), shown_range(found.range), verdict(target.bound, found.value)),
    };
    vec![target.name.to_owned(), figure, rounds, asked, verdict.to_owned(), target.what.to_owned()]
}

fn verdict(bound: Bound, value: f64) -> &'static str {
    match bound {
        Bound::AtLeast(0.0) => "–",
        Bound::AtLeast(least) if value >= least => "met",
        Bound::AtMost(most) if value <= most => "met",
        Bound::AtLeast(_) | Bound::AtMost(_) => "MISSED",
    }
}

fn shown(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

fn shown_range(range: Option<(f64, f64)>) -> String {
    range.map(|(least, most)| format!("{}–{}", shown(least), shown(most))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::CpuUse;
    use crate::series::Measured;

    fn series(rates: &[f64]) -> Series {
        let mut series = Series::new("one");
        for rate in rates {
            series.push(Measured { per_second: *rate, cpu: CpuUse::default() });
        }
        series
    }

    #[test]
    fn a_ratio_is_that_of_the_medians_and_its_range_that_of_the_rounds() {
        let found = Figure::ratio("x", &series(&[30.0, 20.0, 40.0]), &series(&[10.0, 10.0, 20.0])).unwrap();
        assert!((found.value - 3.0).abs() < 1e-9);
        assert_eq!(found.range, Some((2.0, 3.0)));
        assert!(Figure::ratio("x", &series(&[]), &series(&[1.0])).is_none());
    }

    #[test]
    fn a_row_says_whether_it_was_met_missed_or_not_measured() {
        let figures = [Figure::of("append_1_vs_insert", 0.5), Figure::of("rss_mib", 120.0)];
        let section = section(&figures);
        let verdict_of = |name: &str| {
            let row = section.rows.iter().find(|row| row[0] == name).unwrap();
            (row[1].clone(), row[4].clone())
        };
        assert_eq!(verdict_of("append_1_vs_insert"), ("0.50".to_owned(), "MISSED".to_owned()));
        assert_eq!(verdict_of("rss_mib"), ("120".to_owned(), "met".to_owned()));
        assert_eq!(verdict_of("read_vs_copy").0, "not measured");
    }
}
