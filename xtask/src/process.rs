//! Child processes, each in a process group of its own, so that ending one ends whatever it started.

use crate::failure::{Doing, Failure, Outcome};
use crate::interrupt::Interrupt;
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How often a loop looks at its children and at the signals.
pub(crate) const POLL: Duration = Duration::from_millis(25);

/// How long a process group may take to end by itself.
const GRACE: Duration = Duration::from_secs(5);

/// A running process and all that it started; ended when dropped.
pub(crate) struct Group {
    name: &'static str,
    child: Child,
    id: Option<Pid>,
}

impl Group {
    /// Starts `command` without standard input, as the leader of a new group.
    pub(crate) fn start(name: &'static str, command: &mut Command) -> Outcome<Self> {
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .doing(format_args!("cannot start {name}"))?;
        let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        Ok(Self { name, child, id })
    }

    /// The exit status, once the leader has ended.
    pub(crate) fn ended(&mut self) -> Outcome<Option<ExitStatus>> {
        self.child
            .try_wait()
            .doing(format_args!("cannot watch {}", self.name))
    }

    /// Asks the whole group to end.
    pub(crate) fn ask_to_end(&self) {
        self.signal(Signal::TERM);
    }

    /// Waits until nobody of the group is left, then makes sure of it.
    pub(crate) fn make_end(&mut self) {
        let asked = Instant::now();
        while asked.elapsed() < GRACE {
            let leader_gone = matches!(self.child.try_wait(), Ok(Some(_)) | Err(_));
            if leader_gone && !self.alive() {
                return;
            }
            thread::sleep(POLL);
        }
        self.signal(Signal::KILL);
        // The leader was just killed; waiting only collects it.
        let _ = self.child.wait();
    }

    fn alive(&self) -> bool {
        self.id
            .is_some_and(|id| test_kill_process_group(id).is_ok())
    }

    fn signal(&self, signal: Signal) {
        if let Some(id) = self.id {
            // It fails when nobody is left, which is what the caller wants.
            let _ = kill_process_group(id, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.alive() {
            self.ask_to_end();
            self.make_end();
        }
    }
}

/// Runs a command to its end with its output shown; a signal ends it and all that it started.
pub(crate) fn run(name: &'static str, command: &mut Command, interrupt: &Interrupt) -> Outcome {
    let mut group = Group::start(name, command)?;
    let status = loop {
        if interrupt.asked() {
            return Err(Failure::new("interrupted"));
        }
        match group.ended()? {
            Some(status) => break status,
            None => thread::sleep(POLL),
        }
    };
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("{name} failed ({status})")))
}
