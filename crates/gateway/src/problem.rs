//! Problems (RFC 9457): what a handler returns instead of an answer, and how it is put into words.
//!
//! A handler does not know the caller's language or the request's id, so a [`Problem`] travels in the response and the
//! outermost layer renders it.

mod render;
mod source;
mod wrong_fields;

pub(crate) use render::render;
pub(crate) use wrong_fields::{FieldProblem, WrongFields};

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use contract::problem::ProblemCode;
use contract::text::{Arguments, Locale, sentence};
use domain::Refusal;
use domain::handoff::HandoffRefusal;
use serde_json::Value;
use std::error::Error;
use std::sync::Arc;

/// A value that a sentence names: the same in every language, or a phrase of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    /// The same in every language.
    Plain(String),
    /// A phrase of the text files, with what it names.
    Phrase(&'static str, Arguments),
}

/// What a sentence names.
pub(crate) type Named = Vec<(&'static str, Argument)>;

/// Puts a plain value into a sentence.
#[expect(clippy::needless_pass_by_value, reason = "most callers have a value, not a reference")]
pub(crate) fn plain(value: impl ToString) -> Argument {
    Argument::Plain(value.to_string())
}

/// Puts a phrase of the text files into a sentence.
pub(crate) fn phrase(key: &'static str) -> Argument {
    Argument::Phrase(key, Arguments::new())
}

/// The named values in a language.
fn in_words(named: &Named, locale: Locale) -> Arguments {
    let word = |argument: &Argument| match argument {
        Argument::Plain(text) => text.clone(),
        Argument::Phrase(key, arguments) => sentence(locale, key, arguments),
    };
    named.iter().map(|(name, argument)| (*name, word(argument))).collect()
}

/// Where the sentence of a problem gets its values.
#[derive(Clone, Debug)]
enum Said {
    Named(Named),
    Refusal(Refusal),
    Handoff(HandoffRefusal),
}

/// Why a request has no answer of success.
#[derive(Clone, Debug)]
pub(crate) struct Problem(Box<Occurrence>);

#[derive(Clone, Debug)]
struct Occurrence {
    code: ProblemCode,
    said: Said,
    errors: WrongFields,
    extensions: Vec<(&'static str, Value)>,
    headers: Vec<(HeaderName, HeaderValue)>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A problem whose sentence names nothing.
    pub(crate) fn new(code: ProblemCode) -> Self {
        Self::naming(code, Named::new())
    }

    /// A problem whose sentence names values.
    pub(crate) fn naming(code: ProblemCode, named: Named) -> Self {
        Self(Box::new(Occurrence {
            code,
            said: Said::Named(named),
            errors: WrongFields::default(),
            extensions: Vec::new(),
            headers: Vec::new(),
            source: None,
        }))
    }

    /// The rules say no.
    pub(crate) fn refused(refusal: Refusal) -> Self {
        let mut problem = Self::new(refusal.code());
        problem.0.said = Said::Refusal(refusal);
        problem
    }

    /// The rules of the criminal handoff say no; the article is named apart too.
    pub(crate) fn handoff_refused(refusal: HandoffRefusal) -> Self {
        let mut problem = Self::new(refusal.code());
        if let HandoffRefusal::Guard { guard, .. } = &refusal {
            problem = problem.with("condition", guard.name());
        }
        if let Some(article) = refusal.article() {
            problem = problem
                .with("article", format!("{} | {}", article.cite(Locale::ZhCn), article.cite(Locale::En)));
        }
        problem.0.said = Said::Handoff(refusal);
        problem
    }

    /// Wrong fields, all of them.
    pub(crate) fn invalid(errors: impl Into<WrongFields>) -> Self {
        let errors = errors.into();
        let mut problem = Self::naming(ProblemCode::RequestInvalid, vec![("count", plain(errors.count()))]);
        problem.0.errors = errors;
        problem
    }

    /// A wrong query parameter.
    pub(crate) fn query(name: &str, expected: Argument) -> Self {
        let name: String = name.chars().take(60).collect();
        Self::naming(ProblemCode::RequestQuery, vec![("name", plain(name)), ("expected", expected)])
    }

    /// Adds an extension member.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.0.extensions.push((name, value.into()));
        self
    }

    /// Adds a header.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Says what caused it: for the log, never for the caller.
    pub(crate) fn caused_by(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    /// The code.
    #[cfg(test)]
    pub(crate) fn code(&self) -> ProblemCode {
        self.0.code
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Problem {
    /// An empty response that carries the problem; the outermost layer renders it.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
