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
        let before = used_by(std::process::id()).unwrap();
        let mut sum = 0_u64;
        while used_by(std::process::id()).unwrap() == before {
            sum = sum.wrapping_add(std::hint::black_box(1));
        }
        assert!(sum > 0);
    }
}
