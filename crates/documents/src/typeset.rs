//! Runs typst over the one template, in a world that holds nothing else.

use crate::{DocumentError, Font};
use std::collections::BTreeSet;
use std::fmt::Write;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Dict, Duration};
use typst::layout::{Frame, FrameItem};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{self, FontBook, is_default_ignorable};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

/// How every paper looks.
const TEMPLATE: &str = include_str!("letter.typ");

/// Sets the template with these data and prints it as PDF.
pub(crate) fn typeset(inputs: Dict, font: &Font) -> Result<Vec<u8>, DocumentError> {
    let world = Paperwork::new(inputs, font)?;
    let printed = set(&world).and_then(|document| print(&document, font));
    // typst remembers what it set, for the next time; these are names of suspects, so we make it forget.
    typst::comemo::evict(0);
    printed
}

fn set(world: &Paperwork) -> Result<PagedDocument, DocumentError> {
    let outcome = typst::compile::<PagedDocument>(world);
    let document = outcome.output.map_err(|errors| fault(&errors))?;
    if outcome.warnings.is_empty() { Ok(document) } else { Err(fault(&outcome.warnings)) }
}

fn print(document: &PagedDocument, font: &Font) -> Result<Vec<u8>, DocumentError> {
    let mut missing = BTreeSet::new();
    for page in document.pages() {
        collect_missing(&page.frame, &mut missing);
    }
    if !missing.is_empty() {
        return Err(DocumentError::MissingCharacters {
            font: font.families().join(", "),
            characters: listed(&missing),
        });
    }
    typst_pdf::pdf(document, &PdfOptions::default()).map_err(|errors| fault(&errors))
}

/// The characters that were set as glyph 0, which fonts draw as a box or not at all.
fn collect_missing(frame: &Frame, missing: &mut BTreeSet<char>) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => collect_missing(&group.frame, missing),
            FrameItem::Text(text) => {
                for glyph in text.glyphs.iter().filter(|glyph| glyph.id == 0) {
                    let characters = text.text[glyph.range()].chars();
                    missing.extend(characters.filter(|character| !is_default_ignorable(*character)));
                }
            }
            FrameItem::Shape(..) | FrameItem::Image(..) | FrameItem::Link(..) | FrameItem::Tag(_) => {}
        }
    }
}

/// Such as: 𠮷 (U+20BB7), 䶮 (U+4DAE).
fn listed(characters: &BTreeSet<char>) -> String {
    let mut list = String::new();
    for character in characters {
        let separator = if list.is_empty() { "" } else { ", " };
        write!(list, "{separator}{character} (U+{:04X})", u32::from(*character)).expect("a string takes all");
    }
    list
}

fn fault(diagnostics: &[SourceDiagnostic]) -> DocumentError {
    let messages: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    DocumentError::Template(messages.join("; "))
}

/// What typst may see: the template, its data and the font. No files, no packages, no clock.
struct Paperwork<'a> {
    library: LazyHash<Library>,
    template: Source,
    font: &'a Font,
}

impl<'a> Paperwork<'a> {
    fn new(inputs: Dict, font: &'a Font) -> Result<Self, DocumentError> {
        let path =
            VirtualPath::new("letter.typ").map_err(|error| DocumentError::Template(error.to_string()))?;
        let id = RootedPath::new(VirtualRoot::Project, path).intern();
        let library = Library::builder().with_inputs(inputs).build();
        Ok(Self { library: LazyHash::new(library), template: Source::new(id, TEMPLATE.to_owned()), font })
    }
}

impl World for Paperwork<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.font.book()
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<text::Font> {
        self.font.face(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
