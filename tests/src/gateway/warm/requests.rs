//! Requests of all kinds, by people and programs of all kinds.

use crate::{
    access_token::{AccessToken, INLINE_KEY, SHARED, SHARED_SECRET, TENANTS, thumbprint},
    gateway::bearer::hs256,
    host::{Host, configuration, in_process::InProcess},
    http::{
        browser::{Browser, SESSION, TOMBSTONE},
        request::Request,
    },
    opaque_token::{OPAQUE, PREFIX, active, active_but, know_at},
    scripted::{
        provider::settings::{Endpoint, Signer},
        random::Random,
    },
};
use lychgate_core::time::Seconds;
use serde_json::{Value, json};

/// Where the metadata of protected resources stands.
const METADATA: &str = "/.well-known/oauth-protected-resource";

/// The senders of requests, by their credentials, and the targets.
pub struct Senders {
    people: Vec<String>,
    strangers: Vec<String>,
    programs: Vec<String>,
    impostors: Vec<String>,
    targets: Vec<(String, Takes)>,
}

/// Which credentials may open a target.
#[derive(Clone, Copy)]
struct Takes {
    sessions: bool,
    tokens: bool,
}

impl Senders {
    /// Signs people in, some of them out again, and issues tokens.
    pub fn new(random: &mut Random, host: &InProcess) -> Self {
        let configuration = host.deployment().configuration;
        let base = configuration["base_path"].as_str().unwrap().to_owned();
        let mut people = Vec::new();
        let mut strangers = vec![
            "a=b".to_owned(),
            format!("{SESSION}=forged"),
            format!("{SESSION}=; a=b"),
        ];
        for _ in 0..2 {
            let login = random.pick(&["member", "staff"]);
            let mut browser = sign_in(host, &base, login);
            let session = browser.session().unwrap();
            people.push(format!("{SESSION}={session}"));
            people.push(format!("{SESSION}={session}; a=b"));
            match random.below(8) {
                0 => {
                    browser.send(Request::form(&format!("{base}/logout")));
                    let tombstone = browser.jar.cookie(TOMBSTONE).unwrap().value.clone();
                    strangers.push(format!("{SESSION}={session}; {TOMBSTONE}={tombstone}"));
                }
                1 => strangers.push(format!("{SESSION}={session}; {SESSION}={session}")),
                _ => {}
            }
            host.world.pass(Seconds::new(random.pick(&[0, 1, 30])));
        }
        if random.below(5) == 0 {
            change_keys(host);
        } else if random.below(5) == 0 {
            host.forget();
        }
        let (programs, impostors) = tokens(host);
        Self {
            people,
            strangers,
            programs,
            impostors,
            targets: targets(&configuration, &base),
        }
    }

    /// A request.
    pub fn request(&mut self, random: &mut Random, host: &InProcess) -> Request {
        // Time makes tokens old.
        if random.below(90) == 0 {
            (self.programs, self.impostors) = tokens(host);
        }
        let method = random.pick(&[
            "GET", "GET", "GET", "GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "DELETE",
        ]);
        let query = random.pick(&[
            "",
            "",
            "",
            "",
            "",
            "?a=b",
            "?access_token=x",
            "?a&access%5ftoken=x",
        ]);
        let (path, takes) = random.pick(&self.targets);
        let mut request = Request::new(method, &format!("{path}{query}"));
        let (mut cookie, mut authorization) = (None, None);
        if random.below(4) > 0 {
            // Credentials that fit, as from someone who knows the site.
            let shows_token = takes.tokens && (!takes.sessions || random.below(2) == 0);
            if shows_token {
                authorization = Some(random.pick(&self.programs));
            } else if takes.sessions {
                cookie = Some(random.pick(&self.people));
            }
        } else {
            let cookies = [&self.people, &self.strangers];
            let cookies = random.pick(&cookies);
            cookie = Some(random.pick(cookies));
            let tokens = [&self.programs, &self.impostors, &self.impostors];
            if random.below(2) == 0 {
                let tokens = random.pick(&tokens);
                authorization = Some(random.pick(tokens));
            }
        }
        if let Some(cookie) = cookie {
            request = request.with("Cookie", &cookie);
        }
        if let Some(authorization) = authorization {
            request = request.with("Authorization", &authorization);
        }
        let is_plain = random.below(3) > 0;
        let fields = if is_plain { PLAIN } else { ANY };
        for (name, value) in fields {
            if random.below(8) == 0 {
                request = request.with(name, value);
            }
        }
        if random.below(50) == 0 {
            request = request.at_host("other.example.com");
        }
        request
    }
}

/// Headers that have no say where session cache and token cache decide; one stands twice.
const PLAIN: &[(&str, &str)] = &[
    ("Accept", "text/html"),
    ("Sec-Fetch-Site", "same-origin"),
    ("Sec-Fetch-Site", "cross-site"),
    ("Sec-Fetch-Mode", "navigate"),
    ("Sec-Fetch-Mode", "websocket"),
    ("Sec-Fetch-Dest", "document"),
    ("X-Team", "x"),
];

/// Those that have.
const ANY: &[(&str, &str)] = &[
    ("Accept", "text/html"),
    ("Sec-Fetch-Site", "same-origin"),
    ("Sec-Fetch-Site", "cross-site"),
    ("Sec-Fetch-Mode", "navigate"),
    ("Origin", "https://front.example.com"),
    ("Access-Control-Request-Method", "GET"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Key", "x"),
    ("Content-Length", "100000"),
    ("Transfer-Encoding", "chunked"),
];

fn sign_in<'h>(host: &'h InProcess, base: &str, login: &str) -> Browser<'h> {
    let mut browser = Browser::new(host);
    let location = browser
        .go(&format!("{base}/login?return_to=%2F"))
        .expect(200)
        .leads_to();
    let callback = host.at_provider(&location, login);
    browser.go(&callback).expect(200);
    browser
}

/// Puts a new sealing key before the one that cookies are sealed with; memory is lost with it.
fn change_keys(host: &InProcess) {
    let mut deployment = host.deployment();
    deployment.configuration["key"] = json!([
        {"id": 2, "secret": "LYCHGATE_KEY_2"},
        {"id": 1, "secret": "LYCHGATE_KEY_1", "not_after": "2027-06-01T00:00:00Z"},
    ]);
    let added = ("LYCHGATE_KEY_2".to_owned(), configuration::key(2));
    deployment.secrets.push(added);
    host.deploy(&deployment);
}

/// Values for `Authorization`: tokens that count somewhere, and values that count nowhere.
fn tokens(host: &InProcess) -> (Vec<String>, Vec<String>) {
    let tenant = TENANTS.replace("{tenantid}", "t-1");
    let good = [
        AccessToken::published(host),
        AccessToken::inline(host),
        AccessToken::of(host, &tenant, INLINE_KEY),
    ];
    let shared = AccessToken::of(host, SHARED, INLINE_KEY);
    let header = json!({"alg": "HS256", "typ": "at+jwt"});
    let shared = hs256(&header, &shared.claims, SHARED_SECRET.as_bytes());
    let mut programs = vec![format!("Bearer {shared}")];
    let mut impostors = ["Basic YTpi", "Bearer", "Bearer a.b.c", "Bearer a, Bearer b"]
        .map(str::to_owned)
        .to_vec();
    for token in good {
        let text = token.text();
        programs.push(format!("Bearer {text}"));
        impostors.push(format!("bearer  {text}"));
        impostors.push(format!("DPoP {text}"));
        let soon = host.now().as_seconds() + 20;
        for (name, value) in [("exp", json!(soon)), ("client_id", json!("reports"))] {
            let other = token.clone().claim(name, value);
            impostors.push(format!("Bearer {}", other.text()));
        }
        let elsewhere = token
            .clone()
            .claim("aud", json!("https://elsewhere.example.com"));
        let bound = token.bound_to(Signer::P256(3));
        impostors.push(format!("Bearer {}", elsewhere.text()));
        impostors.push(format!("Bearer {}", bound.text()));
    }
    let mut asked = vec![
        (Endpoint::Introspection, "op-"),
        (Endpoint::OtherIntrospection, PREFIX),
    ];
    let configuration = host.deployment().configuration;
    let mut issuers = configuration["issuer"].as_array().unwrap().iter();
    if !issuers.any(|issuer| issuer["issuer"] == OPAQUE) {
        asked.clear();
    }
    for (at, start) in asked {
        let issue = |name: &str, answer: Value| {
            let token = format!("{start}{name}");
            know_at(host, at, &token, answer);
            format!("Bearer {token}")
        };
        programs.push(issue("good", active(host)));
        let soon = json!(host.now().as_seconds() + 20);
        let key = json!({"jkt": thumbprint(Signer::P256(3))});
        for (name, value) in [
            ("exp", soon),
            ("client_id", json!("robots")),
            ("aud", json!("https://elsewhere.example.com")),
            ("cnf", key),
        ] {
            impostors.push(issue(name, active_but(host, name, &value)));
        }
        impostors.push(format!("Bearer {start}unknown"));
        impostors.push(format!("DPoP {start}good"));
    }
    (programs, impostors)
}

/// Targets that the routes of a configuration match, in several spellings, and those of Lychgate's own answers.
fn targets(configuration: &Value, base: &str) -> Vec<(String, Takes)> {
    let anything = Takes {
        sessions: true,
        tokens: true,
    };
    let mut targets = Vec::new();
    for path in [
        "/",
        "/a",
        "/nothing/there",
        "/a//b",
        "/%2e%2e/a",
        "relative",
        "",
    ] {
        targets.push((path.to_owned(), anything));
    }
    for endpoint in ["", "/session", "/health", "/nothing"] {
        targets.push((format!("{base}{endpoint}"), anything));
    }
    targets.push((METADATA.to_owned(), anything));
    for route in configuration["route"].as_array().unwrap() {
        let accepts = |word: &str| {
            let mut access = route["access"].as_array().unwrap().iter();
            access.any(|other| other == word)
        };
        let takes = Takes {
            sessions: accepts("session"),
            tokens: accepts("bearer"),
        };
        let path = route["path"].as_str().unwrap();
        let start = path
            .trim_end_matches("**")
            .trim_end_matches('/')
            .replace('*', "b");
        let is_wide = path.ends_with("**");
        let below: &[&str] = if is_wide {
            &["/", "/a", "/x", "/x.html", "/a/z"]
        } else {
            &["/"]
        };
        for rest in below.iter().chain(below) {
            targets.push((format!("{start}{rest}"), takes));
            targets.push((start.clone(), takes));
        }
        let literal = path.split('*').next().unwrap().trim_end_matches('/');
        targets.push((format!("{METADATA}{literal}"), anything));
    }
    targets
}
