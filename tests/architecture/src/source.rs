//! The shape of the source files.

use crate::{files, shown};

/// Where a file is cut in two.
const LINES_MAX: usize = 500;

#[test]
fn no_source_file_is_longer_than_500_lines() {
    for path in files("crates", &[".rs", ".ts", ".tsx"]).into_iter().chain(files("tests", &[".rs", ".sh"])) {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= LINES_MAX, "{} has {lines} lines", shown(&path));
    }
}

#[test]
fn no_placeholder_is_left() {
    let words = ["todo!(", "unimplemented!(", "TODO", "FIXME", "#[ignore"];
    for path in files("crates", &[".rs", ".sql", ".toml", ".ftl", ".sh"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        for word in words {
            assert!(!text.contains(word), "{} contains {word}", shown(&path));
        }
    }
}

#[test]
fn every_library_begins_with_its_story() {
    for path in files("crates", &["src/lib.rs", "lib.rs", "main.rs", "mod.rs"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{} does not begin with what it is for", shown(&path));
    }
}
