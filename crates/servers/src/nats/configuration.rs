//! The files of a private nats-server.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::{ServersError, folder};

/// The largest message: four times the largest event body, and the server's own default.
const MAX_PAYLOAD_BYTES: u32 = 1024 * 1024;

/// Where each file is.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) folder: PathBuf,
    pub(super) configuration: PathBuf,
    pub(super) pid_file: PathBuf,
    pub(super) log: PathBuf,
    ports: PathBuf,
    store: PathBuf,
}

impl Layout {
    pub(super) fn of(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            configuration: folder.join("nats-server.conf"),
            pid_file: folder.join("nats-server.pid"),
            log: folder.join("log/nats-server.log"),
            ports: folder.join("ports"),
            store: folder.join("store"),
        }
    }

    /// Writes the configuration, readable by its owner alone because it holds the password.
    pub(super) fn write(&self, port: Option<u16>, user: &str, password: &str) -> Result<(), ServersError> {
        folder::fresh(&self.ports)?;
        folder::private(&self.store)?;
        // -1 asks nats-server for a free port.
        let port = port.map_or_else(|| "-1".to_owned(), |port| port.to_string());
        let text = format!(
            "# Written by casebus at every start.\n\
             server_name: \"casebus\"\n\
             listen: \"127.0.0.1:{port}\"\n\
             max_payload: {MAX_PAYLOAD_BYTES}\n\
             pid_file: {}\n\
             ports_file_dir: {}\n\
             authorization {{ user: {}, password: {} }}\n\
             jetstream {{ store_dir: {} }}\n",
            quoted(&self.pid_file.to_string_lossy()),
            quoted(&self.ports.to_string_lossy()),
            quoted(user),
            quoted(password),
            quoted(&self.store.to_string_lossy()),
        );
        self.replace_configuration(&text).map_err(ServersError::folder(&self.configuration))
    }

    /// A new file each time, so that the mode holds whatever was there before.
    fn replace_configuration(&self, text: &str) -> std::io::Result<()> {
        if fs::exists(&self.configuration)? {
            fs::remove_file(&self.configuration)?;
        }
        let mut file =
            OpenOptions::new().create_new(true).write(true).mode(0o600).open(&self.configuration)?;
        file.write_all(text.as_bytes())
    }

    /// The port that the server reports in its ports file, once it listens.
    pub(super) fn bound_port(&self) -> Option<u16> {
        let file = fs::read_dir(&self.ports).ok()?.find_map(|entry| {
            let path = entry.ok()?.path();
            path.extension().is_some_and(|extension| extension == "ports").then_some(path)
        })?;
        port_in(&fs::read_to_string(file).ok()?)
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Reads `{"nats":["nats://127.0.0.1:34567"], …}`.
fn port_in(text: &str) -> Option<u16> {
    let (_, after) = text.split_once("nats://127.0.0.1:")?;
    let digits = after.find(|letter: char| !letter.is_ascii_digit())?;
    after[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_ports_file() {
        assert_eq!(port_in("{\n  \"nats\": [\n    \"nats://127.0.0.1:34567\"\n  ]\n}"), Some(34567));
        assert_eq!(port_in("{\"nats\": [\"nats://127.0.0.1:345"), None);
    }
}
