//! An open load: stories begin at a steady rate whether or not earlier ones are answered, and every command is sent
//! again under its key until it has a definite answer.

use crate::feed_reader::FeedReader;
use crate::random::Random;
use crate::template::{ASSISTANT, RECEIVER, SENDER, Template};
use reqwest::Client;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Stories that begin in a second; a story has two commands on average.
const STORIES_PER_SECOND: u32 = 30;
/// How long one attempt may take, at most; a client that waits less leaves an attempt under way behind it.
const ATTEMPT_PATIENCE: Duration = Duration::from_secs(4);
/// And at least.
const LEAST_PATIENCE_MS: usize = 300;

/// A command that was answered with success.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    /// Its story.
    pub story: u64,
    /// What must stand at its position.
    pub event_type: &'static str,
    /// On which transfer.
    pub transfer: Uuid,
    /// Which title that must have, where it began it.
    pub title: Option<String>,
    /// Where.
    pub position: i64,
    /// How often events had been lost when it was sent.
    pub sent_in: u32,
    /// How often events had been lost when the answer came.
    pub answered_in: u32,
}

/// A command that was refused for good.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Its story.
    pub story: u64,
    /// What was answered.
    pub answer: String,
}

/// What became of the commands.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// Answered with success.
    pub acknowledged: Vec<Acknowledged>,
    /// Refused.
    pub refused: Vec<Refused>,
    /// Repeats that got another answer than the first one.
    pub contradicted: Vec<String>,
    /// Answers that say that something is wrong inside.
    pub broken: Vec<String>,
    /// Requests for assistance that the watch has to end, with their story.
    pub to_be_ended: Vec<(u64, Uuid)>,
    /// Stories under way.
    pub under_way: usize,
    /// Attempts without a definite answer.
    pub attempts_without_answer: u64,
    /// How often events were lost.
    pub incarnation: u32,
}

struct Shared {
    client: Client,
    gateways: Vec<String>,
    keys: HashMap<&'static str, String>,
    books: Mutex<Books>,
    is_active: AtomicBool,
}

/// The load on a deployment.
pub struct Load {
    shared: Arc<Shared>,
    _ticker: JoinSet<()>,
}

/// One command.
struct Step<'a> {
    story: u64,
    name: &'static str,
    by: &'static str,
    path: String,
    body: &'a Value,
    event_type: &'static str,
}

impl Load {
    /// A load that has not begun.
    pub fn new(gateways: Vec<String>, template: &Template, seed: u64) -> anyhow::Result<Self> {
        let client = Client::builder().timeout(ATTEMPT_PATIENCE).build()?;
        let keys = template.keys.clone();
        let shared = Arc::new(Shared {
            client,
            gateways,
            keys,
            books: Mutex::default(),
            is_active: AtomicBool::new(false),
        });
        let mut ticker = JoinSet::new();
        ticker.spawn(tick(shared.clone(), seed));
        Ok(Self { shared, _ticker: ticker })
    }

    /// Stories begin.
    pub fn resume(&self) {
        self.shared.is_active.store(true, Ordering::Relaxed);
    }

    /// No more stories begin; those under way go on.
    pub fn pause(&self) {
        self.shared.is_active.store(false, Ordering::Relaxed);
    }

    /// What became of the commands so far.
    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.shared.books()
    }

    /// Waits until every story has its answers; answers whether it was in time.
    pub async fn settle(&self, at_most: Duration) -> bool {
        let begun = Instant::now();
        while self.books().under_way > 0 {
            if begun.elapsed() > at_most {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        true
    }

    /// One attempt of a command of its own: its status and the code of its problem.
    pub async fn probe(&self, gateway: usize, key: &str) -> Option<(u16, String)> {
        let body = clue(&format!("探询{key}"));
        let url = self.shared.gateways.get(gateway)?;
        let attempt = self.shared.attempt(url, "/v1/clue-transfers", SENDER, key, &body).await?;
        Some((attempt.status, attempt.body["code"].as_str().unwrap_or_default().to_owned()))
    }

    /// A reader of the feed of a department, through everything.
    pub fn feed_reader(&self, department: &'static str) -> FeedReader {
        let shared = self.shared.clone();
        FeedReader::new(move |attempt, after| {
            let shared = shared.clone();
            async move { shared.feed_page(attempt, department, after).await }
        })
    }

    /// A page of the feed of a department.
    pub async fn feed(&self, department: &str, after: i64, reached: i64) -> anyhow::Result<Value> {
        let key = self.shared.keys.get(department).map_or("", String::as_str);
        let mut last = None;
        for attempt in 0..40 {
            let url = &self.shared.gateways[attempt % self.shared.gateways.len()];
            let request = self.shared.client.get(format!("{url}/v1/events?after={after}&limit=1000"));
            match request.bearer_auth(key).header("Casebus-Min-Position", reached).send().await {
                Ok(response) if response.status().is_success() => return Ok(response.json().await?),
                Ok(response) => last = Some(response.text().await.unwrap_or_default()),
                Err(error) => last = Some(error.to_string()),
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        anyhow::bail!("the feed does not answer: {last:?}")
    }
}

/// Begins stories for as long as the load lives.
async fn tick(shared: Arc<Shared>, seed: u64) {
    let mut stories = JoinSet::new();
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / STORIES_PER_SECOND);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut number = 0;
    loop {
        ticks.tick().await;
        while stories.try_join_next().is_some() {}
        if shared.is_active.load(Ordering::Relaxed) {
            number += 1;
            shared.books().under_way += 1;
            stories.spawn(story(shared.clone(), number, Random::new(seed ^ (number << 20))));
        }
    }
}

fn clue(title: &str) -> Value {
    json!({ "to": RECEIVER, "title": title, "summary": "压力与故障试验", "source": "monitoring" })
}

/// Plays a story and notes that it is over.
async fn story(shared: Arc<Shared>, number: u64, mut random: Random) {
    let length = match random.below(100) {
        0..50 => 1,
        50..78 => 2,
        78..92 => 3,
        _ => 6,
    };
    // A story ends early when a command is refused, which is noted.
    let _ = play(&shared, number, length, &mut random).await;
    shared.books().under_way -= 1;
}

async fn play(shared: &Shared, story: u64, length: usize, random: &mut Random) -> Option<()> {
    let title = format!("故障试验第{story}件");
    let (create, nothing) = (clue(&title), json!({}));
    let step = |name, by, path: String, body, event_type| Step { story, name, by, path, body, event_type };
    let send = step("send", SENDER, "/v1/clue-transfers".into(), &create, "clue-transfer.sent");
    let case = shared.carry_out(&send, random).await?;
    let on_case = |act: &str| format!("/v1/transfers/{case}/{act}");
    if length >= 2 {
        let sign = step("sign", RECEIVER, on_case("receipt"), &nothing, "clue-transfer.signed");
        shared.carry_out(&sign, random).await?;
    }
    if length >= 3 {
        let accept = step("accept", RECEIVER, on_case("acceptance"), &nothing, "clue-transfer.accepted");
        shared.carry_out(&accept, random).await?;
    }
    if length < 6 {
        return Some(());
    }
    let request = json!({ "to": ASSISTANT, "origin": case, "title": format!("协查{story}"),
        "summary": "压力与故障试验", "source": "other_department" });
    let ask = step("ask", RECEIVER, "/v1/assistance-requests".into(), &request, "assistance.sent");
    let asked = shared.carry_out(&ask, random).await?;
    let result = json!({ "kind": "final", "text": "已追回基金", "outcome": "funds_recovered" });
    let answer = step("answer", RECEIVER, on_case("feedback"), &result, "result-feedback.final-given");
    shared.carry_out(&answer, random).await?;
    let confirm = on_case("feedback/1/confirmation");
    shared.carry_out(&step("confirm", SENDER, confirm, &nothing, "clue-transfer.closed"), random).await?;
    shared.books().to_be_ended.push((story, asked));
    Some(())
}

/// An answer of HTTP.
struct Attempt {
    status: u16,
    position: Option<i64>,
    body: Value,
}

impl Attempt {
    fn acknowledged(&self) -> Option<(Uuid, i64)> {
        let id = self.body["id"].as_str()?.parse().ok()?;
        (200..300).contains(&self.status).then_some((id, self.position?))
    }

    /// Whether the same command may yet be answered otherwise.
    fn is_for_now(&self) -> bool {
        let code = self.body["code"].as_str().unwrap_or_default();
        self.status >= 500
            || matches!(self.status, 408 | 425 | 429)
            || matches!(code, "idempotency-key.in-flight" | "transfer.busy")
    }
}

impl Shared {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a command until it has a definite answer; the transfer, unless it was refused.
    async fn carry_out(&self, step: &Step<'_>, random: &mut Random) -> Option<Uuid> {
        let key = format!("story-{}-{}", step.story, step.name);
        let first = self.until_definite(step, &key, random).await?;
        self.books().acknowledged.push(first.clone());
        if random.percent(5) {
            let again = self.until_definite(step, &key, random).await?;
            let is_same = (again.transfer, again.position) == (first.transfer, first.position);
            if !is_same && first.sent_in == again.answered_in {
                self.books().contradicted.push(format!("{key}: {first:?}, then {again:?}"));
            }
        }
        Some(first.transfer)
    }

    async fn until_definite(&self, step: &Step<'_>, key: &str, random: &mut Random) -> Option<Acknowledged> {
        loop {
            let url = random.pick(&self.gateways)?;
            let sent_in = self.books().incarnation;
            let patience = random.milliseconds(LEAST_PATIENCE_MS, 4_000);
            let attempt = self.attempt(url, &step.path, step.by, key, step.body);
            let attempt = tokio::time::timeout(patience, attempt).await.ok().flatten();
            let answered_in = self.books().incarnation;
            match attempt.as_ref().map(|attempt| (attempt, attempt.acknowledged())) {
                Some((_, Some((transfer, position)))) => {
                    let (story, event_type) = (step.story, step.event_type);
                    let title = step.body["title"].as_str().map(str::to_owned);
                    return Some(Acknowledged {
                        story,
                        event_type,
                        transfer,
                        title,
                        position,
                        sent_in,
                        answered_in,
                    });
                }
                Some((attempt, None)) if !attempt.is_for_now() => {
                    let answer = format!("{key}: {} {}", attempt.status, attempt.body);
                    self.books().refused.push(Refused { story: step.story, answer });
                    return None;
                }
                Some((attempt, None)) if attempt.status == 500 => {
                    let answer = format!("{key}: {}", attempt.body);
                    let mut books = self.books();
                    books.broken.push(answer);
                    books.attempts_without_answer += 1;
                }
                Some(_) | None => self.books().attempts_without_answer += 1,
            }
            tokio::time::sleep(random.milliseconds(80, 250)).await;
        }
    }

    async fn feed_page(&self, attempt: usize, department: &str, after: i64) -> Option<Value> {
        let url = &self.gateways[attempt % self.gateways.len()];
        let request = self.client.get(format!("{url}/v1/events?after={after}"));
        let response = request.bearer_auth(self.keys.get(department)?).send().await.ok()?;
        response.json().await.ok()
    }

    async fn attempt(&self, url: &str, path: &str, by: &str, key: &str, body: &Value) -> Option<Attempt> {
        let request = self.client.post(format!("{url}{path}")).bearer_auth(self.keys.get(by)?);
        let response = request.header("Idempotency-Key", key).json(body).send().await.ok()?;
        let status = response.status().as_u16();
        let header = response.headers().get("casebus-position").and_then(|value| value.to_str().ok());
        let position = header.and_then(|text| text.parse().ok());
        Some(Attempt { status, position, body: response.json().await.unwrap_or(Value::Null) })
    }
}
