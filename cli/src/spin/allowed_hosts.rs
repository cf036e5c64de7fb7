//! `allowed_outbound_hosts`: whether an entry of the list lets a component send to an origin.
//!
//! An entry is `SCHEME://HOST[:PORT]`. Scheme and port may be `*`, the host may be `*`, begin with `*.` or
//! be a network; without a port it is the scheme's own. An entry that Spin refuses covers nothing. A variable in an
//! entry, which only the running application knows, is taken to cover whatever it could.

use lychgate_core::http::url::{Origin, Scheme, Url};
use std::net::IpAddr;

/// Whether `entry` lets requests to `origin` out.
pub(super) fn covers(entry: &str, origin: &Origin) -> bool {
    let entry = entry.trim();
    let Some((scheme, rest)) = entry.split_once("://") else {
        return entry.contains('{');
    };
    if !covers_scheme(scheme, origin.scheme()) {
        return false;
    }
    // A brace may begin a variable anywhere in the rest.
    if rest.contains('{') {
        return true;
    }
    let Some((host, port)) = split_port(rest) else {
        return false;
    };
    covers_port(port, scheme, port_of(origin)) && host.covers(origin.host())
}

const fn word(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Http => "http",
        Scheme::Https => "https",
    }
}

const fn usual_port(scheme: Scheme) -> u16 {
    match scheme {
        Scheme::Http => 80,
        Scheme::Https => 443,
    }
}

fn port_of(origin: &Origin) -> u16 {
    let authority = origin.authority();
    let port = authority.strip_prefix(origin.host());
    port.and_then(|port| port.strip_prefix(':')?.parse().ok())
        .unwrap_or(usual_port(origin.scheme()))
}

fn covers_scheme(pattern: &str, scheme: Scheme) -> bool {
    pattern == "*" || pattern == word(scheme) || pattern.contains('{')
}

/// The scheme of an entry has been found to cover that of the origin, so its usual port is the origin's.
fn covers_port(pattern: &str, scheme: &str, port: u16) -> bool {
    let number = |text: &str| text.parse::<u16>().ok();
    match pattern {
        "*" => true,
        "" => [Scheme::Http, Scheme::Https]
            .into_iter()
            .any(|usual| word(usual) == scheme && usual_port(usual) == port),
        pattern => match pattern.split_once("..") {
            // The end of a range is not in it.
            Some((from, to)) => match (number(from), number(to)) {
                (Some(from), Some(to)) => (from..to).contains(&port),
                (_, _) => false,
            },
            None => number(pattern) == Some(port),
        },
    }
}

/// The host of an entry.
enum Host {
    Any,
    /// Begins with a dot.
    Below(String),
    Exactly(String),
    Network {
        address: IpAddr,
        bits: u32,
    },
    /// In another alphabet, or with escapes, which are not read here.
    Unread,
}

/// Host and port; the colons of an IPv6 address begin no port. `None` is no entry of a list.
fn split_port(rest: &str) -> Option<(Host, &str)> {
    let Some((host, tail)) = rest.rsplit_once(':') else {
        return Some((Host::parse(rest)?, ""));
    };
    if tail.is_empty() {
        return Some((Host::parse(host)?, ""));
    }
    if let Some(whole) = Host::parse(rest) {
        return Some((whole, ""));
    }
    Some((Host::parse(host)?, tail.strip_suffix('/').unwrap_or(tail)))
}

impl Host {
    /// `None` is none that Spin accepts, or `self`, which is for requests without a host.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "*" {
            return Some(Self::Any);
        }
        if matches!(text, "self" | "self.alt") {
            return None;
        }
        if let Some(network) = network(text) {
            return Some(network);
        }
        let text = text.strip_suffix('/').unwrap_or(text);
        match text.strip_prefix("*.") {
            Some(domain) => Some(Self::Below(format!(".{}", exactly(domain)?))),
            None if !text.is_ascii() || text.contains('%') => Some(Self::Unread),
            None => exactly(text).map(Self::Exactly),
        }
    }

    fn covers(&self, host: &str) -> bool {
        match self {
            Self::Any | Self::Unread => true,
            Self::Below(suffix) => host.ends_with(suffix),
            Self::Exactly(exactly) => host == exactly,
            Self::Network { address, bits } => {
                let plain = host.trim_start_matches('[').trim_end_matches(']');
                let Ok(host) = plain.parse() else {
                    return false;
                };
                shared_bits(*address, host).is_some_and(|shared| shared >= *bits)
            }
        }
    }
}

/// A host in its normal form, without a port.
fn exactly(host: &str) -> Option<String> {
    let url = Url::parse(&format!("http://{host}")).ok()?;
    let alone = url.origin().host();
    alone.eq_ignore_ascii_case(host).then(|| alone.to_owned())
}

/// An address, or one with `/` and the number of its leading bits that count.
fn network(text: &str) -> Option<Host> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let all = if address.is_ipv4() { 32 } else { 128 };
    let bits = match bits {
        Some(bits) => bits.parse().ok().filter(|bits| *bits <= all)?,
        None => all,
    };
    Some(Host::Network { address, bits })
}

fn shared_bits(one: IpAddr, other: IpAddr) -> Option<u32> {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            Some((one.to_bits() ^ other.to_bits()).leading_zeros())
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => {
            Some((one.to_bits() ^ other.to_bits()).leading_zeros())
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(entry: &str, url: &str) -> bool {
        covers(entry, Url::parse(url).unwrap().origin())
    }

    /// Entries, each with an origin that it covers and one that it does not.
    const COVERED: [(&str, &str, &str); 22] = [
        ("https://a.example", "https://a.example", "http://a.example"),
        (
            "https://a.example",
            "https://a.example:443",
            "https://a.example:80",
        ),
        (
            "https://a.example/",
            "https://a.example",
            "https://a.example.net",
        ),
        (
            "https://A.example",
            "https://a.example",
            "https://b.a.example",
        ),
        (
            " http://a.example ",
            "http://a.example",
            "http://a.example:81",
        ),
        (
            "https://a.example:",
            "https://a.example",
            "https://a.example:8443",
        ),
        (
            "http://a.example:81",
            "http://a.example:81",
            "http://a.example",
        ),
        (
            "http://a.example:81/",
            "http://a.example:81",
            "http://a.example:82",
        ),
        (
            "http://a.example:80..82",
            "http://a.example:81",
            "http://a.example:82",
        ),
        (
            "http://a.example:*",
            "http://a.example:9",
            "https://a.example:9",
        ),
        ("*://a.example:443", "https://a.example", "http://a.example"),
        (
            "https://*",
            "https://any.example",
            "https://any.example:8443",
        ),
        (
            "https://*:*",
            "https://any.example:9",
            "http://any.example:9",
        ),
        (
            "https://*.a.example",
            "https://b.c.a.example",
            "https://a.example",
        ),
        (
            "https://*.A.example:*",
            "https://b.a.example:9",
            "https://ba.example:9",
        ),
        (
            "http://*.spin.internal",
            "http://api.spin.internal",
            "http://spin.internal",
        ),
        (
            "http://127.0.0.1:9",
            "http://127.0.0.1:9",
            "http://localhost:9",
        ),
        ("http://10.0.0.0/8", "http://10.1.2.3", "http://11.0.0.1"),
        (
            "http://10.0.0.0/8:81",
            "http://10.1.2.3:81",
            "http://10.1.2.3",
        ),
        ("http://[::1]:9", "http://[::1]:9", "http://[::1]"),
        ("http://[::1]", "http://[::1]", "http://127.0.0.1"),
        ("http://::1/128:9", "http://[::1]:9", "http://[::1]"),
    ];

    #[test]
    fn each_entry_covers_what_it_says_and_no_more() {
        for (entry, within, without) in COVERED {
            assert!(covered(entry, within), "{entry} has to cover {within}");
            assert!(!covered(entry, without), "{entry} must not cover {without}");
        }
    }

    #[test]
    fn what_spin_refuses_covers_nothing() {
        for entry in [
            "",
            "*",
            "insecure:allow-all",
            "a.example",
            "a.example:443",
            "https://a.example/path",
            "https://a.example:443/path",
            "https://a.example:port",
            "*://a.example",
            "https://*a.example",
            "https://b.*.example",
            "https://*.*.example",
            "https://self",
            "https://x@a.example",
        ] {
            assert!(!covered(entry, "https://a.example"), "{entry}");
        }
        assert!(covered("https://a.example", "https://a.example"));
    }

    #[test]
    fn a_variable_may_stand_for_anything_but_another_scheme() {
        let url = "https://a.example:8443";
        for entry in [
            "{{ provider }}",
            "https://{{ host }}",
            "https://{{ host }}:{{ port }}",
            "{{ scheme }}://a.example:8443",
            "*://{{ host }}:*",
        ] {
            assert!(covered(entry, url), "{entry}");
        }
        assert!(!covered("redis://{{ host }}:{{ port }}", url));
    }

    #[test]
    fn a_host_in_another_spelling_is_not_judged() {
        assert!(covered(
            "https://b\u{fc}cher.example",
            "https://xn--bcher-kva.example"
        ));
        assert!(!covered(
            "http://b\u{fc}cher.example",
            "https://xn--bcher-kva.example"
        ));
    }
}
