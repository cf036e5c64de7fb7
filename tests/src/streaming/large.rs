//! Bodies of 100 MB, of a known length and of none, up and down, through a signed-in route with identity: every byte
//! arrives, the gateway holds back a sender that is faster than the other side, and its memory does not grow.
//!
//! Each body is sent for as long as anyone takes it while the other side reads nothing. The bytes that are stuck then
//! lie in sockets; a gateway that kept a body until it is whole, or collected what comes in too fast, would take all of
//! it.

use crate::{
    host::{
        Host,
        bulk::{Bulk, Checked, LENGTH, Progress, write_body},
        memory::Memory,
        wire::{Connection, Framing},
        workerd::{Setup, Workerd},
    },
    http::{browser::Browser, request::Request},
};
use serde_json::json;

/// The KiB by which the memory of a host may grow: a sixth of a body. Runs showed two MiB, for the buffers of
/// streams and what the collector of garbage has not looked at yet.
const MOST_GROWTH: u64 = 16 * 1024;

/// The bytes that may be on their way while nobody takes them: what fits into the sockets of two connections, which the
/// system makes larger as it sees fit. Runs showed 18 MB.
const MOST_UNDER_WAY: u64 = LENGTH / 2;

/// A deployment whose API is the upstream of large bodies.
fn start(setup: Setup) -> (Workerd, Bulk) {
    let bulk = Bulk::start();
    let mut setup = setup;
    setup.is_direct = true;
    setup.configuration.as_mut().unwrap()["upstream"][1]["url"] = json!(bulk.origin);
    setup.planted.push(("hosts", json!([bulk.origin])));
    (Workerd::start(&setup), bulk)
}

fn begin(browser: &Browser<'_>, host: &Workerd, request: Request) -> Connection {
    Connection::begin(host.port(), host.authority(), &browser.prepare(request))
}

/// Sends a body up; how many bytes were under way when nobody took any.
fn up(browser: &Browser<'_>, host: &Workerd, bulk: &Bulk, is_chunked: bool) -> u64 {
    let request = Request::script("POST", "/api/take");
    let (request, framing) = match is_chunked {
        true => (
            request.with("Transfer-Encoding", "chunked"),
            Framing::Chunked,
        ),
        false => (
            request.with("Content-Length", &LENGTH.to_string()),
            Framing::Length(LENGTH),
        ),
    };
    let mut connection = begin(browser, host, request);
    let mut under_way = LENGTH;
    let stuck = |written| {
        under_way = written;
        bulk.go_on();
    };
    write_body(&mut connection.stream, is_chunked, stuck).unwrap();
    if under_way == LENGTH {
        // Somebody took it all; the check of that comes with the others.
        bulk.go_on();
    }
    assert_eq!(bulk.next(), Progress::Asked(framing));
    let answer = connection.response("POST").expect(200);
    assert_eq!(answer.text(), LENGTH.to_string());
    under_way
}

/// Gets a body; how many bytes were under way when nobody took any.
fn down(browser: &Browser<'_>, host: &Workerd, bulk: &Bulk, is_chunked: bool) -> u64 {
    let (target, framing) = match is_chunked {
        true => ("/api/give", Framing::Chunked),
        false => ("/api/give?announced", Framing::Length(LENGTH)),
    };
    let mut connection = begin(browser, host, Request::script("GET", target));
    assert_eq!(bulk.next(), Progress::Asked(Framing::Unannounced));
    let under_way = match bulk.next() {
        Progress::Stuck(written) => written,
        Progress::Sent => LENGTH,
        other @ (Progress::Asked(_) | Progress::Left) => panic!("{other:?} instead of a body"),
    };
    let head = connection.head().expect(200);
    let came = Framing::of(|name| head.header(name).map(ToOwned::to_owned));
    assert_eq!(came, framing);
    let mut checked = Checked::default();
    connection.body(framing, &mut |bytes| checked.take(bytes));
    assert_eq!(checked.length(), LENGTH);
    if under_way < LENGTH {
        assert_eq!(bulk.next(), Progress::Sent);
    }
    under_way
}

/// Passes a body; how many bytes were under way when nobody took any.
type Way = fn(&Browser<'_>, &Workerd, &Bulk, bool) -> u64;

fn large_bodies_pass_at_flat_memory(host: &Workerd, bulk: &Bulk) {
    let browser = Browser::signed_in(host, "member");
    let mut wrong = Vec::new();
    let ways: [(&str, Way); 2] = [("up", up), ("down", down)];
    for (name, send) in ways {
        for is_chunked in [false, true] {
            let memory = Memory::of(host);
            let under_way = send(&browser, host, bulk, is_chunked);
            let growth = memory.growth();
            let what = format!(
                "{name}, chunked {is_chunked}: {under_way} bytes under way, {growth} KiB more"
            );
            eprintln!("{what}");
            if under_way > MOST_UNDER_WAY || growth > MOST_GROWTH {
                wrong.push(what);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// An event reaches the browser while the upstream has not ended, and a browser that leaves ends the upstream's
/// request.
fn events_come_one_by_one_until_the_browser_leaves(host: &Workerd, bulk: &Bulk) {
    let browser = Browser::signed_in(host, "member");
    let mut connection = begin(&browser, host, Request::script("GET", "/api/events"));
    assert_eq!(bulk.next(), Progress::Asked(Framing::Unannounced));
    let head = connection.head().expect(200);
    assert_eq!(head.header("content-type"), Some("text/event-stream"));
    connection.text_until("data: one\n\n");
    bulk.go_on();
    connection.text_until("data: two\n\n");
    drop(connection);
    assert_eq!(bulk.next(), Progress::Left);
}

fn streams_pass(setup: Setup) {
    let (host, bulk) = start(setup);
    large_bodies_pass_at_flat_memory(&host, &bulk);
    events_come_one_by_one_until_the_browser_leaves(&host, &bulk);
}

#[test]
fn streams_pass_the_worker_at_flat_memory() {
    streams_pass(Setup::standard());
}

#[test]
fn streams_pass_the_component_at_flat_memory() {
    streams_pass(Setup::standard().on_spin(128));
}
