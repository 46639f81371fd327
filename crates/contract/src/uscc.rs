//! Unified social credit codes 统一社会信用代码 (GB 32100-2015, amendment 1 of 2016).

use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// The 31 characters of a code: digits and letters without I, O, S, V and Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weight of each of the first 17 characters: powers of 3 modulo 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A valid unified social credit code: 18 characters, the last of which is the check character.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "91210200MA0QECKN5M", min_length = 18, max_length = 18)]
pub struct Uscc(String);

/// Why a text is not a unified social credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUscc {
    /// Not 18 characters, or a character outside the alphabet.
    #[error(
        "a unified social credit code has 18 characters: digits and capital letters without I, O, S, V, Z"
    )]
    Malformed,
    /// The last character does not fit the others.
    #[error("the check character of the unified social credit code does not fit")]
    CheckCharacter,
}

impl Uscc {
    /// Checks form and check character.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidUscc> {
        let text = text.into();
        let values = text
            .bytes()
            .map(|byte| ALPHABET.iter().position(|&c| c == byte))
            .collect::<Option<Vec<_>>>()
            .filter(|values| values.len() == 18)
            .ok_or(InvalidUscc::Malformed)?;
        let sum: usize = WEIGHTS.iter().zip(&values).map(|(weight, value)| weight * value).sum();
        if (31 - sum % 31) % 31 == values[17] { Ok(Self(text)) } else { Err(InvalidUscc::CheckCharacter) }
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Uscc {
    type Error = InvalidUscc;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl From<Uscc> for String {
    fn from(code: Uscc) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_in_use_are_valid() {
        for code in ["91210200MA0QECKN5M", "11500242322384326D", "91350100M000100Y43", "91110108551385082Q"] {
            assert_eq!(Uscc::new(code).unwrap().as_str(), code);
        }
    }

    #[test]
    fn a_changed_character_or_a_wrong_form_is_found() {
        assert_eq!(Uscc::new("91210200MA0QECKN5A"), Err(InvalidUscc::CheckCharacter));
        assert_eq!(Uscc::new("91210200MA0QECKN6M"), Err(InvalidUscc::CheckCharacter));
        for wrong in ["", "91210200", "91210200ma0qeckn5m", "91210200MA0QECKN5MX", "I1210200MA0QECKN5M", "中"]
        {
            assert_eq!(Uscc::new(wrong), Err(InvalidUscc::Malformed), "{wrong}");
        }
    }
}
