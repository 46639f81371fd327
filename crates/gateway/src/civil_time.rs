//! Times in answers: RFC 3339 in Asia/Shanghai civil time.

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use domain::civil;

/// A moment as an answer shows it, with `+08:00`.
pub(crate) fn civil_text(moment: DateTime<Utc>) -> String {
    moment.trunc_subsecs(6).with_timezone(&civil::offset()).to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_moment_is_shown_in_civil_time() {
        let moment = "2026-09-30T16:00:00.5Z".parse().unwrap();
        assert_eq!(super::civil_text(moment), "2026-10-01T00:00:00.500+08:00");
    }
}
