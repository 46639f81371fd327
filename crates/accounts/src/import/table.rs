//! CSV text with a fixed header, and checks of its fields. Other importers may read their tables with it.

use super::{RowError, RowErrorCode};
use contract::ids::DepartmentId;

/// The good-looking rows of a text, and what was wrong with the others so far.
#[derive(Debug)]
pub struct Table<const N: usize> {
    /// Rows with as many fields as the header.
    pub rows: Vec<Row<N>>,
    /// How many rows the text has.
    pub count: usize,
    /// Errors of the header and of rows that could not be read.
    pub errors: Vec<RowError>,
}

/// One row.
#[derive(Debug)]
pub struct Row<const N: usize> {
    /// The line on which it begins.
    pub line: u64,
    /// Its fields, without the white space around them.
    pub fields: [String; N],
}

impl<const N: usize> Table<N> {
    /// Reads text whose header must be exactly these columns. A byte order mark, as spreadsheets write it, and
    /// blank lines are passed over.
    pub fn read(text: &str, columns: [&'static str; N]) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut table = Self { rows: Vec::new(), count: 0, errors: Vec::new() };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let header = records.next().and_then(Result::ok).unwrap_or_default();
        if let Some(error) = header_error(&header, &columns) {
            table.errors.push(error);
            return table;
        }
        let mut lines = LineCounter { text: text.as_bytes(), offset: 0, line: 1 };
        for record in records {
            table.count += 1;
            table.add(record, &mut lines);
        }
        table
    }

    fn add(&mut self, record: Result<csv::StringRecord, csv::Error>, lines: &mut LineCounter<'_>) {
        let error = |line, code, value, detail| RowError { line, column: "", code, value, detail };
        match record {
            Err(failure) => {
                let line = lines.line_of(failure.position());
                self.errors.push(error(line, RowErrorCode::Unreadable, String::new(), failure.to_string()));
            }
            Ok(record) => {
                let line = lines.line_of(record.position());
                let fields: Vec<_> = record.iter().map(str::to_owned).collect();
                match <[String; N]>::try_from(fields) {
                    Ok(fields) => self.rows.push(Row { line, fields }),
                    Err(fields) => {
                        let detail = format!("the row has {} fields, the header {N}", fields.len());
                        let value = fields.len().to_string();
                        self.errors.push(error(line, RowErrorCode::WrongFieldCount, value, detail));
                    }
                }
            }
        }
    }
}

/// Tells the line on which a record begins. The reader's own count stops before the line ends and blank lines that
/// stand in front of a record.
struct LineCounter<'a> {
    text: &'a [u8],
    offset: usize,
    line: u64,
}

impl LineCounter<'_> {
    fn line_of(&mut self, position: Option<&csv::Position>) -> u64 {
        let wanted = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0);
        while let Some(byte) = self.text.get(self.offset) {
            if self.offset >= wanted && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*byte == b'\n');
            self.offset += 1;
        }
        self.line
    }
}

fn header_error(header: &csv::StringRecord, columns: &[&'static str]) -> Option<RowError> {
    if header.iter().eq(columns.iter().copied()) {
        return None;
    }
    let wrong = columns.iter().zip(header.iter().map(Some).chain(std::iter::repeat(None)));
    let column = wrong.into_iter().find(|(expected, found)| Some(**expected) != *found);
    let detail = format!("the header must be {}", columns.join(","));
    Some(RowError {
        line: 1,
        column: column.map_or("", |(expected, _)| *expected),
        code: RowErrorCode::WrongHeader,
        value: columns.join(","),
        detail,
    })
}

/// Checks the fields of one row and gathers what is wrong with them.
#[derive(Debug)]
pub struct Checker<'a> {
    line: u64,
    found: usize,
    errors: &'a mut Vec<RowError>,
}

impl<'a> Checker<'a> {
    /// A checker for the row on that line.
    pub fn new(line: u64, errors: &'a mut Vec<RowError>) -> Self {
        Self { line, found: 0, errors }
    }

    /// Whether nothing was wrong so far.
    pub fn is_clean(&self) -> bool {
        self.found == 0
    }

    /// Adds an error.
    pub fn refuse(
        &mut self,
        column: &'static str,
        code: RowErrorCode,
        value: impl Into<String>,
        detail: impl Into<String>,
    ) {
        self.found += 1;
        let (value, detail) = (value.into(), detail.into());
        self.errors.push(RowError { line: self.line, column, code, value, detail });
    }

    /// A text of at most `limit` characters, without control characters.
    pub fn text(&mut self, column: &'static str, text: &str, limit: usize) -> String {
        let length = text.chars().count();
        if length > limit {
            let detail = format!("{length} characters, at most {limit} are allowed");
            self.refuse(column, RowErrorCode::TooLong, format!("{length} > {limit}"), detail);
        }
        if text.chars().any(char::is_control) {
            self.refuse(
                column,
                RowErrorCode::ControlCharacter,
                "控制字符",
                "control characters are not allowed",
            );
        }
        text.to_owned()
    }

    /// A text as above that must not be empty.
    pub fn required_text(&mut self, column: &'static str, text: &str, limit: usize) -> String {
        if text.is_empty() {
            self.refuse(column, RowErrorCode::Empty, "", "this field must not be empty");
        }
        self.text(column, text, limit)
    }

    /// A department id.
    pub fn id(&mut self, column: &'static str, text: &str) -> Option<DepartmentId> {
        match DepartmentId::new(text) {
            Ok(id) => Some(id),
            Err(error) => {
                self.refuse(
                    column,
                    RowErrorCode::MalformedId,
                    shortened(text),
                    format!("{}: {error}", shortened(text)),
                );
                None
            }
        }
    }

    /// A department id, or nothing.
    pub fn optional_id(&mut self, column: &'static str, text: &str) -> Option<DepartmentId> {
        if text.is_empty() { None } else { self.id(column, text) }
    }

    /// Department ids with `|` between them, or nothing.
    pub fn ids(&mut self, column: &'static str, text: &str) -> Vec<DepartmentId> {
        let parts = text.split('|').map(str::trim).filter(|part| !part.is_empty());
        parts.filter_map(|part| self.id(column, part)).collect()
    }
}

/// A value as it may stand in a message: its first 60 characters, in quotation marks.
pub(super) fn shortened(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    let more = if start.len() < text.len() { "…" } else { "" };
    format!("{start:?}{more}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_line_across_blank_lines_windows_ends_and_a_byte_order_mark() {
        let table = Table::read("\u{feff}a,b\r\n1, 2 \r\n\r\n\"3\r\n3\",4\r\n5,6\r\n", ["a", "b"]);
        assert!(table.errors.is_empty(), "{:?}", table.errors);
        let lines: Vec<_> = table.rows.iter().map(|row| (row.line, row.fields[1].as_str())).collect();
        assert_eq!(lines, [(2, "2"), (4, "4"), (6, "6")]);
        assert_eq!(table.count, 3);
    }

    #[test]
    fn a_wrong_header_names_the_first_column_that_is_missing_or_elsewhere() {
        for (text, column) in [("", "a"), ("b,a\n1,2", "a"), ("a\n1", "b"), ("a,b,c\n1,2,3", "")] {
            let table = Table::read(text, ["a", "b"]);
            assert_eq!(table.errors.len(), 1, "{text}");
            assert_eq!((table.errors[0].code, table.errors[0].column), (RowErrorCode::WrongHeader, column));
            assert!(table.rows.is_empty());
        }
    }

    #[test]
    fn a_row_with_another_number_of_fields_is_reported_and_the_others_are_read() {
        let table = Table::read("a,b\n1\n1,2\n1,2,3\n", ["a", "b"]);
        let lines: Vec<_> = table.errors.iter().map(|error| (error.line, error.code)).collect();
        assert_eq!(lines, [(2, RowErrorCode::WrongFieldCount), (4, RowErrorCode::WrongFieldCount)]);
        assert_eq!((table.rows.len(), table.count), (1, 3));
    }

    #[test]
    fn a_long_value_is_shortened_in_a_message() {
        assert_eq!(shortened("a"), "\"a\"");
        assert_eq!(shortened(&"长".repeat(61)), format!("\"{}\"…", "长".repeat(60)));
    }
}
