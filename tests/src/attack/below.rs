//! The parts below a gateway: a log that nobody reads, and a database that is asked over a network.

use super::{Row, everywhere};
use crate::{
    host::Host,
    http::{browser::Browser, request::Request},
};

pub const ROWS: &[Row] = &[
    everywhere(
        122,
        "a log that cannot be written changes no answer",
        lost_log,
    ),
    everywhere(
        124,
        "a new instance asks its database for nothing that it has",
        new_instance,
    ),
];

/// The statuses of requests that all have something to log, and of those beside them.
fn logged(host: &dyn Host) -> Vec<u16> {
    let mut member = Browser::signed_in(host, "member");
    let mut statuses: Vec<u16> = (0..3)
        .flat_map(|_| {
            let refused = host.send(&Request::navigation("/nowhere%2f")).status;
            [refused, member.fetch("/members/").status]
        })
        .collect();
    let forged = Request::navigation("/auth/callback/demo?code=x&state=y");
    statuses.push(host.send(&forged).status);
    statuses.push(member.sign_out().status);
    statuses
}

fn lost_log(host: &dyn Host) {
    let with_log = logged(host);
    assert_eq!(with_log[..2], [400, 200]);
    host.lose_log();
    let without = logged(host);
    host.find_log();
    assert_eq!(without, with_log);
}

fn new_instance(host: &dyn Host) {
    let mut member = Browser::signed_in(host, "member");
    host.forget();
    let Some(before) = host.database_calls() else {
        // Each object of the ledger keeps a database of its own, which is no call away.
        assert!(member.is_signed_in());
        return;
    };
    assert!(member.is_signed_in());
    let page = host.database_calls().unwrap().since(before);
    assert_eq!((page.connections, page.statements), (1, 1));

    host.forget();
    let before = host.database_calls().unwrap();
    assert!(Browser::signed_in(host, "staff").session().is_some());
    let sign_in = host.database_calls().unwrap().since(before);
    // Two for the attempt and the session, one for the list of what expires, two that look for what has.
    assert!(sign_in.statements <= 5, "{sign_in:?}");
}
