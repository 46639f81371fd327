//! The font of the papers.

use crate::DocumentError;
use std::fs;
use std::path::Path;
use typst::foundations::Bytes;
use typst::text::{self, FontBook};
use typst::utils::LazyHash;

/// Files of installed fonts, the best first: Song-like faces, as official papers have them, then any. Of each
/// row the first file gives the look, and those after it, where they are there, the characters that it lacks.
const USUAL_PLACES: [&[&str]; 7] = [
    // Debian's fonts-arphic-gbsn00lp has the characters of GB/T 2312; fonts-arphic-uming, by the same foundry,
    // has 24,000 but sets the full stop amid the line, as Taiwan does.
    &["/usr/share/fonts/truetype/arphic-gbsn00lp/gbsn00lp.ttf", "/usr/share/fonts/truetype/arphic/uming.ttc"],
    // Debian's fonts-noto-cjk; the second path is Fedora's.
    &["/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"],
    &["/usr/share/fonts/google-noto-serif-cjk-fonts/NotoSerifCJK-Regular.ttc"],
    &["/usr/share/fonts/truetype/arphic/uming.ttc"],
    &["/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"],
    // Debian's fonts-wqy-zenhei and fonts-wqy-microhei.
    &["/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"],
    &["/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"],
];

/// What every paper needs: a font that lacks one of these is not meant for Chinese.
const NEEDED: [char; 6] = ['立', '案', '〔', '〕', '，', '—'];

/// A Chinese font, read once and used for every paper.
#[derive(Debug)]
pub struct Font {
    /// The one that gives the look, and others that fill in. There is at least one.
    faces: Vec<text::Font>,
    book: LazyHash<FontBook>,
}

impl Font {
    /// Reads a TrueType or OpenType file. Of a collection it takes the face for the mainland.
    pub fn open(path: &Path) -> Result<Self, DocumentError> {
        Ok(Self::of(vec![face(path)?]))
    }

    /// Opens the first font that is in one of the usual places.
    pub fn find() -> Result<Self, DocumentError> {
        let row = USUAL_PLACES.iter().find(|row| Path::new(row[0]).is_file());
        let files = row.ok_or(DocumentError::FontMissing)?.iter().map(Path::new);
        let faces: Result<_, _> = files.filter(|file| file.is_file()).map(face).collect();
        Ok(Self::of(faces?))
    }

    fn of(faces: Vec<text::Font>) -> Self {
        let book = LazyHash::new(FontBook::from_fonts(&faces));
        Self { faces, book }
    }

    /// The names of its families, the one that gives the look first, such as AR PL `SungtiL` GB.
    pub fn families(&self) -> Vec<&str> {
        self.faces.iter().map(|face| face.info().family.as_str()).collect()
    }

    pub(crate) fn face(&self, index: usize) -> Option<&text::Font> {
        self.faces.get(index)
    }

    pub(crate) const fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }
}

/// The best face of a file.
fn face(path: &Path) -> Result<text::Font, DocumentError> {
    let data =
        fs::read(path).map_err(|source| DocumentError::FontUnreadable { path: path.to_owned(), source })?;
    let faces: Vec<text::Font> = text::Font::iter(Bytes::new(data)).filter(is_chinese).collect();
    let best = faces.iter().position(is_for_the_mainland).unwrap_or_default();
    let face = faces.into_iter().nth(best);
    face.ok_or_else(|| DocumentError::FontNotChinese { path: path.to_owned() })
}

fn is_chinese(face: &text::Font) -> bool {
    NEEDED.iter().all(|character| face.info().coverage.contains(u32::from(*character)))
}

/// Collections hold the same font with the forms of several regions, told apart by the end of the name.
fn is_for_the_mainland(face: &text::Font) -> bool {
    let family = &face.info().family;
    family.ends_with(" CN") || family.ends_with(" SC")
}
