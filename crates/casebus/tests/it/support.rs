//! Starts the binary, waits for what it says, and ends it.

use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The binary, with nothing of the surrounding environment but where the servers are.
pub fn casebus() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_casebus"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CASEBUS_") && name != "CASEBUS_TEST_RUN" {
            command.env_remove(name);
        }
    }
    if let Some(nats) = testkit::nats_candidates().into_iter().find(|path| path.exists()) {
        command.env("CASEBUS_NATS_SERVER", nats);
    }
    command.stdin(Stdio::null());
    command
}

/// What a short act answered.
pub struct Answer {
    pub code: i32,
    pub output: String,
    pub errors: String,
}

impl Answer {
    /// Every line of results has Chinese beside the English.
    pub fn must_be_in_both_languages(&self) {
        let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
        let in_both = |line: &&str| {
            line.contains(is_chinese) && line.contains(|letter: char| letter.is_ascii_lowercase())
        };
        let odd = self.output.lines().find(|line| !in_both(line));
        assert_eq!(odd, None, "in one language only");
    }
}

/// Carries out an act and waits for its end; one that does not end in a minute is told to stop.
pub fn answer(command: &mut Command) -> Answer {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = child.id();
    let (ended, wait) = std::sync::mpsc::channel::<()>();
    let guard = std::thread::spawn(move || {
        if wait.recv_timeout(Duration::from_mins(1)).is_err() {
            terminate(pid);
        }
    });
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    ended.send(()).unwrap_or_else(|_| panic!("{command:?} did not end"));
    guard.join().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Answer { code: status.code().unwrap(), output: text(stdout), errors: text(stderr) }
}

fn terminate(pid: u32) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    // It may end at this very moment: then there is nothing left to tell it.
    let _ = kill_process(pid, Signal::TERM);
}

/// An act on the folder of a running casebus. What it says, it says in both languages.
pub fn act(folder: &Path, arguments: &[&str]) -> Answer {
    let said = answer(casebus().args(arguments).arg("--data-dir").arg(folder));
    if ["doctor", "import", "log", "verify", "views"].contains(&arguments[0]) {
        said.must_be_in_both_languages();
    }
    said
}

/// A file with some text in it.
pub fn file(text: &str) -> PathBuf {
    let path = testkit::folder("file").join("rows.csv");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}

/// A running `casebus up`.
pub struct Running {
    child: Child,
    pub folder: PathBuf,
    pub url: String,
}

impl Running {
    /// Starts it and waits until it says that it is ready.
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::start_until(folder, arguments, "casebus is ready: ")
    }

    /// Starts it and waits for a line that begins so, with its address next.
    pub fn start_until(folder: &Path, arguments: &[&str], beginning: &str) -> Self {
        let mut command = casebus();
        command.args(["up", "--listen", "127.0.0.1:0", "--data-dir"]).arg(folder).args(arguments);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.by_ref().map_while(Result::ok).find(|line| line.starts_with(beginning));
        let url = said.map(|line| line.split_whitespace().nth(3).unwrap().to_owned());
        std::thread::spawn(move || lines.for_each(drop));
        let Some(url) = url else { panic!("casebus ended: {:?}", child.wait()) };
        Self { child, folder: folder.to_owned(), url }
    }

    /// Kills it as a crash would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to stop, and answers its exit code and how long it took.
    pub fn stop(mut self) -> (Option<i32>, Duration) {
        let begun = Instant::now();
        terminate(self.child.id());
        let status = self.child.wait().unwrap();
        (status.code(), begun.elapsed())
    }

    /// The memory that it uses, in MiB, without the pages of the program file: of an unoptimised build they are the larger
    /// part.
    pub fn memory_mebibytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            terminate(self.child.id());
            let _ = self.child.wait();
        }
    }
}

/// A running `casebus run ROLE`, and what it logs.
pub struct Service {
    child: Child,
    lines: std::sync::mpsc::Receiver<String>,
}

impl Service {
    /// Starts it.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let logged = BufReader::new(child.stderr.take().unwrap()).lines();
        let (sender, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || logged.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines }
    }

    /// Waits until it logs something.
    pub fn wait_for(&self, text: &str) {
        while !self.lines.recv_timeout(Duration::from_secs(20)).unwrap().contains(text) {}
    }

    /// Tells it to stop, and answers its exit code and how long it took.
    pub fn stop(mut self) -> (Option<i32>, Duration) {
        let begun = Instant::now();
        terminate(self.child.id());
        let status = self.child.wait().unwrap();
        (status.code(), begun.elapsed())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// The processes that have the folder as their working folder or on their command line.
pub fn processes_of(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let lines = entries.filter_map(|entry| {
        let line = std::fs::read(entry.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        let works_there =
            std::fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder));
        (works_there || line.contains(&*folder.to_string_lossy())).then_some(line)
    });
    lines.collect()
}
