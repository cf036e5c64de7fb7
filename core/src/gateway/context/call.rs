//! One request on its way through the gateway.

use crate::{
    config::PageSettings,
    gateway::context::{
        deployment::Deployment,
        measured::Measured,
        outcome::{Later, Outcome},
    },
    http::{header::HeaderName, inbound::Inbound, method::Method},
    page::{language::Language, voice::Voice},
    platform::Platform,
    time::UnixTime,
};
use core::cell::Cell;

/// One request, the world it came from, and the time it came.
pub(in crate::gateway) struct Call<'a, P, R> {
    pub(in crate::gateway) deployment: &'a Deployment,
    pub(in crate::gateway) platform: &'a Measured<'a, P>,
    pub(in crate::gateway) request: &'a R,
    pub(in crate::gateway) now: UnixTime,
    /// Work that a step left for after the answer.
    pub(in crate::gateway) later: Cell<Option<Later>>,
}

/// The language and theme of a page that answers the request.
pub(in crate::gateway) fn voice<'a>(
    request: &impl Inbound,
    settings: &'a PageSettings,
) -> Voice<'a> {
    let asked = request.header(&HeaderName::ACCEPT_LANGUAGE);
    Voice {
        language: Language::accepted(asked.as_deref(), settings.language),
        theme: &settings.theme,
    }
}

/// An outcome, and what to do after it.
pub(in crate::gateway) type Served = (Outcome, Option<Later>);

impl<P: Platform, R: Inbound> Call<'_, P, R> {
    /// Has something done after the answer, where nothing that the answer itself asks for comes before.
    pub(in crate::gateway) fn do_later(&self, later: Option<Later>) {
        if later.is_some() {
            self.later.set(later);
        }
    }

    /// How a page that answers this request speaks and looks.
    pub(in crate::gateway) fn voice(&self) -> Voice<'_> {
        voice(self.request, &self.deployment.config.page)
    }

    /// Whether the request asks with this method; `HEAD` asks as `GET` does.
    pub(in crate::gateway) fn is(&self, method: &Method) -> bool {
        let asked = self.request.method();
        asked == *method || (asked == Method::Head && *method == Method::Get)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gateway::context::for_tests::{Sent, calling, deployment},
        platform::{for_tests::Edge, store::StoreKey},
    };
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_head_asks_as_a_get_does_and_for_nothing_else() {
        for (sent, method, is) in [
            ("HEAD", Method::Get, true),
            ("HEAD", Method::Post, false),
            ("GET", Method::Head, false),
            ("POST", Method::Post, true),
            ("get", Method::Get, false),
        ] {
            let request = Sent::new(sent, "/");
            calling(&deployment(), &Edge::default(), &request, |call| {
                assert_eq!(call.is(&method), is, "{sent}");
            });
        }
    }

    #[test]
    fn work_that_was_left_is_not_undone_by_a_step_that_leaves_none() {
        let request = Sent::new("GET", "/");
        calling(&deployment(), &Edge::default(), &request, |call| {
            call.do_later(None);
            assert!(call.later.take().is_none());
            let key = StoreKey::parse("s1/a/0").unwrap();
            call.do_later(Some(Later::RemoveRecord(key)));
            call.do_later(None);
            assert!(call.later.take().is_some());
        });
    }
}
