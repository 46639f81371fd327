//! The body of a request: limited, of the right type, and read field by field.

use crate::fields::{Fields, Problems};
use crate::problem::{FieldProblem, Problem, phrase, plain};
use crate::strict_json::{self, NotRead, VALUES_MAX};
use accounts::Caller;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use contract::limits::REQUEST_MAX_BYTES;
use contract::problem::ProblemCode;
use domain::Transfer;
use domain::registry::Registry;
use futures_util::StreamExt;
use serde_json::{Map, Value};

/// A body that is too large is read on to here, so that the caller gets the answer and not a broken connection.
const DRAINED_BYTES: usize = 16 * 1024 * 1024;

/// What reading a body may ask.
pub(crate) struct Reading<'a> {
    /// Who sends it.
    pub(crate) caller: &'a Caller,
    /// The registry.
    pub(crate) registry: &'a Registry,
    /// Business time.
    pub(crate) now: DateTime<Utc>,
    /// The earlier transfer that `origin` names, if the caller is a party to it.
    pub(crate) origin: Option<&'a Transfer>,
    /// The transfer on which the act is done.
    pub(crate) transfer: Option<&'a Transfer>,
}

/// A body that can be read.
pub(crate) trait ReadBody: Sized {
    /// Whether the body may be left out altogether.
    const MAY_BE_EMPTY: bool = false;

    /// Reads the fields; `None` when one of them is wrong, which the fields have noted.
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self>;
}

/// The bytes of a body.
pub(crate) async fn bytes(body: Body) -> Result<Bytes, Problem> {
    let mut stream = body.into_data_stream();
    let mut bytes = BytesMut::new();
    let mut length = 0;
    while let Some(chunk) = stream.next().await {
        let Ok(chunk) = chunk else { return Err(malformed(0, 0)) };
        length += chunk.len();
        if length <= REQUEST_MAX_BYTES {
            bytes.extend_from_slice(&chunk);
        } else if length > DRAINED_BYTES {
            break;
        }
    }
    if length <= REQUEST_MAX_BYTES {
        return Ok(bytes.freeze());
    }
    Err(Problem::naming(ProblemCode::RequestTooLarge, vec![("limit", plain(REQUEST_MAX_BYTES))]))
}

/// The JSON value of a body; an empty one is an empty object where that is allowed.
pub(crate) fn json(headers: &HeaderMap, bytes: &[u8], may_be_empty: bool) -> Result<Value, Problem> {
    if bytes.is_empty() && may_be_empty {
        return Ok(Value::Object(Map::new()));
    }
    if !is_json(headers) {
        return Err(Problem::new(ProblemCode::RequestMediaType));
    }
    strict_json::read(bytes).map_err(|why| match why {
        NotRead::Malformed { line, column } => malformed(line, column),
        NotRead::NameTwice { line } => {
            Problem::naming(ProblemCode::RequestDuplicateKey, vec![("line", plain(line))]).with("line", line)
        }
        NotRead::TooMany => {
            Problem::naming(ProblemCode::RequestTooManyValues, vec![("limit", plain(VALUES_MAX))])
        }
    })
}

fn malformed(line: usize, column: usize) -> Problem {
    Problem::naming(ProblemCode::RequestMalformed, vec![("line", plain(line)), ("column", plain(column))])
        .with("line", line)
        .with("column", column)
}

/// `application/json`, in UTF-8 where it says in what.
fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.to_ascii_lowercase();
    let (essence, parameters) = media_type.split_once(';').unwrap_or((&media_type, ""));
    let mut charsets = parameters.split(';').filter_map(|one| one.trim().strip_prefix("charset="));
    essence.trim() == "application/json" && charsets.all(|charset| charset.trim_matches('"') == "utf-8")
}

/// Reads a body; every wrong field is in the problem.
pub(crate) fn read<T: ReadBody>(value: &Value, reading: &Reading<'_>) -> Result<T, Problem> {
    let Some(object) = value.as_object() else {
        let named = vec![("expected", phrase("expected-object"))];
        let problem = FieldProblem { pointer: String::new(), code: ProblemCode::FieldWrongType, named };
        return Err(Problem::invalid(problem));
    };
    let problems = Problems::default();
    let fields = Fields::new(String::new(), object, &problems);
    let body = T::read(&fields, reading);
    fields.refuse_unknown();
    let problems = problems.take();
    match body {
        Some(body) if problems.count() == 0 => Ok(body),
        Some(_) | None => Err(Problem::invalid(problems)),
    }
}
