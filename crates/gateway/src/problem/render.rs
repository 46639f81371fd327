//! A problem in words: `application/problem+json` in the caller's language.

use super::{FieldProblem, Problem, Said, in_words};
use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use contract::problem::ProblemCode;
use contract::text::{Locale, problem_detail, problem_title};
use serde_json::{Map, Value, json};

/// Media type of a problem.
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
/// How long a caller should wait before it asks again.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("1");
/// The same where an operator must act first.
const RETRY_AFTER_SECONDS_OF_OPERATOR: HeaderValue = HeaderValue::from_static("30");

/// The response of a problem. Of the headers of the first response only `Allow` stays.
pub(crate) fn render(
    problem: &Problem,
    locale: Locale,
    path: &str,
    request_id: &str,
    headers: &HeaderMap,
) -> Response {
    log_source(problem);
    let body = Value::Object(members(problem, locale, path, request_id)).to_string();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = problem.status();
    let rendered = response.headers_mut();
    rendered.insert(CONTENT_TYPE, PROBLEM_JSON);
    rendered.insert(CONTENT_LANGUAGE, HeaderValue::from_static(locale.tag()));
    rendered.insert(VARY, HeaderValue::from_static("accept-language"));
    if let Some(allow) = headers.get(ALLOW) {
        rendered.insert(ALLOW, allow.clone());
    }
    if matches!(problem.status(), StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        let waits_for_operator = problem.0.code == ProblemCode::LogHalted;
        let seconds = if waits_for_operator { RETRY_AFTER_SECONDS_OF_OPERATOR } else { RETRY_AFTER_SECONDS };
        rendered.insert(RETRY_AFTER, seconds);
    }
    for (name, value) in &problem.0.headers {
        rendered.insert(name, value.clone());
    }
    response
}

/// The chain of causes is logged once, here; a refusal is an answer and is not logged.
fn log_source(problem: &Problem) {
    let Some(source) = &problem.0.source else { return };
    let error = source.as_ref() as &dyn std::error::Error;
    let code = problem.0.code;
    if code.is_retryable() {
        tracing::warn!(error, code = code.code(), "a request could not be answered for now");
    } else if code == ProblemCode::HandoffNotPrintable {
        // Lacking is a font, or a character in it: the paper is there all the same.
        tracing::warn!(error, code = code.code(), "a paper could not be printed");
    } else {
        tracing::error!(error, code = problem.0.code.code(), "a request failed");
    }
}

fn members(problem: &Problem, locale: Locale, path: &str, request_id: &str) -> Map<String, Value> {
    let code = problem.0.code;
    let arguments = match &problem.0.said {
        Said::Named(named) => in_words(named, locale),
        Said::Refusal(refusal) => refusal.arguments(locale),
        Said::Handoff(refusal) => refusal.arguments(locale),
    };
    let fixed = json!({
        "type": code.type_uri(),
        "title": problem_title(locale, code),
        "status": code.status(),
        "detail": problem_detail(locale, code, &arguments),
        "instance": path,
        "code": code.code(),
        "request_id": request_id,
        "retryable": code.is_retryable(),
    });
    let Value::Object(mut members) = fixed else { return Map::new() };
    let wrong = problem.0.errors.listed();
    if !wrong.is_empty() {
        members.insert("errors".to_owned(), wrong.iter().map(|error| field(error, locale)).collect());
    }
    for (name, value) in &problem.0.extensions {
        members.insert((*name).to_owned(), value.clone());
    }
    members
}

fn field(error: &FieldProblem, locale: Locale) -> Value {
    json!({
        "pointer": error.pointer,
        "code": error.code.code(),
        "title": problem_title(locale, error.code),
        "detail": problem_detail(locale, error.code, &in_words(&error.named, locale)),
    })
}
