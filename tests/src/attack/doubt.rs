//! Writes to the ledger that nobody answers: whether they happened or not, nothing happens twice.

use super::{Row, exposed};
use crate::{
    host::exposed::{Exposed, Fate},
    http::{
        browser::{Browser, SESSION},
        request::Request,
    },
};

pub const ROWS: &[Row] = &[
    exposed(
        105,
        "a mark that may have been made counts as made",
        lost_mark,
    ),
    exposed(
        105,
        "an end that may have been written is looked up",
        lost_end,
    ),
];

fn lost_mark(host: &dyn Exposed) {
    for (fate, expected) in [
        (Fate::WriteUnanswered, (400, 0)),
        (Fate::WriteLost, (200, 1)),
    ] {
        let mut browser = Browser::new(host);
        let callback = browser.callback("/members/", "member");
        let kept = browser.jar.clone();
        let before = host.token_requests();
        let request = browser.prepare(Request::navigation(&callback));
        let refused = host.send_to(fate, &request).unwrap().expect(503);
        browser.keep(&refused);
        // The code is sent by nobody who does not know that they are the first.
        assert_eq!(host.token_requests(), before, "{fate:?}");
        assert_eq!(browser.session(), None);
        let mut again = Browser::new(host);
        again.jar = kept;
        let status = again.go(&callback).status;
        let sent = host.token_requests() - before;
        assert_eq!((status, sent), expected, "{fate:?}");
        assert_eq!(again.session().is_some(), status == 200);
    }
}

fn lost_end(host: &dyn Exposed) {
    let sign_out = |fate, status| {
        let mut browser = Browser::signed_in(host, "member");
        let cookie = browser.session().unwrap();
        let request = browser.prepare(Request::form("/auth/logout"));
        let answer = host.send_to(fate, &request).unwrap().expect(status);
        browser.keep(&answer);
        assert_eq!(browser.session().is_none(), status == 303, "{fate:?}");
        // Asked of the ledger, by a place that does not remember the session.
        let far = host.elsewhere();
        let mut there = Browser::new(&*far);
        there.jar.put(SESSION, &cookie);
        there.is_signed_in()
    };
    assert!(!sign_out(Fate::WriteUnanswered, 303));
    assert!(!sign_out(Fate::WriteLost, 303));
    assert!(sign_out(Fate::LedgerRefuses, 503));
}
