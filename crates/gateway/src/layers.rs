//! What surrounds every request: its id, its trace, a span, a time limit, metrics, safe headers, the
//! check of its key, and problems put into words.

use crate::app::App;
use crate::caller::{self, Known};
use crate::headers::{self, POSITION, REQUEST_ID};
use crate::problem::{self, Problem};
use crate::room::{Held, Place, Share};
use crate::writing::put;
use axum::body::{Body, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    TRANSFER_ENCODING, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use contract::ids::fresh_id;
use contract::limits::REQUEST_MAX_BYTES;
use contract::problem::ProblemCode;
use contract::text::Locale;
use contract::traceparent::{TRACEPARENT, Traceparent};
use futures_util::FutureExt;
use metrics::{Counter, Histogram};
use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};
use tracing::Instrument;

/// How long a request may take until its answer begins.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The status by which a request is measured that was given up before its answer began, since its caller went away or the
/// gateway stopped. No answer has it.
const CALLER_WENT_AWAY: u16 = 499;
/// What the page of the API may load: its own files; Swagger UI sets styles in place.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";
/// An answer in JSON loads nothing.
const JSON_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Bytes of a body that count as a request of their own.
const REQUEST_BYTES: usize = 64 * 1024;
/// Where the routes of the API begin.
const API: &str = "/v1/";
/// Where the routes of a criminal handoff begin.
const HANDOFF: &str = "/v1/criminal-handoffs/{id}/";

/// Surrounds a request; one layer, because each takes its share of every request.
pub(crate) async fn surround(State(app): State<App>, request: Request, next: Next) -> Response {
    surrounded(request, async |mut request| {
        // Health, readiness and metrics are told however much there is to do.
        let is_of_api = request.uri().path().starts_with(API);
        if !is_of_api {
            return match caller::authenticate(&app, &mut request).await {
                Ok(()) => next.run(request).await,
                Err(problem) => problem.into_response(),
            };
        }
        let is_read = request.method() == Method::GET;
        match enter(&app, &mut request).await {
            Ok(mut room) => {
                let answer = next.run(request).await;
                // What a command answers is small, and was done.
                let more =
                    if is_read { in_places(answer.body().size_hint().exact().unwrap_or(0)) } else { 0 };
                match app.requests.widen(&mut room, more) {
                    Ok(()) => holding(answer, room),
                    Err(problem) => problem.into_response(),
                }
            }
            Err(problem) => problem.into_response(),
        }
    })
    .await
}

/// The answer, which keeps its room until it was sent; a stream of events has room of its own.
fn holding(answer: Response, room: (Place, Option<Share>)) -> Response {
    let is_stream = answer.headers().get(CONTENT_TYPE).is_some_and(|it| it == "text/event-stream");
    if is_stream { answer } else { answer.map(|body| Body::new(Held::new(body, room))) }
}

/// Makes room for a request of the API, and checks its key.
async fn enter(app: &App, request: &mut Request) -> Result<(Place, Option<Share>), Problem> {
    // Whoever it is, its key is looked up; only a known one has room for what it sends.
    let mut place = app.requests.enter(1)?;
    caller::authenticate(app, request).await?;
    let places = counts_as(request.headers());
    place.widen(app.requests.enter(places - 1)?);
    let caller = request.extensions().get::<Known>();
    let share = caller.map(|Known(caller)| app.requests.share_of(&caller.department, places)).transpose()?;
    Ok((place, share))
}

/// As how many requests it counts: one, and one more for each 64 KiB of its body; while its answer is sent, also for each 64 KiB
/// of that. A body of a length that is not said counts as the largest.
fn counts_as(headers: &HeaderMap) -> u32 {
    let said = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let unsaid = if headers.contains_key(TRANSFER_ENCODING) { REQUEST_MAX_BYTES } else { 0 };
    let length: usize = said.unwrap_or(unsaid).min(REQUEST_MAX_BYTES);
    1 + in_places(length as u64)
}

/// How many places so many bytes take beside the one of the request.
fn in_places(bytes: u64) -> u32 {
    u32::try_from(bytes / REQUEST_BYTES as u64).unwrap_or(u32::MAX - 1)
}

/// Surrounds what answers a request.
async fn surrounded<Answered>(mut request: Request, answer: impl FnOnce(Request) -> Answered) -> Response
where
    Answered: Future<Output = Response>,
{
    let started = Instant::now();
    let id = fresh_id();
    let request_id = id.to_string();
    let traceparent = headers::traceparent(request.headers());
    let traceparent =
        traceparent.map_or_else(|| Traceparent::begun_by(id), |traceparent| traceparent.through(id));
    // What the caller sent ends here: from here on the header is right, and this request stands in it.
    put(request.headers_mut(), HeaderName::from_static(TRACEPARENT), &traceparent.to_string());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let mut measuring =
        Measuring { route: route.clone(), method: method.clone(), status: CALLER_WENT_AWAY, started };
    let locale = Locale::negotiate(accepted_language(request.headers()));
    let span = tracing::info_span!(
        "gateway.answer_request", %request_id, trace_id = %traceparent.trace_id(), %method, route
    );
    let answer = async {
        let answered = AssertUnwindSafe(answer(request)).catch_unwind();
        let response = match tokio::time::timeout(TIME_LIMIT, answered).await {
            Ok(Ok(response)) => response,
            Ok(Err(thrown)) => panicked(&*thrown),
            Err(_) => Problem::new(ProblemCode::ServiceUnavailable).into_response(),
        };
        let response = match response.extensions().get::<Problem>() {
            Some(problem) => problem::render(problem, locale, &path, &request_id, response.headers()),
            None => response,
        };
        let status = response.status().as_u16();
        tracing::debug!(status, position = position_of(&response), "a request was answered");
        response
    };
    let mut response = answer.instrument(span).await;
    put(response.headers_mut(), HeaderName::from_static(REQUEST_ID), &request_id);
    add_safe_headers(response.headers_mut(), &route);
    measuring.status = response.status().as_u16();
    response
}

/// The position at which a write stands.
fn position_of(response: &Response) -> Option<i64> {
    response.headers().get(POSITION)?.to_str().ok()?.parse().ok()
}

/// What the caller reads.
fn accepted_language(headers: &HeaderMap) -> Option<&str> {
    headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok())
}

fn add_safe_headers(headers: &mut HeaderMap, route: &str) {
    let is_page = route.starts_with("/docs");
    let policy = if is_page { PAGE_POLICY } else { JSON_POLICY };
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if !is_page {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// Measures a request when it is dropped: answered, or given up.
struct Measuring {
    route: String,
    method: Method,
    status: u16,
    started: Instant,
}

impl Drop for Measuring {
    fn drop(&mut self) {
        let measures = Measures::of(&self.route, known_method(&self.method), self.status);
        measures.requests.increment(1);
        measures.duration.record(self.started.elapsed().as_secs_f64());
    }
}

/// The measures of the requests that a route answered alike. They are kept, because putting their labels together takes
/// longer than to count.
#[derive(Clone)]
struct Measures {
    requests: Counter,
    duration: Histogram,
}

/// Of a route, by method and status.
type OfRoute = HashMap<(&'static str, u16), Measures>;

/// All that there are, by route: as many as routes, whatever is asked for.
static MEASURES: RwLock<BTreeMap<String, OfRoute>> = RwLock::new(BTreeMap::new());

impl Measures {
    fn of(route: &str, method: &'static str, status: u16) -> Self {
        let known = MEASURES.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(measures) = known.get(route).and_then(|of_route| of_route.get(&(method, status))) {
            return measures.clone();
        }
        drop(known);
        let mut known = MEASURES.write().unwrap_or_else(PoisonError::into_inner);
        let of_route = known.entry(route.to_owned()).or_default();
        of_route.entry((method, status)).or_insert_with(|| Self::new(route, method, status)).clone()
    }

    fn new(route: &str, method: &'static str, status: u16) -> Self {
        let labels =
            [("route", measured(route)), ("method", method.to_owned()), ("status", status.to_string())];
        Self {
            requests: metrics::counter!("casebus_http_requests_total", &labels),
            duration: metrics::histogram!("casebus_http_request_duration_seconds", &labels),
        }
    }
}

/// A route as a label. Everybody reads the metrics: which act was done on a handoff, and when, may be a secret.
fn measured(route: &str) -> String {
    if route.starts_with(HANDOFF) { format!("{HANDOFF}{{act}}") } else { route.to_owned() }
}

/// A method as a label: a made-up one must not make a new time series.
fn known_method(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

/// A handler panicked: the caller learns nothing of it but that it happened.
fn panicked(thrown: &(dyn Any + Send)) -> Response {
    let said = thrown.downcast_ref::<&str>().copied();
    let said =
        said.or_else(|| thrown.downcast_ref::<String>().map(String::as_str)).unwrap_or("nothing readable");
    tracing::error!(said, "a handler panicked; please report it");
    Problem::new(ProblemCode::ServiceInternal).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::middleware::from_fn;
    use axum::routing::get;

    /// What surrounds the routes of these tests, which nobody needs a key for.
    async fn surround(request: Request, next: Next) -> Response {
        surrounded(request, |request| next.run(request)).await
    }

    #[test]
    fn the_acts_on_handoffs_are_measured_as_one_and_other_routes_by_name() {
        let act = measured("/v1/criminal-handoffs/{id}/clue-receipt");
        assert_eq!(act, "/v1/criminal-handoffs/{id}/{act}");
        assert_eq!(act, measured("/v1/criminal-handoffs/{id}/milestone"));
        assert_eq!(measured("/v1/criminal-handoffs/{id}"), "/v1/criminal-handoffs/{id}");
        assert_eq!(measured("/v1/transfers/{id}/filing"), "/v1/transfers/{id}/filing");
    }

    async fn break_down() -> &'static str {
        panic!("a secret of the inside")
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_that_tells_nothing_of_the_inside() {
        let routes = Router::new().route("/broken", get(break_down)).layer(from_fn(surround));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/broken", listener.local_addr().unwrap());
        let ask = async {
            let response = reqwest::get(&url).await.unwrap();
            let language = response.headers()["content-language"].to_str().unwrap().to_owned();
            assert_eq!((response.status().as_u16(), language.as_str()), (500, "zh-CN"));
            response.text().await.unwrap()
        };
        let said = tokio::select! {
            said = ask => said,
            _ = axum::serve(listener, routes) => panic!("the server ended"),
        };
        assert!(said.contains("service.internal") && said.contains("request_id"), "{said}");
        assert!(!said.contains("secret"), "{said}");
    }

    #[tokio::test]
    async fn what_is_logged_within_a_request_names_its_trace() {
        let routes = Router::new().route("/", get(async || "well")).layer(from_fn(surround));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let lines = testkit::LogLines::capture();
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let ask = async {
            let request = reqwest::Client::new().get(&url);
            request.header(TRACEPARENT, format!("00-{trace}-00f067aa0ba902b7-00")).send().await.unwrap();
        };
        tokio::select! {
            () = ask => {}
            _ = axum::serve(listener, routes) => panic!("the server ended"),
        }
        let said = lines.with("a request was answered");
        let said: serde_json::Value = serde_json::from_str(&said[0]).unwrap();
        assert_eq!(said["span"]["trace_id"], trace);
        assert_eq!(said["fields"]["status"], 200);
    }
}
