//! Where the files of a test process are, and who removes them.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use std::os::unix::process::CommandExt;

/// Values in statics are never dropped, so a shell outlives the process: it reads from a pipe that ends with the
/// process, gives Postgres a moment to end as the kernel told it to, and removes the folder.
const REMOVE_AFTERWARDS: &str = r#"
    cat >/dev/null
    tries=0
    while [ -e "$0/postgres/cluster/postmaster.pid" ] && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
    tries=0
    while [ -e "$0" ] && [ $tries -lt 20 ]; do rm -rf "$0" 2>/dev/null; sleep 0.1; tries=$((tries + 1)); done
"#;

struct Scratch {
    folder: PathBuf,
    _remover: Child,
}

/// A folder of this test process, named anew for each call, not yet made; removed after the process has ended.
pub fn folder(label: &str) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    root().join(format!("{label}-{}", NEXT.fetch_add(1, Ordering::Relaxed)))
}

/// The folder of this test process.
pub(crate) fn root() -> &'static Path {
    static SCRATCH: OnceLock<Scratch> = OnceLock::new();
    &SCRATCH.get_or_init(make).folder
}

/// The root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    crates.and_then(Path::parent).unwrap_or(Path::new(".")).to_owned()
}

fn make() -> Scratch {
    let inside = workspace().join("target/tmp/testkit");
    let above = if servers::can_hold_postgres(&inside) { inside } else { std::env::temp_dir() };
    let folder = above.join(format!("casebus-test-{}", std::process::id()));
    // A killed process of an earlier boot may have had this process id.
    let _ = std::fs::remove_dir_all(&folder);
    if let Err(error) = servers::create_data_folder(&folder) {
        panic!("no folder for the tests: {error}");
    }
    let remover = Command::new("sh")
        .args(["-c", REMOVE_AFTERWARDS])
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    match remover {
        Ok(remover) => Scratch { folder, _remover: remover },
        Err(error) => panic!("no shell to clean up after the tests: {error}"),
    }
}
