//! How long an upstream is waited for.
//!
//! The answer of an upstream may begin only after the whole body was sent to it, and bodies do not pass
//! through the core. So the time that a body may take is added to that of the answer.

use crate::{
    config::{Upstream, UpstreamTarget},
    gateway::context::body_length::BodyLength,
    time::Seconds,
};

/// Bodies that are sent more slowly than this many bytes in a second may be given up.
const SLOWEST: u64 = 16 * 1024;

/// A limit that nobody would wait for, and that the timers of hosts could take for none.
const ENDLESS: Seconds = Seconds::minutes(24 * 60);

/// How long to wait for the head of an answer; `None` for as long as it takes. Static files are waited for
/// by the platform, and a body of unknown length may take any time.
pub(in crate::gateway) fn time_limit(upstream: &Upstream, body: BodyLength) -> Option<Seconds> {
    match (&upstream.target, body) {
        (UpstreamTarget::Assets, _) | (_, BodyLength::Unknown) => None,
        (UpstreamTarget::Url(_) | UpstreamTarget::Service(_), BodyLength::Bytes(bytes)) => {
            let limit = upstream
                .timeout
                .plus(Seconds::new(bytes).divided_by(SLOWEST));
            Some(limit).filter(|limit| *limit <= ENDLESS)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{BindingName, Identity},
        http::{
            header::HeaderName,
            inbound::{BodyError, ByteCount, Inbound},
            method::Method,
        },
    };
    use alloc::{borrow::ToOwned, string::String, vec, vec::Vec};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// A method, and the length that a request says.
    struct Said(&'static str, Option<&'static str>);

    impl Inbound for Said {
        fn method(&self) -> Method {
            Method::parse(self.0)
        }
        fn target(&self) -> &str {
            "/"
        }
        fn host(&self) -> &str {
            "app.example.com"
        }
        fn header(&self, name: &HeaderName) -> Option<String> {
            let length = self.1.filter(|_| *name == HeaderName::CONTENT_LENGTH);
            length.map(ToOwned::to_owned)
        }
        async fn body(&self, _: ByteCount) -> Result<Vec<u8>, BodyError> {
            Err(BodyError::Broken)
        }
    }

    fn upstream(target: UpstreamTarget) -> Upstream {
        Upstream {
            id: "api".into(),
            target,
            identity: Identity::None,
            strip: vec![],
            pass: vec![],
            timeout: Seconds::new(30),
            path_matching: crate::config::PathMatching::Exact,
        }
    }

    fn limit(method: &'static str, length: Option<&'static str>) -> Option<Seconds> {
        let service = UpstreamTarget::Service(BindingName("API".into()));
        time_limit(&upstream(service), BodyLength::of(&Said(method, length)))
    }

    #[test]
    fn a_long_body_has_more_time_and_one_of_unknown_length_any() {
        for (method, length, seconds) in [
            ("GET", None, Some(30)),
            ("DELETE", None, Some(30)),
            ("POST", Some("0"), Some(30)),
            ("POST", Some("16383"), Some(30)),
            ("POST", Some("16384"), Some(31)),
            ("PUT", Some("104857600"), Some(30 + 6400)),
            ("POST", None, None),
            ("PATCH", None, None),
            ("POST", Some("5, 5"), None),
            ("POST", Some("18446744073709551615"), None),
        ] {
            let expected = seconds.map(Seconds::new);
            assert_eq!(limit(method, length), expected, "{method} {length:?}");
        }
    }

    #[test]
    fn files_are_not_timed() {
        let files = upstream(UpstreamTarget::Assets);
        assert_eq!(time_limit(&files, BodyLength::NONE), None);
    }
}
