//! Sessions: whose a request is, and how they begin and end.
//!
//! [`identify::from_cache`] belongs to the first half of a request's way, which waits for nothing.
//! [`identify::resolve`] belongs to the second half: it takes the answer of the first, and has [`ask`] read ledger and
//! store where that does not suffice. A sign-in has [`create`] make a session, unless [`keep`] finds that of another
//! tab. [`end`] ends one. [`cookies`] has the fields that tell the browser.

pub(in crate::gateway) mod ask;
pub(in crate::gateway) mod cookies;
pub(in crate::gateway) mod create;
pub(in crate::gateway) mod end;
pub(in crate::gateway) mod identify;
pub(in crate::gateway) mod keep;
