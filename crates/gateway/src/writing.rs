//! What all writes share: the command's id, repeats, and the answer.

use crate::answers::from_log;
use crate::app::App;
use crate::headers::{self, POSITION, REPLAYED};
use crate::in_flight::Underway;
use crate::problem::Problem;
use accounts::Caller;
use axum::http::header::{CONTENT_LOCATION, CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use command::{Done, Request, request_hash};
use contract::actor::Actor;
use contract::ids::CommandId;
use contract::problem::ProblemCode;

/// The media type of an answer.
const JSON: &str = "application/json";
/// Room for the answer to most writes.
const ANSWER_BYTES: usize = 2048;

/// The headers that every write takes.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the headers; the reader is in `headers`")]
pub(crate) struct WriteHeaders {
    /// Names the command: sent again with the same key and body, it gets the first answer. A string of RFC 8941 or
    /// bare, 1 to 200 visible ASCII characters. Required on creates.
    #[param(rename = "Idempotency-Key", example = "8e03978e-40d5-43dd-bc93-6894a57f9324")]
    idempotency_key: Option<String>,
    /// The entity tag on which the caller decided; 412 when the transfer has changed since.
    #[param(rename = "If-Match", example = "\"v3\"")]
    if_match: Option<String>,
    /// The trace of the caller (W3C Trace Context); the events of the command carry it on. Without it, or with a
    /// malformed one, the request begins a trace under its own id.
    #[param(rename = "traceparent", example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")]
    traceparent: Option<String>,
    /// `zh-CN` or `en`, for the sentences of problems.
    #[param(rename = "Accept-Language", example = "zh-CN")]
    accept_language: Option<String>,
}

/// A write on its way: the request as the command desk takes it, kept under way until it is dropped.
pub(crate) struct Writing {
    pub(crate) app: App,
    pub(crate) caller: Caller,
    pub(crate) request: Request,
    has_key: bool,
    _underway: Underway,
}

impl Writing {
    /// Begins a write; refused while the same one is under way here.
    pub(crate) fn begin(
        app: App,
        caller: Caller,
        path: &str,
        request_headers: &HeaderMap,
        body: &Bytes,
        needs_key: bool,
    ) -> Result<Self, Problem> {
        let key = headers::idempotency_key(request_headers)?;
        if needs_key && key.is_none() {
            return Err(Problem::new(ProblemCode::IdempotencyKeyMissing));
        }
        let route = format!("POST {path}");
        let department = caller.department.clone();
        // Of sealed handoffs not even another key of the department may learn: there each key has names of its own.
        let scope = if path == "/v1/criminal-handoffs" {
            format!("{department}/{}", caller.key_id)
        } else {
            department.to_string()
        };
        let id = match &key {
            Some(key) => CommandId::derive(&scope, &route, key),
            None => CommandId::fresh(),
        };
        let underway = app.in_flight.begin(id);
        let underway = underway.ok_or_else(|| Problem::new(ProblemCode::IdempotencyKeyInFlight))?;
        let actor = Actor::Department {
            department: department.clone(),
            role: caller.role,
            key: caller.key_id.clone(),
        };
        let request = Request {
            id,
            hash: request_hash(&route, body),
            actor,
            by: department,
            now: app.now(),
            expected_version: headers::expected_version(request_headers)?,
            traceparent: headers::traceparent(request_headers),
        };
        Ok(Self { app, caller, request, has_key: key.is_some(), _underway: underway })
    }

    /// Whether this command was carried out before.
    pub(crate) async fn is_repeat(&self) -> Result<bool, Problem> {
        Ok(self.has_key && self.app.desk.log().find_command(self.request.id.0).await?.is_some())
    }

    /// The first answer, if this command was carried out before; else the problem. For what is refused before the
    /// rules are asked: a repeat gets its first answer even when the registry has changed since. Where the log does not say
    /// whether it was, the outcome is unknown, and nothing is refused for good.
    pub(crate) async fn first_answer_or(&self, problem: Problem) -> Result<Done, Problem> {
        if !self.has_key {
            return Err(problem);
        }
        self.app.desk.first_answer(&self.request).await?.ok_or(problem)
    }

    /// The answer of a write.
    pub(crate) async fn answer(&self, done: Done, status: StatusCode) -> Result<Response, Problem> {
        self.app.freshness.written(done.position);
        let transfer = from_log(&self.app, &self.caller, &done.transfer).await?;
        let place = format!("/v1/transfers/{}", transfer.id);
        let location = if status == StatusCode::CREATED { LOCATION } else { CONTENT_LOCATION };
        let version = headers::entity_tag(transfer.version);
        let mut body = Vec::with_capacity(ANSWER_BYTES);
        serde_json::to_writer(&mut body, &transfer)
            .map_err(|error| Problem::new(ProblemCode::ServiceInternal).caused_by(error))?;
        let mut response = (status, [(CONTENT_TYPE, JSON)], body).into_response();
        let answered = response.headers_mut();
        put(answered, location, &place);
        put(answered, ETAG, &version);
        put(answered, HeaderName::from_static(POSITION), &done.position.to_string());
        if done.repeated {
            put(answered, HeaderName::from_static(REPLAYED), "true");
        }
        Ok(response)
    }
}

/// Sets a header whose value is made of digits, ids and quotes.
pub(crate) fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
