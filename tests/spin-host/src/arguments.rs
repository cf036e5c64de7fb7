//! The command line: the words of `spin up` that this host knows. Any other word is refused.

use lexopt::prelude::*;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use wasmtime::{Result, bail, error::Context as _};

/// How long instances are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reuse {
    /// Requests after which an instance takes no more.
    pub requests: usize,
    /// Requests that an instance works on at the same time.
    pub at_once: usize,
    /// How long an instance without work waits for some.
    pub idle: Duration,
}

/// Where what components print goes, beside their log files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// To the standard error of the host.
    Stderr,
    /// Nowhere.
    Quiet,
}

/// How wasmtime finds memory for instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allocation {
    /// From a pool that is mapped once, where the address space allows it.
    Pooling,
    /// With the system's calls for every instance.
    OnDemand,
}

/// Where compiled components are kept for the next start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// In the user's folder for caches, where Spin keeps them, too.
    Kept,
    /// Nowhere.
    Disabled,
}

/// The arguments of `up`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arguments {
    /// The manifest.
    pub from: PathBuf,
    /// Where to listen; port 0 is any free one.
    pub listen: SocketAddr,
    /// Where stores, databases and logs are.
    pub state_dir: PathBuf,
    /// How long instances are used.
    pub reuse: Reuse,
    /// Where the output of components goes.
    pub echo: Echo,
    /// How instances get their memory.
    pub allocation: Allocation,
    /// Whether what is compiled is kept.
    pub cache: Cache,
}

impl Arguments {
    /// Reads the words behind the program's name.
    ///
    /// # Errors
    /// A word that is not known, a value that cannot be read, or a word that is missing.
    pub fn parse(words: impl IntoIterator<Item = impl Into<OsString>>) -> Result<Self> {
        let mut parser = lexopt::Parser::from_args(words);
        let mut command = None;
        let mut from = None;
        let mut listen = SocketAddr::from(([127, 0, 0, 1], 3000));
        let mut state_dir = None;
        let mut reuse = Reuse {
            requests: 128,
            at_once: 16,
            idle: Duration::from_secs(1),
        };
        let mut echo = Echo::Stderr;
        let mut allocation = Allocation::Pooling;
        let mut cache = Cache::Kept;
        while let Some(word) = parser.next()? {
            match word {
                Value(name) if command.is_none() => command = Some(name.string()?),
                Short('f') | Long("from") => from = Some(PathBuf::from(parser.value()?)),
                Long("listen") => listen = parser.value()?.parse()?,
                Long("state-dir") => state_dir = Some(PathBuf::from(parser.value()?)),
                Long("max-instance-reuse-count") => reuse.requests = count(&mut parser)?,
                Long("max-instance-concurrent-reuse-count") => {
                    reuse.at_once = count(&mut parser)?;
                }
                Long("idle-instance-timeout") => {
                    reuse.idle = parser.value()?.parse_with(duration)?;
                }
                Short('q') | Long("quiet") => echo = Echo::Quiet,
                Long("disable-cache") => cache = Cache::Disabled,
                Long("disable-pooling") => allocation = Allocation::OnDemand,
                Short(_) | Long(_) | Value(_) => return Err(word.unexpected().into()),
            }
        }
        if command.as_deref() != Some("up") {
            bail!("the one command is `up`");
        }
        let from = from.context("`--from FILE.toml` is missing")?;
        let state_dir = state_dir.unwrap_or_else(|| from.with_file_name(".spin"));
        Ok(Self {
            from,
            listen,
            state_dir,
            reuse,
            echo,
            allocation,
            cache,
        })
    }
}

fn count(parser: &mut lexopt::Parser) -> Result<usize> {
    match parser.value()?.parse()? {
        0 => bail!("an instance has to serve at least one request"),
        count => Ok(count),
    }
}

/// A whole number with `s`, `ms`, `us` or `ns`; seconds without.
fn duration(text: &str) -> Result<Duration> {
    let digits = text.trim_end_matches(|sign: char| !sign.is_ascii_digit());
    let number = digits
        .parse::<u64>()
        .with_context(|| format!("{text:?} is not a span of time such as `1s`"))?;
    match text.strip_prefix(digits).unwrap_or_default() {
        "" | "s" => Ok(Duration::from_secs(number)),
        "ms" => Ok(Duration::from_millis(number)),
        "us" => Ok(Duration::from_micros(number)),
        "ns" => Ok(Duration::from_nanos(number)),
        unit => bail!("the unit {unit:?} is none of s, ms, us and ns"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_spin() {
        let arguments = Arguments::parse(["up", "--from", "app/spin.toml"]).unwrap();
        assert_eq!(arguments.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(arguments.state_dir, PathBuf::from("app/.spin"));
        assert_eq!(arguments.reuse.requests, 128);
        assert_eq!(arguments.reuse.at_once, 16);
        assert_eq!(arguments.reuse.idle, Duration::from_secs(1));
        assert_eq!(arguments.cache, Cache::Kept);
    }

    #[test]
    fn every_word_is_read() {
        let arguments = Arguments::parse([
            "up",
            "-f",
            "spin.toml",
            "--listen=127.0.0.1:0",
            "--state-dir",
            "state",
            "--max-instance-reuse-count",
            "1",
            "--max-instance-concurrent-reuse-count",
            "2",
            "--idle-instance-timeout",
            "250ms",
            "--quiet",
            "--disable-pooling",
            "--disable-cache",
        ])
        .unwrap();
        assert_eq!(arguments.listen.port(), 0);
        assert_eq!(arguments.state_dir, PathBuf::from("state"));
        assert_eq!(arguments.reuse.requests, 1);
        assert_eq!(arguments.reuse.at_once, 2);
        assert_eq!(arguments.reuse.idle, Duration::from_millis(250));
        assert_eq!(arguments.echo, Echo::Quiet);
        assert_eq!(arguments.allocation, Allocation::OnDemand);
        assert_eq!(arguments.cache, Cache::Disabled);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for words in [
            &["up"][..],
            &["--from", "spin.toml"],
            &["down", "--from", "spin.toml"],
            &["up", "up", "--from", "spin.toml"],
            &["up", "--from", "spin.toml", "--tls-cert", "c"],
            &["up", "--from", "spin.toml", "--listen", "3000"],
            &[
                "up",
                "--from",
                "spin.toml",
                "--max-instance-reuse-count",
                "0",
            ],
            &["up", "--from", "spin.toml", "--idle-instance-timeout", "1m"],
            &["up", "--from", "spin.toml", "--idle-instance-timeout", "s"],
        ] {
            assert!(Arguments::parse(words).is_err(), "{words:?}");
        }
    }
}
