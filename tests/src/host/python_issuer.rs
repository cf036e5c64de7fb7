//! A second real issuer of opaque tokens: the Python package `idpyoidc`, as a machine's client sees it.

use super::{
    root::{self, root},
    server::{End, Server},
    wire,
};
use crate::http::{request::Request, response::Response};
use base64::{Engine, engine::general_purpose::STANDARD};

/// The issuer, until it is dropped.
pub struct PythonIssuer {
    /// Kept until it is to end.
    _script: Server,
    port: u16,
}

/// A token, and the client that it was issued to.
pub struct Issued {
    pub token: String,
    pub client: String,
}

impl PythonIssuer {
    /// Starts it and waits until it answers.
    pub fn start() -> Self {
        let mut python = root::python("python");
        python.arg(root().join("tests/issuer/run.py"));
        let mut script = Server::start("the Python issuer", &mut python, End::OfInput);
        let port = script.line().parse().unwrap();
        Self {
            _script: script,
            port,
        }
    }

    /// Its issuer identifier.
    pub fn issuer(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// A token for that client, which gets one alone.
    pub fn token(&self, client: &str) -> Issued {
        let form = "grant_type=client_credentials";
        let answer = self.send(&form_of(client, "/token", form)).expect(200);
        Issued {
            token: answer.json()["access_token"].as_str().unwrap().to_owned(),
            client: client.to_owned(),
        }
    }

    /// Has its client revoke a token (RFC 7009).
    pub fn revoke(&self, issued: &Issued) {
        let form = format!("token={}", issued.token);
        self.send(&form_of(&issued.client, "/revocation", &form))
            .expect(200);
    }

    /// How often it was asked about a token.
    pub fn questions(&self) -> u64 {
        let answer = self.send(&Request::new("GET", "/test/asked")).expect(200);
        answer.json()["said"].as_u64().unwrap()
    }

    fn send(&self, request: &Request) -> Response {
        let authority = format!("localhost:{}", self.port);
        wire::exchange(self.port, &authority, request)
    }
}

fn form_of(client: &str, target: &str, form: &str) -> Request {
    let credential = STANDARD.encode(format!("{client}:{client}-secret"));
    Request::new("POST", target)
        .with("Content-Type", "application/x-www-form-urlencoded")
        .with("Authorization", &format!("Basic {credential}"))
        .with_body(form.as_bytes())
}
