//! Attacks that are known and not closed yet.

use super::{Row, not_yet_built};

pub const ROWS: &[Row] = &[
    not_yet_built(
        117,
        "a session cookie in a second field reaches no upstream",
        "it is being closed",
    ),
    not_yet_built(
        120,
        "nothing that a client says stands for the gateway's word",
        "it is being closed",
    ),
];
