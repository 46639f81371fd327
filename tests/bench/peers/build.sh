#!/usr/bin/env bash
# Builds the measuring of public event stores in release and prints the path of the program:
# peers=$(tests/bench/peers/build.sh). Fetches message-db's SQL with npm; without npm that peer is left out.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
target=${CARGO_TARGET_DIR:-$root/target}/peers
mkdir -p "$target"
target=$(cd "$target" && pwd)

message_db_version=1.3.1
message_db_sha256=d7938e108d950e29da1974e3acad05bcf680045d0961f6a12039fb002140840d

say() { printf 'peers: %s\n' "$*" >&2; }

# The package is unpacked beside the build, where the program looks for it; nothing of it is run.
fetch_message_db() {
    local folder=$target/message-db packed
    if grep -qs "\"version\": \"$message_db_version\"" "$folder/package.json"; then return; fi
    if ! command -v npm >/dev/null; then
        say "there is no npm to fetch message-db with; it is left out"
        return
    fi
    packed=$(mktemp -d)
    if (cd "$packed" && npm pack --silent "@eventide/message-db@$message_db_version" >/dev/null) &&
        printf '%s  %s\n' "$message_db_sha256" "$packed"/*.tgz | sha256sum --check --quiet >&2; then
        rm -rf "$folder"
        mkdir -p "$folder"
        tar -xzf "$packed"/*.tgz -C "$folder" --strip-components=1 --no-same-owner
    else
        say "message-db $message_db_version could not be fetched; it is left out"
    fi
    rm -rf "$packed"
}

# esrs brings native-tls, which links the system's OpenSSL.
if ! pkg-config --exists openssl; then
    say "OpenSSL's headers are missing: on Debian, apt-get install pkg-config libssl-dev"
    exit 1
fi
CARGO_TARGET_DIR=$target cargo build --release --locked --manifest-path "$here/Cargo.toml" >&2
fetch_message_db
printf '%s\n' "$target/release/peers"
