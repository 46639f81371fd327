//! Finding a nats-server that is new enough.

use std::path::PathBuf;

use super::NatsOptions;
use crate::ServersError;
use crate::programs::{self, Version};

/// Older ones ignore stream and consumer options that the bus depends on.
const LEAST: Version = Version::new(2, 10, 0);
/// Older ones have published security flaws.
const ADVISED: Version = Version::new(2, 12, 7);

/// A nats-server and its version.
#[derive(Debug)]
pub(super) struct NatsProgram {
    pub(super) path: PathBuf,
    pub(super) version: Version,
}

/// The given program, or the first candidate that is new enough, or that of the PATH.
pub(super) fn find(options: &NatsOptions) -> Result<NatsProgram, ServersError> {
    let chosen = match &options.binary {
        Some(given) if !programs::is_program(given) => Err(ServersError::NotAProgram { path: given.clone() }),
        Some(given) => match Version::of(given) {
            Some(version) => new_enough(NatsProgram { path: given.clone(), version }),
            None => Err(ServersError::NotAProgram { path: given.clone() }),
        },
        None => look_around(options),
    }?;
    if chosen.version < ADVISED {
        tracing::warn!(version = %chosen.version, advised = %ADVISED, "this nats-server has known security flaws: upgrade it");
    }
    Ok(chosen)
}

fn look_around(options: &NatsOptions) -> Result<NatsProgram, ServersError> {
    let mut refusal = ServersError::NatsMissing;
    for path in options.candidates.iter().cloned().chain(programs::on_path("nats-server")) {
        if !programs::is_program(&path) {
            continue;
        }
        let Some(version) = Version::of(&path) else { continue };
        match new_enough(NatsProgram { path, version }) {
            Ok(found) => return Ok(found),
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}

fn new_enough(found: NatsProgram) -> Result<NatsProgram, ServersError> {
    if found.version < LEAST {
        return Err(ServersError::NatsTooOld { version: found.version.to_string(), path: found.path });
    }
    Ok(found)
}
