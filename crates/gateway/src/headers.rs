//! The headers of the protocol: `Idempotency-Key`, `If-Match`, `Casebus-Min-Position`, `traceparent`.

use crate::problem::{Problem, phrase, plain};
use axum::http::HeaderMap;
use axum::http::header::IF_MATCH;
use contract::limits::IDEMPOTENCY_KEY_MAX_CHARACTERS;
use contract::problem::ProblemCode;
use contract::traceparent::{TRACEPARENT, Traceparent};

/// Names the position at which a write stands.
pub(crate) const POSITION: &str = "casebus-position";
/// Names the request.
pub(crate) const REQUEST_ID: &str = "casebus-request-id";
/// Says that an answer is the first one again.
pub(crate) const REPLAYED: &str = "idempotency-replayed";
/// Says that a set of departments was opened whose source does not name every member.
pub(crate) const GROUP_COMPLETE: &str = "casebus-group-complete";
/// The position that a read must have reached.
pub(crate) const MIN_POSITION: &str = "casebus-min-position";
/// Names a command.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The idempotency key, as a string of RFC 8941 (in quotes) or bare.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let invalid = || {
        let named = vec![("limit", plain(IDEMPOTENCY_KEY_MAX_CHARACTERS))];
        Problem::naming(ProblemCode::IdempotencyKeyInvalid, named)
    };
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(invalid());
    }
    let text = value.to_str().map_err(|_| invalid())?.trim();
    let key = if text.starts_with('"') { unquoted(text).ok_or_else(invalid)? } else { text.to_owned() };
    let has_form = (1..=IDEMPOTENCY_KEY_MAX_CHARACTERS).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_graphic());
    if has_form { Ok(Some(key)) } else { Err(invalid()) }
}

/// The content of a quoted string (RFC 8941 section 3.3.3).
fn unquoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let mut content = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return None,
            '\\' => content.push(characters.next().filter(|next| matches!(next, '"' | '\\'))?),
            other => content.push(other),
        }
    }
    Some(content)
}

/// The version named in `If-Match`; `*` stands for any.
pub(crate) fn expected_version(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let mut values = headers.get_all(IF_MATCH).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let digits = text.strip_prefix("\"v").and_then(|rest| rest.strip_suffix('"'));
    let version = digits.filter(|_| values.next().is_none()).and_then(positive);
    version.map(Some).ok_or_else(|| Problem::new(ProblemCode::PreconditionInvalid))
}

/// The entity tag of a version.
pub(crate) fn entity_tag(version: i64) -> String {
    format!("\"v{version}\"")
}

/// The position that a read must have reached.
pub(crate) fn min_position(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(MIN_POSITION) else { return Ok(None) };
    let position = value.to_str().ok().and_then(|text| position(text.trim()));
    position.map(Some).ok_or_else(|| Problem::query("Casebus-Min-Position", phrase("expected-position")))
}

/// The trace of the caller; none where the header is absent, malformed or there twice, which is never an error.
pub(crate) fn traceparent(headers: &HeaderMap) -> Option<Traceparent> {
    let mut values = headers.get_all(TRACEPARENT).iter();
    let value = values.next()?;
    if values.next().is_some() {
        return None;
    }
    value.to_str().ok()?.trim().parse().ok()
}

/// A position: 0 or more, in digits.
pub(crate) fn position(text: &str) -> Option<i64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

fn positive(text: &str) -> Option<i64> {
    position(text).filter(|version| *version > 0 && !text.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn one(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap())])
    }

    #[test]
    fn a_key_means_the_same_in_quotes_and_bare() {
        for text in ["8e03978e", "\"8e03978e\"", "  8e03978e "] {
            assert_eq!(idempotency_key(&one(IDEMPOTENCY_KEY, text)).unwrap().as_deref(), Some("8e03978e"));
        }
        assert_eq!(idempotency_key(&one(IDEMPOTENCY_KEY, r#""a\"b""#)).unwrap().as_deref(), Some("a\"b"));
        for wrong in ["", "\"\"", "\"a", "a b", "键", &"k".repeat(201)] {
            let problem = idempotency_key(&one(IDEMPOTENCY_KEY, wrong)).unwrap_err();
            assert_eq!(problem.code(), ProblemCode::IdempotencyKeyInvalid, "{wrong}");
        }
    }

    #[test]
    fn a_malformed_trace_or_two_of_them_are_as_good_as_none() {
        let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let mut headers = one(TRACEPARENT, valid);
        assert_eq!(traceparent(&headers).unwrap().to_string(), valid);
        headers.append(TRACEPARENT, HeaderValue::from_static(valid));
        for headers in [headers, one(TRACEPARENT, "00-迹"), one(TRACEPARENT, ""), HeaderMap::new()] {
            assert_eq!(traceparent(&headers), None, "{headers:?}");
        }
    }

    #[test]
    fn if_match_takes_our_entity_tags_only() {
        assert_eq!(expected_version(&one("if-match", "\"v3\"")).unwrap(), Some(3));
        assert_eq!(expected_version(&one("if-match", "*")).unwrap(), None);
        for wrong in ["v3", "3", "\"3\"", "W/\"v3\"", "\"v03\"", "\"v3\", \"v4\"", "\"v-1\"", ""] {
            assert!(expected_version(&one("if-match", wrong)).is_err(), "{wrong}");
        }
    }
}
