//! The hosts that answer requests: the gateway in this process, or a built one in a real runtime.

#[cfg(target_os = "linux")]
pub mod bulk;
pub mod configuration;
pub mod contract;
pub mod databases;
pub mod exposed;
#[cfg(target_os = "linux")]
pub mod full_disk;
pub mod in_process;
#[cfg(target_os = "linux")]
pub mod memory;
pub mod mock_provider;
pub mod port;
mod provider_login;
pub mod provider_server;
pub mod python_issuer;
pub mod raw_upstream;
pub mod root;
pub mod server;
pub mod spin;
pub mod token_issuer;
mod upstream;
pub mod web_socket;
pub mod wire;
pub mod workerd;

use crate::{
    http::{request::Request, response::Response},
    scripted::provider::Provider,
};
use lychgate_core::time::UnixTime;
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// The parts of a deployment beside the build.
#[derive(Clone, Debug)]
pub struct Deployment {
    pub configuration: Value,
    /// Secrets by name.
    pub secrets: Vec<(String, String)>,
    /// Of what the host has for it, what it lacks.
    pub without: Vec<&'static str>,
}

/// The calls of a database. Over a network each is a wait of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatabaseCalls {
    /// Connections that were opened.
    pub connections: u64,
    /// Statements that were given.
    pub statements: u64,
}

impl DatabaseCalls {
    /// The calls since then.
    pub const fn since(self, before: Self) -> Self {
        Self {
            connections: self.connections - before.connections,
            statements: self.statements - before.statements,
        }
    }
}

/// A gateway with its provider and upstreams.
pub trait Host {
    /// The origin of `public_url`.
    fn origin(&self) -> &str;

    /// Host and port of `public_url`.
    fn authority(&self) -> &str {
        self.origin().split("://").nth(1).unwrap()
    }

    /// The provider's issuer identifier.
    fn issuer(&self) -> &str;

    /// Sends a request as it stands.
    fn send(&self, request: &Request) -> Response;

    /// Sends requests at the same time.
    fn send_all(&self, requests: &[Request]) -> Vec<Response>;

    /// Signs in at the provider that `location` leads to; the path and query of the callback.
    fn at_provider(&self, location: &str, login: &str) -> String;

    /// The provider, where it is the scripted one.
    fn scripted_provider(&self) -> Option<Arc<Mutex<Provider>>>;

    /// Forgets what the gateway remembers, but nothing that it stored.
    fn forget(&self);

    /// Takes away the reader of its log, so that no line can be written any more, where a log has a reader.
    fn lose_log(&self) {}

    /// Gives it a log again; what was remembered is forgotten.
    fn find_log(&self) {
        self.forget();
    }

    /// The calls of its database until now, where they are counted.
    fn database_calls(&self) -> Option<DatabaseCalls> {
        None
    }

    /// The deployment that runs here.
    fn deployment(&self) -> Deployment;

    /// Runs another deployment in place of this one: at the same address, and with what is stored. The gateway forgets
    /// what it remembered.
    fn deploy(&self, deployment: &Deployment);

    /// The bindings that the host has for a deployment beside its secrets; a deployment may lack them.
    fn bindings(&self) -> &'static [&'static str];

    /// Whether every request meets the same memory; elsewhere an ended session may pass for as long as
    /// `fresh_for` says.
    fn is_one_instance(&self) -> bool {
        true
    }

    /// Whether it opens WebSockets.
    fn opens_web_sockets(&self) -> bool {
        true
    }

    /// How many requests the token endpoint saw.
    fn token_requests(&self) -> usize;

    /// How many requests reached the API upstream.
    fn api_requests(&self) -> usize;

    /// The time.
    fn now(&self) -> UnixTime;
}
