//! Absolute `http` and `https` URLs, strict: what two parsers could read differently is refused.
//!
//! Userinfo, fragments, backslashes, odd spellings of IP addresses, trailing dots and non-ASCII
//! hosts have no place in a configured or discovered URL. The form kept is the normal one: scheme
//! and host in lower case, the scheme's own port left out.

use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
};
use core::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

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
    host: String,
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
        let host = parse_host(host)?;
        Ok(Self { scheme, host, port })
    }

    /// The scheme.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host in lower case, an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether a `Host` header names this origin's host: in any case, with or without a trailing
    /// dot, with the right port or, for the scheme's own port, none.
    pub fn is_host(&self, host: &str) -> bool {
        let Ok((name, port)) = split_port(host) else {
            return false;
        };
        let name = name.strip_suffix('.').unwrap_or(name);
        let port = match port {
            None => Ok(self.scheme.default_port()),
            Some(digits) => parse_port(digits),
        };
        name.eq_ignore_ascii_case(&self.host) && port == Ok(self.port)
    }

    /// Whether the host is a loopback address or `localhost`.
    pub fn is_loopback(&self) -> bool {
        if self.host == "localhost" || self.host.ends_with(".localhost") {
            return true;
        }
        match self.address() {
            Some(Address::V4(address)) => address.is_loopback(),
            Some(Address::V6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// Whether the host is one that only the operator's own network reaches.
    fn is_internal(&self) -> bool {
        self.is_loopback()
            || match self.address() {
                Some(Address::V4(address)) => is_internal_v4(address),
                Some(Address::V6(address)) => is_internal_v6(address),
                None => false,
            }
    }

    fn address(&self) -> Option<Address> {
        if let Some(inner) = self
            .host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            return inner.parse().ok().map(Address::V6);
        }
        self.host.parse().ok().map(Address::V4)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port == self.scheme.default_port() {
            return Ok(());
        }
        write!(f, ":{}", self.port)
    }
}

impl Scheme {
    const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

enum Address {
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

fn split_scheme(text: &str) -> Result<(Scheme, &str), UrlFault> {
    let (scheme, rest) = text.split_once("://").ok_or(UrlFault::Scheme)?;
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

fn parse_port(digits: &str) -> Result<u16, UrlFault> {
    let canonical = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    match digits.parse() {
        Ok(port) if canonical => Ok(port),
        _ => Err(UrlFault::Port),
    }
}

fn parse_host(host: &str) -> Result<String, UrlFault> {
    let host = host.to_ascii_lowercase();
    if let Some(inner) = host.strip_prefix('[') {
        let inner = inner.strip_suffix(']').ok_or(UrlFault::Host)?;
        let address: Ipv6Addr = inner.parse().map_err(|_| UrlFault::Host)?;
        return Ok(format!("[{address}]"));
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
        let address: Ipv4Addr = host.parse().map_err(|_| UrlFault::Host)?;
        return Ok(address.to_string());
    }
    Ok(host)
}

fn is_internal_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_private()
        || address.is_link_local()
        || address.is_loopback()
        || address.is_broadcast()
        || first == 0
        || first >= 224
        || (first == 100 && (64..128).contains(&second))
        || (first == 192 && second == 0)
        || (first == 198 && (18..20).contains(&second))
}

fn is_internal_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4() {
        return is_internal_v4(mapped);
    }
    // Only global unicast (2000::/3) is public, and of that not 6to4 and NAT64 wrappers of IPv4.
    let [first, second, ..] = address.segments();
    (first & 0xe000) != 0x2000 || first == 0x2002 || (first == 0x2001 && second == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn the_normal_form_is_kept() {
        assert_eq!(
            url("HTTPS://OP.Example.com:443").to_string(),
            "https://op.example.com/"
        );
        assert_eq!(
            url("http://localhost:8787/a?b=c").to_string(),
            "http://localhost:8787/a?b=c"
        );
        assert_eq!(
            url("https://[2001:DB8::1]:8443/").to_string(),
            "https://[2001:db8::1]:8443/"
        );
    }

    #[test]
    fn what_parsers_read_differently_is_refused() {
        for (text, fault) in [
            ("https://ok@evil.example", UrlFault::Character),
            ("https://op.example\\@evil", UrlFault::Character),
            ("https://op.example/#x", UrlFault::Character),
            ("https://0xd8.072.54990", UrlFault::Host),
            ("https://2130706433", UrlFault::Host),
            ("https://op.example.", UrlFault::Host),
            ("https://", UrlFault::Host),
            ("https://op.example:0443", UrlFault::Port),
            ("https://op.example:65536", UrlFault::Port),
            ("javascript://op.example", UrlFault::Scheme),
            ("//op.example", UrlFault::Scheme),
        ] {
            assert_eq!(Url::parse(text), Err(fault), "{text}");
        }
        assert_eq!(
            Url::parse(&format!("https://a/{}", "b".repeat(2048))),
            Err(UrlFault::TooLong)
        );
    }

    #[test]
    fn a_public_deployment_reaches_public_https_only() {
        assert!(url("https://op.example.com/x").is_within(Reach::Public));
        assert!(url("https://9.9.9.9/x").is_within(Reach::Public));
        for text in [
            "http://op.example.com/x",
            "https://localhost/x",
            "https://127.0.0.1/x",
            "https://10.1.2.3/x",
            "https://169.254.169.254/x",
            "https://100.64.0.1/x",
            "https://[::1]/x",
            "https://[fd00::1]/x",
            "https://[::ffff:10.0.0.1]/x",
            "https://[fe80::1]/x",
        ] {
            assert!(!url(text).is_within(Reach::Public), "{text}");
            assert!(url(text).is_within(Reach::Loopback), "{text}");
        }
    }

    #[test]
    fn a_host_header_matches_in_any_case_and_with_its_port_only() {
        let origin = url("https://app.example.com").origin().clone();
        for host in ["app.example.com", "APP.example.com.", "app.example.com:443"] {
            assert!(origin.is_host(host), "{host}");
        }
        for host in [
            "",
            "example.com",
            "evil-app.example.com",
            "app.example.com.evil",
            "app.example.com:80",
            "app.example.com:",
            "app.example.com..",
            "a@app.example.com",
        ] {
            assert!(!origin.is_host(host), "{host}");
        }
        assert!(
            url("http://localhost:8787")
                .origin()
                .is_host("localhost:8787")
        );
        assert!(!url("http://localhost:8787").origin().is_host("localhost"));
    }

    #[test]
    fn a_query_is_appended_to_what_is_there() {
        assert_eq!(
            url("https://a.example/x").with_query("b=c").target(),
            "/x?b=c"
        );
        assert_eq!(
            url("https://a.example/x?a=b").with_query("b=c").target(),
            "/x?a=b&b=c"
        );
    }
}
