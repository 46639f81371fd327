//! The demonstration, loaded once by a test program for each way to start it; whoever starts fresh begins with a copy.

use crate::{Casebus, Options};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};
use tokio::process::Command;
use tokio::sync::OnceCell;

type Loaded = Mutex<HashMap<Vec<String>, Arc<OnceCell<PathBuf>>>>;

/// Makes a folder that holds what a casebus leaves which was started so and stopped when it was ready.
pub(crate) async fn copy_to(folder: &Path, options: &Options) {
    static LOADED: LazyLock<Loaded> = LazyLock::new(Loaded::default);
    let loaded = LOADED.lock().unwrap().entry(options.arguments.clone()).or_default().clone();
    let original = loaded.get_or_init(|| load(options)).await;
    let copied = Command::new("cp").arg("--archive").args([original, folder]).status().await.unwrap();
    assert!(copied.success(), "the loaded demonstration could not be copied: {copied}");
}

async fn load(options: &Options) -> PathBuf {
    let casebus = Casebus::start(testkit::folder("demonstration"), options).await;
    let folder = casebus.folder.clone();
    casebus.stop().await;
    folder
}
