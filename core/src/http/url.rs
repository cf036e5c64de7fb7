//! Absolute `http` and `https` URLs, strict: what two parsers could read differently is refused.
//!
//! Userinfo, fragments, backslashes, odd spellings of IP addresses, trailing dots and non-ASCII
//! hosts have no place in a configured or discovered URL. The form kept is the normal one: scheme
//! and host in lower case, the scheme's own port left out.

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

    /// The host in lower case.
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

    /// Host and, where it is not the scheme's own, port, as in a `Host` header.
    pub fn authority(&self) -> String {
        if self.port == self.scheme.default_port() {
            self.host.clone()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Whether the host is a loopback address or `localhost`.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host.ends_with(".localhost")
            || self.host == LOOPBACK_V6
            || matches!(octets(&self.host), Some([127, ..]))
    }

    /// Whether the host is one that only the operator's own network reaches.
    fn is_internal(&self) -> bool {
        self.is_loopback() || octets(&self.host).is_some_and(is_internal)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        f.write_str(scheme)?;
        f.write_str("://")?;
        f.write_str(&self.authority())
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

fn parse_port(digits: &str) -> Result<u16, UrlFault> {
    let canonical = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    match digits.parse() {
        Ok(port) if canonical => Ok(port),
        _ => Err(UrlFault::Port),
    }
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
        let part = parts.next()?;
        let is_plain = part.bytes().all(|byte| byte.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'));
        *octet = part.parse().ok().filter(|_| is_plain)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
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
            url("https://9.9.9.9:8443/").to_string(),
            "https://9.9.9.9:8443/"
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
            ("https://127.0.0.01", UrlFault::Host),
            ("https://127.0.0.256", UrlFault::Host),
            ("https://1.2.3", UrlFault::Host),
            ("https://[2001:db8::1]", UrlFault::Host),
            ("https://[::ffff:10.0.0.1]", UrlFault::Host),
            ("https://[fd00::1]", UrlFault::Host),
            ("https://[::1", UrlFault::Host),
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
        for text in [
            "https://9.9.9.9/x",
            "https://172.32.0.1/x",
            "https://100.128.0.1/x",
        ] {
            assert!(url(text).is_within(Reach::Public), "{text}");
        }
        for text in [
            "http://op.example.com/x",
            "https://localhost/x",
            "https://127.0.0.1/x",
            "https://10.1.2.3/x",
            "https://172.31.0.1/x",
            "https://192.168.0.1/x",
            "https://0.0.0.0/x",
            "https://224.0.0.1/x",
            "https://169.254.169.254/x",
            "https://100.64.0.1/x",
            "https://[::1]/x",
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
