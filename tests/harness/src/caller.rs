//! Requests with one department's key.

use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;
use std::time::{Duration, Instant};

/// A department's key and the address.
#[derive(Clone, Debug)]
pub struct Caller {
    client: Client,
    url: String,
    key: String,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The JSON body; null when there is none.
    pub body: Value,
    /// `Casebus-Position`, on writes.
    pub position: Option<i64>,
}

impl Answer {
    /// The body of an answer of success.
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {:#}", self.status, self.body);
        self.body
    }
}

impl Caller {
    /// Calls an address with a key.
    pub fn new(url: &str, key: &str) -> Self {
        let client = Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
        Self { client, url: url.to_owned(), key: key.to_owned() }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.key)
    }

    /// Sends a request; an error means that no answer came.
    pub async fn try_send(request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        let response = request.send().await?;
        let status = response.status().as_u16();
        let header = response.headers().get("casebus-position").and_then(|value| value.to_str().ok());
        let position = header.and_then(|text| text.parse().ok());
        let text = response.text().await?;
        Ok(Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::Null), position })
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        Self::try_send(self.request(Method::GET, path)).await.unwrap()
    }

    /// GET: the bytes of an answer of success.
    pub async fn get_bytes(&self, path: &str) -> Vec<u8> {
        let response = self.request(Method::GET, path).send().await.unwrap();
        let status = response.status();
        let bytes = response.bytes().await.unwrap();
        assert!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&bytes));
        bytes.to_vec()
    }

    /// GET, at a read model that has reached a position.
    pub async fn get_at(&self, path: &str, position: i64) -> Answer {
        Self::try_send(self.request(Method::GET, path).header("Casebus-Min-Position", position))
            .await
            .unwrap()
    }

    /// POST under a fresh idempotency key.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_as(path, body, &fresh_key()).await.unwrap()
    }

    /// POST under a given idempotency key.
    pub async fn post_as(&self, path: &str, body: &Value, key: &str) -> Result<Answer, reqwest::Error> {
        Self::try_send(self.request(Method::POST, path).header("Idempotency-Key", key).json(body)).await
    }

    /// POST under a given idempotency key, with this as `traceparent`.
    pub async fn post_in_trace(&self, path: &str, body: &Value, key: &str, traceparent: &str) -> Answer {
        let request = self.request(Method::POST, path).header("Idempotency-Key", key).json(body);
        Self::try_send(request.header("traceparent", traceparent)).await.unwrap()
    }

    /// Asks until the answer satisfies, and gives the last one.
    pub async fn until(&self, path: &str, at_most: Duration, satisfies: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let answer = Self::try_send(self.request(Method::GET, path)).await;
            if let Some(answer) = answer.as_ref().ok().filter(|answer| satisfies(&answer.body)) {
                return answer.body.clone();
            }
            assert!(begun.elapsed() < at_most, "{path} did not come to satisfy: {answer:#?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// A new idempotency key.
#[expect(clippy::disallowed_methods, reason = "a client makes its own keys")]
fn fresh_key() -> String {
    uuid::Uuid::now_v7().to_string()
}
