//! The way of every request, from its first check to its answer or forward.
//!
//! [`warm`] is the first half, as far as the caches decide, and all of it for most requests; [`serve`] goes on from
//! there. Both begin with [`place`], and so does [`explain`]. [`later`] is what is done after the answer, and
//! [`unserved`] what is answered where nothing could be served.

pub mod explain;
pub(in crate::gateway) mod later;
pub(in crate::gateway) mod place;
pub(in crate::gateway) mod serve;
pub(in crate::gateway) mod unserved;
pub(in crate::gateway) mod warm;
