#!/usr/bin/env bash
# Builds casebus and the benchmarks in release and runs them: tests/bench/run.sh [--quick] [--rounds N]
# [--only appends|http] [--json FILE] [--markdown FILE]. Needs what deploy/install.sh installs.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
target=${CARGO_TARGET_DIR:-$root/target}

cargo build --release --locked --manifest-path "$root/Cargo.toml" -p casebus -p bench
if [[ -z ${CASEBUS_NATS_SERVER:-} && -x $root/target/tools/nats-server ]]; then
    export CASEBUS_NATS_SERVER=$root/target/tools/nats-server
fi
exec "$target/release/bench" "$@"
