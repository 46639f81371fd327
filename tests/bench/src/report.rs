//! What the run found: one table for each part, as text, Markdown and JSON.

use crate::options::Options;
use anyhow::Context;
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;

/// Everything that was found.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    /// One for each part.
    pub(crate) sections: Vec<Section>,
}

/// One table and what must be known to read it.
#[derive(Debug, Serialize)]
pub(crate) struct Section {
    /// Its title.
    pub(crate) title: String,
    /// Names of the columns.
    pub(crate) columns: Vec<String>,
    /// The cells, as they are told.
    pub(crate) rows: Vec<Vec<String>>,
    /// How it was measured, and what was noticed.
    pub(crate) notes: Vec<String>,
    /// The figures behind the cells.
    pub(crate) figures: Value,
}

impl Report {
    /// Writes the files that were asked for.
    pub(crate) fn write(&self, options: &Options) -> anyhow::Result<()> {
        if let Some(path) = &options.json {
            let text = serde_json::to_string_pretty(self)? + "\n";
            fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        if let Some(path) = &options.markdown {
            let text = self.sections.iter().map(Section::as_markdown).collect::<Vec<_>>().join("\n");
            fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}

impl Section {
    /// For a terminal: columns of even width, numbers to the right.
    pub(crate) fn as_text(&self) -> String {
        let mut text = format!("\n{}\n", self.title);
        let widths = self.widths();
        for row in std::iter::once(&self.columns).chain(&self.rows) {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(place, (cell, width))| match place {
                    0 => format!("{cell:<width$}"),
                    _ => format!("{cell:>width$}"),
                })
                .collect();
            append(&mut text, &format!("  {}", cells.join("  ").trim_end()));
        }
        for note in &self.notes {
            append(&mut text, &format!("  · {note}"));
        }
        text
    }

    /// For a document.
    pub(crate) fn as_markdown(&self) -> String {
        let mut text = format!("## {}\n\n", self.title);
        append(&mut text, &format!("| {} |", self.columns.join(" | ")));
        let lines: Vec<&str> =
            (0..self.columns.len()).map(|place| if place == 0 { "---" } else { "---:" }).collect();
        append(&mut text, &format!("| {} |", lines.join(" | ")));
        for row in &self.rows {
            append(&mut text, &format!("| {} |", row.join(" | ")));
        }
        if !self.notes.is_empty() {
            text.push('\n');
        }
        for note in &self.notes {
            append(&mut text, &format!("- {note}"));
        }
        text
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = vec![0; self.columns.len()];
        for row in std::iter::once(&self.columns).chain(&self.rows) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        widths
    }
}

fn append(text: &mut String, line: &str) {
    // Writing into a String cannot fail.
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section() -> Section {
        Section {
            title: "Appends".to_owned(),
            columns: vec!["writers".to_owned(), "per second".to_owned()],
            rows: vec![vec!["128".to_owned(), "9".to_owned()]],
            notes: vec!["one note".to_owned()],
            figures: Value::Null,
        }
    }

    #[test]
    fn a_terminal_sees_even_columns() {
        assert_eq!(
            section().as_text(),
            "\nAppends\n  writers  per second\n  128               9\n  · one note\n"
        );
    }

    #[test]
    fn a_document_gets_a_table() {
        let expected = "## Appends\n\n| writers | per second |\n| --- | ---: |\n| 128 | 9 |\n\n- one note\n";
        assert_eq!(section().as_markdown(), expected);
    }
}
