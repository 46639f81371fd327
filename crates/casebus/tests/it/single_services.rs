use crate::site::{Site, free_address};
use crate::support::Service;
use sqlx::{Connection, PgConnection};
use std::io::Write;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_waits_for_postgres_while_it_begins_ends_as_soon_as_it_is_told_to() {
    let site = Site::new().await;
    let mut other = PgConnection::connect(&site.database.url).await.unwrap();
    sqlx::raw_sql("begin; lock table accounts.subject_key in access exclusive mode")
        .execute(&mut other)
        .await
        .unwrap();
    let gateway = Service::start(&mut site.command(&["run", "gateway"]));
    // Within a transaction the activity of others stays as it was seen first.
    let mut observer = PgConnection::connect(&site.database.url).await.unwrap();
    let waits = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%subject_key%'";
    while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut observer).await.unwrap() == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (code, took) = gateway.stop();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(5), "stopping took {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_never_ends_does_not_keep_the_gateway_from_stopping() {
    let site = Site::new().await;
    let gateway = Service::start(&mut site.command(&["run", "gateway"]));
    let mut stream = site.connect();
    stream.write_all(b"POST /v1/clue-transfers HTTP/1.1\r\nHost: a\r\n").unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let (code, took) = gateway.stop();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(20), "stopping took {took:?}");
    drop(stream);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_watch_needs_no_nats() {
    let site = Site::new().await;
    let watch = Service::start(&mut site.command(&["run", "watch"]));
    watch.wait_for("this process leads the watch");
    watch.wait_for("the watch goes on without NATS");
    assert_eq!(watch.stop().0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_without_an_api_serves_its_metrics_where_it_is_told() {
    let site = Site::new().await;
    let address = free_address();
    let mut command = site.command(&["run", "projector"]);
    let projector = Service::start(command.env("CASEBUS_METRICS_LISTEN", address.to_string()));
    projector.wait_for("the projector leads");
    assert_eq!(reqwest::get(format!("http://{address}/healthz")).await.unwrap().text().await.unwrap(), "ok");
    // It reports every five seconds.
    until_metrics_say(address, &["casebus_projector_parked_events 0"]).await;
    assert_eq!(projector.stop().0, Some(0));
}

async fn until_metrics_say(address: SocketAddr, lines: &[&str]) {
    let begun = Instant::now();
    loop {
        let metrics = reqwest::get(format!("http://{address}/metrics")).await.unwrap().text().await.unwrap();
        if lines.iter().all(|line| metrics.lines().any(|found| found == *line)) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{metrics}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Waits until a metric has a value that is wanted, and answers it.
async fn until_metric(address: SocketAddr, name: &str, is_wanted: impl Fn(f64) -> bool) -> f64 {
    let begun = Instant::now();
    loop {
        let metrics = reqwest::get(format!("http://{address}/metrics")).await.unwrap().text().await.unwrap();
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        if let Some(value) = line.map(|value| value.parse().unwrap()).filter(|value| is_wanted(*value)) {
            return value;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{name}: {metrics}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_says_when_a_round_last_went_well_and_which_steps_failed() {
    let site = Site::new().await;
    let address = free_address();
    let mut command = site.command(&["run", "watch"]);
    command.env("CASEBUS_METRICS_LISTEN", address.to_string()).env("CASEBUS_WATCH_INTERVAL_SECONDS", "1");
    let watch = Service::start(&mut command);
    watch.wait_for("this process leads the watch");
    let failed = r#"casebus_watch_failed_steps_total{step="time-limit.missed"}"#;
    let last_round = "casebus_watch_last_round_timestamp_seconds";
    until_metric(address, last_round, |at| at > 1.7e9).await;
    until_metric(address, failed, |count| count == 0.0).await;

    let mut owner = PgConnection::connect(&site.database.url).await.unwrap();
    sqlx::raw_sql("alter table views_1.clock rename to clock_away").execute(&mut owner).await.unwrap();
    let count = until_metric(address, failed, |count| count > 0.0).await;
    let at = until_metric(address, last_round, |_| true).await;
    until_metric(address, failed, |more| more > count).await;
    assert_eq!(until_metric(address, last_round, |_| true).await.to_bits(), at.to_bits());

    sqlx::raw_sql("alter table views_1.clock_away rename to clock").execute(&mut owner).await.unwrap();
    until_metric(address, last_round, |later| later > at).await;
    assert_eq!(watch.stop().0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_says_how_far_it_is_behind_while_nats_is_away_too() {
    let site = Site::new().await;
    let (nats, address) = (testkit::nats().await, free_address());
    let mut command = site.command(&["run", "relay"]);
    command.env("CASEBUS_NATS_URL", &nats.url).env("CASEBUS_METRICS_LISTEN", address.to_string());
    let relay = Service::start(&mut command);
    relay.wait_for("relaying");
    let is_well =
        ["casebus_relay_lag_events 0", "casebus_relay_interrupted 0", "casebus_relay_rewinds_total 0"];
    until_metrics_say(address, &is_well).await;
    nats.kill().await;
    let log = log::Log::open(sqlx::PgPool::connect(&site.database.url).await.unwrap()).await.unwrap();
    let id = contract::ids::fresh_id();
    let event = log::NewEvent {
        stream_id: id,
        event_id: id,
        event_type: "clue-transfer.sent".to_owned(),
        schema_version: 1,
        occurred_at: "2026-03-02T10:00:00Z".parse().unwrap(),
        actor: "320100-ybj/demo".to_owned(),
        correlation_id: id,
        causation_id: None,
        number_series: None,
        traceparent: None,
        body: b"{}".to_vec(),
    };
    let guards = vec![log::Guard { stream_id: id, version: 0 }];
    log.append(&[log::NewCommand { id, request_hash: [0; 32], guards, events: vec![event] }]).await.unwrap();
    until_metrics_say(address, &["casebus_relay_lag_events 1", "casebus_relay_interrupted 1"]).await;
    assert_eq!(relay.stop().0, Some(0));
}
