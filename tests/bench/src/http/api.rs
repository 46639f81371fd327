//! The API as a department's program uses it.

use anyhow::{Context, ensure};
use contract::ids::fresh_id;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Departments of one district that send to each other; all are in the demonstration.
const DEPARTMENTS: [&str; 8] = [
    "120106-wjw",
    "120106-ybj",
    "120106-scj",
    "120106-mzj",
    "120106-sthj",
    "120106-zjj",
    "120106-swu",
    "120106-wlj",
];
/// How long one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a transfer may take to be seen.
const VISIBLE_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause after a read that came too early.
const READ_PAUSE: Duration = Duration::from_millis(2);

/// Where casebus is, and the keys of the departments.
pub(crate) struct Api {
    client: Client,
    url: String,
    departments: Vec<(&'static str, String)>,
}

/// A transfer that was created.
pub(crate) struct Created {
    id: String,
    version: i64,
    position: String,
    key: String,
}

impl Api {
    /// With the content of `demo-keys.json`.
    pub(crate) fn new(url: &str, keys: &str) -> anyhow::Result<Self> {
        let keys: BTreeMap<String, String> = serde_json::from_str(keys)?;
        let departments = DEPARTMENTS
            .into_iter()
            .map(|id| Ok((id, keys.get(id).with_context(|| format!("no key for {id}"))?.clone())))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let client = Client::builder().timeout(REQUEST_TIMEOUT).no_proxy().build()?;
        Ok(Self { client, url: url.to_owned(), departments })
    }

    /// Sends a clue from one department to the next.
    pub(crate) async fn create(&self, number: usize) -> anyhow::Result<Created> {
        let (_, key) = &self.departments[number % self.departments.len()];
        let (to, _) = &self.departments[(number + 1) % self.departments.len()];
        let body = json!({
            "to": to,
            "title": format!("诊所超范围执业线索 {number}"),
            "summary": "群众来电反映，沿街一处诊所在许可科目之外开展口腔种植，未见医师执业证书公示；\
                        工作人员到场后对方以装修为由闭门，现将照片说明与来电记录要点一并移送核查。",
            "urgency": "normal",
            "source": "complaint",
        });
        let request = self
            .client
            .post(format!("{}/v1/clue-transfers", self.url))
            .bearer_auth(key)
            .header("Idempotency-Key", fresh_id().to_string())
            .json(&body);
        let response = expect(request.send().await?, StatusCode::CREATED).await?;
        let position = response.headers().get("Casebus-Position").context("no Casebus-Position")?;
        let position = position.to_str()?.to_owned();
        let transfer: Value = response.json().await?;
        let id = transfer["id"].as_str().context("no id")?.to_owned();
        let version = transfer["version"].as_i64().context("no version")?;
        Ok(Created { id, version, position, key: key.clone() })
    }

    /// Reads the transfer until the read view has what was created.
    pub(crate) async fn wait_visible(&self, created: &Created) -> anyhow::Result<()> {
        let until = Instant::now() + VISIBLE_TIMEOUT;
        loop {
            let request = self
                .client
                .get(format!("{}/v1/transfers/{}", self.url, created.id))
                .bearer_auth(&created.key)
                .header("Casebus-Min-Position", &created.position);
            let response = request.send().await?;
            if response.status() == StatusCode::OK {
                let transfer: Value = response.json().await?;
                let version = transfer["version"].as_i64().context("no version")?;
                ensure!(version >= created.version, "a read at {} came without the create", created.position);
                return Ok(());
            }
            if Instant::now() >= until {
                expect(response, StatusCode::OK).await?;
            }
            sleep(READ_PAUSE).await;
        }
    }
}

/// The response if it has the status; otherwise an error that says what came.
async fn expect(response: Response, status: StatusCode) -> anyhow::Result<Response> {
    let came = response.status();
    if came == status {
        return Ok(response);
    }
    let url = response.url().clone();
    let text = response.text().await.unwrap_or_default();
    anyhow::bail!("{url} answered {came} instead of {status}: {text}")
}
