//! Child processes, each in a process group of its own, so that ending one ends whatever it started.

use crate::failure::{Doing, Failure, Outcome};
use crate::interrupt::Interrupt;
use rustix::process::{
    Pid, Signal, WaitOptions, kill_process_group, test_kill_process_group, waitpgid,
};
use std::env;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How often a loop looks at its children and at the signals.
pub(crate) const POLL: Duration = Duration::from_millis(25);

/// How long a process group may take to end by itself.
const GRACE: Duration = Duration::from_secs(5);

/// Becomes the parent of whatever its children leave behind, where the system can do that: an ended
/// process counts as running until its parent collects it, and the first process of a container may be slow.
pub(crate) fn adopt_orphans() -> Outcome {
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))
        .doing("cannot adopt orphaned processes")?;
    Ok(())
}

/// A running process and all that it started; ended when dropped.
pub(crate) struct Group {
    name: &'static str,
    child: Child,
    id: Option<Pid>,
}

impl Group {
    /// Starts `command` without standard input, as the leader of a new group.
    pub(crate) fn start(name: &'static str, command: &mut Command) -> Outcome<Self> {
        let child = without_cargo(command)
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .doing(format_args!("cannot start {name}"))?;
        let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        Ok(Self { name, child, id })
    }

    /// Starts `command` and passes its lines on to standard error, each behind its name.
    pub(crate) fn start_prefixed(name: &'static str, command: &mut Command) -> Outcome<Self> {
        let mut group = Self::start(name, command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        if let Some(out) = group.child.stdout.take() {
            pass_on(name, out);
        }
        if let Some(out) = group.child.stderr.take() {
            pass_on(name, out);
        }
        Ok(group)
    }

    /// The name it was started under.
    pub(crate) fn name(&self) -> &'static str {
        self.name
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
            if leader_gone {
                self.collect();
            }
            if leader_gone && !self.alive() {
                return;
            }
            thread::sleep(POLL);
        }
        self.signal(Signal::KILL);
        // The leader was just killed; waiting only collects it.
        let _ = self.child.wait();
        self.collect();
    }

    fn alive(&self) -> bool {
        self.id
            .is_some_and(|id| test_kill_process_group(id).is_ok())
    }

    /// Collects the ended ones of the group that were adopted.
    fn collect(&self) {
        while let Some(id) = self.id
            && let Ok(Some(_)) = waitpgid(id, WaitOptions::NOHANG)
        {}
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

/// Runs commands to their ends at the same time, each of their lines behind the name; the first that fails ends the
/// others.
///
/// # Errors
/// A command that fails, or a signal.
pub(crate) fn run_together(
    commands: &mut [(&'static str, Command)],
    interrupt: &Interrupt,
) -> Outcome {
    let mut running = Vec::new();
    for (name, command) in commands {
        running.push(Group::start_prefixed(name, command)?);
    }
    while !running.is_empty() {
        if interrupt.asked() {
            return Err(Failure::new("interrupted"));
        }
        let mut going = Vec::new();
        for mut group in running {
            match group.ended()? {
                Some(status) if status.success() => {}
                Some(status) => {
                    return Err(Failure::new(format!("{} failed ({status})", group.name())));
                }
                None => going.push(group),
            }
        }
        running = going;
        thread::sleep(POLL);
    }
    Ok(())
}

/// Like [`run`], with standard output left to what the whole command is asked for.
pub(crate) fn run_aside(
    name: &'static str,
    command: &mut Command,
    interrupt: &Interrupt,
) -> Outcome {
    run(name, command.stdout(io::stderr()), interrupt)
}

/// The command, without what `cargo run` tells the program that it runs. A cargo below would take these for a change
/// of what it compiles with, and compile anew what the next one without them compiles again.
pub(crate) fn without_cargo(command: &mut Command) -> &mut Command {
    for (name, _) in env::vars_os().filter(|(name, _)| is_of_cargo(name)) {
        command.env_remove(name);
    }
    command
}

/// Whether `cargo run` sets a variable. People set others that begin in the same way, such as `CARGO_HOME`.
fn is_of_cargo(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let by_name = [
        "CARGO",
        "CARGO_CRATE_NAME",
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_LINKS",
        "CARGO_MANIFEST_PATH",
        "CARGO_PRIMARY_PACKAGE",
        "OUT_DIR",
    ];
    let by_start = ["CARGO_BIN_", "CARGO_PKG_"];
    by_name.contains(&&*name) || by_start.iter().any(|start| name.starts_with(start))
}

fn pass_on(name: &'static str, out: impl Read + Send + 'static) {
    thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            if !line.trim().is_empty() {
                eprintln!("[{name}] {line}");
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdout(Stdio::piped());
        command
    }

    #[test]
    fn ending_a_group_ends_what_its_leader_started() {
        adopt_orphans().unwrap();
        let mut group = Group::start("sh", &mut shell("sleep 600 & echo started; wait")).unwrap();
        let mut line = String::new();
        let out = group.child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        assert_eq!(line, "started\n");
        assert!(group.alive());
        group.ask_to_end();
        group.make_end();
        assert!(!group.alive());
    }

    #[test]
    fn a_command_learns_nothing_of_the_cargo_above() {
        // Cargo has set it for this test as it does for what it runs.
        assert!(env::var_os("CARGO_MANIFEST_DIR").is_some());
        let script = "printenv CARGO_MANIFEST_DIR CARGO_PKG_NAME CARGO || printenv PATH";
        let mut group = Group::start("sh", &mut shell(script)).unwrap();
        let mut said = String::new();
        let mut out = group.child.stdout.take().unwrap();
        out.read_to_string(&mut said).unwrap();
        group.make_end();
        assert_eq!(said.trim_end(), env::var("PATH").unwrap());
    }

    #[test]
    fn commands_that_run_together_all_have_to_succeed() {
        let interrupt = Interrupt::install().unwrap();
        let mut well = [("one", shell("exit 0")), ("two", shell("exit 0"))];
        run_together(&mut well, &interrupt).unwrap();
        // The other is not waited for.
        let mut one_fails = [("one", shell("sleep 600")), ("two", shell("exit 3"))];
        let failure = run_together(&mut one_fails, &interrupt).unwrap_err();
        assert!(failure.to_string().starts_with("two failed"), "{failure}");
    }

    #[test]
    fn what_people_tell_cargo_stays() {
        for name in [
            "CARGO_HOME",
            "CARGO_TARGET_DIR",
            "CARGO_PROFILE_DEV_DEBUG",
            "RUSTFLAGS",
        ] {
            assert!(!is_of_cargo(OsStr::new(name)), "{name}");
        }
        for name in [
            "CARGO",
            "CARGO_MANIFEST_DIR",
            "CARGO_PKG_VERSION",
            "CARGO_BIN_EXE_xtask",
        ] {
            assert!(is_of_cargo(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn a_command_that_fails_is_named() {
        let interrupt = Interrupt::install().unwrap();
        run("sh", &mut shell("exit 0"), &interrupt).unwrap();
        let failure = run("sh", &mut shell("exit 3"), &interrupt).unwrap_err();
        assert!(failure.to_string().starts_with("sh failed"));
    }
}
