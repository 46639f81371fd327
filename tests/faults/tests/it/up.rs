//! A process of `casebus up` is killed while 2,000 commands are under way, and nothing acknowledged is lost.

use futures_util::StreamExt;
use harness::{Caller, Casebus, Evidence, Options};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How often commands that were not acknowledged are sent again.
const ROUNDS: usize = 3;

const COMMANDS: usize = 2_000;

fn body(title: &str) -> Value {
    json!({ "to": "320100-ybj", "title": title, "summary": "压力与故障试验", "source": "monitoring" })
}

fn title(number: usize) -> String {
    format!("故障试验第{number}件")
}

/// Sends all commands at once under their own keys; gives the ids that were acknowledged.
async fn send_all(caller: &Caller, done: &Arc<AtomicUsize>) -> HashMap<usize, String> {
    let acknowledged = Arc::new(Mutex::new(HashMap::new()));
    let sends = (0..COMMANDS).map(|number| {
        let (caller, done, acknowledged) = (caller.clone(), done.clone(), acknowledged.clone());
        async move {
            let answer =
                caller.post_as("/v1/clue-transfers", &body(&title(number)), &format!("fault-{number}")).await;
            done.fetch_add(1, Ordering::Relaxed);
            if let Ok(answer) =
                answer.as_ref().map_err(|_| ()).and_then(|a| if a.status == 201 { Ok(a) } else { Err(()) })
            {
                let id = answer.body["id"].as_str().expect("an id").to_owned();
                acknowledged.lock().expect("no panic holds it").insert(number, id);
            }
        }
    });
    futures_util::stream::iter(sends).buffer_unordered(COMMANDS).collect::<Vec<()>>().await;
    let acknowledged = acknowledged.lock().expect("no panic holds it");
    acknowledged.clone()
}

/// Every acknowledged command is in the log once under the id that was told; repeating all of them changes nothing
/// for these and completes the others.
async fn nothing_acknowledged_is_lost(casebus: &Casebus, acknowledged: &HashMap<usize, String>) {
    let evidence = Evidence::of(casebus).await;
    let titles = evidence.titles().await;
    for number in 0..COMMANDS {
        let times = titles.get(&title(number)).copied().unwrap_or(0);
        assert!(times <= 1, "command {number} is in the log {times} times");
        assert!(times == 1 || !acknowledged.contains_key(&number), "acknowledged command {number} is lost");
    }
    // Two thousand at once may be told to come again: so they do, as any caller would.
    let mut again = HashMap::new();
    for _ in 0..ROUNDS {
        again.extend(send_all(&casebus.caller("320100-wjw"), &Arc::default()).await);
        if again.len() == COMMANDS {
            break;
        }
    }
    assert_eq!(again.len(), COMMANDS, "after the fault every command can be completed");
    for (number, id) in acknowledged {
        assert_eq!(&again[number], id, "the repeat of {number} gets the first answer");
    }
    let titles = evidence.titles().await;
    assert!(
        (0..COMMANDS).all(|number| titles[&title(number)] == 1),
        "each command is in the log exactly once"
    );
    everything_agrees(casebus).await;
}

/// Sends under load and lets the fault happen when a third of the answers are in.
async fn under_load<F: Future<Output = Casebus>>(
    casebus: Casebus,
    fault: impl FnOnce(Casebus) -> F,
) -> (Casebus, HashMap<usize, String>) {
    let caller = casebus.caller("320100-wjw");
    let done = Arc::new(AtomicUsize::new(0));
    let breaking = async {
        while done.load(Ordering::Relaxed) < COMMANDS / 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        fault(casebus).await
    };
    let (acknowledged, casebus) = tokio::join!(send_all(&caller, &done), breaking);
    (casebus, acknowledged)
}

#[tokio::test]
async fn a_killed_casebus_loses_nothing_that_it_acknowledged() {
    let options = Options::demo();
    let casebus = Casebus::fresh("kill-casebus", &options).await;
    let (casebus, acknowledged) = under_load(casebus, async |casebus: Casebus| {
        let folder = casebus.kill().await;
        Casebus::start(folder, &Options::demo()).await
    })
    .await;
    assert!(acknowledged.len() < COMMANDS, "the kill came too late to matter");
    nothing_acknowledged_is_lost(&casebus, &acknowledged).await;
    casebus.stop().await;
}

#[tokio::test]
async fn a_killed_postgres_comes_back_and_nothing_acknowledged_is_lost() {
    let casebus = Casebus::fresh("kill-postgres", &Options::demo()).await;
    let (casebus, acknowledged) = under_load(casebus, async |casebus: Casebus| {
        casebus.kill_server("postgres");
        casebus
    })
    .await;
    casebus
        .caller("supervisor")
        .until("/readyz", Duration::from_mins(1), |body| body["status"] == "ready")
        .await;
    nothing_acknowledged_is_lost(&casebus, &acknowledged).await;
    casebus.stop().await;
}

#[tokio::test]
async fn a_killed_nats_server_comes_back_and_the_stream_equals_the_log() {
    let casebus = Casebus::fresh("kill-nats", &Options::demo()).await;
    let (casebus, acknowledged) = under_load(casebus, async |casebus: Casebus| {
        casebus.kill_server("nats-server");
        casebus
    })
    .await;
    assert_eq!(acknowledged.len(), COMMANDS, "commands do not depend on NATS");
    nothing_acknowledged_is_lost(&casebus, &acknowledged).await;
    casebus.stop().await;
}

#[tokio::test]
async fn a_deleted_nats_folder_is_filled_again_with_the_same_sequences() {
    let casebus = Casebus::fresh("delete-nats", &Options::demo()).await;
    casebus.caller("320100-wjw").post("/v1/clue-transfers", &body("删除前")).await.ok();
    let folder = casebus.folder.clone();
    casebus.stop().await;
    std::fs::remove_dir_all(folder.join("nats")).expect("the NATS folder stands in the data folder");
    let casebus = Casebus::start(folder.clone(), &Options::demo()).await;
    casebus.caller("320100-wjw").post("/v1/clue-transfers", &body("删除后")).await.ok();
    everything_agrees(&casebus).await;

    std::fs::remove_dir_all(folder.join("nats/store")).expect("the stream stands in the NATS folder");
    casebus.kill_server("nats-server");
    casebus.caller("320100-wjw").post("/v1/clue-transfers", &body("运行中删除")).await.ok();
    everything_agrees(&casebus).await;
    casebus.stop().await;
}

async fn everything_agrees(casebus: &Casebus) {
    let mut evidence = Evidence::of(casebus).await;
    evidence.positions_are_dense().await;
    evidence.stream_equals_log().await;
    evidence.views_equal_log().await;
}
