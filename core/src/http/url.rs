//! Absolute `http` and `https` URLs, strict: what two parsers could read differently is refused.
//!
//! Userinfo, fragments, backslashes, odd spellings of IP addresses, trailing dots and non-ASCII
//! hosts have no place in a configured or discovered URL. The form kept is the normal one: scheme
//! and host in lower case, the scheme's own port left out.

use crate::encoding::digits;
use alloc::{borrow::ToOwned, format, string::String};
use core::fmt;

/// `http` or `https`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Plain HTTP, for loopback deployments only.
    Http,
    /// HTTP over TLS.
    Https,
}

/// Scheme, host and port (RFC 6454).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    scheme: Scheme,
    /// Its serialization (RFC 6454, section 6.2), made once: each forward to a URL begins with it.
    text: String,
    port: u16,
}

/// An absolute URL without userinfo and fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    origin: Origin,
    target: String,
}

/// Why a URL was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlFault {
    /// Longer than 2,048 bytes.
    TooLong,
    /// Not `http://` or `https://`.
    Scheme,
    /// Userinfo, a fragment, a backslash, white space, a control or non-ASCII character.
    Character,
    /// No host, or one in no normal form.
    Host,
    /// A port that is no number from 1 to 65535.
    Port,
}

/// Which addresses a deployment may talk to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// `https` to public hosts only.
    Public,
    /// Also plain `http`, loopback and private addresses: `public_url` is a loopback address.
    Loopback,
}

const LONGEST_URL: usize = 2048;

impl Url {
    /// Parses an absolute URL.
    ///
    /// # Errors
    /// Any [`UrlFault`].
    pub fn parse(text: &str) -> Result<Self, UrlFault> {
        if text.len() > LONGEST_URL {
            return Err(UrlFault::TooLong);
        }
        let forbidden = |byte: u8| {
            !(b'!'..=b'~').contains(&byte) || matches!(byte, b'\\' | b'#' | b'"' | b'<' | b'>')
        };
        if text.bytes().any(forbidden) {
            return Err(UrlFault::Character);
        }
        let (scheme, rest) = split_scheme(text)?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(end).ok_or(UrlFault::Host)?;
        if authority.contains('@') {
            return Err(UrlFault::Character);
        }
        let origin = Origin::from_authority(scheme, authority)?;
        let target = if target.starts_with('/') {
            target.to_owned()
        } else {
            format!("/{target}")
        };
        Ok(Self { origin, target })
    }

    /// Scheme, host and port.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Path and query, beginning with `/`.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The path alone.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or("/")
    }

    /// Whether a deployment with this reach may send to the URL.
    ///
    /// A false "yes" would let a provider's document point requests, with credentials, at hosts
    /// inside the operator's network.
    pub fn is_within(&self, reach: Reach) -> bool {
        match reach {
            Reach::Loopback => true,
            Reach::Public => self.origin.scheme == Scheme::Https && !self.origin.is_internal(),
        }
    }

    /// This URL with `parameters` (already encoded) appended to its query.
    #[must_use]
    pub fn with_query(&self, parameters: &str) -> Self {
        let joint = match (self.target.contains('?'), parameters.is_empty()) {
            (_, true) => "",
            (true, false) => "&",
            (false, false) => "?",
        };
        Self {
            origin: self.origin.clone(),
            target: format!("{}{joint}{parameters}", self.target),
        }
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.target)
    }
}

impl Origin {
    fn from_authority(scheme: Scheme, authority: &str) -> Result<Self, UrlFault> {
        let (host, port) = split_port(authority)?;
        let port = match port {
            None => scheme.default_port(),
            Some(digits) => parse_port(digits)?,
        };
        let (prefix, host) = (scheme.prefix(), parse_host(host)?);
        let text = if port == scheme.default_port() {
            format!("{prefix}{host}")
        } else {
            format!("{prefix}{host}:{port}")
        };
        Ok(Self { scheme, text, port })
    }

    /// Its serialization: scheme, host and, where it is not the scheme's own, port.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The scheme.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host in lower case.
    pub fn host(&self) -> &str {
        split_port(self.authority()).map_or("", |(host, _)| host)
    }

    /// Whether a `Host` header names this origin's host: in any case, with or without a trailing
    /// dot, with the right port or, for the scheme's own port, none.
    pub fn is_host(&self, host: &str) -> bool {
        // As every client writes it.
        if host == self.authority() {
            return true;
        }
        let Ok((name, port)) = split_port(host) else {
            return false;
        };
        let name = name.strip_suffix('.').unwrap_or(name);
        let port = match port {
            None => Ok(self.scheme.default_port()),
            Some(digits) => parse_port(digits),
        };
        name.eq_ignore_ascii_case(self.host()) && port == Ok(self.port)
    }

    /// Host and, where it is not the scheme's own, port, as in a `Host` header.
    pub fn authority(&self) -> &str {
        let prefix = self.scheme.prefix();
        self.text.strip_prefix(prefix).unwrap_or_default()
    }

    /// Whether the host is a loopback address or `localhost`.
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        host == "localhost"
            || host.ends_with(".localhost")
            || host == LOOPBACK_V6
            || matches!(octets(host), Some([127, ..]))
    }

    /// Whether it is a component of the same Spin application, reached by service chaining: plain `http`
    /// to `NAME.spin.internal`, without a port.
    pub fn is_spin_component(&self) -> bool {
        let name = self.host().strip_suffix(".spin.internal");
        let is_one_label = name.is_some_and(|name| !name.is_empty() && !name.contains('.'));
        is_one_label && self.scheme == Scheme::Http && self.port == Scheme::Http.default_port()
    }

    /// Whether the host is one that only the operator's own network reaches.
    fn is_internal(&self) -> bool {
        self.is_loopback() || octets(self.host()).is_some_and(is_internal)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Scheme {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Http => "http://",
            Self::Https => "https://",
        }
    }

    const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

fn split_scheme(text: &str) -> Result<(Scheme, &str), UrlFault> {
    let (scheme, rest) = text.split_once(':').ok_or(UrlFault::Scheme)?;
    let rest = rest.strip_prefix("//").ok_or(UrlFault::Scheme)?;
    if scheme.eq_ignore_ascii_case("https") {
        Ok((Scheme::Https, rest))
    } else if scheme.eq_ignore_ascii_case("http") {
        Ok((Scheme::Http, rest))
    } else {
        Err(UrlFault::Scheme)
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<&str>), UrlFault> {
    if authority.starts_with('[') {
        let end = authority.find(']').ok_or(UrlFault::Host)?;
        let (host, rest) = authority
            .split_at_checked(end.saturating_add(1))
            .ok_or(UrlFault::Host)?;
        return match (rest, rest.strip_prefix(':')) {
            ("", _) => Ok((host, None)),
            (_, Some(port)) => Ok((host, Some(port))),
            (_, None) => Err(UrlFault::Host),
        };
    }
    Ok(match authority.split_once(':') {
        None => (authority, None),
        Some((host, port)) => (host, Some(port)),
    })
}

fn parse_port(text: &str) -> Result<u16, UrlFault> {
    let port = digits::canonical(text).filter(|port| *port > 0);
    port.and_then(|port| u16::try_from(port).ok())
        .ok_or(UrlFault::Port)
}

fn parse_host(host: &str) -> Result<String, UrlFault> {
    let host = host.to_ascii_lowercase();
    // Of IPv6 addresses only the loopback one is taken: providers and origins have names, and an
    // address has too many spellings and wrappings to tell the operator's own network apart.
    if host == LOOPBACK_V6 {
        return Ok(host);
    }
    let good_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if host.len() > 253 || !host.split('.').all(good_label) {
        return Err(UrlFault::Host);
    }
    // A host whose last label begins with a digit is an IPv4 address to some parsers
    // (`0xd8.072.54990`), so it must be one in its usual form to all.
    let last = host.rsplit('.').next().unwrap_or_default();
    if last.starts_with(|first: char| first.is_ascii_digit()) {
        octets(&host).ok_or(UrlFault::Host)?;
    }
    Ok(host)
}

const LOOPBACK_V6: &str = "[::1]";

/// The bytes of an IPv4 address in its usual form: four decimal numbers without leading zeros.
fn octets(host: &str) -> Option<[u8; 4]> {
    let mut parts = host.split('.');
    let mut octets = [0; 4];
    for octet in &mut octets {
        *octet = digits::canonical(parts.next()?)?.try_into().ok()?;
    }
    parts.next().is_none().then_some(octets)
}

/// Addresses that are not on the public internet (RFC 6890), and those that are no single host.
const fn is_internal(octets: [u8; 4]) -> bool {
    match octets {
        [0 | 10 | 127 | 224..=255, ..] | [169, 254, ..] | [192, 168 | 0, ..] => true,
        [100, second, ..] => matches!(second, 64..=127),
        [172, second, ..] => matches!(second, 16..=31),
        [198, second, ..] => matches!(second, 18 | 19),
        _ => false,
    }
}
