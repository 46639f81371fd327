#!/usr/bin/env bash
# Everything that must hold before a change is taken: format, lints, tests, and each of tests/steps/*.sh in order.
# Installs what is missing, stops at the first failure, ends with a summary, and leaves no process behind.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin

# Every process that this run starts inherits the mark, so that those left over are found at the end.
export CASEBUS_TEST_RUN="run-$$-$(date +%s)"
patience_seconds=20
summary=()

say() { printf 'tests: %s\n' "$*" >&2; }

# step NAME COMMAND…: runs one step and notes how long it took; a failure ends the run.
step() {
    local name=$1 started=$SECONDS
    shift
    say "$name"
    if "$@"; then
        summary+=("ok      $((SECONDS - started)) s  $name")
    else
        summary+=("FAILED  $((SECONDS - started)) s  $name")
        exit 1
    fi
}

# The living processes that carry the mark, other than this shell and what it runs to find them. Ended ones that
# nobody has waited for yet have no environment any more.
left_over() {
    local folder pid
    for folder in /proc/[0-9]*; do
        pid=${folder#/proc/}
        [[ $pid == "$$" || $pid == "$BASHPID" ]] && continue
        if grep -qzxF "CASEBUS_TEST_RUN=$CASEBUS_TEST_RUN" "$folder/environ" 2>/dev/null && [[ -e $folder/exe ]]; then
            printf '%s\n' "$pid"
        fi
    done
}

# Gives what is ending a moment, then names and ends what stayed. Fails if anything did.
check_left_over() {
    local deadline=$((SECONDS + patience_seconds)) pids pid
    [[ -d /proc/self ]] || return 0
    while pids=$(left_over) && [[ -n $pids ]]; do
        if ((SECONDS >= deadline)); then
            for pid in $pids; do
                say "left behind: $pid $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null || true)"
                kill -KILL "$pid" 2>/dev/null || true
            done
            return 1
        fi
        sleep 0.2
    done
}

finish() {
    local result=$?
    trap - EXIT
    if ! check_left_over; then
        summary+=("FAILED  a process was left behind")
        result=1
    fi
    printf '\n' >&2
    if ((${#summary[@]} > 0)); then printf 'tests: %s\n' "${summary[@]}" >&2; fi
    if ((result == 0)); then say "all passed in $SECONDS s"; else say "failed"; fi
    exit "$result"
}
trap finish EXIT
trap 'exit 130' INT TERM

step "what the tests need is installed" deploy/install.sh
if [[ -z ${CASEBUS_TEST_NATS_SERVER:-} && -x target/tools/nats-server ]]; then
    export CASEBUS_TEST_NATS_SERVER=$root/target/tools/nats-server
fi
step "format" cargo fmt --check
# One pass: the committed types of the SQL statements are those of the migrations, and no lint complains.
step "lints and SQL" tests/prepare-sql.sh --check \
    cargo clippy --workspace --features casebus/pdf --all-targets --locked -- -D warnings
step "tests" cargo test --workspace --features casebus/pdf --locked --no-fail-fast
for file in tests/steps/*.sh; do
    [[ -e $file ]] || continue
    step "$(basename "$file" .sh)" bash "$file"
done
