//! `lychgate keys`: sealing keys, and key pairs to prove who we are with.

pub(crate) mod arguments;
pub(crate) mod pair;
pub(crate) mod sealing;
