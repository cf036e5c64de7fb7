//! A second real provider: the Python package `oidc-provider-mock`, whose ID tokens name no key.

use super::wire;
use crate::http::request::Request;
use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The provider, until it is dropped.
pub struct MockProvider {
    child: Child,
    port: u16,
}

impl MockProvider {
    /// Starts it and waits until it answers.
    pub fn start() -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
        let program = root.join("build/python/bin/oidc-provider-mock");
        assert!(
            program.is_file(),
            "{} is not installed; `cargo xtask test` installs it first",
            program.display()
        );
        let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let claims = r#"{"sub":"member","name":"Mock member","email":"member@example.com","email_verified":true}"#;
        let child = Command::new(program)
            .args(["--port", &port.to_string(), "--user-claims", claims])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let provider = Self { child, port };
        let begun = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "it does not start"
            );
            thread::yield_now();
        }
        provider
    }

    /// Its issuer identifier.
    pub fn issuer(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Signs in as `login`; where the browser is sent.
    pub fn sign_in(&self, location: &str, login: &str) -> String {
        let target = location.strip_prefix(&self.issuer()).unwrap();
        let form = format!("sub={login}");
        let request = Request::form(target).with_body(form.as_bytes());
        let authority = format!("localhost:{}", self.port);
        let response = wire::exchange(self.port, &authority, &request).expect(302);
        response.location().to_owned()
    }
}

impl Drop for MockProvider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
