//! The conditions of a request on a file: preconditions (RFC 9110, section 13) and a range.

use super::{
    entity_tag::{self, Comparison, EntityTag},
    range::{self, Ranged},
    response::Found,
};
use crate::http::{date, header::HeaderName};
use alloc::string::String;

/// The request headers that have a say.
#[derive(Debug)]
pub(super) struct Conditions {
    /// Whether there is an `Authorization`: what was asked for with one is not for shared caches.
    pub(super) is_authorized: bool,
    if_match: Option<String>,
    if_unmodified_since: Option<String>,
    if_none_match: Option<String>,
    if_modified_since: Option<String>,
    if_range: Option<String>,
    range: Option<String>,
}

/// The result of the preconditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The file is sent.
    Send,
    /// The client has it: 304.
    NotModified,
    /// The client means another state of it: 412.
    Failed,
}

impl Conditions {
    /// Reads the headers.
    pub(super) fn read(header: impl Fn(&HeaderName) -> Option<String>) -> Self {
        Self {
            is_authorized: header(&HeaderName::AUTHORIZATION).is_some(),
            if_match: header(&HeaderName::IF_MATCH),
            if_unmodified_since: header(&HeaderName::IF_UNMODIFIED_SINCE),
            if_none_match: header(&HeaderName::IF_NONE_MATCH),
            if_modified_since: header(&HeaderName::IF_MODIFIED_SINCE),
            if_range: header(&HeaderName::IF_RANGE),
            range: header(&HeaderName::RANGE),
        }
    }

    /// The preconditions of a GET or HEAD, in their order (RFC 9110, section 13.2.2). A date that is
    /// none is ignored, as is any date where it is not known when the file was modified.
    pub(super) fn evaluate(&self, found: &Found) -> Verdict {
        let lists = |field: &str, comparison| {
            entity_tag::list_contains(field, found.tag.as_ref(), comparison)
        };
        let modified_since = |field: &Option<String>| {
            let date = date::parse(field.as_deref()?)?;
            Some(found.modified? > date)
        };
        let fails = match &self.if_match {
            Some(field) => !lists(field, Comparison::Strong),
            None => modified_since(&self.if_unmodified_since) == Some(true),
        };
        let is_known = match &self.if_none_match {
            Some(field) => lists(field, Comparison::Weak),
            None => modified_since(&self.if_modified_since) == Some(false),
        };
        match (fails, is_known) {
            (true, _) => Verdict::Failed,
            (false, true) => Verdict::NotModified,
            (false, false) => Verdict::Send,
        }
    }

    /// The part of the file that a GET asks for.
    ///
    /// `If-Range` holds for a strong tag alone (section 13.1.5). A date never holds: whether the file
    /// changed twice within its second is not known here.
    pub(super) fn ranged(&self, found: &Found) -> Ranged {
        let Some(field) = &self.range else {
            return Ranged::Whole;
        };
        let is_meant = self.if_range.as_ref().is_none_or(|text| {
            let asked = EntityTag::parse(text);
            asked.is_some_and(|asked| found.tag.as_ref().is_some_and(|tag| tag.is_exactly(&asked)))
        });
        if is_meant {
            range::parse(field, found.length)
        } else {
            Ranged::Whole
        }
    }
}

#[cfg(test)]
#[path = "condition_tests.rs"]
mod tests;
