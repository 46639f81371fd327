//! A child process that ends with its owner.
//!
//! The kernel's parent-death signal (`prctl(2)`, `PR_SET_PDEATHSIG`) fires when the *thread* that started the child
//! ends, so all children are started on one thread that lives as long as the process. It is set by `setpriv` of
//! util-linux, which also changes the user, in the right order: a change of user clears the signal. Children have
//! a process group of their own, so that Ctrl-C reaches the owner alone, which then stops them in order.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child as StdChild, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tokio::sync::watch;

use crate::ServersError;
use crate::account::Account;
use crate::{folder, programs};

/// Settings of the surrounding shell that would change what Postgres does.
const NOT_INHERITED: [&str; 7] =
    ["PGDATA", "PGPORT", "PGHOST", "PGUSER", "PGDATABASE", "PGOPTIONS", "PG_COLOR"];

/// What to start.
pub(crate) struct Launch {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    /// Another user than ours, if need be.
    pub(crate) account: Option<Account>,
    /// The working folder.
    pub(crate) folder: PathBuf,
    /// Where its output is appended.
    pub(crate) log: PathBuf,
    /// What it is sent when its owner dies, as `setpriv` spells it.
    pub(crate) death_signal: &'static str,
}

/// A running (or ended) child.
#[derive(Debug)]
pub(crate) struct Child {
    pid: Pid,
    /// True once the process id may belong to somebody else.
    reaped: Arc<Mutex<bool>>,
    exit: watch::Receiver<Option<ExitStatus>>,
}

impl Child {
    /// Starts the program and watches for its end.
    pub(crate) fn start(launch: &Launch) -> Result<Self, ServersError> {
        let mut command = launch.command();
        let log = folder::open_log(&launch.log)?;
        let second = log.try_clone().map_err(ServersError::folder(&launch.log))?;
        command.stdin(Stdio::null()).stdout(log).stderr(second).process_group(0);
        let spawned = on_spawning_thread(move || command.spawn());
        let child =
            spawned.map_err(|source| ServersError::Spawn { program: launch.program.clone(), source })?;
        Ok(Self::watched(child))
    }

    fn watched(mut child: StdChild) -> Self {
        let pid = Pid::from_child(&child);
        let reaped = Arc::new(Mutex::new(false));
        let (sender, exit) = watch::channel(None);
        let gate = Arc::clone(&reaped);
        thread::spawn(move || {
            // Leaves the process id taken until nobody can be sending it a signal.
            while matches!(
                waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT),
                Err(rustix::io::Errno::INTR)
            ) {}
            let mut reaped = gate.lock().unwrap_or_else(PoisonError::into_inner);
            let status = child.wait().unwrap_or_default();
            *reaped = true;
            sender.send_replace(Some(status));
        });
        Self { pid, reaped, exit }
    }

    /// The process id.
    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Has it ended?
    pub(crate) fn has_ended(&self) -> bool {
        self.exit.borrow().is_some()
    }

    /// Sends a signal, unless it has ended.
    pub(crate) fn signal(&self, signal: Signal) {
        let reaped = self.reaped.lock().unwrap_or_else(PoisonError::into_inner);
        if !*reaped {
            // The process may end at this very moment: then there is nothing left to tell it.
            let _ = kill_process(self.pid, signal);
        }
    }

    /// Completes when the process has ended.
    pub(crate) async fn exited(&self) -> ExitStatus {
        let mut exit = self.exit.clone();
        let ended = exit.wait_for(Option::is_some).await.ok().and_then(|status| *status);
        ended.unwrap_or_default()
    }

    /// Sends one signal after the other, each with the time it is given, until the process has ended.
    /// Tells whether the first one sufficed.
    pub(crate) async fn stop(&self, steps: &[(Signal, Duration)]) -> bool {
        for (index, (signal, patience)) in steps.iter().enumerate() {
            self.signal(*signal);
            if tokio::time::timeout(*patience, self.exited()).await.is_ok() {
                return index == 0;
            }
        }
        false
    }

    /// Like [`Child::stop`] with SIGKILL, for a server that did not get ready. Blocks for a moment.
    pub(crate) fn abandon(&self, signal: Signal) {
        self.signal(signal);
        for _ in 0..100 {
            if self.has_ended() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        self.signal(Signal::KILL);
    }
}

impl Launch {
    fn command(&self) -> Command {
        let mut command = match setpriv() {
            Some(setpriv) => self.through_setpriv(setpriv),
            None => as_account(Command::new(&self.program), self.account.as_ref()),
        };
        command.args(&self.arguments).current_dir(&self.folder).env("LC_ALL", "C");
        for name in NOT_INHERITED {
            command.env_remove(name);
        }
        command
    }

    fn through_setpriv(&self, setpriv: &Path) -> Command {
        let mut command = Command::new(setpriv);
        if let Some(account) = &self.account {
            command.arg(format!("--reuid={}", account.uid)).arg(format!("--regid={}", account.gid));
            command.arg("--clear-groups");
        }
        command.args(["--pdeathsig", self.death_signal, "--"]).arg(&self.program);
        command
    }
}

/// Runs a short program to its end, as another user if need be, with `input` on its standard input.
/// Returns what it printed, both streams together in that order.
pub(crate) fn run(
    program: &Path,
    arguments: &[OsString],
    account: Option<&Account>,
    folder: &Path,
    input: &str,
) -> Result<String, ServersError> {
    let failed = |source: io::Error| ServersError::Spawn { program: program.to_owned(), source };
    let mut command = as_account(Command::new(program), account);
    command.args(arguments).current_dir(folder).env("LC_ALL", "C");
    for name in NOT_INHERITED {
        command.env_remove(name);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends before it has read its input says why in its output.
        let _ = io::Write::write_all(&mut stdin, input.as_bytes());
    }
    let output = child.wait_with_output().map_err(failed)?;
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    if output.status.success() {
        Ok(said)
    } else {
        Err(ServersError::ProgramFailed { program: program.to_owned(), tail: folder::last_lines(&said) })
    }
}

fn as_account(mut command: Command, account: Option<&Account>) -> Command {
    if let Some(account) = account {
        // std drops root's supplementary groups along with the user.
        command.uid(account.uid).gid(account.gid);
    }
    command
}

/// `setpriv`, if it knows the parent-death signal (that of util-linux does, that of busybox does not).
fn setpriv() -> Option<&'static Path> {
    static SETPRIV: OnceLock<Option<PathBuf>> = OnceLock::new();
    SETPRIV
        .get_or_init(|| {
            let found = programs::on_path("setpriv")?;
            programs::answer(&found, "--help")?.contains("--pdeathsig").then_some(found)
        })
        .as_deref()
}

/// Runs a job on the thread that lives as long as this process.
fn on_spawning_thread<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> T {
    type Job = Box<dyn FnOnce() + Send>;
    static JOBS: OnceLock<Sender<Job>> = OnceLock::new();
    let jobs = JOBS.get_or_init(|| {
        let (sender, receiver) = channel::<Job>();
        thread::spawn(move || receiver.into_iter().for_each(|job| job()));
        sender
    });
    let (answer, wait) = channel();
    let boxed: Job = Box::new(move || {
        // The asker waits for the answer, so it is still there.
        let _ = answer.send(job());
    });
    jobs.send(boxed).expect("the spawning thread ends only with the process");
    wait.recv().expect("the spawning thread answers every job")
}
