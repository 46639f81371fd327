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
    /// Sets and members that left them, because the text names them no longer.
    pub left: Vec<(String, String)>,
    /// What was wrong, in order of line.
    pub errors: Vec<RowError>,
}

impl ImportReport {
    pub(super) fn new(rows: usize, good: usize, mut errors: Vec<RowError>, strict: bool) -> Self {
        errors.sort_by_key(|error| error.line);
        let stored = if strict && !errors.is_empty() { 0 } else { good };
        Self { rows, stored, changed: 0, left: Vec::new(), errors }
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
    /// What it is about: a value of the field, mostly; may be empty.
    pub value: String,
    /// What is wrong in a sentence in English, with the value.
    pub detail: String,
}

impl RowError {
    /// What is wrong in Chinese, with the value.
    pub fn in_chinese(&self) -> String {
        let wrong = self.code.in_chinese();
        if self.value.is_empty() { wrong.to_owned() } else { format!("{wrong}（{}）", self.value) }
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, code, detail, value: _ } = self;
        let chinese = self.in_chinese();
        match *column {
            "" => write!(f, "line {line}: {code}: {detail} 第{line}行：{chinese}"),
            column => {
                write!(f, "line {line}, column {column}: {code}: {detail} 第{line}行 {column} 列：{chinese}")
            }
        }
    }
}

macro_rules! row_error_codes {
    ($($(#[$doc:meta])* $variant:ident => ($name:literal, $chinese:literal),)*) => {
        /// What is wrong with a field. The names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RowErrorCode { $($(#[$doc])* $variant,)* }

        impl RowErrorCode {
            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The same in Chinese, for people.
            pub const fn in_chinese(self) -> &'static str {
                match self { $(Self::$variant => $chinese,)* }
            }
        }
    };
}

row_error_codes! {
    /// The header is not the expected list of columns; no row was read.
    WrongHeader => ("wrong_header", "表头与要求的列不一致"),
    /// The row has more or fewer fields than the header.
    WrongFieldCount => ("wrong_field_count", "字段数与表头不一致"),
    /// The row is no CSV.
    Unreadable => ("unreadable", "不是有效的 CSV"),
    /// The field must not be empty.
    Empty => ("empty", "不能为空"),
    /// The field is longer than allowed.
    TooLong => ("too_long", "超过允许的字数"),
    /// The field holds a line break or another control character.
    ControlCharacter => ("control_character", "含有不允许的字符"),
    /// The field is not a department id.
    MalformedId => ("malformed_id", "不是有效的部门编号"),
    /// The field is not a division code of 6 to 12 digits.
    MalformedDivision => ("malformed_division", "不是6至12位数字的行政区划代码"),
    /// The field is neither `yes` nor `no`.
    NotYesOrNo => ("not_yes_or_no", "须为 yes 或 no"),
    /// An earlier row has the same key.
    DuplicateId => ("duplicate_id", "与前面的行重复"),
    /// An earlier row of the division has the same subject matter.
    DuplicateSubjectMatter => ("duplicate_subject_matter", "同一行政区划内事项重复"),
    /// There is no such type of department.
    UnknownType => ("unknown_type", "没有这种部门类型"),
    /// There is no such lead mode.
    UnknownLeadMode => ("unknown_lead_mode", "没有这种牵头方式"),
    /// The number of leads does not fit the lead mode.
    WrongLeadCount => ("wrong_lead_count", "牵头部门数与牵头方式不符"),
    /// The parent is neither stored nor a good row of this text.
    UnknownParent => ("unknown_parent", "上级既未存入，也不是本文件中的有效行"),
    /// The parent is not of type GOVERNMENT.
    ParentNotAGovernment => ("parent_not_a_government", "上级不是 GOVERNMENT 类型的政府"),
    /// Departments stand under it, so it stays of type GOVERNMENT.
    GovernmentNeeded => ("government_needed", "其下设有部门，类型须保持为 GOVERNMENT"),
    /// Following the parents, or the hosts, leads back to the same department.
    Circle => ("circle", "上级或所设部门形成循环"),
    /// The host is neither stored nor a good row of this text.
    UnknownHost => ("unknown_host", "办公室所设部门既未存入，也不是本文件中的有效行"),
    /// The set is not a stored department.
    UnknownGroup => ("unknown_group", "没有该集合"),
    /// The department is not of type GROUP.
    NotAGroup => ("not_a_group", "该部门不是 GROUP 类型的集合"),
    /// The member is not a stored department.
    UnknownMember => ("unknown_member", "没有该成员部门"),
    /// A lead is not a stored department.
    UnknownLead => ("unknown_lead", "没有该牵头部门"),
    /// A participant is not a stored department.
    UnknownParticipant => ("unknown_participant", "没有该配合部门"),
    /// The field is no date like 2026-10-01.
    MalformedDate => ("malformed_date", "不是 2026-10-01 形式的日期"),
    /// The field is neither `off` nor `work`.
    UnknownDayKind => ("unknown_day_kind", "须为 off 或 work"),
    /// The day is no weekend day, so it cannot be a make-up working day.
    NoMakeUpDay => ("no_make_up_day", "不是周末，不能作为调休上班日"),
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
            value: "320100-ybj".to_owned(),
            detail: "320100-ybj is no government".to_owned(),
        };
        assert_eq!(
            error.to_string(),
            "line 3, column parent: parent_not_a_government: 320100-ybj is no government \
             第3行 parent 列：上级不是 GOVERNMENT 类型的政府（320100-ybj）"
        );
        assert_eq!(serde_json::to_value(error.code).unwrap(), "parent_not_a_government");
    }
}
