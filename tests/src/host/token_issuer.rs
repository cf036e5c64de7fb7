//! A real issuer of access tokens: the npm package `oidc-provider`, as a machine's client sees it.

use super::{
    root::{self, root},
    server::{End, Server},
    wire,
};
use crate::http::{request::Request, response::Response};
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

    /// A new JWT for the tested API, from the token endpoint.
    pub fn token(&self) -> String {
        self.granted("&scope=read&resource=https%3A%2F%2Fapi.example.com")
    }

    /// A new token that it alone can read.
    pub fn opaque_token(&self) -> String {
        self.granted("")
    }

    fn granted(&self, parameters: &str) -> String {
        let form = format!("grant_type=client_credentials{parameters}");
        let answer = self.exchange(&as_robot("/token", &form));
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// Revokes a token (RFC 7009).
    pub fn revoke(&self, token: &str) {
        let request = as_robot("/token/revocation", &format!("token={token}"));
        self.send(&request).expect(200);
    }

    /// How often it was asked about a token.
    pub fn questions(&self) -> u64 {
        let answer = self.exchange(&Request::new("GET", "/test/asked"));
        answer["said"].as_u64().unwrap()
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
        self.send(request).expect(200).json()
    }

    fn send(&self, request: &Request) -> Response {
        let authority = format!("localhost:{}", self.port);
        wire::exchange(self.port, &authority, request)
    }
}

/// A form of the client that the tokens are issued to.
fn as_robot(target: &str, form: &str) -> Request {
    let credential = STANDARD.encode("robot:robot-secret");
    Request::new("POST", target)
        .with("Content-Type", "application/x-www-form-urlencoded")
        .with("Accept", "application/json")
        .with("Authorization", &format!("Basic {credential}"))
        .with_body(form.as_bytes())
}
