#!/usr/bin/env bash
# Prints how many clocks the default rule pack has and in how many cases each was tried.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cargo test --locked -q -p domain --test it clock_table -- --nocapture
