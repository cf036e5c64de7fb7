//! Failures under a deployment on Spin while it runs: everything that needs the failed part is 503, the reason is in
//! the log, no cookie is lost, and once the part is there again nobody has to sign in anew.
//!
//! Every instance serves one request here, so that no memory answers in place of what failed.

#[cfg(target_os = "linux")]
use crate::host::full_disk::FullDisk;
use crate::{
    gateway::log_tells,
    host::{
        Host,
        databases::Database,
        workerd::{Setup, Workerd},
    },
    http::{browser::Browser, request::Request, response::Response},
};
#[cfg(target_os = "linux")]
use serde_json::Value;

fn start() -> Workerd {
    Workerd::start(&Setup::standard().on_spin(1))
}

/// A page, a script's question, the form that signs out, and a callback, all at once: time-outs are waited for once.
fn all_at_once(member: &mut Browser<'_>, newcomer: &mut Browser<'_>, callback: &str) -> [u16; 4] {
    let host = member.host;
    let requests = [
        member.prepare(Request::navigation("/members/")),
        member.prepare(Request::script("GET", "/api/whoami")),
        member.prepare(Request::form("/auth/logout")),
        newcomer.prepare(Request::navigation(callback)),
    ];
    let answers = host.send_all(&requests);
    for answer in &answers {
        member.keep(answer);
        newcomer.keep(answer);
    }
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    answers
        .iter()
        .filter(|answer| answer.status == 503)
        .for_each(is_closed);
    statuses.try_into().unwrap()
}

fn is_closed(refused: &Response) {
    assert!(
        refused.header("retry-after").is_some(),
        "{}",
        refused.summary()
    );
    assert!(!refused.text().contains("SQL"), "{}", refused.summary());
}

fn logs(host: &Workerd, reasons: &[&str]) {
    for reason in reasons {
        let log = host.wait_for_log(reason);
        assert!(log.contains(reason), "{reason} is not in the log: {log}");
        assert!(!log_tells(&log, "eyJ"), "{log}");
    }
}

#[test]
fn a_locked_database_is_waited_for_two_seconds() {
    let host = start();
    let mut member = Browser::signed_in(&host, "member");
    let kept = member.session();
    let mut newcomer = Browser::new(&host);
    let callback = newcomer.callback("/members/", "staff");
    {
        let _locked = Database::ledger(&host).lock();
        let statuses = all_at_once(&mut member, &mut newcomer, &callback);
        assert_eq!(statuses, [503; 4]);
        // Requests that need no ledger are served.
        host.send(&Request::navigation("/")).expect(200);
        host.send(&Request::script("GET", "/members/")).expect(401);
    }
    assert_eq!((host.api_requests(), host.token_requests()), (0, 1));
    assert_eq!(member.session(), kept, "the cookie is lost");
    assert_eq!(newcomer.session(), None);
    logs(&host, &[r#""part":"sqlite""#, "platform: Ledger"]);
    assert!(member.is_signed_in());
    newcomer.sign_in("/members/", "staff");
    assert!(newcomer.is_signed_in());
    member.sign_out().expect(303);
    assert!(!member.is_signed_in());
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_on_which_nothing_can_be_written_lets_sessions_be_read() {
    let host = start();
    let mut member = Browser::signed_in(&host, "member");
    let kept = member.session();
    let mut newcomer = Browser::new(&host);
    let callback = newcomer.callback("/members/", "staff");
    {
        let _full = FullDisk::at(&host, 0);
        let statuses = all_at_once(&mut member, &mut newcomer, &callback);
        assert_eq!(statuses, [200, 200, 503, 503]);
    }
    assert_eq!(host.token_requests(), 1);
    assert_eq!(member.session(), kept, "the cookie is lost");
    assert_eq!(newcomer.session(), None);
    logs(&host, &[r#""part":"sqlite""#, "platform: Ledger"]);
    assert!(member.is_signed_in());
    newcomer.sign_in("/members/", "staff");
    assert!(newcomer.is_signed_in());
    member.sign_out().expect(303);
    assert!(!member.is_signed_in());
}

/// More sign-ins than fit into the pages that a database has.
#[cfg(target_os = "linux")]
const MANY: usize = 40;

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_lets_nobody_in_halfway() {
    let host = start();
    let mut member = Browser::signed_in(&host, "member");
    let mut refused = {
        let _full = FullDisk::at(&host, Database::ledger(&host).size());
        let mut sign_ins = (0..MANY).map(|_| {
            let mut newcomer = Browser::new(&host);
            let callback = newcomer.callback("/members/", "staff");
            let status = newcomer.go(&callback).status;
            (status, newcomer)
        });
        let (status, refused) = sign_ins.find(|(status, _)| *status != 200).unwrap();
        assert_eq!(status, 503);
        assert_eq!(refused.session(), None);
        assert!(member.is_signed_in());
        refused
    };
    logs(&host, &[r#""part":"sqlite""#, "platform: Ledger"]);
    refused.sign_in("/members/", "staff");
    assert!(refused.is_signed_in() && member.is_signed_in());
}

#[test]
fn a_store_that_is_lost_is_missed_until_it_is_back() {
    let host = start();
    let mut member = Browser::signed_in(&host, "member");
    let kept = member.session();
    let mut leaving = Browser::signed_in(&host, "member");
    let mut newcomer = Browser::new(&host);
    let callback = newcomer.callback("/members/", "staff");
    {
        let _lost = Database::store(&host).lose();
        for target in ["/members/", "/api/whoami", "/auth/session"] {
            is_closed(&member.fetch(target).expect(503));
        }
        is_closed(&newcomer.go(&callback).expect(503));
        assert_eq!(newcomer.session(), None);
        // The ledger alone says that a session ended.
        leaving.send(Request::form("/auth/logout")).expect(303);
        assert_eq!(leaving.session(), None);
    }
    assert_eq!(host.api_requests(), 0);
    assert_eq!(member.session(), kept, "the cookie is lost");
    logs(&host, &[r#""part":"key-value""#, "platform: Store"]);
    assert!(member.is_signed_in());
    newcomer.sign_in("/members/", "staff");
    assert!(newcomer.is_signed_in());
}

#[test]
fn a_store_that_hangs_is_waited_for_five_seconds() {
    let host = start();
    let mut member = Browser::signed_in(&host, "member");
    let kept = member.session();
    {
        let _locked = Database::store(&host).lock();
        is_closed(&member.fetch("/members/").expect(503));
    }
    assert_eq!(member.session(), kept, "the cookie is lost");
    // The host lets the whole instance wait for its store, so that the ledger's time is up, too.
    logs(&host, &[r#""part":"key-value""#, "platform: "]);
    assert!(member.is_signed_in());
}

#[cfg(target_os = "linux")]
#[test]
fn what_serves_is_watched_and_ended_where_it_is_a_child_of_what_was_started() {
    let host = Workerd::start(&Setup::standard().on_spin(1).in_a_child());
    let state = host.control("GET", "/state", &Value::Null);
    assert_ne!(state["process"], state["started"], "{state}");
    let mut newcomer = Browser::new(&host);
    let callback = newcomer.callback("/members/", "staff");
    {
        let _full = FullDisk::at(&host, 0);
        newcomer.go(&callback).expect(503);
    }
    newcomer.sign_in("/members/", "staff");
    // The same port is listened on by another child.
    host.control("POST", "/restart", &Value::Null);
    assert_ne!(
        host.control("GET", "/state", &Value::Null)["process"],
        state["process"]
    );
    assert!(newcomer.is_signed_in());
}
