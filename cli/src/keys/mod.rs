//! `lychgate keys`: sealing keys, and key pairs to prove who we are with.
//!
//! [`reseal`] has a deployment change from one directory key to another.

pub(crate) mod arguments;
pub(crate) mod pair;
pub(crate) mod reseal;
pub(crate) mod sealing;
