//! Finding the programs of Postgres.

use std::fs;
use std::path::{Path, PathBuf};

use crate::ServersError;
use crate::programs::{self, Version};

const LEAST: Version = Version::new(14, 0, 0);

/// A folder with `postgres` and `initdb` of one version.
#[derive(Debug, Clone)]
pub(super) struct PostgresPrograms {
    pub(super) folder: PathBuf,
    pub(super) version: Version,
}

impl PostgresPrograms {
    fn at(folder: PathBuf) -> Option<Self> {
        let complete = ["postgres", "initdb"].iter().all(|name| programs::is_program(&folder.join(name)));
        let version = complete.then(|| Version::of(&folder.join("postgres")))??;
        Some(Self { folder, version })
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }
}

/// The programs to use for a cluster: those of the given folder, else the first that are new enough. A cluster
/// that exists is served by the major version that made it.
pub(super) fn find(given: Option<&Path>, cluster: &Path) -> Result<PostgresPrograms, ServersError> {
    let folders = given.map_or_else(usual_folders, |folder| vec![folder.to_owned()]);
    let found: Vec<PostgresPrograms> = folders.into_iter().filter_map(PostgresPrograms::at).collect();
    let made_by = fs::read_to_string(cluster.join("PG_VERSION")).ok().map(|text| text.trim().to_owned());
    let fits = |candidate: &&PostgresPrograms| {
        candidate.version >= LEAST
            && made_by.as_ref().is_none_or(|major| *major == candidate.version.major.to_string())
    };
    if let Some(chosen) = found.iter().find(fits) {
        return Ok(chosen.clone());
    }
    match (found.iter().find(|candidate| candidate.version >= LEAST), found.first(), made_by) {
        (Some(_), _, Some(made_by)) => {
            Err(ServersError::PostgresOfOtherVersion { made_by, folder: cluster.to_owned() })
        }
        (_, Some(old), _) => {
            Err(ServersError::PostgresTooOld { version: old.version.to_string(), folder: old.folder.clone() })
        }
        (_, None, _) => Err(ServersError::PostgresMissing),
    }
}

/// `pg_config`, then Debian's folders from the newest version down, then the PATH.
fn usual_folders() -> Vec<PathBuf> {
    let configured = programs::on_path("pg_config")
        .and_then(|program| programs::answer(&program, "--bindir"))
        .map(|text| PathBuf::from(text.trim()));
    let on_path = programs::on_path("postgres")
        .and_then(|program| fs::canonicalize(program).ok())
        .and_then(|program| Some(program.parent()?.to_owned()));
    configured.into_iter().chain(debian_folders()).chain(on_path).collect()
}

fn debian_folders() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir("/usr/lib/postgresql") else { return Vec::new() };
    let mut versions: Vec<u32> =
        entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    versions.sort_unstable_by(|left, right| right.cmp(left));
    versions.into_iter().map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin"))).collect()
}
