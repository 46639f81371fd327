//! What only some new transfers have: a legal review, materials, a reporter.

use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::{Named, plain};
use chrono::NaiveDate;
use contract::limits::{MATERIALS_MAX, NAME_MAX_CHARACTERS, TITLE_MAX_CHARACTERS};
use contract::problem::ProblemCode;
use domain::civil;
use serde::Serialize;
use utoipa::ToSchema;

/// A legal review 法制审核 that came before the sending.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewLegalReview {
    /// The number of the opinion, as its issuer wrote it.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) opinion_number: String,
    /// The day of the opinion; not in the future.
    pub(crate) reviewed_on: NaiveDate,
}

/// A material of the checklist of the kind.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewMaterial {
    /// Its name in the checklist; `GET /v1/rule-packs` has them.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) name: String,
    /// Why it is absent; left out where the material comes with the transfer.
    #[schema(min_length = 1, max_length = 200)]
    pub(crate) absent_because: Option<String>,
}

/// Who reported it 举报人.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewReporter {
    /// The name.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) name: String,
    /// How the reporter can be reached.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) contact: Option<String>,
}

impl ReadBody for NewLegalReview {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let opinion_number = fields.text("opinion_number", NAME_MAX_CHARACTERS);
        let reviewed_on = fields.day("reviewed_on");
        let today = civil::day_of(reading.now);
        if reviewed_on.is_some_and(|day| day > today) {
            fields.wrong("reviewed_on", ProblemCode::FieldInFuture, vec![("now", plain(today))]);
        }
        Some(Self { opinion_number: opinion_number?, reviewed_on: reviewed_on? })
    }
}

impl ReadBody for NewMaterial {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let name = fields.text("name", NAME_MAX_CHARACTERS);
        let absent_because = fields.optional_text("absent_because", TITLE_MAX_CHARACTERS);
        Some(Self { name: name?, absent_because })
    }
}

impl NewMaterial {
    /// The list of materials, each named once.
    pub(super) fn read_all(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Vec<Self>> {
        let materials = fields.objects("materials", MATERIALS_MAX, |one| Self::read(one, reading))?;
        for (at, one) in materials.iter().enumerate() {
            if materials[..at].iter().any(|earlier| earlier.name == one.name) {
                fields.wrong_entry("materials", at, (ProblemCode::FieldRepeated, Named::new()));
            }
        }
        Some(materials)
    }
}

impl ReadBody for NewReporter {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let name = fields.text("name", NAME_MAX_CHARACTERS);
        let contact = fields.optional_text("contact", NAME_MAX_CHARACTERS);
        Some(Self { name: name?, contact })
    }
}
