//! What happens to the servers when their owner is killed.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use servers::{NatsOptions, NatsServer, PostgresServer};

use crate::support::{Folder, ends, execute, lives, nats_candidates, nats_program, number, quick};

/// A process that owns both servers (`examples/owner.rs`), and their process ids.
struct Owner {
    process: Child,
    postgres: u32,
    nats: u32,
}

impl Owner {
    fn start(folder: &Path, hide_setpriv: bool) -> Self {
        let mut command = Command::new(example("owner"));
        command.arg(folder).arg(nats_program()).stdout(Stdio::piped());
        if hide_setpriv {
            command.env("PATH", path_without_setpriv(folder));
        }
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let pids: Vec<u32> = line.split_whitespace().skip(1).map(|word| word.parse().unwrap()).collect();
        let [postgres, nats] = pids[..] else { panic!("the owner said {line:?}") };
        Self { process, postgres, nats }
    }

    fn kill_9(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Examples are built along with the tests, beside them.
fn example(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests.ancestors().nth(2).unwrap().join("examples").join(name)
}

/// A PATH that has `id` and `pg_config` but no `setpriv`.
fn path_without_setpriv(folder: &Path) -> PathBuf {
    let bin = folder.join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    for program in ["id", "pg_config", "postgres"] {
        for from in ["/usr/bin", "/usr/local/bin"].map(|from| Path::new(from).join(program)) {
            if from.exists() {
                let _ = std::os::unix::fs::symlink(from, bin.join(program));
            }
        }
    }
    bin
}

fn nats(folder: &Folder) -> NatsOptions {
    let mut options = NatsOptions::new(folder.path().join("nats"));
    options.candidates = nats_candidates();
    options
}

#[test]
fn children_end_when_their_owner_is_killed() {
    let folder = Folder::new();
    let mut owner = Owner::start(folder.path(), false);
    assert!(lives(owner.postgres) && lives(owner.nats));
    owner.kill_9();
    assert!(ends(owner.postgres), "postgres {} stayed", owner.postgres);
    assert!(ends(owner.nats), "nats-server {} stayed", owner.nats);
}

#[tokio::test]
async fn children_that_outlived_their_owner_are_stopped_by_the_next_start() {
    let folder = Folder::new();
    let mut owner = Owner::start(folder.path(), true);
    owner.kill_9();
    assert!(lives(owner.postgres) && lives(owner.nats), "without setpriv they stay");
    let postgres = PostgresServer::start(quick(&folder)).await.unwrap();
    let nats = NatsServer::start(nats(&folder)).await.unwrap();
    assert!(!lives(owner.postgres) && !lives(owner.nats));
    execute(&postgres.url(), "CREATE TABLE item (n bigint)").await;
    assert_eq!(number(&postgres.url(), "SELECT count(*) FROM item").await, 0);
    nats.stop().await.unwrap();
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn a_running_casebus_keeps_its_servers() {
    let folder = Folder::new();
    let mut owner = Owner::start(folder.path(), false);
    let refused = PostgresServer::start(quick(&folder)).await.unwrap_err().to_string();
    assert!(refused.starts_with("another casebus is running on "), "{refused}");
    NatsServer::start(nats(&folder)).await.unwrap_err();
    assert!(lives(owner.postgres) && lives(owner.nats));
    owner.kill_9();
    assert!(ends(owner.postgres) && ends(owner.nats));
}
