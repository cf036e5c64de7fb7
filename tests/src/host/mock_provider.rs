//! A second real provider: the Python package `oidc-provider-mock`, whose ID tokens name no key.

use super::{
    port::Port,
    root,
    server::{End, Server},
    wire,
};
use crate::http::request::Request;

/// The provider, until it is dropped.
pub struct MockProvider {
    /// Kept until it is to end.
    _program: Server,
    port: Port,
}

impl MockProvider {
    /// Starts it and waits until it answers.
    pub fn start() -> Self {
        let port = Port::reserve();
        let claims = r#"{"sub":"member","name":"Mock member","email":"member@example.com","email_verified":true}"#;
        let mut command = root::python("oidc-provider-mock");
        let number = port.number().to_string();
        command.args(["--port", &number, "--user-claims", claims]);
        let mut program = Server::start("the mock provider", &mut command, End::Kill);
        program.listens(port.number());
        Self {
            _program: program,
            port,
        }
    }

    /// Its issuer identifier.
    pub fn issuer(&self) -> String {
        format!("http://localhost:{}", self.port.number())
    }

    /// Signs in as `login`; where the browser is sent.
    pub fn sign_in(&self, location: &str, login: &str) -> String {
        let target = location.strip_prefix(&self.issuer()).unwrap();
        let form = format!("sub={login}");
        let request = Request::form(target).with_body(form.as_bytes());
        let number = self.port.number();
        let authority = format!("localhost:{number}");
        let response = wire::exchange(number, &authority, &request).expect(302);
        response.location().to_owned()
    }
}
