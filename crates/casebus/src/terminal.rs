//! What a person reads on the terminal: results on standard output, failures on standard error. Logs go their own way.

use std::io::{self, Write};

/// Writes a line of results. A reader that has gone away, like `head`, is no failure.
pub(crate) fn say(line: impl AsRef<str>) {
    let _reader_may_be_gone = writeln!(io::stdout().lock(), "{}", line.as_ref());
}

/// Writes a line that is shown once and must not be lost.
pub(crate) fn hand_over(line: &str) -> io::Result<()> {
    let mut results = io::stdout().lock();
    writeln!(results, "{line}")?;
    results.flush()
}

/// Writes a line for the person in front of it, not for the results.
pub(crate) fn complain(line: impl AsRef<str>) {
    let _reader_may_be_gone = writeln!(io::stderr().lock(), "{}", line.as_ref());
}
