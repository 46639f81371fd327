//! Who calls: every route but the public ones needs a key, which is checked before the handler runs.

use crate::app::App;
use crate::policy::{self, Access};
use crate::problem::Problem;
use accounts::{AuthenticationRefusal, Caller};
use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use contract::problem::ProblemCode;

/// Checks the key of a request, unless its route is public. A request without a route goes on to its 404 or 405.
pub(crate) async fn authenticate(app: &App, request: &mut Request) -> Result<(), Problem> {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    match path.and_then(|path| policy::access(request.method(), path)) {
        None | Some(Access::Public) => {}
        Some(Access::Key | Access::Act(_)) => {
            let caller = identify(app, request.headers()).await?;
            request.extensions_mut().insert(Known(caller));
        }
    }
    Ok(())
}

/// Who the key of these headers belongs to.
pub(crate) async fn identify(app: &App, headers: &HeaderMap) -> Result<Caller, Problem> {
    let Some(key) = offered_key(headers) else { return Err(unauthorized(ProblemCode::KeyMissing)) };
    match app.accounts.authenticate(key, app.now()).await? {
        Ok(caller) => Ok(caller),
        Err(AuthenticationRefusal::Unknown) => Err(unauthorized(ProblemCode::KeyUnknown)),
        Err(AuthenticationRefusal::Revoked) => Err(unauthorized(ProblemCode::KeyRevoked)),
        Err(AuthenticationRefusal::Expired) => Err(unauthorized(ProblemCode::KeyExpired)),
    }
}

/// The key of `Authorization: Bearer`, or else of `X-API-Key`: an `Authorization` of another scheme is meant for a proxy
/// on the way. An `X-API-Key` that is no text is a key that nobody has.
fn offered_key(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get_all(AUTHORIZATION).iter().find_map(bearer);
    let Some(key) = bearer else {
        return headers.get("x-api-key").map(|key| key.to_str().unwrap_or_default());
    };
    Some(key).filter(|key| !key.is_empty())
}

/// The token of the scheme `Bearer`, which may be left out; `None` for another scheme.
fn bearer(authorization: &HeaderValue) -> Option<&str> {
    let text = authorization.to_str().ok()?;
    let (scheme, key) = text.split_once(' ').unwrap_or((text, ""));
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// A 401 says how to authenticate (RFC 9110 section 11.6.1, RFC 6750 section 3).
fn unauthorized(code: ProblemCode) -> Problem {
    let challenge = if code == ProblemCode::KeyMissing {
        r#"Bearer realm="casebus""#
    } else {
        r#"Bearer realm="casebus", error="invalid_token""#
    };
    Problem::new(code).with_header(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}

/// The caller of a request whose key was accepted.
#[derive(Clone)]
pub(crate) struct Known(pub(crate) Caller);

impl<S: Sync> FromRequestParts<S> for Known {
    type Rejection = Problem;

    /// A route that asks for its caller without standing in the policy table is refused.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| unauthorized(ProblemCode::KeyMissing))
    }
}
