//! A real issuer of JWT access tokens: the npm package `oidc-provider`, as a machine's client sees it.

use super::wire;
use crate::http::request::Request;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// The issuer, until it is dropped.
pub struct TokenIssuer {
    child: Child,
    port: u16,
}

impl TokenIssuer {
    /// Starts it and waits until it answers.
    pub fn start() -> Self {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("issuer/run.mjs");
        let mut child = Command::new("node")
            .arg(script)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| line.ok()?.parse().ok()).unwrap();
        Self { child, port }
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

impl Drop for TokenIssuer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
