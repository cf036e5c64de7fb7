//! The address to explain: as one copies it from a browser, or its path alone.

/// Host and target of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// `None` for that of `public_url`.
    pub(super) host: Option<String>,
    /// Path and query; the fragment never leaves a browser.
    pub(super) target: String,
}

impl Address {
    /// `None` for what is neither an address nor a path.
    pub(super) fn parse(url: &str) -> Option<Self> {
        let url = url.split_once('#').map_or(url, |(url, _)| url);
        if url.starts_with('/') {
            let target = url.to_owned();
            return Some(Self { host: None, target });
        }
        let rest = url
            .strip_prefix("https://")
            .or_else(|| url.strip_prefix("http://"))?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (host, target) = rest.split_at_checked(end)?;
        let target = match target {
            "" => "/",
            _ if target.starts_with('/') => target,
            // A browser puts the slash in.
            _ => return None,
        };
        (!host.is_empty()).then(|| Self {
            host: Some(host.to_owned()),
            target: target.to_owned(),
        })
    }
}
