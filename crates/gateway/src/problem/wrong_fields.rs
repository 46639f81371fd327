//! The wrong fields of a body: counted all, kept as many as an answer lists. A body of a megabyte may have more than a
//! hundred thousand of them.

use super::Named;
use contract::problem::ProblemCode;

/// How many wrong fields are listed.
const LISTED: usize = 100;

/// One wrong field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldProblem {
    /// Where: a JSON Pointer (RFC 6901) into the body.
    pub(crate) pointer: String,
    /// What is wrong.
    pub(crate) code: ProblemCode,
    /// What the sentence names.
    pub(crate) named: Named,
}

/// The wrong fields of a body.
#[derive(Clone, Debug, Default)]
pub(crate) struct WrongFields {
    listed: Vec<FieldProblem>,
    count: usize,
}

impl WrongFields {
    /// Counts one, and keeps it where it will be listed.
    pub(crate) fn add(&mut self, problem: FieldProblem) {
        self.count += 1;
        if self.listed.len() < LISTED {
            self.listed.push(problem);
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The first hundred.
    pub(crate) fn listed(&self) -> &[FieldProblem] {
        &self.listed
    }
}

impl From<FieldProblem> for WrongFields {
    fn from(problem: FieldProblem) -> Self {
        Self { listed: vec![problem], count: 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_wrong_fields_are_counted_and_the_first_hundred_kept() {
        let mut wrong = WrongFields::default();
        for number in 0..1_000 {
            let pointer = format!("/{number}");
            wrong.add(FieldProblem { pointer, code: ProblemCode::FieldUnknown, named: Named::new() });
        }
        assert_eq!(
            (wrong.count(), wrong.listed().len(), wrong.listed.capacity() < 1_000),
            (1_000, 100, true)
        );
        assert_eq!(wrong.listed().last().unwrap().pointer, "/99");
    }
}
