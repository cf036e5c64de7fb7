//! A person's steps at the demo's provider: follow it to the form, fill it in, and come back.

use super::wire;
use crate::http::{jar::Jar, request::Request};
use lychgate_core::{encoding::percent, time::UnixTime};

/// More redirects than a sign-in has.
const MOST_STEPS: usize = 10;

/// Signs in with the password that is the login; where the browser is sent in the end.
pub fn sign_in(issuer: &str, location: &str, login: &str) -> String {
    let authority = issuer.split("://").nth(1).unwrap();
    let port = authority.split_once(':').unwrap().1.parse().unwrap();
    let mut jar = Jar::default();
    let mut location = location.to_owned();
    let now = UnixTime::from_seconds(0);
    for _ in 0..MOST_STEPS {
        let Some(target) = local(issuer, &location) else {
            return location;
        };
        let mut request = Request::navigation(&target);
        if target.starts_with("/interaction/") {
            let form = format!("login={0}&password={0}", percent::encode_component(login));
            request = Request::form(&target).with_body(form.as_bytes());
        }
        if let Some(cookies) = jar.header(now) {
            request = request.with("Cookie", &cookies);
        }
        let response = wire::exchange(port, authority, &request);
        for field in response.all("set-cookie") {
            jar.take(field, now).unwrap();
        }
        if response.status == 200 {
            return posted_form(&response.text());
        }
        assert!(
            matches!(response.status, 302 | 303),
            "{}",
            response.summary()
        );
        response.location().clone_into(&mut location);
    }
    panic!("the provider goes in circles")
}

/// The form that the provider's page posts by itself, as an address with a query.
fn posted_form(page: &str) -> String {
    let value = |text: &str, name: &str| {
        let rest = text.split_once(&format!("{name}=\"")).unwrap().1;
        rest.split_once('"').unwrap().0.to_owned()
    };
    let action = value(page, "action");
    let fields = page.split("<input").skip(1).map(|field| {
        let content = percent::encode_component(&value(field, "value"));
        format!("{}={content}", value(field, "name"))
    });
    format!("{action}?{}", fields.collect::<Vec<_>>().join("&"))
}

fn local(issuer: &str, location: &str) -> Option<String> {
    if location.starts_with('/') {
        return Some(location.to_owned());
    }
    location.strip_prefix(issuer).map(str::to_owned)
}
