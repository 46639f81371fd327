//! The reviewed answer of the router to each of the 145 rows of the shipped matrix.

use crate::Fixture;
use crate::shipped_registry::import;
use domain::registry::{Registry, Route};
use std::fmt::Write;

const REVIEWED: &str = include_str!("../routes.txt");

fn line(registry: &Registry, division: &str, row_id: &str, subject_matter: &str) -> String {
    let answer = match registry.route(division, subject_matter) {
        Route::Routed { to, assumed: false } => to.to_string(),
        Route::Routed { to, assumed: true } => format!("{to} (assumed, the office confirms)"),
        Route::AskOffice { candidates, complete } => {
            let names: Vec<_> = candidates.iter().map(ToString::to_string).collect();
            let rest = if complete { "" } else { " and members that the source does not name" };
            format!("ask the office: {}{rest}", names.join(", "))
        }
        Route::UnknownSubjectMatter { .. } => "unknown subject matter".to_owned(),
    };
    format!("{division} {row_id} {subject_matter} → {answer}")
}

#[tokio::test]
async fn every_row_of_the_shipped_matrix_routes_as_it_was_reviewed() {
    let registry = import(&Fixture::new().await).await;
    let mut routes = String::new();
    for row in registry.responsibilities() {
        let _ = writeln!(routes, "{}", line(&registry, &row.division, &row.row_id, &row.subject_matter));
    }
    assert_eq!(routes.lines().count(), 145);
    assert!(!routes.contains("unknown subject matter"), "each row finds itself");
    if routes != REVIEWED {
        let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/routes.txt");
        std::fs::write(path, &routes).unwrap();
        panic!("the routes differ from tests/routes.txt; review {path} and copy it there");
    }
}
