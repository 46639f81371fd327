//! `GET /v1/departments/{id}/notification-settings`: when a department wants to hear of its transfers.

use super::{DepartmentPath, own, time_text};
use crate::answers::problem::{ProblemAnswer, ReadProblems};
use crate::problem::Problem;
use crate::reading::{Read, ReadHeaders};
use accounts::{NotificationSetting, QuietHours};
use axum::Json;
use contract::ids::DepartmentId;
use serde::Serialize;
use utoipa::ToSchema;

/// When a department wants to hear of its transfers. Times are civil times in China.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationSettings)]
pub(crate) struct SettingsAnswer {
    /// The department.
    department: DepartmentId,
    /// Hours in which it is not disturbed; `null` when it has none.
    quiet_hours: Option<QuietHoursAnswer>,
    /// When it reads its digest; `null` when it did not say.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "08:30")]
    digest_at: Option<String>,
}

/// Hours in which a department is not disturbed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QuietHours)]
pub(crate) struct QuietHoursAnswer {
    /// From when on.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "22:00")]
    from: String,
    /// Until when; on the next day where it is not after `from`.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "07:30")]
    to: String,
}

impl SettingsAnswer {
    /// What a department said.
    pub(super) fn of(department: DepartmentId, setting: NotificationSetting) -> Self {
        let hours =
            |hours: QuietHours| QuietHoursAnswer { from: time_text(hours.from), to: time_text(hours.to) };
        Self {
            department,
            quiet_hours: setting.quiet_hours.map(hours),
            digest_at: setting.digest_at.map(time_text),
        }
    }
}

/// Read the notification settings 通知设置
///
/// Of the caller's own department.
#[utoipa::path(
    get,
    path = "/v1/departments/{id}/notification-settings",
    tag = "department",
    params(DepartmentPath, ReadHeaders),
    responses(
        (status = 200, description = "The settings", body = SettingsAnswer),
        (
            status = 403,
            description = "Another department says that about itself.",
            body = ProblemAnswer,
            content_type = "application/problem+json"
        ),
        ReadProblems
    )
)]
pub(crate) async fn read_notification_settings(read: Read) -> Result<Json<SettingsAnswer>, Problem> {
    read.parameters.known(&[])?;
    let department = own(&read.caller, read.id.as_deref())?;
    let setting = read.app.accounts.notification_setting(&department).await?;
    Ok(Json(SettingsAnswer::of(department, setting)))
}
