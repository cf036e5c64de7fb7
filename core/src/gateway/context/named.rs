//! The addresses that a request names beside its own, as WebDAV does (RFC 4918).

use crate::http::{header::HeaderName, inbound::Inbound, method::Method};
use alloc::string::String;

/// The addresses that a request names.
pub(in crate::gateway) struct Named {
    pub(in crate::gateway) destination: Option<String>,
    pub(in crate::gateway) condition: Option<String>,
}

impl Named {
    /// The addresses of a request, where it has any; one that only reads copies and moves nothing.
    pub(in crate::gateway) fn of(request: &impl Inbound, method: &Method) -> Option<Self> {
        if method.is_safe() {
            return None;
        }
        let destination = request.header(&HeaderName::DESTINATION);
        let condition = request.header(&HeaderName::IF);
        (destination.is_some() || condition.is_some()).then_some(Self {
            destination,
            condition,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::context::for_tests::Sent;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn named(request: &Sent) -> Option<(Option<String>, Option<String>)> {
        let named = Named::of(request, &request.method())?;
        Some((named.destination, named.condition))
    }

    #[test]
    fn a_request_names_other_addresses_where_it_may_change_something() {
        let to = |method| Sent::new(method, "/a").with(HeaderName::DESTINATION, "/b");
        for method in ["MOVE", "COPY", "PUT"] {
            assert_eq!(named(&to(method)), Some((Some("/b".into()), None)));
        }
        for method in ["GET", "HEAD", "OPTIONS"] {
            assert_eq!(named(&to(method)), None, "{method}");
        }
    }

    #[test]
    fn a_condition_alone_names_addresses_too() {
        let put = Sent::new("PUT", "/a");
        assert_eq!(named(&put), None);
        let put = put.with(HeaderName::IF, "</a> (<t>)");
        assert_eq!(named(&put), Some((None, Some("</a> (<t>)".into()))));
    }
}
