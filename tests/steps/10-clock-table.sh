#!/usr/bin/env bash
# Prints how many clocks the default rule pack has and in how many cases each was tried.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# With what the tests are built with, so that nothing is built twice; of the test programs only one has such a test.
cargo test --locked -q --workspace --features casebus/pdf --test it clock_table -- --nocapture |
    grep -E '^[0-9]+ clocks, [0-9]+ cases$'
