//! A response as it came, and what tests ask about it.

use serde_json::Value;

/// A response.
#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    /// Header fields in order, names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a header.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// `Location`.
    pub fn location(&self) -> &str {
        self.header("location")
            .unwrap_or_else(|| panic!("no location in {self:?}"))
    }

    /// Where a page leads by itself: its script, the refresh of those without scripts, and its link say the same.
    pub fn leads_to(&self) -> String {
        let text = self.text();
        let after = |start: &str| {
            let (_, rest) = text
                .split_once(start)
                .unwrap_or_else(|| panic!("no {start} in {}", self.summary()));
            rest.split('"').next().unwrap_or_default().to_owned()
        };
        let to = after("<script data-to=\"");
        assert_eq!(
            after("<noscript><meta http-equiv=\"refresh\" content=\"0;url="),
            to
        );
        assert_eq!(after("<a class=\"button\" href=\""), to);
        let entities = [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#39;", "'"),
            ("&amp;", "&"),
        ];
        entities
            .iter()
            .fold(to, |to, (entity, sign)| to.replace(entity, sign))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {}", self.summary()))
    }

    /// Asserts the status.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.summary());
        self
    }

    /// The whole response as one text, for looking through it.
    pub fn summary(&self) -> String {
        let fields: Vec<String> = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let text = self.text();
        format!("{}\n{}\n\n{text}", self.status, fields.join("\n"))
    }
}
