//! The names of our cookies.
//!
//! All begin with `__Host-Http-`: the browser then takes them only from this very host, over a
//! secure channel, with `Path=/`, and never lets a script write them (RFC 6265bis, section 4.1.3,
//! and its `__Host-Http-` addition).

use crate::encoding::base64url;
use alloc::{format, string::String};

/// The start of every name of ours; what upstreams set under it is dropped, what browsers send
/// under it is not handed on.
pub const PREFIX: &str = "__Host-Http-lychgate";

/// The session cookie.
pub const SESSION: &str = "__Host-Http-lychgate";

/// The cookie that keeps a signed-out session from coming back.
pub const TOMBSTONE: &str = "__Host-Http-lychgate-x";

/// The cookie that names the browser's session to the sign-in that replaces it.
pub const PREDECESSOR: &str = "__Host-Http-lychgate-p";

/// The cookie that counts sign-ins in a row for one page.
pub const LOOP_GUARD: &str = "__Host-Http-lychgate-r";

/// The cookie of the challenge to a page that hands a token over.
pub const CHALLENGE: &str = "__Host-Http-lychgate-c";

/// The start of the names of attempt cookies.
pub const ATTEMPT_PREFIX: &str = "__Host-Http-lychgate-a-";

/// How many characters of the state's digest stand in the name of an attempt cookie.
const ATTEMPT_CHARACTERS: usize = 11;

/// The name of the attempt cookie for a state with this SHA-256 digest.
pub fn attempt(state_digest: &[u8; 32]) -> String {
    let digest = base64url::encode(state_digest);
    let start = digest.get(..ATTEMPT_CHARACTERS).unwrap_or_default();
    format!("{ATTEMPT_PREFIX}{start}")
}

/// The identifier that tells the attempt of this cookie from others. It is no secret: pages may show it.
pub fn attempt_id(cookie_name: &str) -> &str {
    cookie_name.strip_prefix(ATTEMPT_PREFIX).unwrap_or_default()
}

/// Whether a cookie's name is one of ours, in any case.
pub fn is_ours(name: impl AsRef<[u8]>) -> bool {
    let start = name.as_ref().get(..PREFIX.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(PREFIX.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn names_of_ours_are_known_in_any_case() {
        for name in [
            SESSION,
            TOMBSTONE,
            PREDECESSOR,
            LOOP_GUARD,
            CHALLENGE,
            "__host-http-LYCHGATE",
            "__Host-Http-lychgate-a-x",
        ] {
            assert!(is_ours(name), "{name}");
        }
        for name in ["", "lychgate", "__Host-Http-lychgat", "__Host-lychgate"] {
            assert!(!is_ours(name), "{name}");
        }
    }

    #[test]
    fn an_attempt_is_named_by_eleven_characters() {
        let name = attempt(&[0; 32]);
        assert_eq!(name, "__Host-Http-lychgate-a-AAAAAAAAAAA");
        assert_eq!(attempt_id(&name), "AAAAAAAAAAA");
        assert_eq!(attempt_id(SESSION), "");
    }
}
