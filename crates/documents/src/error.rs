//! What can go wrong between data and a printed paper.

use std::io;
use std::path::PathBuf;

/// Why a paper could not be printed. Each sentence about fonts names the way out.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// None of the usual places holds a Chinese font.
    #[error(
        "no Chinese font was found: run deploy/install.sh, or install the packages fonts-arphic-gbsn00lp and \
         fonts-arphic-uming, \
         or give the path of a font file in the configuration"
    )]
    FontMissing,
    /// The font file cannot be read.
    #[error("the font file {} cannot be read", path.display())]
    FontUnreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is no font, or one without Chinese characters.
    #[error(
        "{} is not a font with Chinese characters: give a TrueType or OpenType file, \
         for example of the package fonts-noto-cjk", path.display()
    )]
    FontNotChinese {
        /// The file.
        path: PathBuf,
    },
    /// The paper has characters that the font does not have.
    #[error(
        "the font {font} lacks {characters}: give a font with more characters in the configuration, \
         for example of the package fonts-noto-cjk"
    )]
    MissingCharacters {
        /// The font's families.
        font: String,
        /// The characters with their code points, such as 𠮷 (U+20BB7).
        characters: String,
    },
    /// Our own template is at fault.
    #[error("the paper could not be set: {0}")]
    Template(String),
}
