//! Reads the fields of a JSON body and gathers everything that is wrong with them, each with its JSON Pointer.
//!
//! What a reader asks for is what is allowed: a field that nobody asked for is unknown. A field that is wrong reads as
//! `None`, and the gathered problems say why; a required one that is `null` is missing.

mod checks;
mod choice;
mod identity_number;
mod values;

pub(crate) use checks::is_division;
pub(crate) use choice::Choice;

use crate::problem::{FieldProblem, Named, phrase, plain};
use contract::ids::DepartmentId;
use contract::problem::ProblemCode;
use domain::registry::Registry;
use serde_json::{Map, Value};
use std::cell::RefCell;

/// What was found wrong so far.
pub(crate) type Problems = RefCell<Vec<FieldProblem>>;

/// The fields of one JSON object.
pub(crate) struct Fields<'a> {
    pointer: String,
    object: &'a Map<String, Value>,
    problems: &'a Problems,
    asked: RefCell<Vec<&'static str>>,
}

/// A field, if it stands there.
struct Found<'a> {
    name: &'static str,
    value: &'a Value,
}

impl<'a> Fields<'a> {
    /// The fields of an object at a JSON Pointer.
    pub(crate) fn new(pointer: String, object: &'a Map<String, Value>, problems: &'a Problems) -> Self {
        Self { pointer, object, problems, asked: RefCell::default() }
    }

    /// Notes that a field is wrong.
    pub(crate) fn wrong(&self, name: &str, code: ProblemCode, named: Named) {
        let pointer = format!("{}/{}", self.pointer, checks::escaped(name));
        self.problems.borrow_mut().push(FieldProblem { pointer, code, named });
    }

    /// The names that were asked for: those that the object may have.
    #[cfg(test)]
    pub(crate) fn asked(&self) -> Vec<&'static str> {
        self.asked.borrow().clone()
    }

    /// Notes every field that nobody asked for.
    pub(crate) fn refuse_unknown(&self) {
        let asked = self.asked.borrow();
        for name in self.object.keys().filter(|name| !asked.contains(&name.as_str())) {
            let shown: String = name.chars().take(60).collect();
            self.wrong(&shown, ProblemCode::FieldUnknown, vec![("known", plain(asked.join(", ")))]);
        }
    }

    /// Whether a field stands there and is not `null`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.object.get(name).is_some_and(|value| !value.is_null())
    }

    /// Notes a field that may not stand beside another.
    pub(crate) fn excludes(&self, name: &str, other: &str) {
        if self.has(name) {
            self.wrong(name, ProblemCode::FieldConflict, vec![("other", plain(other))]);
        }
    }

    /// Notes a field that must stand there and does not.
    pub(crate) fn require(&self, name: &str) {
        if !self.has(name) {
            self.wrong(name, ProblemCode::FieldRequired, Named::new());
        }
    }

    /// Refuses a receiver that counts as the sender.
    pub(crate) fn not_the_sender(
        &self,
        name: &str,
        receiver: &DepartmentId,
        sender: Option<&DepartmentId>,
        registry: &Registry,
    ) -> Option<()> {
        if sender.is_some_and(|sender| registry.counts_as(receiver, sender)) {
            self.wrong(name, ProblemCode::TransferToOneself, Named::new());
            return None;
        }
        Some(())
    }

    /// Refuses another department that counts as the receiver.
    pub(crate) fn not_the_receiver(
        &self,
        name: &str,
        other: &DepartmentId,
        receiver: Option<&DepartmentId>,
        registry: &Registry,
    ) -> Option<()> {
        if let Some(receiver) = receiver.filter(|receiver| registry.counts_as(other, receiver)) {
            self.wrong(name, ProblemCode::FieldConflict, vec![("other", plain(receiver))]);
            return None;
        }
        Some(())
    }

    fn optional(&self, name: &'static str) -> Option<Found<'a>> {
        self.asked.borrow_mut().push(name);
        let value = self.object.get(name).filter(|value| !value.is_null())?;
        Some(Found { name, value })
    }

    fn required(&self, name: &'static str) -> Option<Found<'a>> {
        let found = self.optional(name);
        if found.is_none() {
            self.wrong(name, ProblemCode::FieldRequired, Named::new());
        }
        found
    }

    fn string(&self, found: &Found<'a>) -> Option<&'a str> {
        let text = found.value.as_str();
        if text.is_none() {
            self.wrong_type(found.name, "expected-text");
        }
        text
    }

    fn wrong_type(&self, name: &str, expected: &'static str) {
        self.wrong(name, ProblemCode::FieldWrongType, vec![("expected", phrase(expected))]);
    }

    fn malformed(&self, name: &str, expected: &'static str) {
        self.wrong(name, ProblemCode::FieldMalformed, vec![("expected", phrase(expected))]);
    }

    fn text_of(&self, found: &Found<'a>, most: usize) -> Option<String> {
        let text = self.string(found)?;
        match checks::text(text, most) {
            Ok(()) => Some(text.to_owned()),
            Err((code, named)) => {
                self.wrong(found.name, code, named);
                None
            }
        }
    }

    /// A text that must be there, of at most so many characters.
    pub(crate) fn text(&self, name: &'static str, most: usize) -> Option<String> {
        let found = self.required(name)?;
        self.text_of(&found, most)
    }

    /// A text that may be left out.
    pub(crate) fn optional_text(&self, name: &'static str, most: usize) -> Option<String> {
        let found = self.optional(name)?;
        self.text_of(&found, most)
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&self, name: &'static str) -> Option<bool> {
        let found = self.required(name)?;
        let value = found.value.as_bool();
        if value.is_none() {
            self.wrong_type(name, "expected-boolean");
        }
        value
    }

    fn choice_of<T: Choice>(&self, found: &Found<'a>) -> Option<T> {
        let text = self.string(found)?;
        let chosen = T::choose(text);
        if chosen.is_none() {
            let known = T::names().join(", ");
            self.wrong(found.name, ProblemCode::FieldUnknownValue, vec![("known", plain(known))]);
        }
        chosen
    }

    /// One of the names of an enum.
    pub(crate) fn choice<T: Choice>(&self, name: &'static str) -> Option<T> {
        let found = self.required(name)?;
        self.choice_of(&found)
    }

    /// One of the names of an enum, or nothing.
    pub(crate) fn optional_choice<T: Choice>(&self, name: &'static str) -> Option<T> {
        let found = self.optional(name)?;
        self.choice_of(&found)
    }

    fn list(&self, found: &Found<'a>, most: usize) -> Option<&'a [Value]> {
        let Some(entries) = found.value.as_array() else {
            self.wrong_type(found.name, "expected-array");
            return None;
        };
        if entries.len() > most {
            let named = vec![("limit", plain(most)), ("actual", plain(entries.len()))];
            self.wrong(found.name, ProblemCode::FieldTooMany, named);
            return None;
        }
        Some(entries)
    }

    /// A list of texts; nothing is an empty list.
    pub(crate) fn texts(
        &self,
        name: &'static str,
        most: usize,
        most_characters: usize,
    ) -> Option<Vec<String>> {
        let Some(found) = self.optional(name) else { return Some(Vec::new()) };
        let entries = self.list(&found, most)?;
        let text = |(at, value): (usize, &Value)| {
            let place = format!("{}/{}/{at}", self.pointer, checks::escaped(name));
            let checked = value.as_str().ok_or_else(checks::not_a_text);
            let checked = checked.and_then(|text| checks::text(text, most_characters).map(|()| text));
            checked.map(str::to_owned).map_err(|(code, named)| {
                self.problems.borrow_mut().push(FieldProblem { pointer: place, code, named });
            })
        };
        let texts: Vec<_> = entries.iter().enumerate().map(text).collect();
        texts.into_iter().collect::<Result<_, ()>>().ok()
    }

    /// A list of objects; nothing is an empty list.
    pub(crate) fn objects<T>(
        &self,
        name: &'static str,
        most: usize,
        read: impl Fn(&Fields<'a>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Some(found) = self.optional(name) else { return Some(Vec::new()) };
        let entries = self.list(&found, most)?;
        let object = |(at, value): (usize, &'a Value)| {
            let pointer = format!("{}/{}/{at}", self.pointer, checks::escaped(name));
            let Some(object) = value.as_object() else {
                let named = vec![("expected", phrase("expected-object"))];
                let problem = FieldProblem { pointer, code: ProblemCode::FieldWrongType, named };
                self.problems.borrow_mut().push(problem);
                return None;
            };
            let fields = Fields::new(pointer, object, self.problems);
            let entry = read(&fields);
            fields.refuse_unknown();
            entry
        };
        let objects: Vec<_> = entries.iter().enumerate().map(object).collect();
        objects.into_iter().collect()
    }
}
