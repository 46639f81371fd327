//! A folder that is gone after the run.

use anyhow::Context;
use std::fs;
use std::path::{Path, PathBuf};

/// A fresh folder below the system's folder for temporary files; removed when dropped.
#[derive(Debug)]
pub(crate) struct ScratchFolder(PathBuf);

impl ScratchFolder {
    /// Makes it.
    pub(crate) fn make() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("casebus-bench-{}", std::process::id()));
        fs::create_dir(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for ScratchFolder {
    fn drop(&mut self) {
        // What stays behind lies in the folder of temporary files, and the figures are told either way.
        let _ = fs::remove_dir_all(&self.0);
    }
}
