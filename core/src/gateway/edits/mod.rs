//! What is changed in a request on its way to an upstream, and in the response on its way back.
//!
//! The adapter asks about each header it sees; what to do stands here, once for every host.

mod carried;
mod request;
mod response;

#[cfg(all(test, not(target_family = "wasm")))]
mod properties;

pub use request::{CookieEdit, RequestEdit};
pub(super) use response::Origins;
pub use response::{PlainResponse, ResponseEdit, TELLING, TELLING_BEGINNINGS, UpstreamKind};

/// Whether a name is under our prefix.
fn is_ours(name: &str) -> bool {
    begins_like(name, "lychgate-")
}

/// Whether a server may take `name` for `other`: many make environment variables of headers, in which
/// case is lost and every sign may become the same one.
fn is_like(name: &str, other: &str) -> bool {
    name.len() == other.len() && begins_like(name, other)
}

fn begins_like(name: &str, prefix: &str) -> bool {
    let fold = |byte: u8| {
        if byte.is_ascii_alphanumeric() {
            byte.to_ascii_lowercase()
        } else {
            b'-'
        }
    };
    let start = name.as_bytes().get(..prefix.len());
    start.is_some_and(|start| start.iter().copied().map(fold).eq(prefix.bytes().map(fold)))
}
