#!/usr/bin/env bash
# From a clone to a running casebus with the demo in it: installs what is missing, builds, and runs
# `casebus up --demo`. Arguments go to casebus, for example: deploy/run.sh --listen 127.0.0.1:8080
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin

say() { printf 'run: %s\n' "$*" >&2; }

deploy/install.sh

# The nats-server that install.sh fetched; where the system has one that is new enough, it fetched none.
if [[ -z ${CASEBUS_NATS_SERVER:-} && -x target/tools/nats-server ]]; then
    export CASEBUS_NATS_SERVER=$root/target/tools/nats-server
fi

crates=$(cargo tree --locked --package casebus --edges normal,build --prefix none | sed 's/ (\*)$//' | sort -u | wc -l)
say "building casebus from $crates crates"
started=$SECONDS
cargo build --release --locked --package casebus
say "built in $((SECONDS - started)) s"

exec "${CARGO_TARGET_DIR:-target}/release/casebus" up --demo "$@"
