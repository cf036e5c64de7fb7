//! Sessions: the cookie a browser holds, the record in the store, the head in the ledger.
//!
//! The cookie carries a secret from which everything else is derived: where the record is, the key
//! it is sealed with, and the handle, the only name a session has in ledger and logs. Formats stand
//! byte for byte in STORAGE.md.

pub mod cache;
pub mod check;
pub mod cookie;
pub mod handle;
pub mod head;
pub mod identity;
pub mod keys;
pub mod predecessor;
pub mod record;
pub mod tombstone;
