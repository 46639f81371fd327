//! `PUT /v1/departments/{id}/contact`: hand the role of the contact 联络员 over.

use super::read_contact::ContactAnswer;
use super::{DepartmentCall, DepartmentPath, role_forbidden};
use crate::answers::problem::WriteProblems;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::Problem;
use accounts::Contact;
use axum::Json;
use chrono::NaiveDate;
use contract::actor::Role;
use contract::limits::NAME_MAX_CHARACTERS;
use domain::civil;
use utoipa::ToSchema;

/// Who is the contact, from which day on.
#[derive(ToSchema)]
pub(crate) struct ContactBody {
    /// The first day: today or later. Said again for the same day, it corrects; without it, today.
    pub(crate) from: Option<NaiveDate>,
    /// Name.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) name: String,
    /// Telephone number at work.
    #[schema(min_length = 1, max_length = 120)]
    pub(crate) phone: String,
}

impl ReadBody for ContactBody {
    fn read(fields: &Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let from = fields.optional_day("from");
        fields.not_over("from", from, civil::day_of(reading.now));
        let name = fields.text("name", NAME_MAX_CHARACTERS);
        let phone = fields.text("phone", NAME_MAX_CHARACTERS);
        Some(Self { from, name: name?, phone: phone? })
    }
}

/// Hand over the role of the contact 联络员交接
///
/// By a clerk or the head of the department. Earlier contacts stay on record.
#[utoipa::path(
    put,
    path = "/v1/departments/{id}/contact",
    tag = "department",
    params(DepartmentPath),
    request_body = ContactBody,
    responses((status = 200, description = "The contact from that day on", body = ContactAnswer), WriteProblems)
)]
pub(crate) async fn hand_over_contact(call: DepartmentCall) -> Result<Json<ContactAnswer>, Problem> {
    match call.caller.role {
        Role::Clerk | Role::Head => {}
        Role::Supervisor => return Err(role_forbidden(&[Role::Clerk, Role::Head])),
    }
    let ContactBody { from, name, phone } = call.read()?;
    let contact = Contact {
        department: call.department.clone(),
        from_day: from.unwrap_or_else(|| civil::day_of(call.now)),
        name,
        phone,
        set_at: call.now,
        set_by: call.caller.key_id,
    };
    call.app.accounts.hand_over_contact(&contact).await?;
    Ok(Json(ContactAnswer::of(call.department, contact.from_day, Some(contact))))
}
