//! The committed description of the API is the one that the code gives.

use std::path::Path;

#[test]
fn the_committed_openapi_document_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let current = gateway::openapi().to_pretty_json().unwrap();
    assert!(
        committed.trim_end() == current,
        "docs/openapi.json is out of date: run cargo run -p casebus -- openapi > docs/openapi.json"
    );
}
