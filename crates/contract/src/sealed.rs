//! Personal data in events: a value that travels only encrypted.

use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;
use uuid::Uuid;

/// A name or identity number of a person, encrypted under the key of that person (AES-256-GCM).
///
/// The text form is `sealed:v1:<key id>:<base64 of nonce and ciphertext>`. Whoever holds only the event learns
/// nothing; destroying the key makes the value unreadable for ever without touching the log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^sealed:v1:")]
pub struct Sealed(String);

impl Sealed {
    /// What every sealed value begins with.
    pub const PREFIX: &'static str = "sealed:v1:";

    /// Builds the text form.
    pub fn new(key: Uuid, nonce_and_ciphertext_base64: &str) -> Self {
        Self(format!("{}{key}:{nonce_and_ciphertext_base64}", Self::PREFIX))
    }

    /// The id of the key and the base64 of nonce and ciphertext; `None` when the text is not of this form.
    pub fn parts(&self) -> Option<(Uuid, &str)> {
        let (key, data) = self.0.strip_prefix(Self::PREFIX)?.split_once(':')?;
        Some((Uuid::parse_str(key).ok()?, data))
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}
