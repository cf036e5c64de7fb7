//! Whether the clocks of the deployment and its providers agree with ours, as far as `Date` tells.

use super::{checks::Check, client::Answer, finding::Finding};

const CHECK: Check = Check::Clock;

/// How many seconds a clock may be off. Tokens are refused a minute after their time.
const MOST: u64 = 30;

/// The finding on the clock of `name`, by an answer of it.
pub(crate) fn check(name: &str, answer: &Answer) -> Finding {
    let Some(ahead) = answer.ahead() else {
        return Finding::skip(CHECK, format!("{name} sends no date"));
    };
    let off = ahead.unsigned_abs();
    if off <= MOST {
        return Finding::pass(CHECK, format!("{name} is {off} seconds off ours at most"));
    }
    let direction = if ahead > 0 { "ahead of" } else { "behind" };
    Finding::fail(
        CHECK,
        format!("{name} is {off} seconds {direction} the clock of this machine"),
        "find out which of the two is wrong and set it by NTP: sessions and tokens are judged by the time",
    )
}
