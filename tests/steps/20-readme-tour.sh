#!/usr/bin/env bash
# The tour of README.md works as printed: every command runs against a fresh demonstration, and what the page shows
# appears in what they print. README.zh-CN.md has the same commands, and what it shows appears too.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
patience_seconds=60

if [[ -z ${CASEBUS_NATS_SERVER:-} && -x target/tools/nats-server ]]; then
    export CASEBUS_NATS_SERVER=$root/target/tools/nats-server
fi
unset CASEBUS_DATABASE_URL CASEBUS_NATS_URL
# With what the tests are built with, so that nothing is built twice.
cargo test --quiet --locked --workspace --features casebus/pdf --test it --no-run
binary=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)/debug/casebus

work=$(mktemp -d /tmp/casebus-tour.XXXXXX)
chmod 755 "$work" # as root, Postgres runs as another user, who must get through
"$binary" up --demo --data-dir "$work/data" --listen 127.0.0.1:0 --log warn >"$work/out" 2>"$work/err" &
casebus=$!

finish() {
    local result=$?
    trap - EXIT
    kill -TERM "$casebus" 2>/dev/null || true
    wait "$casebus" || result=1
    if ((result != 0)); then tail -n 20 "$work/out" "$work/err" >&2; fi
    rm -rf "$work"
    exit "$result"
}
trap finish EXIT
trap 'exit 130' INT TERM

# Counted from here, whatever the build took.
SECONDS=0
address() { sed -n 's|^casebus is ready: \(http://[^ ]*\).*|\1|p' "$work/out"; }
while [[ -z $(address) ]]; do
    kill -0 "$casebus" 2>/dev/null || exit 1
    ((SECONDS < patience_seconds)) || exit 1
    sleep 0.1
done

python3 - "$(address)" "$work" README.md README.zh-CN.md <<'PYTHON'
import pathlib, re, subprocess, sys

address, work, *documents = sys.argv[1:]
FENCED = re.compile(r"^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
# What stays the same: names of members, words, and texts in Chinese. Ids, times and numbers have digits.
NAME = re.compile(r'"[a-z_]+"(?=: )|^[a-z_-]+:(?= )', re.MULTILINE)
WORD = re.compile(r"[A-Za-z\u4e00-\u9fff][A-Za-z\u4e00-\u9fff_.-]*")
DEPARTMENT = re.compile(r"\d{6}-[a-z]+")
VARIABLE = re.compile(r"\S*[0-9…]\S*")


def tour(document):
    """The commands and, where the page shows it, what each prints."""
    blocks = [(found["info"].split(), found["text"]) for found in FENCED.finditer(pathlib.Path(document).read_text())]
    steps = []
    for at, (info, text) in enumerate(blocks):
        if info == ["sh", "tour"]:
            info, shown = blocks[at + 1] if at + 1 < len(blocks) else ([], "")
            assert info[:1] in (["text"], ["json"]), f"{document}: the output of step {len(steps) + 1} is missing"
            steps.append((text, shown, "varies" in info))
    return steps


def without_remarks(commands):
    return re.sub(r"[ \t]+# .*$|^# .*\n", "", commands, flags=re.MULTILINE)


def expected(shown, varies):
    if varies:
        return set(NAME.findall(shown))
    fixed = VARIABLE.sub(" ", shown)
    return set(NAME.findall(shown)) | set(WORD.findall(fixed)) | set(DEPARTMENT.findall(shown))


tours = {document: tour(document) for document in documents}
first = tours[documents[0]]
assert len(first) >= 8, f"{documents[0]} has only {len(first)} steps"
for document, steps in tours.items():
    same = [without_remarks(step[0]) for step in steps] == [without_remarks(step[0]) for step in first]
    assert same, f"{document} has other commands than {documents[0]}"

script = ["set -euo pipefail"]
for number, (commands, _, _) in enumerate(first, 1):
    commands = commands.replace("http://127.0.0.1:8080", address).replace("data=casebus-data", f"data={work}/data")
    script.append(f"exec >{work}/{number}.printed\n{commands}")
subprocess.run(["bash", "-c", "\n".join(script)], cwd=work, check=True, timeout=60)

missing = []
for document, steps in tours.items():
    for number, (_, shown, varies) in enumerate(steps, 1):
        printed = pathlib.Path(work, f"{number}.printed").read_text()
        lacking = sorted(word for word in expected(shown, varies) if word not in printed)
        missing += [f"{document}, step {number} no longer prints: {' '.join(lacking)}"] if lacking else []
sys.exit("\n".join(missing) or None)
PYTHON
