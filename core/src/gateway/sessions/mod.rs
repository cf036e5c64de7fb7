//! Sessions: whose a request is, and how they begin and end.

pub(in crate::gateway) mod ask;
pub(in crate::gateway) mod cookies;
pub(in crate::gateway) mod create;
pub(in crate::gateway) mod end;
pub(in crate::gateway) mod identify;
pub(in crate::gateway) mod keep;
