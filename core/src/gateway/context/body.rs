//! The body of a request to one of our own endpoints: a form, or JSON.

use crate::{
    gateway::context::call::Call,
    http::{
        header::HeaderName,
        inbound::{ByteCount, Inbound},
    },
    platform::Platform,
};
use alloc::{string::String, vec::Vec};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Room for a long code, or an ID token, and whatever else a provider adds.
const LONGEST: ByteCount = ByteCount(16 * 1024);

/// The form; `None` where the body is none, or too large to be one of those that we read.
pub(in crate::gateway) async fn form<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
) -> Option<String> {
    if !is_declared(call.request, FORM) {
        return None;
    }
    let body = call.request.body(LONGEST).await.ok()?;
    String::from_utf8(body).ok()
}

/// Why there is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gateway) enum NoJson {
    /// It is not declared as such.
    MediaType,
    /// It ended early, or is too large to be one of those that we read.
    Body,
}

/// The bytes of a body that is declared as JSON. A form of another site cannot be (Fetch, CORS-safelisted request
/// headers).
///
/// # Errors
/// [`NoJson`].
pub(in crate::gateway) async fn json<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
) -> Result<Vec<u8>, NoJson> {
    if !is_declared(call.request, JSON) {
        return Err(NoJson::MediaType);
    }
    call.request.body(LONGEST).await.map_err(|_| NoJson::Body)
}

fn is_declared(request: &impl Inbound, media_type: &str) -> bool {
    let declared = request.header(&HeaderName::CONTENT_TYPE);
    let declared = declared.as_deref().unwrap_or_default().split(';').next();
    declared
        .unwrap_or_default()
        .trim()
        .eq_ignore_ascii_case(media_type)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gateway::context::for_tests::{Sent, calling, deployment},
        platform::for_tests::Edge,
    };
    use alloc::vec;
    use futures_util::FutureExt;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn read_from(content_type: &str, body: &[u8]) -> Option<String> {
        let request = Sent::new("POST", "/auth/login").with_form(content_type, body);
        let edge = Edge::default();
        calling(&deployment(), &edge, &request, |call| {
            form(call).now_or_never().unwrap()
        })
    }

    #[test]
    fn a_body_is_a_form_where_its_type_says_so() {
        for content_type in [FORM, "Application/X-WWW-Form-Urlencoded ; charset=utf-8"] {
            let form = read_from(content_type, b"a=b");
            assert_eq!(form.as_deref(), Some("a=b"), "{content_type}");
        }
        for content_type in [
            "",
            "text/plain",
            "text/plain; application/x-www-form-urlencoded",
        ] {
            assert_eq!(read_from(content_type, b"a=b"), None, "{content_type}");
        }
    }

    #[test]
    fn a_body_is_json_where_its_type_says_so() {
        let read_from = |content_type: &str, body: &[u8]| {
            let request = Sent::new("POST", "/auth/session").with_form(content_type, body);
            calling(&deployment(), &Edge::default(), &request, |call| {
                json(call).now_or_never().unwrap()
            })
        };
        for content_type in [JSON, "Application/JSON; charset=utf-8"] {
            assert_eq!(read_from(content_type, b"{}").unwrap(), b"{}");
        }
        for content_type in ["", "text/plain", FORM, "text/plain; application/json"] {
            let read = read_from(content_type, b"{}");
            assert_eq!(read, Err(NoJson::MediaType), "{content_type}");
        }
        let longer = vec![b' '; LONGEST.0 + 1];
        assert_eq!(read_from(JSON, &longer), Err(NoJson::Body));
    }

    #[test]
    fn a_form_is_text_of_16_kib_at_most() {
        let longest = vec![b'a'; LONGEST.0];
        assert_eq!(read_from(FORM, &longest).unwrap().len(), 16 * 1024);
        assert_eq!(read_from(FORM, &[&longest[..], b"a"].concat()), None);
        assert_eq!(read_from(FORM, b"\xff"), None);
    }
}
