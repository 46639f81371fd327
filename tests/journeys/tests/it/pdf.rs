//! The text of a printed page, as a reader would copy it.

use std::io::Write;
use std::process::{Command, Stdio};

/// The text of a PDF, without line ends and blanks.
pub fn text(pdf: &[u8]) -> String {
    assert!(pdf.starts_with(b"%PDF"), "{}", String::from_utf8_lossy(&pdf[..pdf.len().min(400)]));
    let mut program = Command::new("pdftotext")
        .args(["-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext is installed by deploy/install.sh");
    let mut input = program.stdin.take().unwrap();
    let bytes = pdf.to_vec();
    let writer = std::thread::spawn(move || input.write_all(&bytes));
    let output = program.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    String::from_utf8(output.stdout).unwrap().split_whitespace().collect()
}
