//! Open files and connections: the operating system allows a process so many of them, and often fewer than there may be.

use gateway::Limits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What is not for callers: connections to Postgres and NATS, files.
const OWN: usize = 512;

/// Allows this process all that it may allow itself.
pub(crate) fn allow_all() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::debug!(error = &error as &dyn std::error::Error, "the limit of open files stays as it is");
    }
}

/// For how many connections of callers there is room: as many as usual, or as the operating system allows.
pub(crate) fn for_connections() -> usize {
    let usual = Limits::default().connections;
    let allowed = getrlimit(Resource::Nofile).current.map(usize::try_from).transpose();
    let allowed = allowed.ok().flatten().unwrap_or(usize::MAX);
    let room = room_among(allowed);
    if room < usual {
        tracing::warn!(
            allowed,
            connections = room,
            "few open files are allowed (LimitNOFILE), so there is room for fewer connections"
        );
    }
    room.min(usual)
}

/// How many of the descriptors that are allowed are for callers.
fn room_among(allowed: usize) -> usize {
    allowed.saturating_sub(OWN).max(allowed / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allowed_leaves_room_for_postgres_and_nats_and_at_least_half_is_for_callers() {
        assert_eq!(room_among(1_024), 512);
        assert_eq!(room_among(256), 128);
        assert_eq!(room_among(20_000), 19_488);
    }

    #[test]
    fn a_process_allows_itself_all_that_it_may() {
        allow_all();
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
    }
}
