//! The requests that an upstream gets over the wire, byte for byte, and answers that no platform can express. For hosts
//! that forward for real.

use crate::{
    access_token::{AccessToken, bearer},
    host::{
        Host,
        raw_upstream::{After, RawUpstream, Received},
        wire::Connection,
        workerd::{Setup, Workerd},
    },
    http::{browser::Browser, request::Request, response::Response},
};
use serde_json::json;
use std::{
    io::Write,
    net::TcpStream,
    time::{Duration, Instant},
};

/// A host whose API is a raw upstream.
pub struct Hop {
    pub host: Workerd,
    pub upstream: RawUpstream,
}

impl Hop {
    /// Starts both; nothing stands between them.
    pub fn start(place: impl Fn(Setup) -> Setup) -> Self {
        let upstream = RawUpstream::start(answer);
        let mut setup = Setup::standard();
        let configuration = setup.configuration.as_mut().unwrap();
        for index in [1, 2] {
            configuration["upstream"][index]["url"] = json!(upstream.origin);
        }
        setup.is_direct = true;
        setup.planted.push(("hosts", json!([upstream.origin])));
        Self {
            host: Workerd::start(&place(setup)),
            upstream,
        }
    }

    /// The request that the upstream got, for one that is answered with 200.
    fn seen(&self, request: &Request) -> Received {
        self.host.send(request).expect(200);
        self.upstream.one()
    }

    /// The same of a request that is sent as these bytes; `$HOST` is filled in.
    fn seen_raw(&self, request: &[u8]) -> Received {
        let answer = self.raw(request);
        assert_eq!(answer.status, 200, "{}", answer.summary());
        self.upstream.one()
    }

    fn raw(&self, request: &[u8]) -> Response {
        let mut stream = TcpStream::connect(("127.0.0.1", self.host.port())).unwrap();
        let timeout = Some(Duration::from_secs(30));
        stream.set_read_timeout(timeout).unwrap();
        let line = format!("\r\nHost: {}\r\n", self.host.authority());
        let at = request.windows(2).position(|at| at == b"\r\n").unwrap();
        let sent = [&request[..at], line.as_bytes(), &request[at + 2..]].concat();
        stream.write_all(&sent).unwrap();
        Connection::accepted(stream).response("GET")
    }
}

/// The upstream's answer; `/open` and `/api` are followed by what to do.
fn answer(target: &str) -> (Vec<u8>, After) {
    let what = target.rsplit('/').next().unwrap_or_default();
    let good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let (text, after) = match what {
        "600" | "999" => (
            format!("HTTP/1.1 {what} Odd\r\nContent-Length: 2\r\n\r\nok"),
            After::Stays,
        ),
        "103-first" => (
            format!("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n{good}"),
            After::Stays,
        ),
        "garbage" => ("nonsense\r\n\r\n".into(), After::Closes),
        "nothing" => (String::new(), After::Closes),
        "hop" => (
            "HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n\
             Trailer: x\r\nUpgrade: h2,h2c\r\nProxy-Authenticate: Basic\r\n\
             Proxy-Connection: close\r\nX-End: 1\r\nContent-Length: 2\r\n\r\nok"
                .into(),
            After::Closes,
        ),
        "trailers" => (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: lychgate-user, set-cookie\r\n\r\n\
             2\r\nok\r\n0\r\nlychgate-user: FORGED\r\nset-cookie: a=FORGED\r\n\r\n"
                .into(),
            After::Stays,
        ),
        _ => (good.into(), After::Stays),
    };
    (text.into_bytes(), after)
}

/// A `GET` or `HEAD` may have a body (RFC 9110, section 9.3.1), and it arrives.
pub fn bodies_of_any_method(hop: &Hop) {
    const BODY: &[u8] = b"{\"query\": true}";
    let browser = Browser::signed_in(&hop.host, "member");
    let token = AccessToken::inline(&hop.host).text();
    for method in ["GET", "HEAD", "DELETE", "POST", "OPTIONS", "REPORT"] {
        let mut requests = vec![
            Request::script(method, "/open/x"),
            browser.prepare(Request::script(method, "/both/x")),
            bearer(&token, method, "/calls/x"),
        ];
        for request in &mut requests {
            let sent = request.clone().with_body(BODY);
            let seen = hop.seen(&sent);
            assert_eq!((seen.method.as_str(), seen.body.as_slice()), (method, BODY));
            // The twin has none, and no more than what says so.
            let seen = hop.seen(request);
            assert_eq!(seen.method, method);
            assert_eq!(seen.body, b"");
        }
    }
    let whole = |body: &str| {
        let head =
            "GET /open/x HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
        format!("{head}{body}0\r\n\r\n")
    };
    let chunked = |body: &str| hop.seen_raw(whole(body).as_bytes());
    let in_chunks = "4\r\n{\"a\"\r\n3\r\n:1}\r\n";
    // The platforms' clients send no body of unknown length with these methods.
    let refused = hop.raw(whole(in_chunks).as_bytes());
    assert_eq!(refused.status, 411, "{}", refused.summary());
    assert_eq!(chunked("").body, b"");
    let empty = Request::script("GET", "/open/x").with("Content-Length", "0");
    assert_eq!(hop.seen(&empty).body, b"");
    let plain = hop.seen(&Request::script("GET", "/open/x"));
    assert!(!plain.has("transfer-encoding") && !plain.has("content-length"));
}

/// A body whose beginning shows whether there is one begins in time.
pub fn late_body(hop: &Hop, method: &str) {
    let head = format!(
        "{method} /open/x HTTP/1.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    let refused = hop.raw(head.as_bytes());
    assert_eq!(refused.status, 408, "{}", refused.summary());
    assert!(hop.upstream.take().is_empty());
    // The twins begin: an empty body passes, and one that the method may bring.
    assert_eq!(
        hop.seen_raw(format!("{head}0\r\n\r\n").as_bytes()).body,
        b""
    );
    if method != "GET" {
        let twin = hop.seen_raw(format!("{head}2\r\nok\r\n0\r\n\r\n").as_bytes());
        assert_eq!(twin.body, b"ok");
    }
}

/// Fields for the next hop alone end at the gateway, and those that `Connection` names, but for what we set.
pub fn next_hop(hop: &Hop) {
    let browser = Browser::signed_in(&hop.host, "member");
    let request = browser
        .prepare(Request::script("POST", "/api/x"))
        .with(
            "Connection",
            "close, X-Hop, lychgate-user, Lychgate-Secret, x-forwarded-host",
        )
        .with("X-Hop", "1")
        .with("X-End", "1")
        .with("Keep-Alive", "timeout=5")
        .with("TE", "trailers")
        .with("Trailer", "x")
        .with("Proxy-Authorization", "Basic eDp5")
        .with("Proxy-Connection", "keep-alive")
        .with("Proxy-Anything", "1")
        .with("HTTP2-Settings", "AAMAAABkAAQAAP__")
        .with("Expect", "100-continue")
        .with_body(b"a body");
    let seen = hop.seen(&request);
    for name in [
        "keep-alive",
        "te",
        "trailer",
        "expect",
        "proxy-authorization",
        "proxy-connection",
        "proxy-anything",
        "http2-settings",
    ] {
        assert!(!seen.has(name), "{name}: {seen:?}");
    }
    // Spin's host takes `Connection` away, so nobody there knows what it named.
    assert_eq!(seen.has("x-hop"), hop.host.is_on_spin());
    assert_eq!(seen.all("x-end"), [b"1"]);
    assert_eq!(seen.all("lychgate-user"), [b"member"]);
    assert!(seen.has("lychgate-secret") && seen.has("x-forwarded-host"));
    assert_eq!(seen.body, b"a body");

    for target in ["/api/hop", "/open/hop"] {
        let request = browser.prepare(Request::script("GET", target));
        let answer = hop.host.send(&request).expect(200);
        assert_eq!(answer.text(), "ok");
        for name in [
            "x-hop",
            "keep-alive",
            "trailer",
            "upgrade",
            "proxy-authenticate",
        ] {
            let is_hidden = name == "x-hop" && hop.host.is_on_spin();
            assert!(is_hidden || answer.header(name).is_none(), "{name}");
        }
        assert_eq!(answer.header("x-end"), Some("1"));
        hop.upstream.one();
    }
}

/// An `Authorization` with commas is one credential, and passes as it is where nobody looks at it.
pub fn authorization(hop: &Hop) {
    let browser = Browser::signed_in(&hop.host, "member");
    for value in [
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6",
        "Digest username=\"Mufasa\", realm=\"http-auth, all\", uri=\"/dir\", qop=auth, nc=00000001",
        "OAuth oauth_nonce=\"4572616e48616d6d\",oauth_signature=\"wOJIO9A2W5mFwDgiDvZbTSMK%2FPY%3D\"",
        "Hawk id=\"dh37fgj492je\", ts=\"1353832234\", mac=\"6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE=\"",
        "Signature keyId=\"k\",headers=\"(request-target) host\",signature=\"ab==\"",
    ] {
        for method in ["GET", "POST"] {
            let with = |target| Request::script(method, target).with("Authorization", value);
            let seen = hop.seen(&with("/open/x"));
            assert_eq!(seen.all("authorization"), [value.as_bytes()]);
            hop.host.send(&browser.prepare(with("/api/x"))).expect(401);
            hop.host.send(&with("/calls/x")).expect(401);
        }
    }
    let twice = Request::script("GET", "/open/x").with("Authorization", "Digest a=\"1\"");
    hop.host
        .send(&twice.with("Authorization", "Bearer b"))
        .expect(400);
    assert!(hop.upstream.take().is_empty());
}

/// Answers that a platform cannot express are 502 at once, with an incident number and a line that names the upstream.
pub fn inexpressible(hop: &Hop) {
    let browser = Browser::signed_in(&hop.host, "member");
    for what in ["600", "999", "garbage", "nothing"] {
        for target in [format!("/open/{what}"), format!("/api/{what}")] {
            let begun = Instant::now();
            let request = browser.prepare(Request::script("GET", &target));
            let answer = hop.host.send(&request).expect(502);
            let took = begun.elapsed();
            assert!(took < Duration::from_secs(5), "{target}: {took:?}");
            let problem = answer.json();
            assert_eq!(problem["error"], "upstream_unavailable", "{target}");
            let incident = problem["incident"].as_str().unwrap();
            let log = hop.host.wait_for_log(incident);
            let mut lines = log.lines().filter(|line| line.contains(incident));
            let line = lines.next().unwrap();
            assert!(line.contains(r#""upstream":"api""#), "{line}");
            assert!(lines.next().is_none(), "{log}");
        }
    }
    hop.upstream.take();
    // An interim answer is passed over.
    let answer = hop.host.send(&Request::script("GET", "/open/103-first"));
    assert_eq!(answer.expect(200).text(), "ok");
    hop.upstream.take();
    hop.seen(&Request::script("GET", "/open/x"));
}

/// The cookies of others keep their bytes when ours is taken out from among them.
pub fn other_cookies(hop: &Hop) {
    let browser = Browser::signed_in(&hop.host, "member");
    let ours = browser.prepare(Request::new("GET", "/"));
    let ours = ours.joined("cookie").unwrap();
    let sent = |cookies: &[u8]| {
        let head =
            b"GET /api/x HTTP/1.1\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\nCookie: ";
        [&head[..], cookies, b"\r\n\r\n"].concat()
    };
    let beside = |before: &[u8], after: &[u8]| {
        sent(&[before, b"; ", ours.as_bytes(), b"; ", after].concat())
    };
    let seen = hop.seen_raw(&beside("a=caf\u{e9}".as_bytes(), b"b=1,2"));
    assert_eq!(seen.all("cookie"), ["a=caf\u{e9}; b=1,2".as_bytes()]);
    assert!(seen.has("lychgate-user"));
    // A byte that is no UTF-8. Spin's host takes no request with one, and workerd shows it to nobody, so that the cookie
    // is left out there; where ours is not beside it, nothing has to be read.
    let latin = beside(b"nm=Jos\xe9", b"b=1");
    if hop.host.is_on_spin() {
        assert_eq!(hop.raw(&latin).status, 500);
        return;
    }
    assert_eq!(hop.seen_raw(&latin).all("cookie"), [b"b=1"]);
    let alone = b"GET /open/x HTTP/1.1\r\nConnection: close\r\nCookie: nm=Jos\xe9; b=1\r\n\r\n";
    assert_eq!(hop.seen_raw(alone).all("cookie"), [b"nm=Jos\xe9; b=1"]);
}

/// An upstream that wants no cookies gets none, with a session's beside them or without.
pub fn stripped_cookies(hop: &Hop) {
    let browser = Browser::signed_in(&hop.host, "member");
    let others = |request: Request| request.with("Cookie", "theme=dark");
    for request in [
        others(Request::script("GET", "/open/x")),
        browser.prepare(Request::script("GET", "/api/x")),
    ] {
        assert!(request.joined("cookie").is_some());
        let seen = hop.seen(&request);
        assert!(!seen.has("cookie"), "{seen:?}");
    }
    let jar = others(browser.prepare(Request::script("GET", "/api/x")));
    assert!(!hop.seen(&jar).has("cookie"));
}

/// Strips what `strip = ["cookie"]` names from what the upstreams get.
pub fn without_cookies(mut setup: Setup) -> Setup {
    let configuration = setup.configuration.as_mut().unwrap();
    for index in [1, 2] {
        configuration["upstream"][index]["strip"] = json!(["cookie"]);
    }
    setup
}

/// Trailers of a body are not passed on, whatever they say.
pub fn trailers(hop: &Hop) {
    let request = b"POST /open/x HTTP/1.1\r\nConnection: close\r\nTrailer: lychgate-user, x-end\r\nTE: trailers\r\n\
        Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nlychgate-user: FORGED\r\nx-end: FORGED\r\n\r\n";
    let seen = hop.seen_raw(request);
    assert_eq!(seen.body, b"ok");
    assert_eq!(seen.trailers, "");
    assert!(!format!("{seen:?}").contains("FORGED"));
    let mut stream = TcpStream::connect(("127.0.0.1", hop.host.port())).unwrap();
    let timeout = Some(Duration::from_secs(30));
    stream.set_read_timeout(timeout).unwrap();
    let head = format!(
        "GET /open/trailers HTTP/1.1\r\nHost: {}\r\nTE: trailers\r\nConnection: TE\r\n\r\n",
        hop.host.authority()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut connection = Connection::accepted(stream);
    let mut answer = connection.text_until("\r\n0\r\n");
    if answer.ends_with("\r\n0\r\n") {
        answer.push_str(&connection.text_until("\r\n"));
    }
    assert!(
        answer.contains("\r\nok\r\n") && !answer.contains("FORGED"),
        "{answer}"
    );
    hop.upstream.one();
}
