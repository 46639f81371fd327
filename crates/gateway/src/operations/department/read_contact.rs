//! `GET /v1/departments/{id}/contact`: whom to call in a department.

use super::{DepartmentPath, known};
use crate::answers::problem::ReadProblems;
use crate::civil_time::civil_text;
use crate::fields;
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use accounts::Contact;
use axum::Json;
use chrono::NaiveDate;
use contract::ids::DepartmentId;
use domain::civil;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// Which contact.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the reader is below")]
pub(crate) struct ContactParameters {
    /// On which day; without it, today.
    on: Option<NaiveDate>,
}

/// Whom to call in a department on a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DepartmentContact)]
pub(crate) struct ContactAnswer {
    /// The department.
    department: DepartmentId,
    /// The day.
    on: NaiveDate,
    /// The contact; `null` when the department named none.
    contact: Option<PersonAnswer>,
}

/// A contact 联络员.
#[derive(Serialize, ToSchema)]
#[schema(as = Contact)]
pub(crate) struct PersonAnswer {
    /// Name.
    name: String,
    /// Telephone number at work.
    phone: String,
    /// The first day.
    from: NaiveDate,
    /// When this was said.
    #[schema(format = DateTime)]
    set_at: String,
}

impl std::fmt::Debug for PersonAnswer {
    /// Without name and number, which no log shows.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonAnswer").field("from", &self.from).finish_non_exhaustive()
    }
}

impl ContactAnswer {
    /// The contact of a department on a day.
    pub(super) fn of(department: DepartmentId, on: NaiveDate, contact: Option<Contact>) -> Self {
        let person = |contact: Contact| PersonAnswer {
            name: contact.name,
            phone: contact.phone,
            from: contact.from_day,
            set_at: civil_text(contact.set_at),
        };
        Self { department, on, contact: contact.map(person) }
    }
}

/// Read the contact of a department 联络员
///
/// Everybody with a key sees it: one must know whom to call.
#[utoipa::path(
    get,
    path = "/v1/departments/{id}/contact",
    tag = "department",
    params(DepartmentPath, ContactParameters, ReadHeaders),
    responses((status = 200, description = "The contact", body = ContactAnswer), ReadProblems)
)]
pub(crate) async fn read_contact(read: Read) -> Result<Json<ContactAnswer>, Problem> {
    read.parameters.known(&["on"])?;
    let department = known(&read)?;
    let on = read.parameters.parsed("on", "expected-day", fields::day)?;
    let on = on.unwrap_or_else(|| civil::day_of(read.now));
    let contact = read.app.accounts.contact_on(&department, on).await?;
    Ok(Json(ContactAnswer::of(department, on, contact)))
}
