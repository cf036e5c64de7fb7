//! Requests to deployments, providers and upstreams, as a stranger on the network sends them.
//!
//! Redirects come back as they are, an answer has ten seconds, and of a body no more is read than a page of a
//! provider has.

use crate::clock;
use lychgate_core::{http::date, http::url::Url, time::UnixTime};
use std::{io::Read, time::Duration};
use ureq::{Body, http::Response};

/// How long an answer may take, and how much of it is read.
const TIME_LIMIT: Duration = Duration::from_secs(10);
const LARGEST: u64 = 512 * 1024;

/// Header fields of a person who opens a page.
pub(crate) const NAVIGATION: [(&str, &str); 4] = [
    ("accept", "text/html,application/xhtml+xml"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-site", "none"),
];

/// Those of a program.
pub(crate) const PROGRAM: [(&str, &str); 1] = [("accept", "application/json")];

pub(crate) struct Client {
    agent: ureq::Agent,
}

/// An answer of the deployment or of a provider.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// When it came, by the clock of this machine.
    pub(crate) received: UnixTime,
}

impl Client {
    pub(crate) fn new() -> Self {
        let config = ureq::Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(TIME_LIMIT))
            .user_agent(concat!("lychgate-doctor/", env!("CARGO_PKG_VERSION")))
            .build();
        Self {
            agent: config.into(),
        }
    }

    /// Asks for a URL.
    ///
    /// # Errors
    /// Why there is no answer, in words.
    pub(crate) fn get(&self, url: &str, fields: &[(&str, &str)]) -> Result<Answer, String> {
        let mut request = self.agent.get(url);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        answer(request.call().map_err(|error| error.to_string())?)
    }

    /// Sends a form, without any proof of who sends it.
    ///
    /// # Errors
    /// Why there is no answer, in words.
    pub(crate) fn post(&self, url: &str, form: &[(&str, &str)]) -> Result<Answer, String> {
        let [(accept, json)] = PROGRAM;
        let request = self.agent.post(url).header(accept, json);
        let response = request.send_form(form.iter().copied());
        answer(response.map_err(|error| error.to_string())?)
    }
}

fn answer(mut response: Response<Body>) -> Result<Answer, String> {
    let received = clock::now();
    let named = response.headers().iter();
    let fields = named.filter_map(|(name, value)| {
        let value = value.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    let fields = fields.collect();
    let mut body = Vec::new();
    let reader = response.body_mut().as_reader();
    reader
        .take(LARGEST)
        .read_to_end(&mut body)
        .map_err(|error| error.to_string())?;
    Ok(Answer {
        status: response.status().as_u16(),
        fields,
        body,
        received,
    })
}

impl Answer {
    /// The first value of a field, whose name is in lower case.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields(name).first().copied()
    }

    /// All values of a field, whose name is in lower case.
    pub(crate) fn fields(&self, name: &str) -> Vec<&str> {
        let named = self.fields.iter().filter(|(other, _)| other == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The body as text; what is none is replaced.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// How many seconds the sender's clock is ahead of ours, or behind where it is negative.
    pub(crate) fn ahead(&self) -> Option<i64> {
        let theirs = date::parse(self.field("date")?)?.as_seconds();
        let ours = self.received.as_seconds();
        i64::try_from(theirs)
            .ok()?
            .checked_sub(i64::try_from(ours).ok()?)
    }
}

/// The URL that `location` names in an answer from `base`; `None` where it is none that we read.
pub(crate) fn resolve(base: &Url, location: &str) -> Option<Url> {
    let location = location.split('#').next().unwrap_or_default();
    if location.contains("://") {
        return Url::parse(location).ok();
    }
    let origin = base.origin();
    if let Some(rest) = location.strip_prefix("//") {
        let scheme = origin.to_string();
        let scheme = scheme.split("://").next().unwrap_or_default();
        return Url::parse(&format!("{scheme}://{rest}")).ok();
    }
    if location.starts_with('/') {
        return Url::parse(&format!("{origin}{location}")).ok();
    }
    let folder = base
        .path()
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    Url::parse(&format!("{origin}{folder}/{location}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_read_as_a_browser_does() {
        let base = Url::parse("https://op.example.com/a/b?c").unwrap();
        let at = |location| resolve(&base, location).map(|url| url.to_string());
        for (location, url) in [
            ("https://x.example/y#z", Some("https://x.example/y")),
            ("//x.example/y", Some("https://x.example/y")),
            ("/y?z", Some("https://op.example.com/y?z")),
            ("y", Some("https://op.example.com/a/y")),
            ("ftp://x", None),
        ] {
            assert_eq!(at(location).as_deref(), url, "{location}");
        }
    }

    #[test]
    fn a_clock_is_told_by_its_date() {
        let answer = |date: &str| Answer {
            status: 200,
            fields: vec![("date".to_owned(), date.to_owned())],
            body: Vec::new(),
            received: UnixTime::from_seconds(784_111_777),
        };
        let ahead = |date| answer(date).ahead();
        assert_eq!(ahead("Sun, 06 Nov 1994 08:49:37 GMT"), Some(0));
        assert_eq!(ahead("Sun, 06 Nov 1994 08:50:37 GMT"), Some(60));
        assert_eq!(ahead("Sun, 06 Nov 1994 08:48:37 GMT"), Some(-60));
        assert_eq!(ahead("soon"), None);
    }
}
