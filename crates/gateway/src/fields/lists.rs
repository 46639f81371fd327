//! Fields that are lists: of texts, ids or objects. Nothing is an empty list.

use super::checks::{self, Wrong};
use super::{Fields, Found};
use crate::problem::{FieldProblem, phrase, plain};
use contract::ids::{DepartmentId, TransferId};
use contract::problem::ProblemCode;
use serde_json::Value;

impl<'a> Fields<'a> {
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

    fn pointer_to(&self, name: &str, at: usize) -> String {
        format!("{}/{}/{at}", self.pointer, checks::escaped(name))
    }

    /// Notes that an entry of a list is wrong.
    pub(crate) fn wrong_entry(&self, name: &str, at: usize, (code, named): Wrong) {
        let pointer = self.pointer_to(name, at);
        self.problems.borrow_mut().add(FieldProblem { pointer, code, named });
    }

    /// A list whose entries are read one by one.
    fn entries<T>(
        &self,
        name: &'static str,
        most: usize,
        read: impl Fn(&'a str) -> Result<T, Wrong>,
    ) -> Option<Vec<T>> {
        let Some(found) = self.optional(name) else { return Some(Vec::new()) };
        let entries = self.list(&found, most)?;
        let entry = |(at, value): (usize, &'a Value)| {
            let checked = value.as_str().ok_or_else(checks::not_a_text).and_then(&read);
            checked.map_err(|wrong| self.wrong_entry(name, at, wrong))
        };
        let entries: Vec<_> = entries.iter().enumerate().map(entry).collect();
        entries.into_iter().collect::<Result<_, ()>>().ok()
    }

    /// A list of texts.
    pub(crate) fn texts(
        &self,
        name: &'static str,
        most: usize,
        most_characters: usize,
    ) -> Option<Vec<String>> {
        self.entries(name, most, |text| checks::text(text, most_characters).map(|()| text.to_owned()))
    }

    /// A list of numbers from 1 to `largest`.
    pub(crate) fn numbers(&self, name: &'static str, most: usize, largest: u32) -> Option<Vec<u32>> {
        let Some(found) = self.optional(name) else { return Some(Vec::new()) };
        let entries = self.list(&found, most)?;
        let number = |(at, value): (usize, &'a Value)| {
            let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
            number.filter(|number| (1..=largest).contains(number)).ok_or_else(|| {
                let expected =
                    crate::problem::Argument::Phrase("expected-limit", vec![("most", largest.to_string())]);
                self.wrong_entry(name, at, (ProblemCode::FieldMalformed, vec![("expected", expected)]));
            })
        };
        let numbers: Vec<_> = entries.iter().enumerate().map(number).collect();
        numbers.into_iter().collect::<Result<_, ()>>().ok()
    }

    /// A list of ids of transfers.
    pub(crate) fn transfers(&self, name: &'static str, most: usize) -> Option<Vec<TransferId>> {
        self.entries(name, most, |text| {
            let malformed =
                || (ProblemCode::FieldMalformed, vec![("expected", phrase("expected-transfer-id"))]);
            text.parse().map_err(|_| malformed())
        })
    }

    /// A list of ids of departments or sets of departments, of the right form.
    pub(crate) fn department_ids(&self, name: &'static str, most: usize) -> Option<Vec<DepartmentId>> {
        self.entries(name, most, |text| {
            let malformed =
                || (ProblemCode::FieldMalformed, vec![("expected", phrase("expected-department-id"))]);
            DepartmentId::new(text).map_err(|_| malformed())
        })
    }

    /// A list of objects.
    pub(crate) fn objects<T>(
        &self,
        name: &'static str,
        most: usize,
        read: impl Fn(&Fields<'a>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Some(found) = self.optional(name) else { return Some(Vec::new()) };
        let entries = self.list(&found, most)?;
        let object = |(at, value): (usize, &'a Value)| {
            let Some(object) = value.as_object() else {
                let named = vec![("expected", phrase("expected-object"))];
                self.wrong_entry(name, at, (ProblemCode::FieldWrongType, named));
                return None;
            };
            let fields = Fields::new(self.pointer_to(name, at), object, self.problems);
            let entry = read(&fields);
            fields.refuse_unknown();
            entry
        };
        let objects: Vec<_> = entries.iter().enumerate().map(object).collect();
        objects.into_iter().collect()
    }
}
