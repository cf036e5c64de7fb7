//! The response for a file, or for none.

use super::{
    condition::{Conditions, Verdict},
    content_type,
    entity_tag::EntityTag,
    file_name::FileName,
    range::Ranged,
};
use crate::{
    http::{
        date,
        header::{HeaderName, HeaderValue},
        method::Method,
        response::Status,
    },
    time::UnixTime,
};
use alloc::{format, string::String, vec::Vec};

/// The facts about a file.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its length in bytes.
    pub length: u64,
    /// The tag that tells its contents from others. Without one nothing is ever 304 by tag.
    pub tag: Option<EntityTag>,
    /// When it was modified, where that means anything; it then stands in `Last-Modified`. Cloudflare
    /// sends none.
    pub modified: Option<UnixTime>,
}

/// A response whose body is in a file.
#[derive(Debug)]
pub struct FileResponse {
    /// The status.
    pub status: Status,
    /// Header fields in order.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The part of the file that follows.
    pub body: Body,
}

/// The part of a file that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// All of it.
    Whole,
    /// A part of it.
    Range(ByteRange),
}

/// A part of a file, which lies inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRange {
    pub(super) first: u64,
    pub(super) last: u64,
}

impl ByteRange {
    /// The place of the first byte.
    pub const fn first(self) -> u64 {
        self.first
    }

    /// How many bytes there are; at least one.
    pub const fn length(self) -> u64 {
        self.last.saturating_sub(self.first).saturating_add(1)
    }
}

/// The `Cache-Control` of every file on Cloudflare: any cache may keep it, and must ask each time.
const CACHE_CONTROL: &str = "public, max-age=0, must-revalidate";

impl FileResponse {
    /// A response without a file.
    pub(super) fn empty(status: Status, method: &Method) -> Self {
        let response = Self {
            status,
            headers: Vec::new(),
            body: Body::Empty,
        };
        response.with_length(0, method)
    }

    /// 405 (RFC 9110, section 15.5.6).
    pub(super) fn method_not_allowed(method: &Method) -> Self {
        let response = Self::empty(Status::METHOD_NOT_ALLOWED, method);
        response.with(HeaderName::ALLOW, HeaderValue::from_static("GET, HEAD"))
    }

    /// 307 to a path of this site.
    pub(super) fn redirect(location: String, method: &Method) -> Self {
        let response = Self::empty(Status::TEMPORARY_REDIRECT, method);
        match HeaderValue::parse(location) {
            Some(location) => response.with(HeaderName::LOCATION, location),
            // Both parts of it are encoded, so this cannot be; were it to, nothing is found.
            None => Self::empty(Status::NOT_FOUND, method),
        }
    }

    /// The answer to a request for a file that is there.
    pub(super) fn of_file(
        name: &FileName,
        found: &Found,
        method: &Method,
        conditions: &Conditions,
    ) -> Self {
        match conditions.evaluate(found) {
            Verdict::Send => {}
            // The type stays: what may be kept of it is decided by what it is.
            Verdict::NotModified => {
                return Self::about(Status::NOT_MODIFIED, name, found, conditions);
            }
            Verdict::Failed => return Self::empty(Status::PRECONDITION_FAILED, method),
        }
        // A range means nothing to another method (RFC 9110, section 14.2).
        let ranged = if *method == Method::Get {
            conditions.ranged(found)
        } else {
            Ranged::Whole
        };
        match ranged {
            Ranged::Whole => Self::whole(Status::OK, name, found, method, conditions)
                .with(HeaderName::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
            Ranged::Part(range) => Self::part(range, name, found, conditions),
            Ranged::Unsatisfiable => Self::empty(Status::RANGE_NOT_SATISFIABLE, method)
                .with_content_range(format!("bytes */{}", found.length)),
        }
    }

    /// 206 (RFC 9110, section 15.3.7).
    fn part(range: ByteRange, name: &FileName, found: &Found, conditions: &Conditions) -> Self {
        let ByteRange { first, last } = range;
        let response = Self::about(Status::PARTIAL_CONTENT, name, found, conditions);
        let body = Body::Range(range);
        Self { body, ..response }
            .with_content_range(format!("bytes {first}-{last}/{}", found.length))
            .with_length(range.length(), &Method::Get)
    }

    /// All of a file, whatever the request asks beside it.
    pub(super) fn whole(
        status: Status,
        name: &FileName,
        found: &Found,
        method: &Method,
        conditions: &Conditions,
    ) -> Self {
        let response = Self::about(status, name, found, conditions);
        let body = if *method == Method::Head {
            Body::Empty
        } else {
            Body::Whole
        };
        Self { body, ..response }.with_length(found.length, method)
    }

    /// The headers that every response about a file has.
    fn about(status: Status, name: &FileName, found: &Found, conditions: &Conditions) -> Self {
        let mut headers = Vec::new();
        if let Some(content_type) = content_type::of(name) {
            headers.push((
                HeaderName::CONTENT_TYPE,
                HeaderValue::from_static(content_type),
            ));
        }
        if !conditions.is_authorized {
            headers.push((
                HeaderName::CACHE_CONTROL,
                HeaderValue::from_static(CACHE_CONTROL),
            ));
        }
        let tag = found.tag.as_ref().and_then(EntityTag::value);
        headers.extend(tag.map(|tag| (HeaderName::ETAG, tag)));
        let modified = found.modified.and_then(date::format);
        let modified = modified.and_then(HeaderValue::parse);
        headers.extend(modified.map(|modified| (HeaderName::LAST_MODIFIED, modified)));
        Self {
            status,
            headers,
            body: Body::Empty,
        }
    }

    /// Says how long the body is. Nothing to HEAD, like Cloudflare: some hosts hold a body against its
    /// length, and that of HEAD is empty.
    fn with_length(self, length: u64, method: &Method) -> Self {
        match (method, HeaderValue::parse(format!("{length}"))) {
            (Method::Head, _) | (_, None) => self,
            (_, Some(length)) => self.with(HeaderName::CONTENT_LENGTH, length),
        }
    }

    fn with_content_range(self, range: String) -> Self {
        match HeaderValue::parse(range) {
            Some(range) => self.with(HeaderName::CONTENT_RANGE, range),
            None => self,
        }
    }

    fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}
