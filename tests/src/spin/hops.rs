//! The bytes on the wire between the built component and an upstream.

use crate::{
    gateway::hops::{self, Hop},
    host::Host,
    http::request::Request,
};

fn on_spin(case: impl Fn(&Hop)) {
    case(&Hop::start(|setup| setup.on_spin(128)));
}

#[test]
fn a_body_arrives_whatever_the_method() {
    on_spin(hops::bodies_of_any_method);
}

#[test]
fn fields_for_the_next_hop_end_here() {
    on_spin(hops::next_hop);
}

#[test]
fn a_credential_with_commas_is_one() {
    on_spin(hops::authorization);
}

#[test]
fn an_answer_that_cannot_be_expressed_is_a_502_at_once() {
    on_spin(hops::inexpressible);
}

#[test]
fn other_cookies_keep_their_bytes() {
    on_spin(hops::other_cookies);
}

#[test]
fn cookies_that_are_to_be_stripped_are() {
    let hop = Hop::start(|setup| hops::without_cookies(setup).on_spin(128));
    hops::stripped_cookies(&hop);
}

#[test]
fn trailers_are_not_passed_on() {
    on_spin(hops::trailers);
}

#[test]
fn a_body_of_unknown_length_that_does_not_begin_is_a_408() {
    for method in ["GET", "DELETE"] {
        on_spin(|hop| hops::late_body(hop, method));
    }
}

#[test]
fn nobody_says_anything_in_the_name_of_cloudflare() {
    on_spin(|hop| {
        let names = [
            "CF-Connecting-IP",
            "CF-Ray",
            "CF-IPCountry",
            "CF-Visitor",
            "CF-Worker",
        ];
        let request = names
            .iter()
            .fold(Request::script("GET", "/open/x"), |request, name| {
                request.with(name, "FORGED")
            });
        hop.host.send(&request.with("X-End", "1")).expect(200);
        let seen = hop.upstream.one();
        assert!(seen.has("x-end"));
        assert!(!seen.fields.iter().any(|(name, _)| name.starts_with("cf-")));
    });
}
