//! Reads the fields of a JSON body and gathers everything that is wrong with them, each with its JSON Pointer.
//!
//! What a reader asks for is what is allowed: a field that nobody asked for is unknown. A field that is wrong reads as
//! `None`, and the gathered problems say why; a required one that is `null` is missing.

mod checks;
mod choice;
mod identity_number;
mod lists;
mod values;

pub(crate) use checks::{day, is_division, moment};
pub(crate) use choice::Choice;

use crate::problem::{Argument, FieldProblem, Named, WrongFields, phrase, plain};
use contract::ids::DepartmentId;
use contract::problem::ProblemCode;
use domain::registry::Registry;
use serde_json::{Map, Value};
use std::cell::{LazyCell, RefCell};

/// What was found wrong so far.
pub(crate) type Problems = RefCell<WrongFields>;

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
        self.problems.borrow_mut().add(FieldProblem { pointer, code, named });
    }

    /// The names that were asked for: those that the object may have.
    #[cfg(test)]
    pub(crate) fn asked(&self) -> Vec<&'static str> {
        self.asked.borrow().clone()
    }

    /// Notes every field that nobody asked for.
    pub(crate) fn refuse_unknown(&self) {
        let asked = self.asked.borrow();
        let known = LazyCell::new(|| asked.join(", "));
        for name in self.object.keys().filter(|name| !asked.contains(&name.as_str())) {
            let shown: String = name.chars().take(60).collect();
            self.wrong(&shown, ProblemCode::FieldUnknown, vec![("known", plain(known.as_str()))]);
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

    /// `true` or `false`; nothing is `false`.
    pub(crate) fn flag(&self, name: &'static str) -> bool {
        let Some(found) = self.optional(name) else { return false };
        let value = found.value.as_bool();
        if value.is_none() {
            self.wrong_type(name, "expected-boolean");
        }
        value.unwrap_or(false)
    }

    /// A whole number from 1 to `most`, or nothing.
    pub(crate) fn optional_count(&self, name: &'static str, most: u32) -> Option<u32> {
        let found = self.optional(name)?;
        let count = found.value.as_u64().and_then(|count| u32::try_from(count).ok());
        let count = count.filter(|count| (1..=most).contains(count));
        if count.is_none() {
            let expected = Argument::Phrase("expected-limit", vec![("most", most.to_string())]);
            self.wrong(name, ProblemCode::FieldMalformed, vec![("expected", expected)]);
        }
        count
    }

    /// An object, or nothing.
    pub(crate) fn optional_object<T>(
        &self,
        name: &'static str,
        read: impl Fn(&Fields<'a>) -> Option<T>,
    ) -> Option<T> {
        let found = self.optional(name)?;
        let Some(object) = found.value.as_object() else {
            self.wrong_type(name, "expected-object");
            return None;
        };
        let pointer = format!("{}/{}", self.pointer, checks::escaped(name));
        let fields = Fields::new(pointer, object, self.problems);
        let entry = read(&fields);
        fields.refuse_unknown();
        entry
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
}
