//! `allowed_outbound_hosts`: which requests of a component go out, decided exactly as Spin decides.

use crate::variables::Values;
use std::net::IpAddr;
use std::ops::Range;
use url::Host;
use wasmtime::{Result, bail, ensure, error::Context as _};

/// Where components of the application reach each other.
const CHAINING_SUFFIX: &str = ".spin.internal";

/// The list of one component.
#[derive(Debug, Default)]
pub struct AllowedHosts(Vec<AllowedHost>);

/// One entry: scheme, host and port have to match.
#[derive(Clone, Debug)]
struct AllowedHost {
    scheme: Pattern<String>,
    host: HostPattern,
    port: Pattern<Range<u32>>,
}

#[derive(Clone, Debug)]
enum Pattern<T> {
    Any,
    Only(T),
}

#[derive(Clone, Debug)]
enum HostPattern {
    Any,
    /// Begins with a dot.
    Below(String),
    Exactly(Host),
    Network(Network),
}

/// An address and how many of its leading bits count.
#[derive(Clone, Copy, Debug)]
struct Network {
    address: IpAddr,
    bits: u8,
}

impl AllowedHosts {
    /// Reads the list of a component, with variables filled in.
    ///
    /// # Errors
    /// The first entry that cannot be read.
    pub fn parse(entries: &[String], values: &Values, components: &[String]) -> Result<Self> {
        let mut hosts = Vec::new();
        for entry in entries {
            let filled = values.fill(entry)?;
            // An empty variable is an endpoint that this deployment does without.
            let templated = entry.contains("{{");
            if templated && matches!(filled.as_str(), "" | "http://" | "https://") {
                continue;
            }
            let host = AllowedHost::parse(&filled)
                .with_context(|| format!("allowed_outbound_hosts: {filled:?}"))?;
            hosts.extend(host.expand(components));
        }
        Ok(Self(hosts))
    }

    /// Whether a request to `url` may go out.
    pub fn allow(&self, url: &str) -> bool {
        let Ok(url) = url::Url::parse(url) else {
            return false;
        };
        let Some(host) = url.host() else {
            return false;
        };
        let Some(port) = url.port_or_known_default() else {
            return false;
        };
        let host = host.to_owned();
        self.0
            .iter()
            .any(|allowed| allowed.allow(url.scheme(), &host, port))
    }
}

impl AllowedHost {
    fn parse(entry: &str) -> Result<Self> {
        let (scheme, rest) = entry
            .trim()
            .split_once("://")
            .context("has no scheme (`http://`, or `*://` for any)")?;
        let (host, port) = split_port(rest)?;
        Ok(Self {
            port: parse_port(port, scheme)?,
            scheme: parse_scheme(scheme)?,
            host: HostPattern::parse(host)?,
        })
    }

    /// `*.spin.internal` stands for every component there is, not for every name.
    fn expand(self, components: &[String]) -> Vec<Self> {
        match &self.host {
            HostPattern::Below(suffix) if suffix == CHAINING_SUFFIX => components
                .iter()
                .map(|id| Self {
                    host: HostPattern::Exactly(Host::Domain(format!("{id}{CHAINING_SUFFIX}"))),
                    ..self.clone()
                })
                .collect(),
            HostPattern::Any
            | HostPattern::Below(_)
            | HostPattern::Exactly(_)
            | HostPattern::Network(_) => vec![self],
        }
    }

    fn allow(&self, scheme: &str, host: &Host, port: u16) -> bool {
        let scheme = match &self.scheme {
            Pattern::Any => true,
            Pattern::Only(only) => only == scheme,
        };
        let port = match &self.port {
            Pattern::Any => true,
            Pattern::Only(range) => range.contains(&u32::from(port)),
        };
        scheme && port && self.host.allow(host)
    }
}

impl HostPattern {
    fn parse(host: &str) -> Result<Self> {
        let host = host.trim();
        if host == "*" {
            return Ok(Self::Any);
        }
        ensure!(
            host != "self" && host != "self.alt",
            "requests of an application to itself are not supported"
        );
        if let Some(network) = Network::parse(host) {
            return Ok(Self::Network(network));
        }
        let host = host.strip_suffix('/').unwrap_or(host);
        ensure!(!host.contains('/'), "must not include a path");
        ensure!(!host.starts_with('{'), "lists of hosts are not supported");
        let Some(domain) = host.strip_prefix("*.") else {
            ensure!(
                !host.contains('*'),
                "wildcards stand at the beginning alone"
            );
            return Ok(Self::Exactly(Host::parse(host)?));
        };
        ensure!(
            !domain.contains('*'),
            "wildcards stand at the beginning alone"
        );
        match Host::parse(domain)? {
            Host::Domain(domain) => Ok(Self::Below(format!(".{domain}"))),
            Host::Ipv4(_) | Host::Ipv6(_) => bail!("a wildcard needs a domain behind it"),
        }
    }

    fn allow(&self, host: &Host) -> bool {
        match (self, host) {
            (Self::Any, _) => true,
            (Self::Exactly(exactly), host) => exactly == host,
            (Self::Below(suffix), Host::Domain(domain)) => domain.ends_with(suffix),
            (Self::Network(network), Host::Ipv4(address)) => network.contains((*address).into()),
            (Self::Network(network), Host::Ipv6(address)) => network.contains((*address).into()),
            (Self::Below(_), Host::Ipv4(_) | Host::Ipv6(_))
            | (Self::Network(_), Host::Domain(_)) => false,
        }
    }
}

impl Network {
    /// An address, or one with `/` and a number of bits; `None` is something else.
    fn parse(text: &str) -> Option<Self> {
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
        Some(Self { address, bits })
    }

    fn contains(self, other: IpAddr) -> bool {
        match (self.address, other) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differing = (own.to_bits() ^ other.to_bits()).leading_zeros();
                differing >= u32::from(self.bits)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differing = (own.to_bits() ^ other.to_bits()).leading_zeros();
                differing >= u32::from(self.bits)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// Host and port; the colons of an IPv6 address begin no port.
fn split_port(rest: &str) -> Result<(&str, &str)> {
    let Some((host, tail)) = rest.rsplit_once(':') else {
        return Ok((rest, ""));
    };
    if tail.is_empty() || HostPattern::parse(rest).is_ok() {
        return Ok((if tail.is_empty() { host } else { rest }, ""));
    }
    let (port, path) = tail.split_once('/').unwrap_or((tail, ""));
    ensure!(path.is_empty(), "must not include a path");
    Ok((host, port))
}

fn parse_scheme(scheme: &str) -> Result<Pattern<String>> {
    if scheme == "*" {
        return Ok(Pattern::Any);
    }
    ensure!(
        scheme.chars().all(char::is_alphabetic),
        "a scheme is made of letters"
    );
    Ok(Pattern::Only(scheme.to_owned()))
}

fn parse_port(port: &str, scheme: &str) -> Result<Pattern<Range<u32>>> {
    let number = |text: &str| {
        text.parse::<u16>()
            .map(u32::from)
            .with_context(|| format!("the port {text:?} is not a number up to 65535"))
    };
    match port {
        "*" => Ok(Pattern::Any),
        "" => {
            let port = match scheme {
                "http" => 80,
                "https" => 443,
                _ => bail!("needs a port, because {scheme:?} has no usual one"),
            };
            Ok(Pattern::Only(port..port.saturating_add(1)))
        }
        port => match port.split_once("..") {
            Some((from, to)) => Ok(Pattern::Only(number(from)?..number(to)?)),
            None => {
                let port = number(port)?;
                Ok(Pattern::Only(port..port.saturating_add(1)))
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(entries: &[&str]) -> Result<AllowedHosts> {
        let entries: Vec<String> = entries.iter().map(|&entry| entry.to_owned()).collect();
        let components = ["front".to_owned(), "back".to_owned()];
        AllowedHosts::parse(&entries, &Values::default(), &components)
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of cases")]
    fn each_entry_allows_what_it_says_and_no_more() {
        for (entry, allowed, denied) in [
            (
                "http://a.example",
                "http://a.example/x?y",
                "https://a.example/",
            ),
            (
                "http://a.example",
                "http://a.example:80/",
                "http://a.example:81/",
            ),
            (
                "http://a.example",
                "http://A.EXAMPLE/",
                "http://b.a.example/",
            ),
            (
                "https://a.example",
                "https://a.example:443/",
                "https://a.example:80/",
            ),
            (
                "https://a.example/",
                "https://a.example/p",
                "https://a.example.evil/",
            ),
            (
                "http://a.example:8080",
                "http://a.example:8080/",
                "http://a.example/",
            ),
            (
                "http://a.example:8080..8082",
                "http://a.example:8081/",
                "http://a.example:8082/",
            ),
            (
                "http://a.example:*",
                "http://a.example:1/",
                "https://a.example:1/",
            ),
            (
                "*://a.example:443",
                "https://a.example/",
                "http://a.example/",
            ),
            ("http://*:*", "http://anything:9/", "https://anything:9/"),
            (
                "https://*.a.example",
                "https://b.c.a.example/",
                "https://a.example/",
            ),
            (
                "http://127.0.0.1:9",
                "http://127.0.0.1:9/",
                "http://127.0.0.2:9/",
            ),
            (
                "http://127.0.0.0/8:9",
                "http://127.1.2.3:9/",
                "http://128.0.0.1:9/",
            ),
            ("http://[::1]:9", "http://[::1]:9/", "http://[::2]:9/"),
            (
                "http://2001:db8::/32",
                "http://[2001:db8::1]/",
                "http://[2001:db9::1]/",
            ),
            (
                "http://localhost:9",
                "http://localhost:9/",
                "http://127.0.0.1:9/",
            ),
            // The part before `@` is no host.
            (
                "http://a.example",
                "http://b.example@a.example/",
                "http://a.example@b.example/",
            ),
            (
                "http://back.spin.internal",
                "http://back.spin.internal/x",
                "http://front.spin.internal/",
            ),
            (
                "http://*.spin.internal",
                "http://front.spin.internal/",
                "http://other.spin.internal/",
            ),
        ] {
            let hosts = hosts(&[entry]).unwrap();
            assert!(hosts.allow(allowed), "{entry} has to allow {allowed}");
            assert!(!hosts.allow(denied), "{entry} has to deny {denied}");
        }
    }

    #[test]
    fn an_empty_list_allows_nothing() {
        assert!(!hosts(&[]).unwrap().allow("http://127.0.0.1/"));
        assert!(!hosts(&["*://*:*"]).unwrap().allow("no url"));
        assert!(hosts(&["*://*:*"]).unwrap().allow("http://127.0.0.1/"));
    }

    #[test]
    fn an_entry_that_cannot_be_read_is_refused() {
        for entry in [
            "",
            "*",
            "a.example",
            "a.example:80",
            "http://a.example/path",
            "http://a.example:80/path",
            "http://a.example:port",
            "http://a.example:65536",
            "http://a.*.example",
            "http://*a.example",
            "http://*.127.0.0.1",
            "ftp://a.example",
            "ht+tp://a.example:80",
            "http://[::1",
            "http://self",
            "http://{a,b}",
        ] {
            assert!(hosts(&[entry]).is_err(), "{entry}");
        }
    }
}
