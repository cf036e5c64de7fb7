//! Processor time of another process, from the accounting of the system.

use crate::failure::{Doing, Failure, Outcome};
use rustix::io::Errno;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// The length of one unit of `/proc/PID/stat` on every Linux of today (`USER_HZ`, 100 to the second).
const TICK: Duration = Duration::from_millis(10);

/// Processor time that a process has used so far, in its own code and in the kernel's for it; the time of
/// threads that ended included, that of child processes not.
///
/// # Errors
/// A process that is gone, or a system without `/proc`.
pub(super) fn used_by(process: u32) -> Outcome<Duration> {
    let path = format!("/proc/{process}/stat");
    let text = fs::read_to_string(&path).doing(format_args!("cannot read {path}"))?;
    ticks(&text)
        .map(|ticks| TICK.saturating_mul(ticks))
        .ok_or_else(|| Failure::new(format!("{path} is not what proc(5) says")))
}

/// Memory of a process that is not swapped out, in MB.
///
/// # Errors
/// A process that is gone, or a system without `/proc`.
pub(super) fn resident_megabytes(process: u32) -> Outcome<u64> {
    let path = format!("/proc/{process}/status");
    let text = fs::read_to_string(&path).doing(format_args!("cannot read {path}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    let kilobytes = kilobytes.ok_or_else(|| Failure::new(format!("{path} has no VmRSS")))?;
    Ok(kilobytes / 1024)
}

/// Processor time of those threads of a process that live now, to the nanosecond. For a process whose threads
/// stay; the time of one that ends is lost, also where it ends while this looks.
///
/// # Errors
/// A process that is gone, or a system that does not keep account of threads.
pub(super) fn used_by_threads(process: u32) -> Outcome<Duration> {
    let folder = format!("/proc/{process}/task");
    let mut threads = Vec::new();
    for thread in fs::read_dir(&folder).doing(format_args!("cannot list {folder}"))? {
        threads.push(thread.doing("cannot list threads")?.path());
    }
    used_by_all(&threads)?.ok_or_else(|| Failure::new(format!("the process {process} is gone")))
}

/// Processor time of threads by their folders; `None` where none of them is left.
fn used_by_all(threads: &[PathBuf]) -> Outcome<Option<Duration>> {
    let mut sum = None;
    for thread in threads {
        let text = match fs::read_to_string(thread.join("schedstat")) {
            Ok(text) => text,
            Err(error) if is_gone(&error) => continue,
            Err(error) => return Err(error).doing("cannot read the account of a thread"),
        };
        let first = text.split_whitespace().next();
        let used = first.and_then(|digits| digits.parse().ok());
        let used = used.ok_or_else(|| Failure::new("a schedstat is not what proc(5) says"))?;
        let before = sum.unwrap_or(Duration::ZERO);
        sum = Some(before.saturating_add(Duration::from_nanos(used)));
    }
    Ok(sum)
}

/// Whether the thread ended before its file was opened, or after that and before it was read.
fn is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
        || error.raw_os_error() == Some(Errno::SRCH.raw_os_error())
}

/// Fields 14 and 15. The name in field 2 may hold anything, so they are counted from its last bracket.
fn ticks(stat: &str) -> Option<u32> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let user: u32 = fields.nth(11)?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    user.checked_add(system)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Child, Command};

    #[test]
    fn both_times_are_read_whatever_the_name_is() {
        let stat = "1 (a) b (c) S 1 1 1 0 -1 4194560 1 2 3 4 150 27 8 9 20 0 1 0 5";
        assert_eq!(ticks(stat), Some(177));
        assert_eq!(ticks("1 (a) S 1"), None);
    }

    /// A process that uses as much as it gets until the test has seen enough.
    struct Busy(Child);

    impl Busy {
        fn start() -> Self {
            let mut shell = Command::new("sh");
            Self(shell.args(["-c", "while :; do :; done"]).spawn().unwrap())
        }
    }

    impl Drop for Busy {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    #[test]
    fn a_busy_process_uses_more_and_more() {
        let busy = Busy::start();
        for used in [used_by, used_by_threads] {
            let before = used(busy.0.id()).unwrap();
            // The accounts are the system's; whatever the load is, they grow.
            while used(busy.0.id()).unwrap() <= before {}
        }
    }

    #[test]
    fn a_thread_that_ended_while_they_were_listed_is_left_out() {
        let thread = PathBuf::from(format!("/proc/self/task/{}", std::process::id()));
        let gone = PathBuf::from("/proc/self/task/0");
        let alone = used_by_all(std::slice::from_ref(&thread)).unwrap().unwrap();
        let among = used_by_all(&[gone.clone(), thread, gone.clone()]).unwrap();
        assert!(among.unwrap() >= alone);
        assert_eq!(used_by_all(&[gone]).unwrap(), None);
        assert!(is_gone(&io::Error::from(Errno::SRCH)));
        assert!(!is_gone(&io::Error::from(Errno::ACCESS)));
    }

    #[test]
    fn a_process_that_is_gone_has_no_account() {
        let mut busy = Busy::start();
        let process = busy.0.id();
        busy.0.kill().unwrap();
        busy.0.wait().unwrap();
        assert!(used_by(process).is_err());
        assert!(used_by_threads(process).is_err());
    }
}
