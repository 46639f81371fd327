//! A suspect in a request, and how it is sealed.

use crate::answers::subject::{IDENTITY_NUMBER, NAME};
use crate::body::Reading;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::writing::Writing;
use contract::handoff::{Suspect, SuspectKind};
use contract::limits::NAME_MAX_CHARACTERS;
use contract::problem::ProblemCode;
use contract::uscc::Uscc;
use domain::civil;
use utoipa::ToSchema;

/// A suspect. The name and the number of a person are stored and published encrypted only.
#[derive(ToSchema)]
#[schema(as = NewSuspectOfHandoff)]
pub(crate) struct NewSuspect {
    /// Person, organisation, or not identified.
    pub(crate) kind: SuspectKind,
    /// The name; of somebody who is not identified, what is known.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) name: String,
    /// Unified social credit code (GB 32100), checked; of an organisation only.
    pub(crate) uscc: Option<Uscc>,
    /// Identity number (GB 11643), checked; of a person only.
    #[schema(min_length = 18, max_length = 18)]
    pub(crate) identity_number: Option<String>,
    /// The suspected offence 涉嫌罪名.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) offence: String,
    /// Whether the suspect is a public official 公职人员.
    #[schema(default = false, required = false)]
    pub(crate) public_official: bool,
}

impl NewSuspect {
    /// Reads one.
    pub(crate) fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let kind = fields.choice("kind");
        let name = fields.text("name", NAME_MAX_CHARACTERS);
        let uscc = fields.optional_uscc("uscc");
        let identity_number = fields.optional_identity_number("identity_number", civil::day_of(reading.now));
        let offence = fields.text("offence", NAME_MAX_CHARACTERS);
        let public_official = fields.flag("public_official");
        let kind: SuspectKind = kind?;
        if kind != SuspectKind::Organisation && uscc.is_some() {
            fields.wrong("uscc", ProblemCode::FieldConflict, vec![("other", crate::problem::plain(kind))]);
        }
        if kind != SuspectKind::Person && identity_number.is_some() {
            fields.wrong(
                "identity_number",
                ProblemCode::FieldConflict,
                vec![("other", crate::problem::plain(kind))],
            );
        }
        Some(Self { kind, name: name?, uscc, identity_number, offence: offence?, public_official })
    }

    /// As it stands in the event.
    pub(crate) async fn seal(self, writing: &Writing) -> Result<Suspect, Problem> {
        let accounts = &writing.app.accounts;
        let mut suspect = Suspect {
            kind: self.kind,
            name: None,
            person_name: None,
            identity_number: None,
            uscc: self.uscc.as_ref().map(|uscc| uscc.as_str().to_owned()),
            offence: self.offence,
            public_official: self.public_official,
        };
        match self.kind {
            SuspectKind::Organisation => {
                // Encrypted too: of somebody whom the police add, nothing else is kept in what the sender reads.
                let key = accounts.new_subject_key_of(suspect.uscc.as_deref()).await?;
                suspect.person_name = Some(accounts.seal(&key, NAME, &self.name)?);
                suspect.name = Some(self.name);
            }
            SuspectKind::Unknown => suspect.name = Some(self.name),
            SuspectKind::Person => {
                let key = accounts.new_subject_key_of(self.identity_number.as_deref()).await?;
                suspect.person_name = Some(accounts.seal(&key, NAME, &self.name)?);
                if let Some(number) = &self.identity_number {
                    suspect.identity_number = Some(accounts.seal(&key, IDENTITY_NUMBER, number)?);
                }
            }
        }
        Ok(suspect)
    }
}
