//! A deployment between a fickle server and clients that leave.

use super::fickle::Fickle;
use crate::{
    access_token::{AUDIENCE, AccessToken, bearer},
    host::{
        Host,
        contract::{Contract, Inside},
        provider_server,
        wire::Connection,
        workerd::{Setup, Workerd},
    },
    http::{browser::Browser, request::Request},
    scripted::provider::settings::Signer,
};
use serde_json::{Value, json};
use std::{
    env,
    time::{Duration, Instant},
};

/// A deployment of the contract suite's build, with the fickle server as provider, as issuers of tokens and as API.
pub struct Scene {
    pub host: Workerd,
    pub fickle: Fickle,
}

/// How many issuers of tokens there are beside the usual ones.
pub const ISSUERS: usize = 50;

/// How long anything may take to come to an end: longer than a request may wait.
const LIMIT: Duration = Duration::from_secs(45);

/// Whether the suites use their full counts.
pub fn is_long() -> bool {
    env::var_os("LYCHGATE_LONG").is_some()
}

impl Scene {
    /// Begins on Workers.
    pub fn on_workers() -> Self {
        Self::with(|setup| setup, |_| ())
    }

    /// Begins on Spin, where one instance serves as long as it is asked.
    pub fn on_spin() -> Self {
        Self::with(|setup| setup.on_spin(1_000_000), |_| ())
    }

    /// Begins with another host or configuration.
    pub fn with(on: fn(Setup) -> Setup, change: fn(&mut Value)) -> Self {
        let fickle = Fickle::start();
        let (provider, port) = provider_server::start_behind(&fickle.origin);
        fickle.stand_before(port);
        let mut setup = Setup::exposed();
        setup.is_counted = true;
        setup.is_direct = true;
        setup.planted = vec![("hosts", json!([fickle.origin]))];
        setup.provider = Some(provider);
        let configuration = setup.configuration.as_mut().unwrap();
        configuration["upstream"][1]["url"] = json!(fickle.origin);
        let issuers = configuration["issuer"].as_array_mut().unwrap();
        issuers.extend((0..ISSUERS).map(|number| {
            json!({
                "issuer": issuer(number), "audiences": [AUDIENCE],
                "jwks_uri": format!("{}{}", fickle.origin, keys_path(number)),
            })
        }));
        change(configuration);
        let host = Workerd::start(&on(setup));
        Self { host, fickle }
    }

    /// The state of the instance now.
    pub fn inside(&self) -> Inside {
        Contract(&self.host).inside()
    }

    /// Waits until something is so.
    pub fn wait_until(&self, what: &str, is_so: impl Fn(&Inside) -> bool) -> Inside {
        let begun = Instant::now();
        loop {
            let inside = self.inside();
            if is_so(&inside) {
                return inside;
            }
            assert!(begun.elapsed() < LIMIT, "{what} did not come: {inside:?}");
        }
    }

    /// Waits until nothing is under way.
    pub fn wait_for_rest(&self, what: &str) -> Inside {
        let what = format!("the end of {what}");
        self.wait_until(&what, |inside| inside.running == 0 && inside.waiting == 0)
    }

    /// Sends a request and does not wait for its answer.
    pub fn begin(&self, request: &Request) -> Connection {
        Connection::send(self.host.port(), self.host.authority(), request)
    }

    /// A person who comes back from the provider.
    pub fn callback(&self) -> Request {
        let mut browser = Browser::new(&self.host);
        let callback = browser.callback("/members/", "member");
        browser.prepare(Request::navigation(&callback))
    }

    /// A call with a made-up token of an issuer, that large.
    pub fn made_up(&self, number: usize, padding: usize) -> Request {
        let token = AccessToken::of(&self.host, &issuer(number), Signer::Ed25519(9));
        let token = token.claim("padding", json!("x".repeat(padding)));
        bearer(&token.text(), "GET", "/calls/x")
    }

    /// Everything is served as ever.
    pub fn serves(&self) {
        let browser = Browser::signed_in(&self.host, "member");
        let page = browser.prepare(Request::script("GET", "/members/"));
        self.host.send(&page).expect(200);
        let token = AccessToken::inline(&self.host).text();
        self.host
            .send(&bearer(&token, "GET", "/calls/x"))
            .expect(200);
        self.host
            .send(&Request::script("GET", "/members/"))
            .expect(401);
        self.host.send(&Request::navigation("/")).expect(200);
    }
}

fn issuer(number: usize) -> String {
    format!("https://issuer-{number}.example")
}

/// Where the fickle server has the keys of an issuer.
pub fn keys_path(number: usize) -> String {
    format!("/keys/{number}")
}
