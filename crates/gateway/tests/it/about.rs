//! The service itself.

use crate::world::{GAJ, World, YBJ, answer};
use gateway::Limits;
use reqwest::Method;
use serde_json::json;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn health_readiness_metrics_and_description_need_no_key() {
    let world = World::new().await;
    world.clerk(YBJ).await.send_clue(GAJ).await;
    let get = |path| answer(world.request(Method::GET, path));
    assert_eq!(get("/healthz").await.body, json!({"status": "ok"}));
    let ready = get("/readyz").await;
    assert_eq!((ready.status, &ready.body["status"]), (200, &json!("ready")), "{}", ready.body);
    let metrics = get("/metrics").await.text;
    assert!(
        metrics.contains("casebus_http_requests_total") && metrics.contains("/v1/clue-transfers"),
        "{metrics}"
    );
    assert!(metrics.contains("casebus_http_request_duration_seconds"));
    let openapi = get("/openapi.json").await.body;
    assert_eq!(openapi["openapi"], "3.1.0");
    assert!(openapi["paths"]["/v1/transfers/{id}/receipt"]["post"].is_object());
}

#[tokio::test]
async fn a_request_whose_caller_went_away_is_measured() {
    let world = World::with_projector(false).await;
    let caller = world.clerk(YBJ).await;
    caller.send_clue(GAJ).await;
    // The read model never comes so far, so that the read waits for two seconds.
    let waiting = caller.request(Method::GET, "/v1/departments").header("casebus-min-position", 1);
    assert!(waiting.timeout(Duration::from_millis(300)).send().await.unwrap_err().is_timeout());
    let is_measured = |line: &str| {
        line.starts_with("casebus_http_requests_total{")
            && line.contains("route=\"/v1/departments\"")
            && line.contains("status=\"499\"")
    };
    for _ in 0..50 {
        if answer(world.request(Method::GET, "/metrics")).await.text.lines().any(is_measured) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the request is not measured");
}

#[tokio::test]
async fn without_a_projector_the_gateway_says_for_how_long_the_read_model_is_behind_and_goes_on() {
    let world = World::with_projector(false).await;
    let caller = world.clerk(YBJ).await;
    caller.send_clue(GAJ).await;
    for _ in 0..100 {
        let metrics = answer(world.request(Method::GET, "/metrics")).await.text;
        let lag =
            metrics.lines().find_map(|line| line.strip_prefix("casebus_gateway_read_model_lag_seconds "));
        if lag.is_some_and(|seconds| seconds.parse::<f64>().unwrap() > 1.0) {
            let ready = answer(world.request(Method::GET, "/readyz")).await;
            assert_eq!(ready.status, 200, "{}", ready.body);
            caller.send_clue(GAJ).await;
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("the lag is not told");
}

#[tokio::test]
async fn the_page_of_the_api_loads_nothing_from_elsewhere() {
    let world = World::new().await;
    let page = answer(world.request(Method::GET, "/docs/")).await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    let files = [
        "swagger-ui.css",
        "index.css",
        "swagger-ui-bundle.js",
        "swagger-ui-standalone-preset.js",
        "swagger-initializer.js",
    ];
    for file in files {
        assert!(page.text.contains(file), "{file}");
        assert_eq!(answer(world.request(Method::GET, &format!("/docs/{file}"))).await.status, 200, "{file}");
    }
    assert!(!page.text.contains("http://") && !page.text.contains("https://"), "{}", page.text);
    let start = answer(world.request(Method::GET, "/docs/swagger-initializer.js")).await.text;
    assert!(start.contains("/openapi.json") && !start.contains("petstore"), "{start}");
}

#[tokio::test]
async fn every_answer_has_a_request_id_and_safe_headers() {
    let world = World::new().await;
    for path in ["/healthz", "/v1/transfers", "/nowhere"] {
        let answer = answer(world.request(Method::GET, path)).await;
        assert_eq!(answer.header("casebus-request-id").len(), 36, "{path}");
        assert_eq!(
            (answer.header("x-content-type-options"), answer.header("cache-control")),
            ("nosniff", "no-store")
        );
    }
}

#[tokio::test]
async fn the_gateway_ends_soon_after_it_is_told_to() {
    let world = World::new().await;
    let caller = world.clerk(YBJ).await;
    let stream = caller.request(Method::GET, "/v1/events/stream").send().await.unwrap();
    assert_eq!(stream.status(), 200);
    world.stop.cancel();
    tokio::time::timeout(Duration::from_secs(5), stream.bytes()).await.unwrap().unwrap();
    for _ in 0..100 {
        if caller.request(Method::GET, "/healthz").send().await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the gateway still answers");
}

#[tokio::test]
async fn more_requests_than_there_is_room_for_are_turned_away_at_once_and_health_is_told_all_the_same() {
    let world = World::with_room_for(2).await;
    let clerk = world.clerk(YBJ).await;
    let list = || answer(clerk.request(Method::GET, "/v1/transfers?limit=1"));
    let mut holding = world.pool.begin().await.unwrap();
    sqlx::query("lock table views_1.transfer in access exclusive mode").execute(&mut *holding).await.unwrap();
    let under_way = futures_util::future::join(list(), list());
    let another = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let refused = list().await;
        assert_eq!(refused.problem(), (503, "service.overloaded"));
        assert_eq!(refused.header("retry-after"), "1");
        let healthy = answer(world.request(Method::GET, "/healthz")).await;
        assert_eq!(healthy.status, 200);
        holding.rollback().await.unwrap();
    };
    let ((one, other), ()) = tokio::join!(under_way, another);
    assert_eq!((one.status, other.status), (200, 200));
    assert_eq!(list().await.status, 200, "there is room again");
    // A body of 130 KiB counts as two more.
    let large = answer(clerk.request(Method::POST, "/v1/clue-transfers").body(vec![b' '; 130 * 1024])).await;
    assert_eq!(large.problem(), (503, "service.overloaded"));
    let small = answer(clerk.request(Method::POST, "/v1/clue-transfers").body(vec![b' '; 60 * 1024])).await;
    assert_ne!(small.status, 503, "{}", small.body);
}

#[tokio::test]
async fn a_department_has_no_more_requests_under_way_than_its_share_and_others_are_answered() {
    let limits = Limits { requests_of_a_department: 2, ..Limits::default() };
    let world = World::with_limits(limits).await;
    let (clerk, other) = (world.clerk(YBJ).await, world.clerk(GAJ).await);
    let list = || answer(clerk.request(Method::GET, "/v1/transfers?limit=1"));
    let mut holding = world.pool.begin().await.unwrap();
    sqlx::query("lock table views_1.transfer in access exclusive mode").execute(&mut *holding).await.unwrap();
    let under_way = futures_util::future::join(list(), list());
    let another = async {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let refused = list().await;
        assert_eq!(refused.problem(), (429, "request.too-many"));
        assert_eq!(refused.header("retry-after"), "1");
        assert_eq!(other.get("/v1/departments").await.status, 200);
        holding.rollback().await.unwrap();
    };
    let ((one, two), ()) = tokio::join!(under_way, another);
    assert_eq!((one.status, two.status), (200, 200));
    assert_eq!(list().await.status, 200, "its share is free again");
}

#[tokio::test]
async fn an_answer_that_nobody_takes_keeps_its_room_until_the_caller_is_gone() {
    // One place for the request, and one for each 64 KiB of an answer of 20 MB.
    let world = World::with_room_for(1 + 305).await;
    let clerk = world.clerk(YBJ).await;
    clerk.send_clue(GAJ).await;
    clerk.get("/v1/events").await;
    let large =
        "update views_1.timeline set body = convert_to('{\"large\":\"' || repeat('x', 20000000) || '\",'
        || substr(convert_from(body, 'UTF8'), 2), 'UTF8')";
    sqlx::query(large).execute(&world.pool).await.unwrap();
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(8 * 1024).unwrap();
    let address = world.base.strip_prefix("http://").unwrap().parse().unwrap();
    let mut silent = socket.connect(address).await.unwrap();
    let ask = format!("GET /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n", clerk.key);
    silent.write_all(ask.as_bytes()).await.unwrap();
    let mut begun = [0; 15];
    silent.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200 OK");
    let list = || answer(clerk.request(Method::GET, "/v1/transfers"));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(list().await.problem(), (503, "service.overloaded"));
    drop(silent);
    let begun = std::time::Instant::now();
    while list().await.status != 200 {
        assert!(begun.elapsed() < Duration::from_secs(20), "there is no room again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_read_goes_on_after_its_time_however_slow_the_read_model_says_how_far_it_is() {
    let world = World::with_projector(false).await;
    let clerk = world.clerk(YBJ).await;
    clerk.send_clue(GAJ).await;
    // A look takes longer than one of before is believed.
    let slow = "alter table views_1.checkpoint rename to kept;
        create view views_1.checkpoint as select kept.* from views_1.kept, pg_sleep(1.2)";
    sqlx::raw_sql(slow).execute(&world.pool).await.unwrap();
    let list = || answer(clerk.request(Method::GET, "/v1/transfers?limit=1"));
    let one = tokio::time::timeout(Duration::from_millis(2_300), list()).await;
    assert_eq!(one.expect("one look is enough").status, 200);
    // Those who come while one looks wait for one more look, all for the same.
    let many = futures_util::future::join_all((0..8).map(|_| list()));
    let many = tokio::time::timeout(Duration::from_secs(4), many).await.expect("two looks are enough");
    assert!(many.iter().all(|answer| answer.status == 200));
}

#[tokio::test]
async fn a_matter_of_very_many_transfers_is_answered_in_part_and_says_so() {
    let world = World::new().await;
    let clerk = world.clerk(YBJ).await;
    let sent = clerk.send_clue(GAJ).await;
    let path = format!("/v1/matters/{}", sent["matter"].as_str().unwrap());
    assert_eq!(clerk.get(&path).await.body["more"], json!(false));
    let others = "insert into views_1.transfer select (jsonb_populate_record(t, jsonb_build_object(
        'id', gen_random_uuid(), 'sent_position', 1000 + n))).* from views_1.transfer t, generate_series(1, 200) n";
    sqlx::query(others).execute(&world.pool).await.unwrap();
    let matter = clerk.get(&path).await.body;
    assert_eq!(matter["open"], json!(true));
    assert_eq!((matter["transfers"].as_array().unwrap().len(), &matter["more"]), (200, &json!(true)));
    assert_eq!(matter["transfers"][0]["id"], sent["id"], "the first stand in it");
}
