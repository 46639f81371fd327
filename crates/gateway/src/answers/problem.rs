//! How a problem is described in the API's document, and which ones an operation may answer.

use crate::operations::create::similar::SimilarAnswer;
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

/// A problem (RFC 9457). `code` never changes its meaning; the sentences follow `Accept-Language`.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemAnswer {
    /// Names the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:casebus:problem:request.invalid")]
    problem_type: String,
    /// The kind of problem, in words.
    title: String,
    /// HTTP status.
    status: u16,
    /// This occurrence, and what to do.
    detail: String,
    /// Path of the request.
    instance: String,
    /// Stable code.
    #[schema(example = "request.invalid")]
    code: String,
    /// Names the request, also in `Casebus-Request-Id`.
    request_id: String,
    /// Whether the same request may succeed later without a change.
    retryable: bool,
    /// Every wrong field.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<FieldProblemAnswer>>,
    /// `precondition.failed`: where the transfer stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    current_version: Option<i64>,
    /// `routing.ask-office`: the departments that may be meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidates: Option<Vec<String>>,
    /// `routing.ask-office`: the coordination office to ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    office: Option<String>,
    /// `transfer.similar-open`: the similar transfers that are open.
    #[serde(skip_serializing_if = "Option::is_none")]
    similar: Option<Vec<SimilarAnswer>>,
    /// A refused act on a criminal handoff: the article on which the refusal rests, in Chinese and English.
    #[serde(skip_serializing_if = "Option::is_none")]
    article: Option<String>,
    /// `handoff.condition`: the name of the condition that is not fulfilled.
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
    /// A refused act on a criminal handoff: what the caller may do instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_acts: Option<Vec<String>>,
    /// A refused act: what the caller may do instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_actions: Option<Vec<contract::action::Action>>,
}

/// One wrong field.
#[derive(Serialize, ToSchema)]
#[schema(as = FieldProblem)]
pub(crate) struct FieldProblemAnswer {
    /// Where: a JSON Pointer (RFC 6901) into the body.
    #[schema(example = "/subjects/0/uscc")]
    pointer: String,
    /// Stable code.
    #[schema(example = "uscc.check-character")]
    code: String,
    /// The kind of problem, in words.
    title: String,
    /// What to do.
    detail: String,
}

/// What any read may answer instead.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers; the layers give them")]
pub(crate) enum ReadProblems {
    /// A parameter is wrong.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(ProblemAnswer),
    /// No key, or not a good one.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(ProblemAnswer),
    /// Not there, as far as the caller may know.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemAnswer),
    /// The log has no such position as `Casebus-Min-Position` names.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemAnswer),
    /// The department has as much under way as it may have at once: try again.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(ProblemAnswer),
    /// An error of ours.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(ProblemAnswer),
    /// Not for now: try again.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemAnswer),
}

/// What any write may answer instead; nothing was changed then.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes answers; the layers give them")]
pub(crate) enum WriteProblems {
    /// Broken JSON, a missing or malformed `Idempotency-Key`, a malformed `If-Match`.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(ProblemAnswer),
    /// No key, or not a good one.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(ProblemAnswer),
    /// The act belongs to another party or needs another role.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemAnswer),
    /// Not there, as far as the caller may know.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemAnswer),
    /// Out of turn, done already, ended; or the same request is under way.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemAnswer),
    /// The transfer has changed since the version of `If-Match`.
    #[response(status = 412, content_type = "application/problem+json")]
    Changed(ProblemAnswer),
    /// The body is too large or has too many values, or what it is about has grown too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemAnswer),
    /// The body is not `application/json`.
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(ProblemAnswer),
    /// Wrong fields, no route to one department, or a reused `Idempotency-Key`.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemAnswer),
    /// The department has as much under way as it may have at once: try again with the same `Idempotency-Key`.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(ProblemAnswer),
    /// An error of ours: not known to have taken effect.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(ProblemAnswer),
    /// Not known to have taken effect: try again with the same `Idempotency-Key`.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemAnswer),
}
