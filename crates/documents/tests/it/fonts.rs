//! Fonts are found, and what is none is refused.

use documents::{DocumentError, Font};
use std::path::Path;

#[test]
fn the_font_that_is_found_is_a_chinese_one() {
    assert!(!Font::find().unwrap().families().is_empty());
}

#[test]
fn a_file_that_is_no_font_is_refused() {
    let refused = Font::open(Path::new(env!("CARGO_MANIFEST_PATH"))).unwrap_err();
    assert!(matches!(refused, DocumentError::FontNotChinese { .. }), "{refused}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let refused = Font::open(Path::new("/nowhere/song.ttf")).unwrap_err();
    assert!(refused.to_string().contains("/nowhere/song.ttf"), "{refused}");
}
