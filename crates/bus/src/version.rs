//! Versions of nats-server.

use std::fmt;

/// A version of nats-server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerVersion {
    /// First number.
    pub major: u32,
    /// Second number.
    pub minor: u32,
    /// Third number.
    pub patch: u32,
}

impl ServerVersion {
    /// Older servers silently ignore a second filter subject and stream metadata.
    pub const OLDEST_ACCEPTED: Self = Self { major: 2, minor: 10, patch: 0 };
    /// Older servers have known security holes.
    pub const OLDEST_ADVISED: Self = Self { major: 2, minor: 12, patch: 7 };

    /// Reads `2.12.7`, `v2.12.7` or `2.12.7-RC.1`; what is missing or not a number counts as 0.
    pub fn parse(text: &str) -> Self {
        let core = text.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default();
        let mut numbers = core.split('.').map(|number| number.parse().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0);
        Self { major: next(), minor: next(), patch: next() }
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(ServerVersion::parse("2.9.10") < ServerVersion::OLDEST_ACCEPTED);
        assert!(ServerVersion::parse("2.10.0") >= ServerVersion::OLDEST_ACCEPTED);
        assert!(ServerVersion::parse("v2.12.6") < ServerVersion::OLDEST_ADVISED);
        assert!(ServerVersion::parse("2.15.1-RC.2") > ServerVersion::OLDEST_ADVISED);
        assert!(ServerVersion::parse("nonsense") < ServerVersion::OLDEST_ACCEPTED);
        assert_eq!(ServerVersion::parse("2.12.7-RC.1+7").to_string(), "2.12.7");
    }
}
