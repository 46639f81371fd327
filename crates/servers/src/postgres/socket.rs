//! The folder of the unix socket. Whoever can enter it can connect, so only the server's user (and root) can.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::PORT;
use crate::ServersError;
use crate::account::Account;
use crate::{folder, leftover};

/// A socket's path, with the zero at its end, must fit into `sun_path` (`unix(7)`); other systems allow 104 bytes.
const LONGEST_PATH_BYTES: usize = 103;

/// Where the socket is; a folder outside the data folder is removed with this value.
#[derive(Debug)]
pub(super) struct SocketFolder {
    path: PathBuf,
    temporary: bool,
}

impl SocketFolder {
    /// `socket` in the data folder, or, when its path is too long for a socket, a fresh temporary folder.
    pub(super) fn make(data_folder: &Path, account: Option<&Account>) -> Result<Self, ServersError> {
        let inside = data_folder.join("socket");
        let made = if fits(&inside) {
            Self { path: inside, temporary: false }
        } else {
            let name = format!("casebus-{}", folder::random_hex::<6>()?);
            Self { path: std::env::temp_dir().join(name), temporary: true }
        };
        folder::fresh(&made.path)?;
        if let Some(account) = account {
            account.own(&made.path)?;
        }
        Ok(made)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for SocketFolder {
    fn drop(&mut self) {
        if self.temporary {
            leftover::remove_folder(&self.path);
        }
    }
}

fn fits(folder: &Path) -> bool {
    let socket = folder.join(format!(".s.PGSQL.{PORT}"));
    socket.as_os_str().as_bytes().len() <= LONGEST_PATH_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_data_folder_has_its_socket_elsewhere() {
        assert!(fits(Path::new("/var/lib/casebus/postgres/socket")));
        assert!(!fits(&Path::new("/var/lib").join("x".repeat(90))));
    }
}
