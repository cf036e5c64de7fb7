//! Processor time of another process, from the accounting of the system.

use crate::failure::{Doing, Failure, Outcome};
use std::fs;
use std::time::Duration;

/// What one unit of `/proc/PID/stat` is on every Linux of today (`USER_HZ`, 100 to the second).
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
/// stay; the time of one that ends is lost.
///
/// # Errors
/// A process that is gone, or a system that does not keep account of threads.
pub(super) fn used_by_threads(process: u32) -> Outcome<Duration> {
    let folder = format!("/proc/{process}/task");
    let mut sum = Duration::ZERO;
    for thread in fs::read_dir(&folder).doing(format_args!("cannot list {folder}"))? {
        let path = thread
            .doing("cannot list threads")?
            .path()
            .join("schedstat");
        let text = fs::read_to_string(&path).doing("cannot read the account of a thread")?;
        let first = text.split_whitespace().next();
        let used = first.and_then(|digits| digits.parse().ok());
        let used = used.ok_or_else(|| Failure::new("a schedstat is not what proc(5) says"))?;
        sum = sum.saturating_add(Duration::from_nanos(used));
    }
    Ok(sum)
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

    #[test]
    fn both_times_are_read_whatever_the_name_is() {
        let stat = "1 (a) b (c) S 1 1 1 0 -1 4194560 1 2 3 4 150 27 8 9 20 0 1 0 5";
        assert_eq!(ticks(stat), Some(177));
        assert_eq!(ticks("1 (a) S 1"), None);
    }

    #[test]
    fn this_process_has_used_some() {
        for used in [used_by, used_by_threads] {
            let before = used(std::process::id()).unwrap();
            let mut sum = 0_u64;
            while used(std::process::id()).unwrap() == before {
                sum = sum.wrapping_add(std::hint::black_box(1));
            }
            assert!(sum > 0);
        }
    }
}
