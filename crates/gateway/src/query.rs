//! Query parameters: an unknown or repeated one is refused, so that a misspelt filter never shows everything.

use crate::fields::Choice;
use crate::problem::{Argument, Problem, phrase};
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use contract::text::Arguments;
use std::collections::HashSet;

/// The parameters of a request, each once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Query(pairs) = query.map_err(|_| Problem::query("?", phrase("expected-once")))?;
        let mut seen = HashSet::with_capacity(pairs.len());
        match pairs.iter().find(|(name, _)| !seen.insert(name.as_str())) {
            Some((name, _)) => Err(Problem::query(name, phrase("expected-once"))),
            None => Ok(Self(pairs)),
        }
    }
}

impl Parameters {
    /// Refuses every parameter that is not known.
    pub(crate) fn known(&self, known: &[&str]) -> Result<(), Problem> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => Err(Problem::query(name, listing("expected-parameter", &known.join(", ")))),
        }
    }

    /// The value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A value of some type; `expected` says what it must be.
    pub(crate) fn parsed<T>(
        &self,
        name: &str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        parse(text).map(Some).ok_or_else(|| Problem::query(name, phrase(expected)))
    }

    /// One of the names of an enum.
    pub(crate) fn choice<T: Choice>(&self, name: &str) -> Result<Option<T>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let chosen = T::choose(text);
        chosen
            .map(Some)
            .ok_or_else(|| Problem::query(name, listing("expected-value", &T::names().join(", "))))
    }

    /// `true` or `false`; nothing is `false`.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Problem> {
        let flag = self.parsed(name, "expected-boolean", |text| text.parse().ok())?;
        Ok(flag.unwrap_or(false))
    }

    /// How many entries a page has: 1 to `most`.
    pub(crate) fn limit(&self, usual: i64, most: i64) -> Result<i64, Problem> {
        let Some(text) = self.get("limit") else { return Ok(usual) };
        let limit = crate::headers::position(text).filter(|limit| (1..=most).contains(limit));
        limit.ok_or_else(|| {
            let named = vec![("most", most.to_string())];
            Problem::query("limit", Argument::Phrase("expected-limit", named))
        })
    }

    /// A text of at most so many characters.
    pub(crate) fn text(&self, name: &str, most: usize) -> Result<Option<String>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let length = text.chars().count();
        if text.trim().is_empty() || length > most || text.contains('\0') {
            let named = vec![("limit", most.to_string())];
            return Err(Problem::query(name, Argument::Phrase("expected-text-up-to", named)));
        }
        Ok(Some(text.to_owned()))
    }

    /// The parameters that make up a list, without those that only move within it, in one text.
    pub(crate) fn of_list(&self) -> String {
        let mut pairs: Vec<_> =
            self.0.iter().filter(|(name, _)| !matches!(name.as_str(), "cursor" | "limit")).collect();
        pairs.sort();
        pairs.iter().flat_map(|(name, value)| [name.as_str(), "\u{1f}", value.as_str(), "\u{1e}"]).collect()
    }
}

fn listing(key: &'static str, known: &str) -> Argument {
    let named: Arguments = vec![("known", known.to_owned())];
    Argument::Phrase(key, named)
}
