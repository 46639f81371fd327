use crate::site::{Site, free_address};
use crate::support::{Answer, Service, answer, casebus, processes_of};
use sqlx::{AssertSqlSafe, Executor, PgPool};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

fn refused(said: &Answer, english: &str, chinese: &str) {
    assert_eq!(said.code, 1, "{}", said.errors);
    let lines: Vec<_> =
        said.errors.lines().filter(|line| !line.contains("INFO") && !line.contains("WARN")).collect();
    assert_eq!(lines.len(), 2, "one sentence in each language: {lines:?}");
    assert!(lines[0].starts_with("error: ") && lines[0].contains(english), "{lines:?}");
    assert!(lines[1].starts_with("错误：") && lines[1].contains(chinese), "{lines:?}");
}

fn folder(name: &str) -> PathBuf {
    let folder = testkit::folder(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn up(data: &Path) -> std::process::Command {
    let mut command = casebus();
    command.args(["up", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data);
    command
}

#[test]
fn a_taken_port_is_told_before_anything_is_started() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = folder("taken").join("data");
    let said = answer(casebus().args(["up", "--listen", &address, "--data-dir"]).arg(&data));
    refused(&said, "is taken", "已被占用");
    assert!(said.errors.contains("--listen") && !data.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_on_a_database_without_casebus_says_how_it_is_migrated() {
    let database = testkit::database().await;
    for role in ["gateway", "relay", "projector", "watch"] {
        let said = answer(
            casebus()
                .args(["run", role])
                .env("CASEBUS_DATABASE_URL", &database.url)
                .env("CASEBUS_NATS_URL", "nats://127.0.0.1:1"),
        );
        refused(&said, "run `casebus migrate", "请以数据库所有者运行");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_on_the_database_of_an_older_version_says_how_it_is_migrated() {
    let database = testkit::database().await;
    let run = |arguments: &[&str]| {
        let mut command = casebus();
        command.args(arguments).env("CASEBUS_DATABASE_URL", &database.url);
        answer(command.env("CASEBUS_NATS_URL", "nats://127.0.0.1:1"))
    };
    assert_eq!(run(&["migrate"]).code, 0);
    let pool = PgPool::connect(&database.url).await.unwrap();
    for schema in ["log", "accounts", "views_1"] {
        let last = format!("version = (select max(version) from {schema}._sqlx_migrations)");
        let set = |success| {
            AssertSqlSafe(format!("update {schema}._sqlx_migrations set success = {success} where {last}"))
        };
        pool.execute(set(false)).await.unwrap();
        refused(
            &run(&["run", "projector"]),
            "of an older version of casebus; run `casebus migrate",
            "较旧版本",
        );
        let doctor = run(&["doctor"]);
        assert!(doctor.output.contains("of an older version of casebus"), "{}", doctor.output);
        pool.execute(set(true)).await.unwrap();
    }
    let doctor = run(&["doctor"]);
    doctor.must_be_in_both_languages();
    for role in ["relay", "projector", "watch"] {
        assert!(doctor.output.contains(&format!("no {role} runs")), "{}", doctor.output);
    }
    assert!(!doctor.output.contains("of an older version of casebus"), "{}", doctor.output);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_master_key_is_refused_to_services_before_anything_is_sealed() {
    let site = Site::new().await;
    let other = folder("other-key").join("master.key");
    accounts::MasterKey::load_or_create(&other).unwrap();
    let with_other = |arguments: &[&str]| {
        let mut command = site.command(arguments);
        command.env("CASEBUS_GATEWAY_MASTER_KEY_FILE", &other);
        command
    };
    // An administrator's acts seal nothing, so they leave no witness.
    assert_eq!(answer(&mut with_other(&["key", "list"])).code, 0);
    let gateway = Service::start(&mut site.command(&["run", "gateway"]));
    site.connect();
    for role in ["gateway", "watch"] {
        refused(&answer(&mut with_other(&["run", role])), "use that file everywhere", "请各处统一使用该文件");
    }
    let mut shared = up(&folder("shared").join("data"));
    let said = answer(shared.env("CASEBUS_DATABASE_URL", &site.database.url));
    refused(&said, "copy its file there", "请将该文件复制到此处");
    assert_eq!(gateway.stop().0, Some(0));
}

#[test]
fn a_database_that_refuses_is_told_with_its_own_reason() {
    let nobody = format!("postgres://casebus@{}/casebus", free_address());
    let said = answer(casebus().args(["doctor"]).env("CASEBUS_DATABASE_URL", &nobody));
    said.must_be_in_both_languages();
    let refusal = said.output.lines().find(|line| line.starts_with("fail")).unwrap();
    assert!(refusal.contains("Connection refused") && refusal.contains("check database.url"), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_role_that_does_not_exist_is_told() {
    let database = testkit::database().await;
    let mut migrate = casebus();
    migrate.args(["migrate", "--service-role", "nosuch"]).env("CASEBUS_DATABASE_URL", &database.url);
    refused(&answer(&mut migrate), "make it first", "没有该数据库角色");
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let file = folder("unwritable").join("file");
    fs::write(&file, "").unwrap();
    refused(&answer(&mut up(&file.join("data"))), "choose another data folder", "另选数据目录");
}

#[test]
fn a_missing_nats_server_is_told_and_nothing_stays_behind() {
    let programs = folder("programs");
    for name in ["id", "setpriv"] {
        let path = std::env::var_os("PATH").unwrap();
        let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.exists());
        found.map(|found| symlink(found, programs.join(name)));
    }
    let data = folder("without-nats");
    let said = answer(up(&data).env_remove("CASEBUS_NATS_SERVER").env("PATH", &programs));
    refused(&said, "no nats-server was found", "未找到 nats-server");
    assert_eq!(processes_of(&data), Vec::<String>::new());
}

#[test]
fn an_old_nats_server_is_told() {
    let old = folder("old").join("nats-server");
    fs::write(&old, "#!/bin/sh\necho 'nats-server: v2.9.10'\n").unwrap();
    fs::set_permissions(&old, fs::Permissions::from_mode(0o755)).unwrap();
    let said = answer(up(&folder("with-old-nats")).env("CASEBUS_NATS_SERVER", &old));
    refused(&said, "2.9.10", "版本 2.9.10 过低");
}

#[test]
fn a_clock_offset_without_a_demonstration_is_refused() {
    let said = answer(up(&folder("offset")).args(["--clock-offset", "5d"]));
    refused(&said, "add --demo", "请同时使用 --demo");
}

#[test]
fn an_act_without_a_running_casebus_says_how_to_start_one() {
    let said = answer(casebus().args(["key", "list", "--data-dir"]).arg(folder("nobody")));
    refused(&said, "casebus up", "casebus up");
    let said = answer(casebus().args(["key", "list"]));
    refused(&said, "CASEBUS_DATABASE_URL", "CASEBUS_DATABASE_URL");
}
