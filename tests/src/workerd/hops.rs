//! The bytes on the wire between the built Worker and an upstream.

use crate::{
    gateway::hops::{self, Hop},
    host::Host,
    http::{browser::Browser, request::Request},
};

fn on_workers(case: impl Fn(&Hop)) {
    case(&Hop::start(|setup| setup));
}

#[test]
fn a_body_arrives_whatever_the_method() {
    on_workers(hops::bodies_of_any_method);
}

#[test]
fn fields_for_the_next_hop_end_here() {
    on_workers(hops::next_hop);
}

#[test]
fn a_credential_with_commas_is_one() {
    on_workers(hops::authorization);
}

#[test]
fn an_answer_that_cannot_be_expressed_is_a_502_at_once() {
    on_workers(hops::inexpressible);
}

#[test]
fn other_cookies_keep_their_bytes() {
    on_workers(hops::other_cookies);
}

#[test]
fn cookies_that_are_to_be_stripped_are() {
    let hop = Hop::start(hops::without_cookies);
    hops::stripped_cookies(&hop);
}

#[test]
fn trailers_are_not_passed_on() {
    on_workers(hops::trailers);
}

#[test]
fn a_body_of_unknown_length_that_does_not_begin_is_a_408() {
    on_workers(|hop| hops::late_body(hop, "GET"));
}

#[test]
fn what_cloudflare_says_of_a_request_stays() {
    on_workers(|hop| {
        let browser = Browser::signed_in(&hop.host, "member");
        for target in ["/open/x", "/api/x"] {
            let request = browser.prepare(Request::script("GET", target));
            let request = request
                .with("CF-Ray", "9d1f0c0a0b0c0d0e-FRA")
                .with("CF-IPCountry", "DE")
                .with("CF-Visitor", "{\"scheme\":\"https\"}")
                .with("Cf-Ipcity", "FORGED")
                .with("Connection", "close, CF-IPCountry, CF-Ray");
            hop.host.send(&request).expect(200);
            let seen = hop.upstream.one();
            assert_eq!(seen.all("cf-ipcountry"), [b"DE"]);
            assert!(seen.has("cf-ray") && seen.has("cf-visitor") && !seen.has("cf-ipcity"));
        }
    });
}
