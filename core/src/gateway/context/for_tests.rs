//! A configuration, a request and a session for the unit tests of the gateway's files.

use crate::{
    config::Config,
    gateway::context::{call::Call, deployment::Deployment, measured::Measured},
    http::{
        header::HeaderName,
        inbound::{BodyError, ByteCount, Inbound},
        method::Method,
    },
    platform::for_tests::{Edge, NOW},
    secret::Secret,
    session::{
        cookie::SessionCookie,
        keys::{Generation, SessionSecret},
        predecessor::Predecessor,
        record::SessionRecord,
    },
    user::key::UserKey,
};
use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::cell::Cell;
use serde_json::{Value, json};

/// The provider of [`settings`] that signs users in.
pub(in crate::gateway) const ISSUER: &str = "https://op.example.com";

/// A configuration with routes of every access.
pub(in crate::gateway) fn settings() -> Value {
    json!({
        "version": 1,
        "public_url": "https://app.example.com",
        "base_path": "/auth",
        "key": [{"id": 1, "secret": "RING"}],
        "provider": [
            {"id": "demo", "kind": "oidc", "issuer": ISSUER, "client_id": "edge",
             "client_secret": {"secret": "DEMO"}},
            {"id": "other", "kind": "oidc", "issuer": "https://other.example.com",
             "client_id": "edge", "client_secret": {"secret": "OTHER"}},
        ],
        "issuer": [{"issuer": ISSUER, "audiences": ["api"]}],
        "upstream": [
            {"id": "site", "assets": true},
            {"id": "api", "url": "https://api.example.com", "identity": "headers",
             "shared_secret": {"secret": "API"}, "path_matching": "exact"},
        ],
        "route": [
            {"path": "/**", "access": ["public"], "upstream": "site"},
            {"path": "/members/**", "access": ["session"], "upstream": "site"},
            {"path": "/fresh/**", "access": ["session"], "upstream": "site",
             "require": {"acr": ["gold"]}},
            {"path": "/api/**", "access": ["session"], "upstream": "api",
             "cors": {"origins": ["https://front.example.com"]}},
            {"path": "/calls/**", "access": ["bearer"], "upstream": "api",
             "require": {"scopes": ["read"]}},
            {"path": "/dav/**", "access": ["session"], "upstream": "api"},
            {"path": "/dav/staff/**", "access": ["session"], "upstream": "api",
             "require": {"any_group": ["staff"]}},
        ],
    })
}

/// The secret of that name: 32 bytes for the ring, and a text that tells it from others.
pub(in crate::gateway) fn secret(name: &str) -> Option<Secret<String>> {
    Some(Secret::new(match name {
        "RING" => "A".repeat(43),
        _ => format!("the-secret-of-{name}"),
    }))
}

/// The deployment of these settings.
pub(in crate::gateway) fn deploy(settings: &Value) -> Deployment {
    let config = Config::from_json(settings.to_string().as_bytes()).unwrap();
    Deployment::new(config, secret).unwrap()
}

/// The deployment of [`settings`].
pub(in crate::gateway) fn deployment() -> Deployment {
    deploy(&settings())
}

/// A request as a client sent it.
pub(in crate::gateway) struct Sent {
    method: &'static str,
    target: &'static str,
    fields: Vec<(HeaderName, String)>,
    body: Vec<u8>,
}

impl Sent {
    /// A request without fields and body.
    pub(in crate::gateway) const fn new(method: &'static str, target: &'static str) -> Self {
        Self {
            method,
            target,
            fields: Vec::new(),
            body: Vec::new(),
        }
    }

    /// With one more field.
    pub(in crate::gateway) fn with(mut self, name: HeaderName, value: &str) -> Self {
        self.fields.push((name, value.to_owned()));
        self
    }

    /// With a form in its body.
    pub(in crate::gateway) fn with_form(self, content_type: &str, body: &[u8]) -> Self {
        let body = body.to_vec();
        let sent = self.with(HeaderName::CONTENT_TYPE, content_type);
        Self { body, ..sent }
    }
}

impl Inbound for Sent {
    fn method(&self) -> Method {
        Method::parse(self.method)
    }

    fn target(&self) -> &str {
        self.target
    }

    fn host(&self) -> &str {
        "app.example.com"
    }

    fn header(&self, name: &HeaderName) -> Option<String> {
        let mut fields = self.fields.iter();
        let (_, value) = fields.find(|(other, _)| other == name)?;
        Some(value.clone())
    }

    async fn body(&self, cap: ByteCount) -> Result<Vec<u8>, BodyError> {
        if self.body.len() > cap.0 {
            return Err(BodyError::TooLarge);
        }
        Ok(self.body.clone())
    }
}

/// What `act` makes of a call with this request at this host.
pub(in crate::gateway) fn calling<T>(
    deployment: &Deployment,
    edge: &Edge,
    request: &Sent,
    act: impl FnOnce(&Call<'_, Edge, Sent>) -> T,
) -> T {
    let platform = Measured::new(edge, Some(&deployment.metrics));
    act(&Call {
        deployment,
        platform: &platform,
        request,
        now: NOW,
        later: Cell::default(),
    })
}

/// The cookie of a session of Alice's that began now.
pub(in crate::gateway) fn session_cookie() -> SessionCookie {
    SessionCookie {
        secret: SessionSecret::new(Secret::new([1; 32])),
        user: UserKey::new(ISSUER, "alice"),
        generation: Generation(0),
        created: NOW,
        authenticated_at: NOW,
        ends: None,
        renewed: NOW,
    }
}

/// The record of the same session.
pub(in crate::gateway) fn session_record() -> SessionRecord {
    let mut record = SessionRecord::nobody();
    record.provider = "demo".to_owned();
    record.iss = ISSUER.to_owned();
    record.sub = "alice".to_owned();
    record.access_token = Some("at".to_owned());
    record.created = NOW.as_seconds();
    record
}

/// The same session, as one that a sign-in replaces.
pub(in crate::gateway) fn predecessor() -> Predecessor {
    let cookie = session_cookie();
    Predecessor {
        user: cookie.user,
        handle: cookie.secret.handle(),
    }
}
