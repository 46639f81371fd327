#!/usr/bin/env bash
# Builds casebus and the benchmarks in release and runs them; writes target/bench/report.json:
#   tests/bench/run.sh [--quick] [--rounds N] [--only CASE,…] [--markdown FILE]
# `--help` of the program names the cases. Needs what deploy/install.sh installs, and psql.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
target=${CARGO_TARGET_DIR:-$root/target}
peers=()

# Public event stores are a package of their own; where it is missing or does not build, they are not measured.
wants_peers() {
    [[ -x $root/tests/bench/peers/build.sh ]] && { [[ " $* " != *" --only"* ]] || [[ $* == *peers* ]]; }
}

cargo build --release --locked --manifest-path "$root/Cargo.toml" -p casebus -p bench
if wants_peers "$@"; then
    if program=$("$root/tests/bench/peers/build.sh"); then
        peers=(--peers "$program")
    else
        printf 'bench: the public event stores do not build; they are not measured\n' >&2
    fi
fi
if [[ -z ${CASEBUS_NATS_SERVER:-} && -x $root/target/tools/nats-server ]]; then
    export CASEBUS_NATS_SERVER=$root/target/tools/nats-server
fi
exec "$target/release/bench" --out "$root/target/bench" "${peers[@]}" "$@"
