//! When a department wants to hear of its transfers: quiet hours, and the time of its digest.

use crate::error::AccountsError;
use crate::handle::Accounts;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use contract::ids::DepartmentId;
use domain::civil;

/// How many hours of a day may be quiet: half of it, so that every warning comes on its day.
pub const QUIET_HOURS_MAX: i64 = 12;

/// Hours in which nothing is sent to a department; civil time in China.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// From when on.
    pub from: NaiveTime,
    /// Until when; on the next day where it is not after `from`. Never the same as `from`.
    pub to: NaiveTime,
}

/// What a department said about notifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NotificationSetting {
    /// Its quiet hours; `None` when it has none.
    pub quiet_hours: Option<QuietHours>,
    /// When it reads its digest; `None` when it did not say.
    pub digest_at: Option<NaiveTime>,
}

impl QuietHours {
    /// Whether they are no longer than [`QUIET_HOURS_MAX`].
    pub fn are_few_enough(self) -> bool {
        let same_day = self.to - self.from;
        let length = if self.from < self.to { same_day } else { same_day + TimeDelta::days(1) };
        length <= TimeDelta::hours(QUIET_HOURS_MAX)
    }

    /// Whether a time of day lies in them; `to` itself does not.
    pub fn cover(self, time: NaiveTime) -> bool {
        if self.from < self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        }
    }
}

impl Accounts {
    /// Whether it is quiet for a department at a moment.
    pub async fn quiet_now(
        &self,
        department: &DepartmentId,
        now: DateTime<Utc>,
    ) -> Result<bool, AccountsError> {
        let time = now.with_timezone(&civil::offset()).time();
        let setting = self.notification_setting(department).await?;
        Ok(setting.quiet_hours.is_some_and(|hours| hours.cover(time)))
    }

    /// What a department said; the default where it said nothing.
    pub async fn notification_setting(
        &self,
        department: &DepartmentId,
    ) -> Result<NotificationSetting, AccountsError> {
        let row = sqlx::query!(
            "SELECT quiet_from, quiet_to, digest_at FROM accounts.notification_setting WHERE department = $1",
            department.as_str(),
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(NotificationSetting::default()) };
        let quiet_hours = row.quiet_from.zip(row.quiet_to).map(|(from, to)| QuietHours { from, to });
        Ok(NotificationSetting { quiet_hours, digest_at: row.digest_at })
    }

    /// Stores what a department says, by which key and when, in the place of what it said before.
    pub async fn set_notification_setting(
        &self,
        department: &DepartmentId,
        setting: NotificationSetting,
        key_id: &str,
        now: DateTime<Utc>,
    ) -> Result<(), AccountsError> {
        sqlx::query!(
            "INSERT INTO accounts.notification_setting
                 (department, quiet_from, quiet_to, digest_at, set_by, set_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (department) DO UPDATE SET quiet_from = excluded.quiet_from,
                 quiet_to = excluded.quiet_to, digest_at = excluded.digest_at,
                 set_by = excluded.set_by, set_at = excluded.set_at",
            department.as_str(),
            setting.quiet_hours.map(|hours| hours.from),
            setting.quiet_hours.map(|hours| hours.to),
            setting.digest_at,
            key_id,
            now,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> NaiveTime {
        text.parse().unwrap()
    }

    #[test]
    fn at_most_half_of_a_day_is_quiet() {
        let hours = |from, to| QuietHours { from: time(from), to: time(to) };
        assert!(
            hours("20:00:00", "08:00:00").are_few_enough() && hours("00:00:00", "12:00:00").are_few_enough()
        );
        assert!(
            !hours("20:00:00", "08:01:00").are_few_enough()
                && !hours("08:00:00", "20:01:00").are_few_enough()
        );
        assert!(!hours("08:00:00", "07:59:00").are_few_enough());
    }

    #[test]
    fn quiet_hours_may_cross_midnight_and_end_on_the_minute() {
        let night = QuietHours { from: time("22:00:00"), to: time("07:30:00") };
        let noon = QuietHours { from: time("12:00:00"), to: time("14:00:00") };
        let covers = |hours: QuietHours, text| hours.cover(time(text));
        assert!(covers(night, "22:00:00") && covers(night, "00:00:00") && covers(night, "07:29:59"));
        assert!(!covers(night, "07:30:00") && !covers(night, "21:59:59"));
        assert!(covers(noon, "12:00:00") && !covers(noon, "14:00:00") && !covers(noon, "00:00:00"));
    }
}
