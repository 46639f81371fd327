//! What the documents name exists.

use crate::{files, root, shown};
use std::collections::BTreeSet;
use std::path::Path;

/// What a path of ours begins with.
const TOPS: [&str; 7] = ["crates/", "deploy/", "docs/", "tests/", ".ci/", "Cargo.toml", "README"];

/// Pieces of a line between backticks or in the brackets of a link.
fn named_in(line: &str) -> Vec<&str> {
    let quoted = line.split('`').skip(1).step_by(2);
    let linked = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    quoted.chain(linked).collect()
}

/// The path in a piece of text, without anchors, line numbers and arguments.
fn path_in(piece: &str) -> Option<&str> {
    let path = piece.split([' ', '#', ':', '?']).next().unwrap_or_default();
    let path = path.trim_start_matches("./");
    let is_ours = TOPS.iter().any(|top| path.starts_with(top));
    let is_pattern = path.contains(['*', '<', '{', '…']);
    (is_ours && !is_pattern).then_some(path)
}

#[test]
fn every_path_that_a_document_names_exists() {
    let top =
        ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root().join(name));
    let documents = top.into_iter().filter(|path| path.exists()).chain(files("docs", &[".md"]));
    let (mut missing, mut checked) = (Vec::new(), 0);
    for document in documents {
        let text = std::fs::read_to_string(&document).unwrap();
        for (number, line) in text.lines().enumerate() {
            for piece in named_in(line) {
                let beside = document.parent().unwrap().join(piece.split('#').next().unwrap_or_default());
                let is_link_beside =
                    Path::new(piece).extension().is_some_and(|ending| ending == "md") && beside.exists();
                let Some(path) = path_in(piece).filter(|_| !is_link_beside) else { continue };
                checked += 1;
                if !root().join(Path::new(path)).exists() {
                    missing.push(format!("{}:{}: {path}", shown(&document), number + 1));
                }
            }
        }
    }
    assert!(missing.is_empty(), "these do not exist:\n{}", missing.join("\n"));
    assert!(checked > 20, "only {checked} paths were found; the documents name more");
}

#[test]
fn the_documents_that_people_look_for_are_there() {
    for name in [
        "README.md",
        "README.zh-CN.md",
        "LICENSE",
        "docs/ARCHITECTURE.md",
        "docs/operators-guide.md",
        "docs/integrators-guide.md",
        "docs/decisions",
        "deploy/run.sh",
        "tests/run.sh",
        ".ci/run",
    ] {
        assert!(root().join(name).exists(), "{name} is missing");
    }
}

/// The names of metrics in a text.
fn metrics_in(text: &str) -> BTreeSet<&str> {
    let is_of_name = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    let words = text.split(|letter: char| !is_of_name(letter));
    words.filter(|word| word.starts_with("casebus_") && !word.ends_with('_')).collect()
}

#[test]
fn every_metric_that_the_operators_guide_or_an_alarm_rule_names_is_one_that_a_service_has() {
    let sources: String =
        files("crates", &[".rs"]).iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    let (guide, rules) = (read("docs/operators-guide.md"), read("deploy/alerts.yml"));
    let listed: BTreeSet<&str> = guide
        .lines()
        .filter_map(|line| line.strip_prefix("| `casebus_").and(metrics_in(line).pop_first()))
        .collect();
    assert!(listed.len() > 20, "the table of the guide was not found");
    for metric in listed.iter().copied().chain(metrics_in(&rules)) {
        assert!(sources.contains(&format!("\"{metric}\"")), "no service has the metric {metric}");
        assert!(listed.contains(metric), "the guide does not say what {metric} is");
    }
}
