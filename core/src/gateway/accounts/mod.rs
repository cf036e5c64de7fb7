//! What the deployment keeps of its users: their records, and the roster that names them all.

pub(in crate::gateway) mod reseal;
mod sealed;
pub(in crate::gateway) mod user;
