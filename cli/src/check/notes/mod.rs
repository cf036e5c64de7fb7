//! The notes of a check on things that are no errors, since they may be meant so.

pub(super) mod exact_paths;
pub(super) mod logo;
pub(super) mod open_paths;
pub(super) mod rotation;
pub(super) mod rules;
