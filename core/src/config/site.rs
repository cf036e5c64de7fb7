//! `version`, `public_url` and `base_path`: where the deployment stands.

use super::{fault::ConfigFault, reader::Table};
use crate::http::{
    path::RequestPath,
    url::{Origin, Reach, Url},
};

/// The deployment's place, as far as it could be read.
pub(super) struct Site {
    pub(super) public_url: Option<Origin>,
    pub(super) base_path: Option<RequestPath>,
}

pub(super) fn read(root: &Table<'_>) -> Site {
    root.require("version");
    if root.number("version").is_some_and(|version| version != 1) {
        root.fault("version", ConfigFault::Version);
    }
    root.require("public_url");
    let public_url = root.parsed("public_url", |text| {
        let origin = parse_origin(text)?;
        // A deployment at a loopback address reaches everything, itself included.
        let reach = reach_of(Some(&origin));
        in_reach(text, reach).map(|_| origin)
    });
    let base_path = match root.has("base_path") {
        false => RequestPath::parse("/auth").ok(),
        true => root.parsed("base_path", parse_base_path),
    };
    Site {
        public_url,
        base_path,
    }
}

impl Site {
    /// Which addresses may stand in the rest of the file; all of them while `public_url` itself
    /// could not be read, so that one fault is not reported as many.
    pub(super) fn reach(&self) -> Reach {
        reach_of(self.public_url.as_ref())
    }
}

/// A URL of nothing but scheme, host and port.
pub(super) fn parse_origin(text: &str) -> Result<Origin, ConfigFault> {
    let url = Url::parse(text).map_err(ConfigFault::Url)?;
    if url.target() != "/" {
        return Err(ConfigFault::NotAnOrigin);
    }
    Ok(url.origin().clone())
}

/// A URL that a deployment of this reach may talk to.
pub(super) fn in_reach(text: &str, reach: Reach) -> Result<Url, ConfigFault> {
    let url = Url::parse(text).map_err(ConfigFault::Url)?;
    if url.is_within(reach) {
        Ok(url)
    } else {
        Err(ConfigFault::OutOfReach)
    }
}

fn reach_of(public_url: Option<&Origin>) -> Reach {
    match public_url {
        Some(origin) if !origin.is_loopback() => Reach::Public,
        Some(_) | None => Reach::Loopback,
    }
}

/// Segments of lower-case letters, digits and hyphens, so that every host spells the path alike.
fn parse_base_path(text: &str) -> Result<RequestPath, ConfigFault> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let segment = |segment: &str| !segment.is_empty() && segment.bytes().all(plain);
    let segments = text.strip_prefix('/').ok_or(ConfigFault::BasePath)?;
    if text.len() > 64 || !segments.split('/').all(segment) {
        return Err(ConfigFault::BasePath);
    }
    RequestPath::parse(text).map_err(|_| ConfigFault::BasePath)
}
