//! A private Postgres: first start, restart, crash, refusals.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use servers::{PostgresOptions, PostgresServer, ServersError};

use crate::support::{Folder, ends, execute, fake_program, kill_9, lives, number, quick};

const FILL: &str = "CREATE TABLE item (n bigint); INSERT INTO item VALUES (1), (2)";
const COUNT: &str = "SELECT count(*) FROM item";

#[tokio::test]
async fn it_starts_also_as_root_and_never_runs_as_root() {
    let folder = Folder::new();
    let server = PostgresServer::start(quick(&folder)).await.unwrap();
    let running_as = fs::metadata(format!("/proc/{}", server.pid())).unwrap().uid();
    assert_ne!(running_as, 0);
    assert_eq!(number(&server.url(), "SELECT 1::bigint").await, 1);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn nobody_else_can_reach_it() {
    let folder = Folder::new();
    let server = PostgresServer::start(quick(&folder)).await.unwrap();
    let mode = fs::metadata(server.socket_dir()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let listens = "SELECT count(*) FROM pg_settings WHERE name = 'listen_addresses' AND setting <> ''";
    assert_eq!(number(&server.url(), listens).await, 0);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn by_default_it_is_durable() {
    let folder = Folder::new();
    let options = PostgresOptions::new(folder.path().join("postgres"));
    let server = PostgresServer::start(options).await.unwrap();
    let safe = "SELECT count(*) FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', \
                'synchronous_commit') AND setting = 'on'";
    assert_eq!(number(&server.url(), safe).await, 3);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_restart_keeps_the_data_and_a_stop_leaves_no_process() {
    let folder = Folder::new();
    let server = PostgresServer::start(quick(&folder)).await.unwrap();
    let pid = server.pid();
    execute(&server.url(), FILL).await;
    server.stop().await.unwrap();
    assert!(!lives(pid));
    let again = PostgresServer::start(quick(&folder)).await.unwrap();
    assert_eq!(number(&again.url(), COUNT).await, 2);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn its_death_is_noticed_and_what_was_committed_survives_it() {
    let folder = Folder::new();
    let server = PostgresServer::start(quick(&folder)).await.unwrap();
    execute(&server.url(), FILL).await;
    kill_9(server.pid());
    assert!(!server.exited().await.success());
    drop(server);
    let again = PostgresServer::start(quick(&folder)).await.unwrap();
    assert_eq!(number(&again.url(), COUNT).await, 2);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn a_first_start_that_was_cut_short_is_begun_anew() {
    let folder = Folder::new();
    let unfinished = folder.path().join("postgres/cluster.unfinished");
    fs::create_dir_all(&unfinished).unwrap();
    fs::write(unfinished.join("PG_VERSION"), "15\n").unwrap();
    let server = PostgresServer::start(quick(&folder)).await.unwrap();
    assert!(!unfinished.exists());
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_folder_has_one_owner() {
    let folder = Folder::new();
    let server = PostgresServer::start(quick(&folder)).await.unwrap();
    let refused = PostgresServer::start(quick(&folder)).await.unwrap_err();
    assert!(matches!(refused, ServersError::InUse { .. }), "{refused}");
    assert_eq!(number(&server.url(), "SELECT 1::bigint").await, 1);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_data_folder_with_a_long_name_has_its_socket_elsewhere_and_takes_it_away_again() {
    let folder = Folder::new();
    let mut options = quick(&folder);
    options.data_dir = folder.path().join("数".repeat(40));
    let server = PostgresServer::start(options).await.unwrap();
    let socket = server.socket_dir().to_owned();
    assert!(!socket.starts_with(folder.path()));
    assert_eq!(number(&server.url(), "SELECT 1::bigint").await, 1);
    server.stop().await.unwrap();
    assert!(!socket.exists());
}

#[tokio::test]
async fn a_folder_name_with_quotes_and_blanks_works() {
    let folder = Folder::new();
    let mut options = quick(&folder);
    options.data_dir = folder.path().join("a \"b\", c&d");
    let server = PostgresServer::start(options).await.unwrap();
    assert_eq!(number(&server.url(), "SELECT 1::bigint").await, 1);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn an_old_or_missing_postgres_is_refused_with_the_way_out() {
    let folder = Folder::new();
    let mut options = quick(&folder);
    options.bin_dir = Some(folder.path().join("bin"));
    let missing = PostgresServer::start(options.clone()).await.unwrap_err();
    assert!(matches!(missing, ServersError::PostgresMissing), "{missing}");
    for program in ["postgres", "initdb"] {
        fake_program(&folder.path().join("bin").join(program), "postgres (PostgreSQL) 13.4");
    }
    let old = PostgresServer::start(options).await.unwrap_err();
    assert!(old.to_string().starts_with("PostgreSQL 13.4.0 in "), "{old}");
    assert!(old.to_string().contains("install 14 or newer"), "{old}");
}

#[tokio::test]
async fn data_of_another_major_version_are_not_touched() {
    let folder = Folder::new();
    let cluster = folder.path().join("postgres/cluster");
    fs::create_dir_all(&cluster).unwrap();
    fs::write(cluster.join("PG_VERSION"), "12\n").unwrap();
    let refused = PostgresServer::start(quick(&folder)).await.unwrap_err();
    assert!(refused.to_string().contains("were made by PostgreSQL 12"), "{refused}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_one_sentence() {
    let folder = Folder::new();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let refused = PostgresServer::start(PostgresOptions::new(file.join("data"))).await.unwrap_err();
    assert!(refused.to_string().contains("choose another data folder"), "{refused}");
}

#[tokio::test]
async fn root_is_told_when_the_way_to_the_folder_is_closed_to_postgres() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let folder = Folder::new();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    assert!(!servers::can_hold_postgres(&closed.join("data")));
    let refused = PostgresServer::start(PostgresOptions::new(closed.join("data"))).await.unwrap_err();
    assert!(refused.to_string().contains("chmod o+x"), "{refused}");
}

#[tokio::test]
async fn a_process_that_was_given_the_old_process_id_is_left_alone() {
    let folder = Folder::new();
    let server = PostgresServer::start(quick(&folder)).await.unwrap();
    let pid = server.pid();
    server.stop().await.unwrap();
    assert!(ends(pid));
    let mut stranger = std::process::Command::new("sleep").arg("60").spawn().unwrap();
    let cluster = folder.path().join("postgres/cluster");
    let lines = format!("{}\n{}\n0\n5432\n\n\n0 0\nready\n", stranger.id(), cluster.display());
    fs::write(cluster.join("postmaster.pid"), lines).unwrap();
    let again = PostgresServer::start(quick(&folder)).await.unwrap();
    assert!(lives(stranger.id()));
    again.stop().await.unwrap();
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}
