use crate::support::{Running, act, answer, casebus, file, processes_of};
use crate::{imports, keys, rules};
use reqwest::Client;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

/// One demonstration, step after step: each needs what the one before left.
#[tokio::test(flavor = "multi_thread")]
async fn a_demonstration_starts_serves_survives_a_crash_and_stops_cleanly() {
    let folder = testkit::folder("demonstration");
    let running = Running::start(&folder, &["--demo"]);
    its_keys_work_and_its_watch_lists_are_not_empty(&running).await;
    assert!(running.memory_mebibytes() < 100, "{} MiB", running.memory_mebibytes());
    another_start_on_its_folder_is_refused(&running);
    keys::a_key_is_made_listed_and_revoked(&running).await;
    imports::bad_rows_are_reported_and_good_ones_taken(&running.folder);
    imports::members_who_leave_a_set_are_named(&running.folder);
    imports::tasks_are_sent_once(&running.folder);
    imports::a_holiday_notice_is_taken_whole_or_not_at_all(&running.folder);
    rules::a_pack_is_compared_published_and_listed(&running.folder);
    rules::a_running_gateway_takes_up_what_was_published(&running, &keys_of(&running)["supervisor"]).await;
    let before = verified(&running);

    running.kill();
    let running = Running::start(&folder, &["--demo", "--clock-offset", "2d"]);
    let after = verified(&running);
    assert!(after >= before, "{after} events of {before} are left");
    let (code, took) = running.stop();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(8), "stopping took {took:?}");
    assert_eq!(processes_of(&folder), Vec::<String>::new());

    business_time_does_not_go_back(&folder);
    only_its_own_master_key_will_do(&folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn real_data_are_not_taken_for_a_demonstration() {
    let folder = testkit::folder("real-data");
    let running = Running::start(&folder, &[]);
    let departments = file(
        "id,name,canonical_name,level,type,parent,host\n320100-rmzf,市政府,人民政府,市,GOVERNMENT,,\n\
         320100-ybj,医保局,医疗保障局,市,ADMIN_ENF,320100-rmzf,\n320100-wjw,卫健委,卫生健康委,市,ADMIN_ENF,320100-rmzf,\n",
    );
    assert_eq!(act(&folder, &["import", "departments", departments.to_str().unwrap()]).code, 0);
    let made = act(&folder, &["key", "create", "--department", "320100-wjw", "--role", "clerk"]);
    let notice = json!({ "to": "320100-ybj", "title": "通报", "summary": "情况", "source": "other" });
    let url = format!("{}/v1/notices", running.url);
    // The gateway takes up what was imported within seconds.
    let mut answered = String::new();
    for _ in 0..100 {
        let request = Client::new().post(&url).bearer_auth(made.output.trim()).header("idempotency-key", "1");
        let sent = request.json(&notice).send().await.unwrap();
        let is_sent = sent.status() == 201;
        answered = sent.text().await.unwrap();
        if is_sent {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(answered.contains("delivered"), "{answered}");
    let doctor = act(&folder, &["doctor"]).output;
    assert!(doctor.contains("a watch runs"), "{doctor}");
    running.stop();
    let mut command = casebus();
    command.args(["up", "--demo", "--clock-offset", "60d", "--listen", "127.0.0.1:0", "--data-dir"]);
    let said = answer(command.arg(&folder));
    assert_eq!(said.code, 1);
    assert!(
        said.errors.contains("leave --demo out") && said.errors.contains("请去掉 --demo"),
        "{}",
        said.errors
    );
    assert_eq!(processes_of(&folder), Vec::<String>::new());
    Running::start(&folder, &[]).stop();
}

fn keys_of(running: &Running) -> BTreeMap<String, String> {
    let path = running.folder.join("demo-keys.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

async fn its_keys_work_and_its_watch_lists_are_not_empty(running: &Running) {
    let path = running.folder.join("demo-keys.json");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let keys = keys_of(running);
    assert!(keys.len() > 300, "{} keys", keys.len());
    let client = Client::new();
    let get = async |path: &str, key: &str| {
        let url = format!("{}{path}", running.url);
        let answer = client.get(url).bearer_auth(&keys[key]).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json::<Value>().await.unwrap()
    };
    for list in ["unacknowledged", "missing-feedback"] {
        let answer = get(&format!("/v1/watch/{list}?limit=5"), "supervisor").await;
        assert_eq!(answer["data"].as_array().unwrap().len(), 5, "{list}");
    }
    get("/v1/digest", "320100-ybj/head").await;
    let answer = get("/v1/transfers?box=in&limit=5", "320100-ybj").await;
    assert!(!answer["data"].as_array().unwrap().is_empty(), "the bureau has received something");
}

fn another_start_on_its_folder_is_refused(running: &Running) {
    let mut second = casebus();
    let said = answer(second.args(["up", "--listen", "127.0.0.1:0", "--data-dir"]).arg(&running.folder));
    assert_eq!(said.code, 1);
    assert!(said.errors.contains("another casebus is running") && said.errors.contains("另一个 casebus"));
}

/// The log, the stream and the read model are equal; answers how many events there are.
fn verified(running: &Running) -> u64 {
    let said = act(&running.folder, &["log", "verify"]);
    assert_eq!(said.code, 0, "{}{}", said.output, said.errors);
    assert!(said.output.lines().all(|line| line.starts_with("ok")), "{}", said.output);
    let line = said.output.lines().next().unwrap();
    line.split_whitespace().find_map(|word| word.parse::<u64>().ok().filter(|number| *number > 1)).unwrap()
}

fn business_time_does_not_go_back(folder: &std::path::Path) {
    let mut command = casebus();
    command.args(["up", "--demo", "--clock-offset", "1d", "--listen", "127.0.0.1:0", "--data-dir"]);
    let said = answer(command.arg(folder));
    assert_eq!(said.code, 1);
    assert!(
        said.errors.contains("--clock-offset 2d or later") && said.errors.contains("业务时间"),
        "{}",
        said.errors
    );
    assert_eq!(processes_of(folder), Vec::<String>::new());
}

fn only_its_own_master_key_will_do(folder: &std::path::Path) {
    let path = folder.join("master.key");
    let refused = |why: &str| {
        let mut command = casebus();
        command.args(["up", "--demo", "--clock-offset", "2d", "--listen", "127.0.0.1:0", "--data-dir"]);
        let said = answer(command.arg(folder));
        assert_eq!(said.code, 1);
        assert!(said.errors.contains(why) && said.errors.contains("请从备份恢复"), "{}", said.errors);
    };
    let own = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    refused("restore the file from its backup");
    assert!(!path.exists(), "no new key is made beside data sealed under another");
    std::fs::write(&path, "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    refused("is not the master key of this database");
    std::fs::write(&path, own).unwrap();
    let (code, _) = Running::start(folder, &["--demo", "--clock-offset", "2d"]).stop();
    assert_eq!(code, Some(0));
}
