//! Attacks that are known and not closed yet.

use super::{Row, not_yet_built};

pub const ROWS: &[Row] = &[
    not_yet_built(
        109,
        "a fetch of keys that a client cut short counts for nothing",
        "it is being closed",
    ),
    not_yet_built(
        115,
        "made-up keys write to the store once at most",
        "it is being closed",
    ),
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
    not_yet_built(
        121,
        "one bad key, proof or read closes nothing and costs a bounded time",
        "it is being closed",
    ),
];
