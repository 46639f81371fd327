//! Who may depend on whom.

use crate::{files, root, shown};
use std::collections::{BTreeMap, BTreeSet};

/// Each crate of ours, and those of ours on which it may depend.
const ALLOWED: [(&str, &[&str]); 15] = [
    ("contract", &[]),
    ("domain", &["contract"]),
    ("log", &[]),
    ("command", &["contract", "domain", "log"]),
    ("bus", &["contract"]),
    ("documents", &[]),
    ("views", &["contract"]),
    ("accounts", &["contract", "domain"]),
    ("servers", &[]),
    ("gateway", &["accounts", "command", "contract", "documents", "domain", "log", "views"]),
    ("relay", &["bus", "contract", "log"]),
    ("projector", &["bus", "contract", "log", "views"]),
    ("watch", &["accounts", "bus", "command", "contract", "domain", "log", "views"]),
    (
        "casebus",
        &[
            "accounts",
            "bus",
            "command",
            "contract",
            "domain",
            "gateway",
            "log",
            "projector",
            "relay",
            "servers",
            "views",
            "watch",
        ],
    ),
    ("testkit", &["servers"]),
];

/// What the pure crates may use beside ours.
const PURE: [(&str, &[&str]); 2] = [
    (
        "contract",
        &[
            "chrono",
            "fluent-bundle",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "unic-langid",
            "utoipa",
            "uuid",
        ],
    ),
    ("domain", &["chrono", "csv", "serde", "thiserror", "toml"]),
];

/// Where a crate of others may be used, other than in tests.
const RESTRICTED: [(&str, &[&str]); 4] = [
    ("async-nats", &["bus"]),
    ("axum", &["gateway"]),
    ("sqlx", &["accounts", "casebus", "gateway", "log", "projector", "views"]),
    ("typst", &["documents"]),
];

fn manifest(folder: &str) -> toml::Table {
    let path = root().join(folder).join("Cargo.toml");
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

/// Folder name → names of its dependencies (not those for tests).
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let manifests = files("crates", &["Cargo.toml"]);
    let folders = manifests
        .iter()
        .map(|path| path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned());
    folders
        .map(|folder| {
            let manifest = manifest(&format!("crates/{folder}"));
            let table = manifest.get("dependencies").and_then(toml::Value::as_table);
            (folder, table.map(|table| table.keys().cloned().collect()).unwrap_or_default())
        })
        .collect()
}

#[test]
fn every_crate_depends_only_on_those_of_ours_that_it_may() {
    let dependencies = dependencies();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    for (name, used) in &dependencies {
        let allowed_here =
            allowed.get(name.as_str()).unwrap_or_else(|| panic!("crates/{name} is not in the table"));
        for dependency in used.iter().filter(|dependency| allowed.contains_key(dependency.as_str())) {
            assert!(
                allowed_here.contains(&dependency.as_str()),
                "crates/{name} may not depend on {dependency}"
            );
        }
    }
    for name in allowed.keys() {
        assert!(dependencies.contains_key(*name), "crates/{name} is in the table and does not exist");
    }
}

#[test]
fn the_pure_crates_use_no_crate_that_does_input_or_output() {
    let dependencies = dependencies();
    let ours: BTreeSet<&str> = ALLOWED.into_iter().map(|(name, _)| name).collect();
    for (name, pure) in PURE {
        for dependency in dependencies[name].iter().filter(|dependency| !ours.contains(dependency.as_str())) {
            assert!(
                pure.contains(&dependency.as_str()),
                "crates/{name} is pure and may not use {dependency}"
            );
        }
    }
}

#[test]
fn nats_http_sql_and_typesetting_crates_are_used_only_where_they_belong() {
    for (name, used) in dependencies() {
        for (restricted, allowed) in RESTRICTED {
            assert!(
                !used.contains(restricted) || allowed.contains(&name.as_str()),
                "crates/{name} may not use {restricted}"
            );
        }
    }
}

#[test]
fn sql_stands_only_in_log_views_and_accounts() {
    let words = ["sqlx::query", "sqlx::raw_sql", "QueryBuilder"];
    for path in files("crates", &[".rs"]) {
        let name = shown(&path);
        let may =
            ["crates/log/", "crates/views/", "crates/accounts/"].iter().any(|start| name.starts_with(start));
        if may || name.contains("/tests/") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for word in words {
            assert!(!text.contains(word), "{name} contains {word}");
        }
    }
}

#[test]
fn every_dependency_says_in_one_line_what_it_is_for() {
    let text = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest = manifest(".");
    let all = manifest["workspace"]["dependencies"].as_table().unwrap();
    for (name, value) in all {
        let is_ours = value.as_table().is_some_and(|table| table.contains_key("path"));
        assert!(
            is_ours || text.contains(&format!("\n# {name}: ")),
            "Cargo.toml does not say what {name} is for"
        );
    }
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    for path in files("crates", &["Cargo.toml"]).into_iter().chain(files("tests", &["Cargo.toml"])) {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("[lints]\nworkspace = true"), "{} does not take the lints", shown(&path));
    }
}
