//! The form in the body of a request to one of our own endpoints.

use crate::{
    gateway::context::call::Call,
    http::{
        header::HeaderName,
        inbound::{ByteCount, Inbound},
    },
    platform::Platform,
};
use alloc::string::String;

const TYPE: &str = "application/x-www-form-urlencoded";

/// Room for a long code and whatever else a provider adds.
const LONGEST: ByteCount = ByteCount(16 * 1024);

/// The form; `None` where the body is none, or too large to be one of those that we read.
pub(in crate::gateway) async fn read<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
) -> Option<String> {
    let content_type = call.request.header(&HeaderName::CONTENT_TYPE)?;
    let media_type = content_type.split(';').next().unwrap_or_default();
    if !media_type.trim().eq_ignore_ascii_case(TYPE) {
        return None;
    }
    let body = call.request.body(LONGEST).await.ok()?;
    String::from_utf8(body).ok()
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
            read(call).now_or_never().unwrap()
        })
    }

    #[test]
    fn a_body_is_a_form_where_its_type_says_so() {
        for content_type in [TYPE, "Application/X-WWW-Form-Urlencoded ; charset=utf-8"] {
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
    fn a_form_is_text_of_16_kib_at_most() {
        let longest = vec![b'a'; LONGEST.0];
        assert_eq!(read_from(TYPE, &longest).unwrap().len(), 16 * 1024);
        assert_eq!(read_from(TYPE, &[&longest[..], b"a"].concat()), None);
        assert_eq!(read_from(TYPE, b"\xff"), None);
    }
}
