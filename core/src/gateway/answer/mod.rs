//! The answers to requests that are refused.

pub(in crate::gateway) mod refusal;
