//! `PUT /v1/departments/{id}/notification-settings`: say when a department wants to hear of its transfers.

use super::read_notification_settings::SettingsAnswer;
use super::{DepartmentCall, DepartmentPath, malformed, optional_time, role_forbidden};
use crate::answers::problem::WriteProblems;
use crate::body::{ReadBody, Reading};
use crate::fields::Fields;
use crate::problem::{Argument, Problem};
use accounts::{NotificationSetting, QUIET_HOURS_MAX, QuietHours};
use axum::Json;
use contract::actor::Role;
use contract::problem::ProblemCode;
use utoipa::ToSchema;

/// What takes the place of the settings before. Times are civil times in China.
#[derive(ToSchema)]
#[schema(as = NotificationSettingsBody)]
pub(crate) struct SettingsBody {
    /// Hours in which it is not disturbed, 12 at most; none where this is left out.
    #[schema(inline)]
    pub(crate) quiet_hours: Option<QuietHoursBody>,
    /// When it reads its digest.
    #[schema(value_type = Option<String>, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "08:30")]
    pub(crate) digest_at: Option<chrono::NaiveTime>,
}

/// Hours in which a department is not disturbed.
#[derive(ToSchema)]
pub(crate) struct QuietHoursBody {
    /// From when on.
    #[schema(value_type = String, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "22:00")]
    pub(crate) from: chrono::NaiveTime,
    /// Until when; on the next day where it is not after `from`.
    #[schema(value_type = String, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "07:30")]
    pub(crate) to: chrono::NaiveTime,
}

impl ReadBody for SettingsBody {
    fn read(fields: &Fields<'_>, _: &Reading<'_>) -> Option<Self> {
        let quiet_hours = fields.optional_object("quiet_hours", QuietHoursBody::read);
        let digest_at = optional_time(fields, "digest_at");
        Some(Self { quiet_hours, digest_at })
    }
}

impl QuietHoursBody {
    fn read(fields: &Fields<'_>) -> Option<Self> {
        let (from, to) = (optional_time(fields, "from"), optional_time(fields, "to"));
        fields.require("from");
        fields.require("to");
        if from.is_some() && from == to {
            malformed(fields, "to", "expected-other-time");
            return None;
        }
        let hours = QuietHours { from: from?, to: to? };
        if !hours.are_few_enough() {
            let expected =
                Argument::Phrase("expected-hours-at-most", vec![("hours", QUIET_HOURS_MAX.to_string())]);
            fields.wrong("to", ProblemCode::FieldMalformed, vec![("expected", expected)]);
            return None;
        }
        Some(Self { from: hours.from, to: hours.to })
    }
}

/// Set the notification settings 通知设置
///
/// Of the caller's own department, for everybody in it, by its head or a supervisor. Warnings that fall into the quiet
/// hours come after them; the warning on the day of the expiry does not wait.
#[utoipa::path(
    put,
    path = "/v1/departments/{id}/notification-settings",
    tag = "department",
    params(DepartmentPath),
    request_body = SettingsBody,
    responses((status = 200, description = "The settings", body = SettingsAnswer), WriteProblems)
)]
pub(crate) async fn set_notification_settings(call: DepartmentCall) -> Result<Json<SettingsAnswer>, Problem> {
    match call.caller.role {
        Role::Head | Role::Supervisor => {}
        Role::Clerk => return Err(role_forbidden(&[Role::Head, Role::Supervisor])),
    }
    let SettingsBody { quiet_hours, digest_at } = call.read()?;
    let quiet_hours = quiet_hours.map(|hours| QuietHours { from: hours.from, to: hours.to });
    let setting = NotificationSetting { quiet_hours, digest_at };
    let (accounts, key_id) = (&call.app.accounts, &call.caller.key_id);
    accounts.set_notification_setting(&call.department, setting, key_id, call.now).await?;
    Ok(Json(SettingsAnswer::of(call.department, setting)))
}
