//! The data folder: the one asked for, or the usual one, or one where root can run Postgres.

use crate::terminal::say;
use anyhow::Context;
use std::path::{Path, PathBuf};

/// The usual folder, in the working folder.
const USUAL: &str = "casebus-data";
/// Where root keeps the data when Postgres' user cannot get to the usual one.
const FOR_ROOT: &str = "/var/lib/casebus";

/// Chooses and makes the data folder; answers its real path. A folder that was asked for is taken as it is.
pub(super) fn choose(wanted: Option<&Path>) -> anyhow::Result<PathBuf> {
    let usual = Path::new(USUAL);
    let chosen = match wanted {
        Some(wanted) => wanted,
        None if servers::can_hold_postgres(usual) => usual,
        None => {
            say(format!(
                "running as root, Postgres cannot use {USUAL} here; the data are in {FOR_ROOT} \
                 （以 root 运行时 Postgres 无法使用此处的 {USUAL}，数据存于 {FOR_ROOT}）"
            ));
            Path::new(FOR_ROOT)
        }
    };
    servers::create_data_folder(chosen)?;
    std::fs::canonicalize(chosen).with_context(|| format!("cannot use {}", chosen.display()))
}
