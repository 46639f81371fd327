//! A gateway with its stores, and departments that call it.

use accounts::{Accounts, MasterKey, NewKey, Scope};
use chrono::{DateTime, Utc};
use command::{Desk, SharedRules};
use contract::actor::{Actor, Role};
use contract::clock::{ClockCode, MissedCause};
use contract::ids::{CommandId, DepartmentId, TransferId};
use domain::Rules;
use domain::rule_pack::Catalogue;
use domain::time_limit::commands::MissTimeLimit;
use gateway::{GatewayConfig, Limits};
use log::{Log, Writer};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use projector::ProjectorConfig;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use testkit::{TestClock, TestDatabase};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use views::Views;

const DEPARTMENTS: &str = include_str!("../../../casebus/data/departments.csv");
const GROUPS: &str = include_str!("../../../casebus/data/groups.csv");
const RESPONSIBILITIES: &str = include_str!("../../../casebus/data/responsibilities.csv");

/// Sender in most tests: 医保局.
pub const YBJ: &str = "320100-ybj";
/// Receiver in most tests: 公安局.
pub const GAJ: &str = "320100-gaj";
/// The coordination office between them; it sits in 市卫健委.
pub const LXB: &str = "320100-lxb";
/// 市人民政府: the office between 联席会议办公室 and the others.
pub const GOVERNMENT: &str = "320100-rmzf";
/// 市卫健委.
pub const WJW: &str = "320100-wjw";

/// A gateway with its stores.
pub struct World {
    pub base: String,
    pub clock: TestClock,
    pub accounts: Accounts,
    pub desk: Desk,
    pub rules: SharedRules,
    pub log: Log,
    pub stop: CancellationToken,
    pub pool: PgPool,
    client: reqwest::Client,
    #[expect(dead_code, reason = "lives as long as the world")]
    database: TestDatabase,
    #[expect(dead_code, reason = "stops the services when the world ends")]
    stop_at_end: DropGuard,
}

fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| PrometheusBuilder::new().install_recorder().unwrap()).clone()
}

async fn migrate(url: String) -> anyhow::Result<()> {
    let pool = PgPool::connect(&url).await?;
    log::migrate(&pool, None).await?;
    views::migrate(&pool, None).await?;
    accounts::migrate(&pool, None).await?;
    let accounts = Accounts::new(pool.clone(), master_key());
    accounts.import_departments(DEPARTMENTS, true).await?;
    accounts.import_groups(GROUPS, true).await?;
    accounts.import_responsibilities(RESPONSIBILITIES, true).await?;
    pool.close().await;
    Ok(())
}

fn master_key() -> MasterKey {
    let folder = testkit::folder("keys");
    std::fs::create_dir_all(&folder).unwrap();
    MasterKey::load_or_create(&folder.join("master.key")).unwrap()
}

impl World {
    /// A gateway over an empty log, at nine o'clock on a working Wednesday.
    pub async fn new() -> Self {
        Self::begin(true, Limits::default()).await
    }

    /// A gateway with room for so many requests.
    pub async fn with_room_for(requests: usize) -> Self {
        Self::with_limits(Limits { requests, ..Limits::default() }).await
    }

    /// A gateway with room for so much.
    pub async fn with_limits(limits: Limits) -> Self {
        Self::begin(true, limits).await
    }

    /// A gateway whose read model may stand still.
    pub async fn with_projector(projects: bool) -> Self {
        Self::begin(projects, Limits::default()).await
    }

    async fn begin(projects: bool, limits: Limits) -> Self {
        let database = testkit::database_with(migrate).await;
        let pool = PgPoolOptions::new().max_connections(12).connect(&database.url).await.unwrap();
        let clock = TestClock::at_text("2026-09-16T09:00:00+08:00");
        let accounts = Accounts::new(pool.clone(), master_key());
        let log = Log::open(pool.clone()).await.unwrap();
        let views = Views::new(pool.clone());
        let (writer, write) = Writer::new(log.clone());
        let rules = SharedRules::new(Rules::national());
        let desk = Desk::new(log.clone(), writer, rules.clone());
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(write);
        if projects {
            let config = ProjectorConfig::new(log.clone(), None, views.clone());
            tasks.spawn(projector::run(config, stop.clone()));
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let now = clock.clone();
        let config = GatewayConfig {
            listener,
            desk: desk.clone(),
            accounts: accounts.clone(),
            views,
            now: Arc::new(move || now.now()),
            metrics: metrics(),
            readiness: Arc::new(Vec::new),
            registry_refresh_interval: Duration::from_millis(100),
            limits,
        };
        tasks.spawn(gateway::run(config, stop.clone()));
        let stop_at_end = stop.clone().drop_guard();
        let client = reqwest::Client::new();
        Self { base, clock, accounts, desk, rules, log, stop, pool, client, database, stop_at_end }
    }

    /// A department's clerk.
    pub async fn clerk(&self, department: &str) -> Department<'_> {
        self.caller(department, Role::Clerk, Scope::Own).await
    }

    /// A department's head.
    pub async fn head_of(&self, department: &str) -> Department<'_> {
        self.caller(department, Role::Head, Scope::Own).await
    }

    /// A department's supervisor.
    pub async fn supervisor(&self, department: &str) -> Department<'_> {
        self.caller(department, Role::Supervisor, Scope::Own).await
    }

    /// Somebody with a new key.
    pub async fn caller(&self, department: &str, role: Role, scope: Scope) -> Department<'_> {
        let new = NewKey {
            department: DepartmentId::new(department).unwrap(),
            role,
            scope,
            label: "test".to_owned(),
            expires_at: None,
        };
        let key = self.accounts.create_key(new, self.clock.now()).await.unwrap();
        Department { world: self, key: key.secret, key_id: key.id }
    }

    /// Puts a rule pack of Nanjing into force that says this beside what it inherits.
    pub fn add_pack(&self, says: &str) {
        self.add_pack_of("320100", says);
    }

    /// Puts a rule pack of a division into force that says this beside what it inherits.
    pub fn add_pack_of(&self, division: &str, says: &str) {
        let mut catalogue = Catalogue::shipped();
        let text = format!(
            "id = \"nj-test\"\ninherits = \"cn-default-2026.2\"\njurisdiction = \"{division}\"\n\
             effective_from = \"2026-01-01\"\n{says}\n[[vector]]\nclock = \"T02\"\n\
             start = 2026-03-02T10:00:00+08:00\ndue_on = \"2026-03-03\"\n"
        );
        catalogue.add(&text).unwrap();
        self.rules.replace(Rules::national().with(catalogue, []));
    }

    /// Where the log ends.
    pub async fn head(&self) -> i64 {
        self.log.head().await.unwrap().position
    }

    /// A request by nobody.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// Records a clock as missed, as the watch does.
    pub async fn miss(&self, transfer: &Value, code: ClockCode, owner: &str) {
        let miss = MissTimeLimit { code, run: 1, cause: MissedCause::Unread };
        self.watch(transfer, owner, domain::Command::MissTimeLimit(miss)).await;
    }

    /// An act of the watch.
    pub async fn watch(&self, transfer: &Value, owner: &str, command: domain::Command) {
        let id: TransferId = transfer["id"].as_str().unwrap().parse().unwrap();
        let request = command::Request {
            id: CommandId::fresh(),
            hash: [0; 32],
            actor: Actor::System("watch"),
            by: DepartmentId::new(owner).unwrap(),
            now: self.clock.now(),
            expected_version: None,
            traceparent: None,
        };
        self.desk.act(&request, id, &command).await.unwrap();
    }
}

/// Somebody with a key.
pub struct Department<'a> {
    world: &'a World,
    pub key: String,
    pub key_id: String,
}

impl Department<'_> {
    /// A request with the key.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.world.request(method, path).bearer_auth(&self.key).header("accept-language", "en")
    }

    /// Reads, once the read model has seen everything that is in the log.
    pub async fn get(&self, path: &str) -> Answer {
        let head = self.world.head().await;
        answer(self.request(Method::GET, path).header("casebus-min-position", head)).await
    }

    /// Writes, under a fresh idempotency key.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        answer(self.writing(path).json(&body)).await
    }

    /// A write under a fresh idempotency key.
    pub fn writing(&self, path: &str) -> reqwest::RequestBuilder {
        self.request(Method::POST, path).header("idempotency-key", CommandId::fresh().to_string())
    }

    /// Sends something new, which must succeed.
    pub async fn send(&self, path: &str, body: Value) -> Value {
        let sent = self.post(path, body).await;
        assert_eq!(sent.status, 201, "{path}: {}", sent.body);
        sent.body
    }

    /// Reads a transfer.
    pub async fn read(&self, transfer: &Value) -> Value {
        let read = self.get(&format!("/v1/transfers/{}", id(transfer))).await;
        assert_eq!(read.status, 200, "{}", read.body);
        read.body
    }

    /// The clock of a code in a transfer, the last run of it.
    pub async fn clock(&self, transfer: &Value, code: &str) -> Value {
        let read = self.read(transfer).await;
        let clocks = read["clocks"].as_array().unwrap();
        clocks.iter().rfind(|clock| clock["code"] == code).unwrap().clone()
    }

    /// Sends a clue.
    pub async fn send_clue(&self, to: &str) -> Value {
        let sent = self.post("/v1/clue-transfers", clue(to)).await;
        assert_eq!(sent.status, 201, "{}", sent.body);
        sent.body
    }

    /// An act on a transfer, which must succeed.
    pub async fn act(&self, transfer: &Value, act: &str, body: Value) -> Value {
        let done = self.post(&format!("/v1/transfers/{}/{act}", id(transfer)), body).await;
        assert_eq!(done.status, 200, "{act}: {}", done.body);
        done.body
    }
}

/// A clue with nothing but what it needs.
pub fn clue(to: &str) -> Value {
    json!({"to": to, "title": "某定点药店涉嫌串换药品", "summary": "检查发现票据与库存不符。", "source": "routine_inspection"})
}

/// The id of a transfer.
pub fn id(transfer: &Value) -> &str {
    transfer["id"].as_str().unwrap()
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Answer {
    /// A header.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status and code of a problem.
    pub fn problem(&self) -> (u16, &str) {
        (self.status, self.body["code"].as_str().unwrap_or_default())
    }
}

/// Sends a request.
pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or_default();
    Answer { status, headers, body, text }
}

/// From here on the log does not answer, and the read model does.
pub async fn hide_events(pool: &PgPool) {
    sqlx::query("alter table log.event rename to hidden").execute(pool).await.unwrap();
}

/// Makes every body in the read model so large that a page of bytes holds one; it still says the same.
pub async fn pad_bodies(pool: &PgPool) {
    let padded = "update views_1.timeline set body = body || convert_to(repeat(' ', 9000000), 'UTF8')";
    sqlx::query(padded).execute(pool).await.unwrap();
}

/// A moment.
pub fn moment(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}
