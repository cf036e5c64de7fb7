//! How long another place may serve a session that ended.

use crate::{
    host::in_process::{InProcess, Setup},
    http::browser::Browser,
    scripted::schedule::Call,
};
use lychgate_core::time::Seconds;
use serde_json::json;

/// Two places, both of which remember one living session, and then it ends at the first.
fn two_places(setup: &Setup) -> (InProcess, Browser<'static>) {
    let host = InProcess::with(setup);
    let far: &'static InProcess = Box::leak(Box::new(host.elsewhere()));
    let mut here = Browser::signed_in(&host, "member");
    let mut there = Browser::new(far);
    there.jar = here.jar.clone();
    assert!(there.is_signed_in());
    here.sign_out().expect(303);
    drop(here);
    (host, there)
}

#[test]
fn fast_serves_an_ended_session_for_ten_seconds_at_most() {
    let (host, mut there) = two_places(&Setup::standard());
    assert!(there.is_signed_in(), "memory is not used at all");
    host.world.pass(Seconds::new(10));
    assert!(!there.is_signed_in());
}

#[test]
fn the_bound_is_the_configured_one() {
    let mut setup = Setup::standard();
    setup.configuration["session"]["fresh_for"] = json!("3s");
    let (host, mut there) = two_places(&setup);
    host.world.pass(Seconds::new(3));
    assert!(!there.is_signed_in());
}

#[test]
fn strict_asks_every_time() {
    let mut setup = Setup::standard();
    let session = setup.configuration["session"].as_object_mut().unwrap();
    session.insert("freshness".to_owned(), json!("strict"));
    session.remove("fresh_for");
    let (_, mut there) = two_places(&setup);
    assert!(!there.is_signed_in());
}

#[test]
fn memory_is_refreshed_in_the_background_before_it_is_too_old() {
    let host = InProcess::new();
    let mut browser = Browser::signed_in(&host, "member");
    host.world.forget_calls();
    for _ in 0..12 {
        host.world.pass(Seconds::new(5));
        assert!(browser.is_signed_in());
    }
    let reads = host.world.count(Call::LedgerRead);
    assert!((6..=12).contains(&reads), "{reads} reads in a minute");
    assert_eq!(host.world.count(Call::StoreLoad), 0);
}

#[test]
fn a_refresh_in_the_background_hears_of_the_end() {
    let setup = Setup::standard();
    let (host, mut there) = two_places(&setup);
    host.world.pass(Seconds::new(6));
    // The answer comes from memory, the question goes out beside it.
    assert!(there.is_signed_in());
    assert!(!there.is_signed_in());
}
