//! Sessions as the rest of a request's way knows them.

use crate::{
    cookie::{
        name,
        set_cookie::{self, SameSite},
    },
    gateway::context::outcome::Later,
    http::header::HeaderValue,
    session::record::SessionRecord,
};
use alloc::{rc::Rc, vec::Vec};

/// A living session and what goes with the answer to its request.
pub(in crate::gateway) struct AuthenticatedSession {
    pub(in crate::gateway) record: Rc<SessionRecord>,
    /// The session cookie written anew, where that is due.
    pub(in crate::gateway) renewal: Option<HeaderValue>,
    pub(in crate::gateway) later: Option<Later>,
}

/// Whether the browser holds a session cookie that counts for nothing.
///
/// That of a session that ended is none of them: a sign-in may just have replaced it, and an answer that clears the
/// cookie could come after the one that sets the new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gateway) enum StaleCookies {
    None,
    Session,
}

impl StaleCookies {
    /// The fields that clear them.
    pub(in crate::gateway) fn clear(self, same_site: SameSite) -> Vec<HeaderValue> {
        match self {
            Self::None => Vec::new(),
            Self::Session => set_cookie::clear(name::SESSION, same_site)
                .into_iter()
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_cookie_that_counts_for_nothing_is_cleared_with_the_attributes_that_it_was_set_with() {
        assert_eq!(StaleCookies::None.clear(SameSite::Strict), []);
        let cleared = StaleCookies::Session.clear(SameSite::Strict);
        let fields: Vec<&str> = cleared.iter().map(HeaderValue::as_str).collect();
        let expected =
            "__Host-Http-lychgate=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict";
        assert_eq!(fields, [expected]);
    }
}
