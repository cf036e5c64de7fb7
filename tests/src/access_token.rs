//! Access tokens as issuers make them, and each way to make them wrong.

use crate::{
    host::Host,
    http::{request::Request, response::Response},
    scripted::provider::{settings::Signer, tokens},
};
use lychgate_core::encoding::base64url;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The `aud` of tokens for the tested API.
pub const AUDIENCE: &str = "https://api.example.com";

/// An issuer whose keys stand in the configuration.
pub const INLINE: &str = "https://inline.example";

/// Its key.
pub const INLINE_KEY: Signer = Signer::Ed25519(7);

/// An issuer that shares a secret with the gateway.
pub const SHARED: &str = "https://shared.example";

/// The secret.
pub const SHARED_SECRET: &str = "SECRET-SHARED-WITH-THE-ISSUER-OF-TOKENS";

/// An issuer with tenants, of which two are allowed.
pub const TENANTS: &str = "https://tenants.example/{tenantid}/v2.0";

/// A token before it is signed.
#[derive(Clone)]
pub struct AccessToken {
    pub header: Value,
    pub claims: Value,
    pub signer: Signer,
}

impl AccessToken {
    /// A good one of the issuer whose keys stand in the configuration.
    pub fn inline(host: &dyn Host) -> Self {
        Self::of(host, INLINE, INLINE_KEY)
    }

    /// A good one of the scripted provider.
    pub fn published(host: &dyn Host) -> Self {
        Self::of(host, host.issuer(), Signer::Ed25519(1))
    }

    pub fn of(host: &dyn Host, issuer: &str, signer: Signer) -> Self {
        let now = host.now().as_seconds();
        Self {
            header: json!({
                "alg": tokens::algorithm(signer), "typ": "at+jwt", "kid": tokens::key_id(signer),
            }),
            claims: json!({
                "iss": issuer, "sub": "robot", "aud": AUDIENCE, "client_id": "billing",
                "iat": now, "exp": now + 600, "jti": "1", "scope": "read profile",
                "groups": ["robots"],
            }),
            signer,
        }
    }

    /// The same with another claim; `null` takes it away.
    pub fn claim(mut self, name: &str, value: Value) -> Self {
        set(&mut self.claims, name, value);
        self
    }

    /// The same with another member of the header; `null` takes it away.
    pub fn header(mut self, name: &str, value: Value) -> Self {
        set(&mut self.header, name, value);
        self
    }

    /// The same, signed by another key; the header stays as it is.
    pub fn signed_by(mut self, signer: Signer) -> Self {
        self.signer = signer;
        self
    }

    /// The same, bound to a key.
    pub fn bound_to(self, key: Signer) -> Self {
        self.claim("cnf", json!({"jkt": thumbprint(key)}))
    }

    pub fn text(&self) -> String {
        tokens::sign(self.signer, &self.header, &self.claims)
    }

    /// A call with it.
    pub fn call(&self, host: &dyn Host, target: &str) -> Response {
        host.send(&bearer(&self.text(), "GET", target))
    }
}

/// A call with that token.
pub fn bearer(token: &str, method: &str, target: &str) -> Request {
    Request::new(method, target).with("Authorization", &format!("Bearer {token}"))
}

fn set(members: &mut Value, name: &str, value: Value) {
    let members = members.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
}

/// RFC 7638.
pub fn thumbprint(key: Signer) -> String {
    let jwk = tokens::jwk(key);
    let text = |name: &str| jwk[name].as_str().unwrap().to_owned();
    let members = match jwk["kty"].as_str() {
        Some("OKP") => format!(
            r#"{{"crv":"{}","kty":"OKP","x":"{}"}}"#,
            text("crv"),
            text("x")
        ),
        _ => format!(
            r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#,
            text("crv"),
            text("x"),
            text("y")
        ),
    };
    base64url::encode(&Sha256::digest(members))
}

/// A DPoP proof (RFC 9449) before it is signed.
#[derive(Clone)]
pub struct Proof {
    pub header: Value,
    pub claims: Value,
    pub signer: Signer,
}

impl Proof {
    /// A good one of a `GET` with that token.
    pub fn of(host: &dyn Host, key: Signer, token: &str, path: &str, id: &str) -> Self {
        let jwk = tokens::jwk(key);
        Self {
            header: json!({"typ": "dpop+jwt", "alg": tokens::algorithm(key), "jwk": jwk}),
            claims: json!({
                "jti": id, "htm": "GET", "htu": format!("{}{path}", host.origin()),
                "iat": host.now().as_seconds(),
                "ath": base64url::encode(&Sha256::digest(token)),
            }),
            signer: key,
        }
    }

    /// The same with another claim; `null` takes it away.
    pub fn claim(mut self, name: &str, value: Value) -> Self {
        set(&mut self.claims, name, value);
        self
    }

    /// The same with another member of the header; `null` takes it away.
    pub fn header(mut self, name: &str, value: Value) -> Self {
        set(&mut self.header, name, value);
        self
    }

    pub fn text(&self) -> String {
        tokens::sign(self.signer, &self.header, &self.claims)
    }

    /// A call with it.
    pub fn call(&self, host: &dyn Host, token: &str, target: &str) -> Response {
        host.send(
            &Request::new("GET", target)
                .with("Authorization", &format!("DPoP {token}"))
                .with("DPoP", &self.text()),
        )
    }
}
