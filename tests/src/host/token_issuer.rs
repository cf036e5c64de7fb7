//! A real issuer of JWT access tokens: the npm package `oidc-provider`, as a machine's client sees it.

use super::{
    root::{self, root},
    server::{End, Server},
    wire,
};
use crate::http::request::Request;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

/// The issuer, until it is dropped.
pub struct TokenIssuer {
    /// Kept until it is to end.
    _script: Server,
    port: u16,
}

impl TokenIssuer {
    /// Starts it and waits until it answers.
    pub fn start() -> Self {
        let mut node = root::node();
        node.arg(root().join("tests/issuer/run.mjs"));
        let mut script = Server::start("the issuer", &mut node, End::OfInput);
        // The package has things to say before.
        let port = loop {
            if let Ok(port) = script.line().parse() {
                break port;
            }
        };
        Self {
            _script: script,
            port,
        }
    }

    /// Its issuer identifier.
    pub fn issuer(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// A new token for the tested API, from the token endpoint.
    pub fn token(&self) -> String {
        let form =
            "grant_type=client_credentials&scope=read&resource=https%3A%2F%2Fapi.example.com";
        let request = Request::new("POST", "/token")
            .with("Content-Type", "application/x-www-form-urlencoded")
            .with("Accept", "application/json")
            .with(
                "Authorization",
                &format!("Basic {}", STANDARD.encode("robot:robot-secret")),
            )
            .with_body(form.as_bytes());
        let answer = self.exchange(&request);
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// Signs with a new key from here on, and publishes no other.
    pub fn rotate(&self) {
        self.exchange(&Request::new("POST", "/test/rotate"));
    }

    pub fn take_down(&self) {
        self.exchange(&Request::new("POST", "/test/down"));
    }

    pub fn bring_up(&self) {
        self.exchange(&Request::new("POST", "/test/up"));
    }

    /// How often its key set was asked for.
    pub fn key_requests(&self) -> u64 {
        let answer = self.exchange(&Request::new("GET", "/test/keys"));
        answer["said"].as_u64().unwrap()
    }

    fn exchange(&self, request: &Request) -> Value {
        let authority = format!("localhost:{}", self.port);
        wire::exchange(self.port, &authority, request)
            .expect(200)
            .json()
    }
}
