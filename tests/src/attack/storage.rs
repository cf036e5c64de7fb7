//! Attacks on and by way of what is stored.

use super::{Row, in_process};
use crate::{
    gateway::{run_ended_elsewhere, run_strict},
    host::{Host, in_process::InProcess},
    http::browser::Browser,
    scripted::schedule::{Behaviour, Call},
};
use lychgate_core::platform::ledger::RecordKind;

pub const ROWS: &[Row] = &[
    in_process(
        104,
        "a record in another one's place is not read",
        swapped_records,
    ),
    in_process(
        104,
        "a head in another one's place ends the session",
        swapped_heads,
    ),
    in_process(
        105,
        "a mark that may have been made counts as made",
        lost_mark,
    ),
    in_process(
        106,
        "an end elsewhere is heard in time",
        run_ended_elsewhere,
    ),
    in_process(106, "a strict gateway hears at once", run_strict),
];

/// Two people's sessions, and another place that knows neither.
fn two_sessions() -> (InProcess, InProcess, String, String) {
    let host = InProcess::new();
    let member = Browser::signed_in(&host, "member").session().unwrap();
    let staff = Browser::signed_in(&host, "staff").session().unwrap();
    let far = host.elsewhere();
    (host, far, member, staff)
}

fn swapped_records() {
    let (host, far, member, staff) = two_sessions();
    host.world.store.borrow_mut().swap_values();
    for (cookie, login) in [(member, "member"), (staff, "staff")] {
        let mut browser = Browser::new(&far);
        browser.jar.put(crate::http::browser::SESSION, &cookie);
        // The record does not open in its new place; the ledger's copy does.
        let info = browser.fetch("/auth/session").expect(200).json();
        assert_eq!(info["subject"], login);
    }
}

fn swapped_heads() {
    let (host, far, member, _) = two_sessions();
    let open = |far: &InProcess| {
        let mut browser = Browser::new(far);
        browser.jar.put(crate::http::browser::SESSION, &member);
        browser.is_signed_in()
    };
    assert!(open(&host.elsewhere()));
    {
        let mut ledger = host.world.ledger.borrow_mut();
        let mut heads: Vec<&mut Vec<u8>> = ledger
            .values_mut()
            .filter(|(_, name, _)| name.kind() == RecordKind::Head)
            .map(|(_, _, value)| value)
            .collect();
        let (one, rest) = heads.split_at_mut(1);
        std::mem::swap(one[0], rest[0]);
    }
    assert!(!open(&far));
}

fn lost_mark() {
    let lost = [
        (Behaviour::AppliedButTimedOut, (400, 0)),
        (Behaviour::LostOnTheWay, (200, 1)),
    ];
    for (behaviour, expected) in lost {
        let host = InProcess::new();
        let mut browser = Browser::new(&host);
        let callback = browser.callback("/members/", "member");
        let kept = browser.jar.clone();
        host.world
            .schedule
            .borrow_mut()
            .nth(Call::LedgerWrite, 0, behaviour);
        browser.go(&callback).expect(503);
        assert_eq!(host.token_requests(), 0);
        assert_eq!(browser.session(), None);
        let mut again = Browser::new(&host);
        again.jar = kept;
        let status = again.go(&callback).status;
        assert_eq!((status, host.token_requests()), expected);
    }
}
