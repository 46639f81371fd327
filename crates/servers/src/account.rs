//! Under which user a server runs. Postgres refuses root, so root runs it as somebody else.

use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::ServersError;

/// A user that a child process runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// Are we root?
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

impl Account {
    /// Who runs Postgres on this cluster: nobody special unless we are root; else the cluster's owner, so that a
    /// folder that an ordinary user began stays theirs; else `postgres`, else `nobody`.
    pub(crate) fn for_postgres(cluster: &Path) -> Result<Option<Self>, ServersError> {
        if !is_root() {
            return Ok(None);
        }
        if let Ok(found) = fs::metadata(cluster)
            && found.uid() != 0
        {
            return Ok(Some(Self { name: found.uid().to_string(), uid: found.uid(), gid: found.gid() }));
        }
        Self::named("postgres").or_else(|| Self::named("nobody")).map(Some).ok_or(ServersError::NoAccount)
    }

    /// Looks a user up through `id`, which knows every source of users that the system has.
    fn named(name: &str) -> Option<Self> {
        let ask = |flag| {
            let said = Command::new("id").args([flag, name]).stderr(Stdio::null()).output().ok()?;
            String::from_utf8(said.stdout).ok()?.trim().parse::<u32>().ok()
        };
        Some(Self { name: name.to_owned(), uid: ask("-u")?, gid: ask("-g")? })
    }

    /// Gives a file or folder to this user.
    pub(crate) fn own(&self, path: &Path) -> Result<(), ServersError> {
        std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid)).map_err(ServersError::folder(path))
    }

    /// May this user walk through a folder with these owners and modes?
    fn may_enter(&self, found: &Metadata) -> bool {
        let mode = found.permissions().mode();
        let bit = if found.uid() == self.uid {
            0o100
        } else if found.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        mode & bit != 0
    }

    /// The first folder on the way to `path`, itself included, that refuses this user.
    pub(crate) fn refused_at(&self, path: &Path) -> Option<PathBuf> {
        let mut way: Vec<&Path> = path.ancestors().collect();
        way.reverse();
        way.into_iter()
            .find(|folder| fs::metadata(folder).is_ok_and(|found| !self.may_enter(&found)))
            .map(Path::to_owned)
    }
}

/// Could a private Postgres live under this folder, which need not exist yet? False only for root, when the user
/// that then runs Postgres may not walk there (a clone under `/root`, for example).
pub fn can_hold_postgres(folder: &Path) -> bool {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    match Account::for_postgres(&folder) {
        Ok(None) => true,
        Ok(Some(account)) => account.refused_at(&folder).is_none(),
        Err(_) => false,
    }
}
