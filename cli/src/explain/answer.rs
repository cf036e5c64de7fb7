//! All that an answer is written from.

use super::arguments::Asked;
use crate::configuration::load::Loaded;
use lychgate_core::{
    gateway::explain::Explanation, session::record::SessionRecord, time::UnixTime,
};

/// The question, the decision, and what it was made by.
pub(super) struct Answer<'a> {
    pub(super) asked: &'a Asked,
    pub(super) loaded: &'a Loaded,
    pub(super) host: &'a str,
    pub(super) who: Option<&'a SessionRecord>,
    pub(super) now: UnixTime,
    pub(super) explanation: &'a Explanation<'a>,
}
