//! Users: what the deployment keeps of the people who signed in, longer than any session lives.
//!
//! A user's record stands in the user's partition of the ledger, beside the heads of the sessions, so that one question
//! tells both. The roster names every user, because nobody can list partitions. All of it is sealed under the directory
//! keys, which outlive those of the sessions.

pub mod key;
pub mod record;
pub mod roster;

/// A record of the ledger that cannot be read: nothing is accepted on its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;
