use crate::site::Site;
use crate::support::{Answer, Service, answer};
use bus::{Bus, BusConfig};
use contract::cloud_event::Message;
use contract::ids::fresh_id;
use log::{Guard, Log, NewCommand, NewEvent};
use sqlx::{Connection, PgConnection, PgPool};
use std::process::Command;
use std::time::{Duration, Instant};
use testkit::TestNats;

/// Messages that the stream keeps.
const KEPT: u32 = 10;
/// How long things may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A site with twenty events in its log and its read model, and the last ten of them in its stream.
struct Limited {
    site: Site,
    nats: TestNats,
    pool: PgPool,
    log: Log,
    bus: Bus,
    relay: Service,
}

impl Limited {
    async fn new() -> Self {
        let (site, nats) = (Site::new().await, testkit::nats().await);
        let pool = PgPool::connect(&site.database.url).await.unwrap();
        let log = Log::open(pool.clone()).await.unwrap();
        let config = BusConfig { max_messages: KEPT, ..BusConfig::new(&nats.url) };
        let bus = Bus::connect(config).await.unwrap();
        let relay = Service::start(&mut command(&site, &nats, &["run", "relay"]));
        // Before a relay has compared log and stream, nothing is appended.
        relay.wait_for("relaying");
        let limited = Self { site, nats, pool, log, bus, relay };
        limited.append(20).await;
        limited.project(20).await;
        limited
    }

    /// Events of new transfers; they are in the stream, too.
    async fn append(&self, count: usize) {
        let commands: Vec<_> = (0..count).map(|_| sent()).collect();
        self.log.append(&commands).await.unwrap();
        let head = self.log.head().await.unwrap().position;
        let begun = Instant::now();
        while self.bus.stream_end().await.unwrap().is_none_or(|end| end.last < head) {
            assert!(begun.elapsed() < PATIENCE, "the stream does not reach position {head}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Lets the read model follow the log up to a position.
    async fn project(&self, position: i64) {
        let projector = Service::start(&mut command(&self.site, &self.nats, &["run", "projector"]));
        assert!(views::wait_for_position(&self.pool, position, PATIENCE).await.unwrap());
        assert_eq!(projector.stop().0, Some(0));
    }

    fn verify(&self) -> Command {
        command(&self.site, &self.nats, &["verify", "--order"])
    }

    /// The answer of a comparison that went on while events were appended: after it had asked where the stream begins, and
    /// before it read the first message.
    async fn verify_while_appending(&self, count: usize) -> Answer {
        // In between it asks where the read model stands, and nobody else does.
        let mut holder = PgConnection::connect(&self.site.database.url).await.unwrap();
        let lock = "begin; lock table views_1.checkpoint in access exclusive mode";
        sqlx::raw_sql(lock).execute(&mut holder).await.unwrap();
        let mut verify = self.verify();
        let verifying = std::thread::spawn(move || answer(&mut verify));
        let waits = "select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and query like '%checkpoint%'";
        let begun = Instant::now();
        while sqlx::query_scalar::<_, i64>(waits).fetch_one(&self.pool).await.unwrap() == 0 {
            assert!(begun.elapsed() < PATIENCE, "the comparison does not ask where the read model stands");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.append(count).await;
        sqlx::raw_sql("rollback").execute(&mut holder).await.unwrap();
        verifying.join().unwrap()
    }
}

fn command(site: &Site, nats: &TestNats, arguments: &[&str]) -> Command {
    let mut command = site.command(arguments);
    command.env("CASEBUS_NATS_URL", &nats.url).env("CASEBUS_NATS_MAX_MESSAGES", KEPT.to_string());
    command
}

/// A command with an event that the stream carries and the read model parks.
fn sent() -> NewCommand {
    let id = fresh_id();
    let parties = r#""kind":"clue_transfer","from":"320100-ybj","to":"320100-wjw""#;
    let event = NewEvent {
        stream_id: id,
        event_id: fresh_id(),
        event_type: "clue-transfer.sent".to_owned(),
        schema_version: 1,
        occurred_at: "2026-03-02T10:00:00Z".parse().unwrap(),
        actor: "320100-ybj/demo".to_owned(),
        correlation_id: id,
        causation_id: None,
        number_series: None,
        traceparent: None,
        body: format!(r#"{{"transfer":{{"id":"{id}",{parties},"matter":"{id}"}}}}"#).into_bytes(),
    };
    let guards = vec![Guard { stream_id: id, version: 0 }];
    NewCommand { id: fresh_id(), request_hash: [0; 32], guards, events: vec![event] }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_limited_stream_drops_while_it_is_compared_does_not_differ() {
    let limited = Limited::new().await;
    let said = limited.verify_while_appending(5).await;
    assert_eq!(said.code, 0, "{}{}", said.output, said.errors);
    assert!(said.output.contains("the stream equals the log from position 16 to 20"), "{}", said.output);

    limited.project(25).await;
    let said = limited.verify_while_appending(30).await;
    assert_eq!(said.code, 0, "{}{}", said.output, said.errors);
    assert!(said.output.contains("it has dropped all up to position 25"), "{}", said.output);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limited_stream_that_holds_other_events_than_the_log_differs() {
    let Limited { site, nats, log, bus, relay, .. } = Limited::new().await;
    assert_eq!(relay.stop().0, Some(0));
    let mut kept = Vec::new();
    for position in 11..=20 {
        kept.push(bus.read_message(position).await.unwrap().unwrap());
    }
    kept.swap(3, 4);
    bus.delete_stream().await.unwrap();
    bus.create_stream(11, log.epoch()).await.unwrap();
    let mut publisher = bus.publisher(10);
    for message in kept {
        let message = Message { subject: message.subject, payload: message.payload.to_vec() };
        publisher.publish(message).await.unwrap();
    }
    publisher.drain().await.unwrap();
    let said = answer(&mut command(&site, &nats, &["verify", "--order"]));
    assert_eq!(said.code, 1, "{}{}", said.output, said.errors);
    assert!(said.output.contains("the stream differs from the log at position 14"), "{}", said.output);
}
