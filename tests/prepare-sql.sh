#!/usr/bin/env bash
# Checks every SQL statement of the crates against their migrations and renews .sqlx, from which builds without a
# database take the types. Needs a Postgres installation; starts a server of its own and throws it away.
#
#   tests/prepare-sql.sh                      renews .sqlx
#   tests/prepare-sql.sh --check [COMMAND…]   changes nothing; fails when .sqlx is not what would be written. COMMAND is what
#                                             checks the crates instead of cargo check: one that does more with them.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin

# The crates with SQL, as folders under crates/ in the order of their migrations, and as cargo calls them.
folders=(log views accounts)
packages=(casebus-log views accounts)

check=false
checker=(cargo check --all-targets "${packages[@]/#/-p}")
if [[ ${1:-} == --check ]]; then
    check=true
    shift
    if (($# > 0)); then checker=("$@"); fi
elif (($# > 0)); then
    echo "usage: tests/prepare-sql.sh [--check [COMMAND…]]" >&2
    exit 2
fi

say() { printf 'prepare-sql: %s\n' "$*" >&2; }

# The folder of Postgres' own programs: where the path has them, else the newest that Debian installed.
postgres_programs() {
    local folder
    if folder=$(dirname "$(command -v initdb)") && [[ -x $folder/postgres ]]; then
        readlink -f "$folder/initdb" | xargs dirname
        return
    fi
    for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
        if [[ -x $folder/initdb ]]; then echo "$folder"; return; fi
    done
    say "initdb is not installed; deploy/install.sh installs Postgres"
    return 1
}

# Postgres refuses root, so root runs it as somebody else.
unprivileged() {
    local user=postgres
    if [[ $(id -u) -ne 0 ]]; then "$@"; return; fi
    id -u "$user" >/dev/null 2>&1 || user=nobody
    (cd / && setpriv --reuid="$(id -u "$user")" --regid="$(id -g "$user")" --clear-groups "$@")
}

programs=$(postgres_programs)
scratch=$(mktemp -d)
written=$(mktemp -d)
if [[ $(id -u) -eq 0 ]]; then
    chown "$(id -u postgres 2>/dev/null || id -u nobody)" "$scratch"
    chmod 755 "$scratch"
fi

finish() {
    local result=$?
    trap - EXIT
    if [[ -e $scratch/data/postmaster.pid ]]; then
        unprivileged "$programs/pg_ctl" -D "$scratch/data" -m immediate -w stop >/dev/null || true
    fi
    rm -rf "$scratch" "$scratch.log" "$written"
    exit "$result"
}
trap finish EXIT
trap 'exit 130' INT TERM

say "starting a private Postgres"
unprivileged "$programs/initdb" -D "$scratch/data" -U casebus -A trust -E UTF8 --no-locale --no-sync >"$scratch.log" 2>&1 \
    || { cat "$scratch.log" >&2; exit 1; }
unprivileged "$programs/pg_ctl" -D "$scratch/data" -l "$scratch/data/server.log" -w \
    -o "-c listen_addresses='' -c unix_socket_directories='$scratch' -c fsync=off" start >/dev/null

for folder in "${folders[@]}"; do
    for migration in "crates/$folder"/migrations/*.sql; do
        [[ -e $migration ]] || continue
        say "applying $migration"
        "$programs/psql" -h "$scratch" -U casebus -d postgres -qX -v ON_ERROR_STOP=1 --single-transaction \
            -f "$migration" >/dev/null
    done
done

# cargo does not know that the statements depend on the database, so the crates must look new.
for folder in "${folders[@]}"; do touch "crates/$folder/src/lib.rs"; done
say "checking the statements"
DATABASE_URL="postgres://casebus@localhost/postgres?host=$scratch" SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$written \
    "${checker[@]}"

if $check; then
    if diff -r .sqlx "$written" >&2; then
        say ".sqlx is up to date"
    else
        say ".sqlx is not up to date: run tests/prepare-sql.sh and commit what it changes"
        exit 1
    fi
else
    mkdir -p .sqlx
    rm -f .sqlx/query-*.json
    cp "$written"/query-*.json .sqlx/
    say "$(find .sqlx -name 'query-*.json' | wc -l) statements in .sqlx"
fi
