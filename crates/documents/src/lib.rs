//! The official papers of a criminal handoff (行刑衔接), printed as PDF.
//!
//! A [`Paper`] is plain data; [`render`] sets it on A4 in the manner of GB/T 9704-2012 and gives the bytes of the
//! file. The sentences of each kind of paper are in `words`, the layout of all of them is in `letter.typ`, and
//! typst does the setting.
//!
//! What it promises:
//!
//! * Data are data. They reach the template as values and never as markup, so whatever a case worker typed is
//!   printed as it was typed. The template can read no file and no package.
//! * Nothing is dropped. A character that the font does not have is an error that names it, and all data of a
//!   paper are printed, whatever its kind.
//! * The same paper and font give the same bytes.
//!
//! The only thing read from outside is the font file.

mod body;
mod date;
mod error;
mod font;
mod kind;
mod paper;
mod render;
mod text;
mod typeset;
mod words;

pub use error::DocumentError;
pub use font::Font;
pub use kind::PaperKind;
pub use paper::{Paper, PaperGoods, PaperMaterial, PaperSuspect};
pub use render::render;
