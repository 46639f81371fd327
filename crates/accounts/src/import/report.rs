//! What an import did, and what was wrong with its rows.

use serde::Serialize;
use std::fmt;

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Rows in the text, without the header.
    pub rows: usize,
    /// Rows that are now stored as the text has them.
    pub stored: usize,
    /// Of those, the ones that were new or different before, and members that left a set.
    pub changed: u64,
    /// What was wrong, in order of line.
    pub errors: Vec<RowError>,
}

impl ImportReport {
    pub(super) fn new(rows: usize, good: usize, mut errors: Vec<RowError>, strict: bool) -> Self {
        errors.sort_by_key(|error| error.line);
        let stored = if strict && !errors.is_empty() { 0 } else { good };
        Self { rows, stored, changed: 0, errors }
    }

    /// Whether every row was good.
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }
}

/// One thing that is wrong with one field of one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowError {
    /// The line in the text, from 1; the header is line 1.
    pub line: u64,
    /// The column's name in the header; empty when the whole row is meant.
    pub column: &'static str,
    /// What is wrong.
    pub code: RowErrorCode,
    /// The same in a sentence, with the value.
    pub detail: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, code, detail } = self;
        match *column {
            "" => write!(f, "line {line}: {code}: {detail}"),
            column => write!(f, "line {line}, column {column}: {code}: {detail}"),
        }
    }
}

macro_rules! row_error_codes {
    ($($(#[$doc:meta])* $variant:ident => $name:literal,)*) => {
        /// What is wrong with a field. The names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RowErrorCode { $($(#[$doc])* $variant,)* }

        impl RowErrorCode {
            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

row_error_codes! {
    /// The header is not the expected list of columns; no row was read.
    WrongHeader => "wrong_header",
    /// The row has more or fewer fields than the header.
    WrongFieldCount => "wrong_field_count",
    /// The row is no CSV.
    Unreadable => "unreadable",
    /// The field must not be empty.
    Empty => "empty",
    /// The field is longer than allowed.
    TooLong => "too_long",
    /// The field holds a line break or another control character.
    ControlCharacter => "control_character",
    /// The field is not a department id.
    MalformedId => "malformed_id",
    /// The field is not a division code of 6 to 12 digits.
    MalformedDivision => "malformed_division",
    /// The field is neither `yes` nor `no`.
    NotYesOrNo => "not_yes_or_no",
    /// An earlier row has the same key.
    DuplicateId => "duplicate_id",
    /// An earlier row of the division has the same subject matter.
    DuplicateSubjectMatter => "duplicate_subject_matter",
    /// There is no such type of department.
    UnknownType => "unknown_type",
    /// There is no such lead mode.
    UnknownLeadMode => "unknown_lead_mode",
    /// The number of leads does not fit the lead mode.
    WrongLeadCount => "wrong_lead_count",
    /// The parent is neither stored nor a good row of this text.
    UnknownParent => "unknown_parent",
    /// The parent is not of type GOVERNMENT.
    ParentNotAGovernment => "parent_not_a_government",
    /// Departments stand under it, so it stays of type GOVERNMENT.
    GovernmentNeeded => "government_needed",
    /// Following the parents, or the hosts, leads back to the same department.
    Circle => "circle",
    /// The host is neither stored nor a good row of this text.
    UnknownHost => "unknown_host",
    /// The set is not a stored department.
    UnknownGroup => "unknown_group",
    /// The department is not of type GROUP.
    NotAGroup => "not_a_group",
    /// The member is not a stored department.
    UnknownMember => "unknown_member",
    /// A lead is not a stored department.
    UnknownLead => "unknown_lead",
    /// A participant is not a stored department.
    UnknownParticipant => "unknown_participant",
    /// The field is no date like 2026-10-01.
    MalformedDate => "malformed_date",
    /// The field is neither `off` nor `work`.
    UnknownDayKind => "unknown_day_kind",
    /// The day is no weekend day, so it cannot be a make-up working day.
    NoMakeUpDay => "no_make_up_day",
}

impl fmt::Display for RowErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_the_same_as_text_and_as_json() {
        let error = RowError {
            line: 3,
            column: "parent",
            code: RowErrorCode::ParentNotAGovernment,
            detail: "320100-ybj is no government".to_owned(),
        };
        assert_eq!(
            error.to_string(),
            "line 3, column parent: parent_not_a_government: 320100-ybj is no government"
        );
        assert_eq!(serde_json::to_value(error.code).unwrap(), "parent_not_a_government");
    }
}
