//! The process.

use crate::{Caller, demonstration};
use chrono::{DateTime, Utc};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long a start may take on a busy machine.
const START_PATIENCE: Duration = Duration::from_secs(90);

/// How to start.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Arguments of `casebus up` beyond folder and address.
    pub arguments: Vec<String>,
}

impl Options {
    /// With the demonstration.
    pub fn demo() -> Self {
        Self { arguments: vec!["--demo".to_owned()] }
    }

    /// With the demonstration and business time that starts near a moment: at most one hour before it.
    pub fn demo_at(moment: &str) -> Self {
        let moment: DateTime<Utc> = moment.parse().unwrap();
        let hours = (moment - real_now()).num_hours();
        let offset = if moment < real_now() { hours - 1 } else { hours };
        Self { arguments: vec!["--demo".to_owned(), format!("--clock-offset={offset}h")] }
    }

    fn has_demonstration(&self) -> bool {
        self.arguments.iter().any(|argument| argument == "--demo")
    }
}

/// Real time.
#[expect(clippy::disallowed_methods, reason = "the harness compares business time with real time")]
pub fn real_now() -> DateTime<Utc> {
    Utc::now()
}

/// A running casebus and its folder.
pub struct Casebus {
    child: Child,
    /// Its folder.
    pub folder: PathBuf,
    /// Its address, like `http://127.0.0.1:40123`.
    pub url: String,
    output: tokio::task::JoinHandle<()>,
}

impl Casebus {
    /// Starts in a fresh folder. The demonstration is not loaded for each: one is copied.
    pub async fn fresh(label: &str, options: &Options) -> Self {
        let folder = testkit::folder(label);
        if options.has_demonstration() {
            demonstration::copy_to(&folder, options).await;
        }
        Self::start(folder, options).await
    }

    /// Starts on a folder and waits until it is ready.
    pub async fn start(folder: PathBuf, options: &Options) -> Self {
        let mut child = command(&folder, options).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = async {
            let mut seen = String::new();
            while let Some(line) = lines.next_line().await.unwrap() {
                let mut words = line.split_whitespace();
                if let Some(url) =
                    words.find(|word| word.starts_with("http://")).filter(|_| line.contains("ready"))
                {
                    return url.trim_end_matches(['/', ',', '.']).to_owned();
                }
                seen.push_str(&line);
                seen.push('\n');
            }
            panic!("casebus ended before it was ready:\n{seen}");
        };
        let url =
            tokio::time::timeout(START_PATIENCE, ready).await.expect("casebus did not become ready in time");
        #[expect(
            clippy::disallowed_methods,
            reason = "a test has no task tracker; the task ends with the pipe"
        )]
        let output = tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, folder, url, output }
    }

    /// Stops it as an operator would, and starts it again on the same folder.
    pub async fn restart(self, options: &Options) -> Self {
        let folder = self.folder.clone();
        self.stop().await;
        Self::start(folder, options).await
    }

    /// SIGTERM; must end with success, soon.
    pub async fn stop(mut self) {
        let begun = Instant::now();
        self.signal(Signal::TERM);
        let status = tokio::time::timeout(Duration::from_secs(30), self.child.wait()).await;
        let status = status.expect("casebus did not end after SIGTERM").unwrap();
        assert!(status.success(), "casebus ended with {status} after {:?}", begun.elapsed());
        self.output.abort();
    }

    /// SIGKILL to the process itself; its servers must not survive it.
    pub async fn kill(mut self) -> PathBuf {
        self.signal(Signal::KILL);
        self.child.wait().await.unwrap();
        self.folder.clone()
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id().expect("it still runs")).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    /// SIGKILL to one of its servers, `postgres` or `nats-server`.
    pub fn kill_server(&self, program: &str) {
        let parent = self.child.id().expect("it still runs");
        let server = children_of(parent).into_iter().find(|(_, name)| name == program);
        let (pid, _) = server.unwrap_or_else(|| panic!("{program} is not a child of casebus"));
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    }

    /// Where its servers are, as it tells administrators.
    pub fn connection(&self) -> Value {
        let text = std::fs::read_to_string(self.folder.join("connection.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// The demonstration's key of a department, or of `supervisor`.
    pub fn caller(&self, name: &str) -> Caller {
        let text = std::fs::read_to_string(self.folder.join("demo-keys.json")).unwrap();
        let keys: Value = serde_json::from_str(&text).unwrap();
        let key = keys[name].as_str().unwrap_or_else(|| panic!("no demo key for {name}"));
        Caller::new(&self.url, key)
    }

    /// Runs another casebus command on this folder, and gives its exit code and output.
    pub async fn administer(&self, arguments: &[&str]) -> (i32, String) {
        let output = Command::new(binary())
            .args(arguments)
            .arg("--data-dir")
            .arg(&self.folder)
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap();
        let text =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code().unwrap_or(-1), text)
    }

    /// Resident memory of the process in MiB.
    pub fn resident_mib(&self) -> u64 {
        let pid = self.child.id().expect("it still runs");
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() / 1024
    }
}

fn command(folder: &Path, options: &Options) -> Command {
    let mut command = Command::new(binary());
    command.args(["up", "--listen", "127.0.0.1:0", "--data-dir"]).arg(folder).args(&options.arguments);
    let nats = testkit::nats_candidates().into_iter().find(|path| path.exists());
    if let Some(nats) = nats {
        command.env("CASEBUS_NATS_SERVER", nats);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    command
}

/// The binary beside this program, or beside the folder of the test programs.
pub fn binary() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let found =
        program.ancestors().skip(1).take(2).map(|folder| folder.join("casebus")).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("casebus is not built: run `cargo build -p casebus` first"))
}

/// Direct and indirect children of a process: pid and program name.
fn children_of(parent: u32) -> Vec<(i32, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<i32>() else { continue };
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        let Some((before, after)) = stat.rsplit_once(')') else { continue };
        let name = before.split_once('(').map_or("", |(_, name)| name).to_owned();
        let its_parent = after.split_whitespace().nth(1).and_then(|text| text.parse::<u32>().ok());
        if its_parent == Some(parent) {
            found.push((pid, name));
        }
    }
    found
}
