//! The headers by which a request says where it comes from and what the browser wants with it
//! (Fetch Metadata Request Headers; RFC 6454 for `Origin`).
//!
//! Browsers set these headers and scripts cannot, so they tell a navigation from a script's
//! request and our own pages from other sites. Anything else can write what it likes into them,
//! but has no one's cookie.

use crate::http::{credentials, header::HeaderName, inbound::Inbound, method::Method, url::Origin};
use alloc::string::String;

/// The headers of a request that say where it comes from, each with at most one value.
#[derive(Clone, Debug)]
pub struct FetchMetadata {
    site: Option<Site>,
    mode: Option<String>,
    destination: Option<String>,
    origin: Option<String>,
    accept: Option<String>,
    prefetch: Sent,
    upgrade: Upgrade,
}

/// The protocol that a connection is to become (RFC 9110, section 7.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upgrade {
    /// It stays what it is.
    None,
    /// A WebSocket (RFC 6455, section 4.1).
    WebSocket,
    /// Anything else.
    Other,
}

/// A header that may stand once was sent twice, or joined with another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedHeader {
    /// Which one.
    pub name: HeaderName,
}

/// `Sec-Fetch-Site`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Site {
    SameOrigin,
    /// The person's own doing, such as the address bar or a bookmark.
    None,
    /// `same-site`, `cross-site` and whatever else may come.
    Other,
}

/// The origin that `Origin` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Nothing,
    /// `null`: the browser withholds the origin, or there is none to name.
    Null,
    Ours,
    Other,
}

/// Whether a header was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    Yes,
    No,
}

impl FetchMetadata {
    /// Reads the headers.
    ///
    /// # Errors
    /// [`MalformedHeader`] where `Authorization`, `Origin` or a `Sec-Fetch-` header holds two values:
    /// hosts join repeated fields with a comma, and who decides by the first of two values while the
    /// upstream reads the second has decided nothing.
    pub fn read(request: &impl Inbound) -> Result<Self, MalformedHeader> {
        let name = HeaderName::AUTHORIZATION;
        match request.header(&name) {
            Some(value) if !credentials::is_one(&value) => return Err(MalformedHeader { name }),
            Some(_) | None => {}
        }
        let sent = |name| match request.header(&name) {
            Some(_) => Sent::Yes,
            None => Sent::No,
        };
        let purposes = [HeaderName::SEC_PURPOSE, HeaderName::PURPOSE];
        let prefetch = match purposes.map(sent) {
            [Sent::No, Sent::No] => Sent::No,
            [Sent::Yes, _] | [_, Sent::Yes] => Sent::Yes,
        };
        Ok(Self {
            site: once(request, HeaderName::SEC_FETCH_SITE)?.map(|site| Site::parse(&site)),
            mode: once(request, HeaderName::SEC_FETCH_MODE)?,
            destination: once(request, HeaderName::SEC_FETCH_DEST)?,
            origin: once(request, HeaderName::ORIGIN)?,
            accept: request.header(&HeaderName::ACCEPT),
            prefetch,
            upgrade: match request.header(&HeaderName::UPGRADE).as_deref() {
                Some(protocol) if protocol.eq_ignore_ascii_case("websocket") => Upgrade::WebSocket,
                Some(_) => Upgrade::Other,
                // Hosts that speak no WebSocket take `Upgrade` away before anyone sees it, but not the key.
                None => match sent(HeaderName::SEC_WEBSOCKET_KEY) {
                    Sent::Yes => Upgrade::WebSocket,
                    Sent::No => Upgrade::None,
                },
            },
        })
    }

    /// Whether a person is going to a page: only then may a sign-in begin.
    ///
    /// Without Fetch Metadata (plain `http`, old browsers), a `GET` that accepts HTML counts.
    /// A false "yes" starts sign-ins behind images, frames and prefetches, each with a cookie and
    /// a redirect that a script follows to nowhere; a false "no" shows a person a bare 401.
    pub fn is_navigation(&self, method: &Method) -> bool {
        if *method != Method::Get || self.prefetch == Sent::Yes || self.is_upgrade() {
            return false;
        }
        let silent = self.site.is_none() && self.mode.is_none() && self.destination.is_none();
        if silent {
            return self.accept.as_deref().is_some_and(accepts_html);
        }
        self.mode.as_deref() == Some("navigate") && self.destination.as_deref() == Some("document")
    }

    /// Whether the request proves that a page of `ours` sent it: `Sec-Fetch-Site: same-origin`, or
    /// our own `Origin`.
    ///
    /// Headers that say nothing or contradict each other prove nothing; nor does a request that the
    /// person started (`none`), unless it also names our origin. A sibling subdomain (`same-site`) is
    /// another site. `Origin: null` proves nothing by itself, but does not contradict
    /// `same-origin`: that is how a form on a page with `Referrer-Policy: no-referrer` is sent,
    /// while sandboxed frames and `data:` documents are `cross-site` (Fetch, section 3.2).
    /// A false "yes" lets another site act for the signed-in user; a false "no" refuses our own
    /// forms.
    pub fn proves_same_origin(&self, ours: &Origin) -> bool {
        match (self.site, self.named(ours)) {
            (Some(Site::SameOrigin), Named::Nothing | Named::Null | Named::Ours)
            | (Some(Site::None) | None, Named::Ours) => true,
            (Some(Site::SameOrigin), Named::Other)
            | (Some(Site::None) | None, Named::Nothing | Named::Null | Named::Other)
            | (Some(Site::Other), _) => false,
        }
    }

    /// Whether the connection is to become something else, a WebSocket above all.
    ///
    /// Such a request is a `GET`, but what it opens can do everything, and browsers open it across
    /// sites with cookies: it needs the proof that unsafe methods need. Any `Upgrade` counts, since
    /// a false "no" would leave a socket open to every site.
    pub fn is_upgrade(&self) -> bool {
        self.upgrade != Upgrade::None || self.mode.as_deref() == Some("websocket")
    }

    /// The protocol that the connection is to become; a WebSocket is opened with `GET` alone.
    pub fn upgrade(&self, method: &Method) -> Upgrade {
        if self.upgrade == Upgrade::WebSocket && *method != Method::Get {
            return Upgrade::Other;
        }
        self.upgrade
    }

    /// Whether another site led here, so that a browser keeps `SameSite=Strict` cookies to itself (RFC 6265bis,
    /// section 5.2). A sibling subdomain counts, though browsers send them from there.
    pub fn is_from_elsewhere(&self) -> bool {
        self.site == Some(Site::Other)
    }

    fn named(&self, ours: &Origin) -> Named {
        match self.origin.as_deref() {
            None => Named::Nothing,
            Some("null") => Named::Null,
            Some(origin) if origin == ours.as_str() => Named::Ours,
            Some(_) => Named::Other,
        }
    }
}

impl Site {
    fn parse(text: &str) -> Self {
        match text {
            "same-origin" => Self::SameOrigin,
            "none" => Self::None,
            _ => Self::Other,
        }
    }
}

/// The value of a header whose grammar has no comma.
fn once(request: &impl Inbound, name: HeaderName) -> Result<Option<String>, MalformedHeader> {
    match request.header(&name) {
        Some(value) if value.contains(',') => Err(MalformedHeader { name }),
        value => Ok(value),
    }
}

/// Whether `Accept` lists `text/html` itself, and not with a weight of zero; `*/*` is what scripts
/// and tools send.
fn accepts_html(accept: &str) -> bool {
    accept.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let html = parts
            .next()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("text/html"));
        html && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

#[cfg(test)]
#[path = "fetch_metadata_tests.rs"]
mod tests;
