//! Counters of the built Worker: as text, and as points of Workers Analytics Engine.

use crate::{
    gateway::{METRICS_CASES, with_metrics},
    host::{
        Host,
        workerd::{Setup, Workerd},
    },
    http::{browser::Browser, request::Request},
};
use serde_json::{Value, json};
use std::time::Instant;

#[test]
fn the_worker_shows_its_counters_to_clients_with_the_secret() {
    let mut setup = Setup::standard();
    let configuration = setup.configuration.as_mut().unwrap();
    with_metrics(configuration, &mut setup.secrets);
    let host = Workerd::start(&setup);
    for (name, case) in METRICS_CASES {
        eprintln!("{name}");
        case(&host);
    }
}

/// The points of an event, with their first double and the blobs behind the event.
fn of<'a>(points: &'a [Value], event: &'a str) -> impl Iterator<Item = &'a Value> {
    let of_event = move |point: &&Value| point["blobs"][0] == event;
    points.iter().filter(of_event)
}

#[test]
fn events_are_points_and_what_is_forwarded_is_summed_up() {
    let host = Workerd::start(&Setup::scripted());
    let begun = Instant::now();
    let mut browser = Browser::signed_in(&host, "member");
    browser.go("/members/").expect(200);
    browser
        .send(Request::script("GET", "/nowhere%2f"))
        .expect(400);
    let points = host.points();
    for point in &points {
        assert_eq!(point["indexes"], json!([point["blobs"][0]]), "{point}");
        assert_eq!(point["blobs"].as_array().unwrap().len(), 4, "{point}");
        assert_eq!(point["doubles"].as_array().unwrap().len(), 5, "{point}");
        assert!(!point.to_string().contains("SECRET-"), "{point}");
    }
    let signed_in: Vec<&Value> = of(&points, "signed_in").collect();
    assert_eq!(signed_in.len(), 1, "{points:?}");
    assert_eq!(signed_in[0]["blobs"], json!(["signed_in", "", "demo", ""]));
    assert_eq!(signed_in[0]["doubles"][0], 1);
    let refused: Vec<&Value> = of(&points, "refused").collect();
    assert_eq!(refused.len(), 1, "{points:?}");
    assert_eq!(refused[0]["blobs"][1], "invalid_request");
    // The first request that is forwarded is written at once, the next ones with the first after ten seconds.
    let forwarded: Vec<&Value> = of(&points, "forwarded").collect();
    assert_eq!(forwarded.len(), 1, "{points:?}");
    assert_eq!(forwarded[0]["blobs"][3], "session");
    for _ in 0..5 {
        browser.go("/members/").expect(200);
    }
    let sums = u64::try_from(host.points().len()).unwrap();
    assert!(sums <= begun.elapsed().as_secs() / 10, "{sums}");
}

#[test]
fn without_a_data_set_nothing_is_written_and_nothing_breaks() {
    let mut setup = Setup::standard();
    setup.without = vec!["LYCHGATE_METRICS"];
    let host = Workerd::start(&setup);
    host.send(&Request::navigation("/")).expect(200);
    let mut browser = Browser::signed_in(&host, "member");
    assert!(browser.is_signed_in());
}
