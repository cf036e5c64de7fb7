//! Attacks with paths and hosts.

use super::{Row, everywhere, support::anonymous};
use crate::{
    host::Host,
    http::{browser::Browser, request::Request},
};

pub const ROWS: &[Row] = &[
    everywhere(
        53,
        "every spelling of a path is one path or none",
        spellings,
    ),
    everywhere(54, "a query opens nothing", query),
    everywhere(55, "an encoded hash ends no path", encoded_hash),
    everywhere(56, "one site under each spelling of its host", hosts),
    everywhere(59, "a user agent opens nothing", user_agent),
    everywhere(
        65,
        "a file reached directly is still protected",
        direct_files,
    ),
    everywhere(
        97,
        "every address of a protected file is protected",
        aliases,
    ),
    everywhere(96, "a method that no route allows is 405", other_methods),
    everywhere(
        110,
        "a loosely read path is protected as the page that it means",
        loose_readings,
    ),
    everywhere(
        121,
        "another spelling of a file's name is protected as the file",
        folded_names,
    ),
];

fn spellings(host: &dyn Host) {
    for protected in [
        "/open/../members/",
        "/open/%2e%2e/members/",
        "/open/%2E./members/",
        "/./members/",
        "/%6dembers/",
        "/members/./",
        "/open/..\\members/",
        "\\members/",
        "/open\\..\\members\\",
    ] {
        let status = anonymous(host, protected).status;
        // A target that begins with a backslash is no HTTP to some runtimes, which say so themselves.
        let is_refused = protected.starts_with('\\') && matches!(status, 400 | 500);
        assert!(status == 401 || is_refused, "{protected}: {status}");
    }
    for refused in [
        "//members/",
        "/open//x",
        "/members%2f",
        "/open/%2F..",
        "/open/%5cmembers",
        "/open/%00",
        "/open/%0a",
        "/open/%c0%af",
        "/open/%zz",
        "/open/..;x/",
    ] {
        anonymous(host, refused).expect(400);
    }
    // A path of its own, which nothing protects and which no file has; the assets of one runtime
    // say so by way of another spelling.
    let own = anonymous(host, "/members;x");
    match own.status {
        307 => anonymous(host, own.location()).expect(404),
        _ => own.expect(404),
    };
    anonymous(host, "/members/;x").expect(401);
    // Lychgate forwards the path that it matched.
    let mut browser = Browser::signed_in(host, "member");
    for (sent, received) in [
        ("/open/../api/%61", "/api/a"),
        ("/api/./b", "/api/b"),
        ("/api/c%7e", "/api/c~"),
        ("/api/d;x", "/api/d;x"),
        ("/api/e%23f", "/api/e%23f"),
    ] {
        assert_eq!(browser.fetch(sent).expect(200).json()["url"], received);
    }
}

fn query(host: &dyn Host) {
    for target in [
        "/members/?path=/",
        "/members/?/open/",
        "/api/private?path=/status",
        "/members/?#/",
    ] {
        let status = anonymous(host, target).status;
        assert!(matches!(status, 401 | 400), "{target}: {status}");
    }
    anonymous(host, "/?path=/members/").expect(200);
}

fn encoded_hash(host: &dyn Host) {
    anonymous(host, "/members/%23/open").expect(401);
    anonymous(host, "/members/%3f/open").expect(401);
    let outside = anonymous(host, "/members%23/open").expect(404);
    let mut browser = Browser::signed_in(host, "member");
    let page = browser.go("/members/").expect(200);
    assert_ne!(page.body, outside.body);
}

fn hosts(host: &dyn Host) {
    let ours = host.authority();
    let (name, port) = ours.split_once(':').unwrap_or((ours, ""));
    let with_port = |name: &str| match port {
        "" => name.to_owned(),
        port => format!("{name}:{port}"),
    };
    for same in [
        with_port(&name.to_uppercase()),
        with_port(&format!("{name}.")),
    ] {
        host.send(&Request::navigation("/").at_host(&same))
            .expect(200);
        let refused = Request::script("GET", "/members/").at_host(&same);
        host.send(&refused).expect(401);
    }
    if port.is_empty() {
        host.send(&Request::navigation("/").at_host(&format!("{ours}:443")))
            .expect(200);
    }
    for other in [
        "evil.example".to_owned(),
        with_port(&format!("x.{name}")),
        format!("{name}:1"),
        "127.0.0.1".to_owned(),
    ] {
        let refused = host
            .send(&Request::navigation("/").at_host(&other))
            .expect(421);
        assert_eq!(refused.header("set-cookie"), None);
        host.send(&Request::navigation("/members/").at_host(&other))
            .expect(421);
    }
}

fn user_agent(host: &dyn Host) {
    let robot = |agent: &str| Request::new("GET", "/members/").with("User-Agent", agent);
    for agent in [
        "GoogleHC/1.0",
        "kube-probe/1.30",
        "ELB-HealthChecker/2.0",
        "",
    ] {
        host.send(&robot(agent)).expect(401);
    }
    let browser = Browser::signed_in(host, "member");
    host.send(&browser.prepare(robot("GoogleHC/1.0")))
        .expect(200);
}

fn direct_files(host: &dyn Host) {
    for file in [
        "/members/report.html",
        "/members/handbook.pdf",
        "/members/index.html",
        "/members/none.css",
    ] {
        anonymous(host, file).expect(401);
    }
    let mut browser = Browser::signed_in(host, "member");
    browser.fetch("/members/handbook.pdf").expect(200);
}

fn aliases(host: &dyn Host) {
    let files = [
        "/staff",
        "/staff/",
        "/staff.html",
        "/staff/index",
        "/staff/index.html",
        "/STAFF/../staff/",
    ];
    let mut member = Browser::signed_in(host, "member");
    for file in files {
        anonymous(host, file).expect(401);
        member.fetch(file).expect(403);
    }
    let report = [
        "/members/report",
        "/members/report/",
        "/members/report.html",
        "/members/report/index.html",
    ];
    for file in report {
        anonymous(host, file).expect(401);
    }
    let mut staff = Browser::signed_in(host, "staff");
    staff.fetch("/staff/").expect(200);
    for file in files {
        let status = staff.fetch(file).status;
        assert!(matches!(status, 200 | 307 | 404), "{file}: {status}");
    }
}

fn other_methods(host: &dyn Host) {
    let mut browser = Browser::signed_in(host, "member");
    let before = host.api_requests();
    for method in ["DELETE", "PUT", "PATCH", "OPTIONS"] {
        browser.send(Request::script(method, "/api/x")).expect(405);
        host.send(&Request::script(method, "/api/x")).expect(405);
    }
    assert_eq!(host.api_requests(), before);
    browser.send(Request::script("POST", "/api/x")).expect(200);
    browser.send(Request::script("HEAD", "/api/x")).expect(200);
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn loose_readings(host: &dyn Host) {
    let closed = [
        "/open/Closed/x",
        "/OPEN/../open/CLOSED/x",
        "/open/closed;v=1/x",
        "/open/;/closed/x",
        "/open/;a=b/closed;/x",
        "/open/closed%3Bv=1/x",
        "/open/closed%20/x",
        "/open/%20closed/x",
        "/open/closed./x",
        "/open/closed.%20./x",
        "/open/%2563losed/x",
        "/open/%2543LOSED;/x",
        "/open/;%252fclosed",
        "/open/reports/",
        "/open/Reports",
        "/open/reports;v=1",
        "/open/reports%23/x",
    ];
    let before = host.api_requests();
    for path in closed {
        anonymous(host, path).expect(401);
    }
    // A method that the protected route does not take is none there by any spelling, for those who may read it, too.
    let mut reader = Browser::signed_in(host, "member");
    for path in ["/open/reports", "/open/Reports", "/open/reports;v=1"] {
        host.send(&Request::script("POST", path)).expect(405);
        reader.send(Request::script("POST", path)).expect(405);
    }
    for unknown in [
        "/open/%252e%252e/closed",
        "/open/..%20/closed",
        "/open/...",
        "/open/x%2500",
    ] {
        anonymous(host, unknown).expect(404);
    }
    assert_eq!(host.api_requests(), before);
    // A person who may see the page sees it under the path that was sent, and no shared cache keeps it.
    let mut member = Browser::signed_in(host, "member");
    for path in ["/open/Closed/x", "/open/closed;v=1/x", "/open/reports/"] {
        let page = member.fetch(path).expect(200);
        assert_eq!(page.json()["url"], path);
        assert!(
            page.header("cache-control").unwrap().contains("private"),
            "{path}"
        );
    }
    // The twins: what is public beside it, and an upstream that takes each path for itself alone.
    for path in [
        "/open/x%252f",
        "/open/Closer/x",
        "/open/x;closed",
        "/open/Some%20File.;v=1",
        "/open/",
        "/exact/Closed/x",
        "/exact/closed;v=1/x",
        "/exact/%2563losed/",
        "/exact/%252e%252e/closed",
    ] {
        let page = anonymous(host, path).expect(200);
        assert_eq!(page.json()["url"], path);
    }
    anonymous(host, "/exact/closed/x").expect(401);
}

/// As file systems that fold letters would find the files. Where the host's does not, there is nothing under such a name.
fn folded_names(host: &dyn Host) {
    let mut member = Browser::signed_in(host, "member");
    for name in [
        "/Members/",
        "/MEMBERS/report.html",
        "/members/Report",
        "/members./report.html",
        "/members%20/report",
        "/Members",
        "/members:x/report.html",
        "/Staff/",
        "/STAFF.html",
    ] {
        anonymous(host, name).expect(401);
        let status = member.fetch(name).status;
        assert!(matches!(status, 307 | 403 | 404), "{name}: {status}");
    }
    // The twins: a name like none of theirs, and the file itself.
    let other = anonymous(host, "/Memberships/report");
    assert_eq!(other.status, 404);
    member.fetch("/members/").expect(200);
}
