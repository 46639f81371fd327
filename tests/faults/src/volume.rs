//! A small disk: a tmpfs of limited size, which can be filled to the last byte.

use crate::process;
use anyhow::Context;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Its size.
const MEBIBYTES: u32 = 320;

/// A mounted disk; unmounted with this value at the latest.
#[derive(Debug)]
pub struct Volume {
    folder: PathBuf,
    is_mounted: bool,
}

impl Volume {
    /// Mounts one; only root may.
    pub async fn mount(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let size = format!("size={MEBIBYTES}m,mode=0755");
        let mut arguments: Vec<OsString> = ["-t", "tmpfs", "-o", &size, "tmpfs"].map(OsString::from).into();
        arguments.push(folder.into());
        process::run(Path::new("mount"), None, &arguments)
            .await
            .context("a small disk needs the right to mount")?;
        Ok(Self { folder: folder.to_owned(), is_mounted: true })
    }

    /// Where it is mounted.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }

    /// Fills it to the last byte.
    pub fn fill(&self) -> anyhow::Result<()> {
        let mut file = std::fs::File::create(self.filler())?;
        for size in [1 << 20, 4096, 1] {
            let block = vec![1_u8; size];
            while file.write_all(&block).is_ok() {}
        }
        Ok(())
    }

    /// Makes room again.
    pub fn make_room(&self) -> anyhow::Result<()> {
        std::fs::remove_file(self.filler()).context("the filler cannot be removed")
    }

    /// Takes it away.
    pub async fn unmount(mut self) -> anyhow::Result<()> {
        self.is_mounted = false;
        process::run(Path::new("umount"), None, &["-l".into(), self.folder.clone().into()]).await.map(drop)
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        if self.is_mounted {
            // The harness is on its way out; there is nobody left to tell.
            let _ = std::process::Command::new("umount").arg("-l").arg(&self.folder).status();
        }
    }
}
