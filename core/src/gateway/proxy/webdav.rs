//! The addresses that WebDAV requests name beside their own path (RFC 4918): where they copy or move something to, and
//! the resources that their `If` conditions name.
//!
//! `Destination` is judged as the path of the request is: a principal that may not send the request there may not have
//! it acted on there either. The upstream gets both as addresses of its own.

use crate::{
    access::{
        decision::{Allowed, Decision},
        upstream_index::UpstreamIndex,
    },
    fault::{BrowserFault, Fault},
    gateway::{
        context::{
            arrival::Arrival,
            authentication::Authentication,
            deployment::Deployment,
            endpoint::{self, Endpoint},
            named::Named,
        },
        header_rewrites::{Destination, Origins, Place, with_tags},
    },
    http::{
        header::{HeaderName, HeaderValue},
        method::Method,
        rewrite::Rewrite,
    },
    time::UnixTime,
};
use alloc::{rc::Rc, string::String, vec::Vec};

/// Those addresses, and what decides about them.
#[derive(Clone, Copy)]
pub(in crate::gateway) struct WebDav<'a> {
    pub(in crate::gateway) named: Option<&'a Named>,
    pub(in crate::gateway) method: &'a Method,
    pub(in crate::gateway) now: UnixTime,
}

type Fields = Vec<(HeaderName, HeaderValue)>;

impl<'a> WebDav<'a> {
    /// The addresses that `arrival` names beside its own path.
    pub(in crate::gateway) fn of(arrival: &Arrival<'a>, now: UnixTime) -> Self {
        Self {
            named: arrival.more.and_then(|more| more.named.as_ref()),
            method: arrival.method,
            now,
        }
    }
}

impl WebDav<'_> {
    /// The fields as the upstream of `allowed` reads them.
    ///
    /// # Errors
    /// [`BrowserFault::Malformed`] for a destination that can be read in more ways than one, and
    /// [`BrowserFault::NotPermitted`] for one to which `authentication` may not send the request, or which is another
    /// upstream's or another origin's.
    pub(in crate::gateway) fn fields(
        self,
        deployment: &Deployment,
        allowed: &Allowed,
        authentication: Authentication<'_>,
    ) -> Result<Fields, Fault> {
        let Some(named) = self.named else {
            return Ok(Vec::new());
        };
        // Static files know nothing of WebDAV.
        let Some(origins) = deployment.origins(allowed.upstream()) else {
            return Ok(Vec::new());
        };
        let mut fields = Vec::new();
        if let Some(value) = &named.destination {
            let destination = Destination::parse(value, &origins);
            match destination.map_err(|_| BrowserFault::Malformed)? {
                // Many servers read the path of such an address alone, and would act on one that nobody was judged by.
                Destination::Foreign => return Err(BrowserFault::NotPermitted.into()),
                Destination::Ours(place) => {
                    let there = self.allowed_at(&place, deployment, authentication)?;
                    if there.upstream() != allowed.upstream() {
                        return Err(BrowserFault::NotPermitted.into());
                    }
                    let address = at_upstream(&place, there.rewrite(), &origins);
                    let address = address.and_then(HeaderValue::parse);
                    let address = address.ok_or(BrowserFault::Malformed)?;
                    fields.push((HeaderName::DESTINATION, address));
                }
            }
        }
        if let Some(value) = &named.condition {
            let address_of = |tag: &str| self.tag_at(tag, deployment, allowed.upstream(), &origins);
            let moved = with_tags(value, address_of).and_then(HeaderValue::parse);
            fields.extend(moved.map(|value| (HeaderName::IF, value)));
        }
        Ok(fields)
    }

    /// The right to send this request to another place.
    fn allowed_at(
        self,
        place: &Place,
        deployment: &Deployment,
        authentication: Authentication<'_>,
    ) -> Result<Allowed, BrowserFault> {
        let config = &deployment.config;
        if let Endpoint::Ours(_) = endpoint::find(&config.base_path, place.path()) {
            return Err(BrowserFault::NotPermitted);
        }
        let matched = config.routes.find(place.path(), self.method);
        let matched = matched.map_err(|_| BrowserFault::NotPermitted)?;
        match matched.decide(authentication.principal().as_ref(), self.now) {
            Decision::Allow(allowed) => Ok(allowed),
            Decision::SignIn
            | Decision::OtherAudience
            | Decision::StepUp(_)
            | Decision::Forbidden { .. } => Err(BrowserFault::NotPermitted),
        }
    }

    /// The address that a tag of a condition has at an upstream; `None` where it stays as it is. A condition changes
    /// nothing at what it is about.
    fn tag_at(
        self,
        tag: &str,
        deployment: &Deployment,
        upstream: UpstreamIndex,
        origins: &Origins,
    ) -> Option<String> {
        let Ok(Destination::Ours(place)) = Destination::parse(tag, origins) else {
            return None;
        };
        let matched = deployment
            .config
            .routes
            .find(place.path(), self.method)
            .ok()?;
        let route = matched.route();
        (route.upstream == upstream)
            .then(|| at_upstream(&place, route.rewrite.as_ref(), origins))
            .flatten()
    }
}

fn at_upstream(place: &Place, rewrite: Option<&Rc<Rewrite>>, origins: &Origins) -> Option<String> {
    match rewrite {
        None => Some(place.at(place.path(), origins)),
        Some(rewrite) => Some(place.at(&rewrite.forward(place.path())?, origins)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        gateway::context::{
            authenticated_session::AuthenticatedSession,
            for_tests::{deployment, session_record},
        },
        http::path::RequestPath,
        platform::for_tests::NOW,
    };
    use alloc::borrow::ToOwned;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Where a user of this group may move `/dav/a` to, as the upstream reads it.
    fn moved(group: &str, destination: &str) -> Result<String, Fault> {
        let deployment = deployment();
        let mut record = session_record();
        record.groups.push(group.to_owned());
        let signed = AuthenticatedSession {
            record: Rc::new(record),
            renewal: None,
            later: None,
        };
        let authentication = Authentication::Session(&signed);
        let method = Method::parse("MOVE");
        let path = RequestPath::parse("/dav/a").unwrap();
        let matched = deployment.config.routes.find(&path, &method).unwrap();
        let principal = authentication.principal();
        let Decision::Allow(allowed) = matched.decide(principal.as_ref(), NOW) else {
            panic!("the user may send the request");
        };
        let named = Named {
            destination: Some(destination.to_owned()),
            condition: None,
        };
        let webdav = WebDav {
            named: Some(&named),
            method: &method,
            now: NOW,
        };
        let fields = webdav.fields(&deployment, &allowed, authentication)?;
        Ok(fields[0].1.as_str().to_owned())
    }

    #[test]
    fn nothing_is_moved_to_where_its_owner_could_not_send_the_request() {
        let refused = || Err(BrowserFault::NotPermitted.into());
        assert_eq!(moved("guests", "/dav/b").as_deref(), Ok("/dav/b"));
        assert_eq!(moved("guests", "/dav/staff/b"), refused());
        assert_eq!(
            moved("staff", "/dav/staff/b").as_deref(),
            Ok("/dav/staff/b")
        );
        for destination in [
            "/auth/login",
            "/members/b",
            "https://elsewhere.example/dav/b",
            "https://api.example.com/dav/b",
        ] {
            assert_eq!(moved("staff", destination), refused(), "{destination}");
        }
        let malformed = Err(BrowserFault::Malformed.into());
        assert_eq!(moved("staff", "/dav//b"), malformed);
    }

    #[test]
    fn an_absolute_address_of_the_site_becomes_one_of_the_upstream() {
        let there = moved("guests", "https://app.example.com/dav/b?c");
        assert_eq!(there.as_deref(), Ok("https://api.example.com/dav/b?c"));
    }
}
