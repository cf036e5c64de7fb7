//! How the scripted provider behaves: a field for each way to be wrong.

use super::{CLIENT_ID, Person, basic, tokens};
use lychgate_core::{
    http::outbound::{Reply, SendError},
    time::UnixTime,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The provider's endpoints that a gateway sends to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Endpoint {
    Discovery,
    Keys,
    Token,
    Userinfo,
    Unknown,
}

/// How an endpoint answers.
#[derive(Clone)]
pub enum Answer {
    /// With its document.
    Document,
    /// With something else, always the same.
    Fixed(Reply),
    /// Not at all.
    Error(SendError),
}

/// Whether a used code can be used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    Refused,
    Accepted,
}

/// How the provider wants the client to authenticate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    Basic,
    None,
}

/// How ID tokens are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// Ed25519 with the key of that seed.
    Ed25519(u8),
    /// P-256 with the key of that seed.
    P256(u8),
    /// HS256 with the published key as the secret.
    PublicKeyAsSecret,
    /// Not at all, as `alg` says.
    Unsigned(&'static str),
    /// Ed25519, with one bit changed afterwards.
    Tampered,
}

/// Changes a JSON document before it is sent.
pub type Edit = Box<dyn Fn(&mut Value) + Send>;

/// Every switch of the provider.
pub struct Settings {
    issuer: String,
    answers: BTreeMap<Endpoint, Answer>,
    pub authentication: Authentication,
    pub claims_in_id_token: bool,
    pub edit_claims: Edit,
    pub edit_header: Edit,
    pub edit_keys: Edit,
    pub edit_metadata: Edit,
    pub edit_response: Edit,
    pub edit_userinfo: Edit,
    /// `iss` of authorization responses.
    pub response_issuer: Option<String>,
    pub reuse: Reuse,
    pub signer: Signer,
}

impl Endpoint {
    /// The endpoint at that path.
    pub fn of(path: &str) -> Self {
        match path {
            "/.well-known/openid-configuration" => Self::Discovery,
            "/jwks" => Self::Keys,
            "/token" => Self::Token,
            "/userinfo" => Self::Userinfo,
            _ => Self::Unknown,
        }
    }
}

impl Answer {
    /// A page for people, as a broken proxy in front of a provider sends it.
    pub fn html(status: u16) -> Self {
        Self::fixed(status, "text/html", "<html><script>SECRET-PAGE</script>")
    }

    /// A body of that type.
    pub fn fixed(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Fixed(Reply {
            status,
            content_type: Some(content_type.to_owned()),
            body: body.into(),
        })
    }
}

impl Settings {
    /// A provider that obeys.
    pub fn new(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            answers: BTreeMap::new(),
            authentication: Authentication::Basic,
            claims_in_id_token: true,
            edit_claims: unchanged(),
            edit_header: unchanged(),
            edit_keys: unchanged(),
            edit_metadata: unchanged(),
            edit_response: unchanged(),
            edit_userinfo: unchanged(),
            response_issuer: Some(issuer.to_owned()),
            reuse: Reuse::Refused,
            signer: Signer::Ed25519(1),
        }
    }

    /// Makes an endpoint answer that way from now on.
    pub fn set_answer(&mut self, endpoint: Endpoint, answer: Answer) {
        self.answers.insert(endpoint, answer);
    }

    pub(super) fn answer(&self, endpoint: Endpoint) -> Answer {
        self.answers
            .get(&endpoint)
            .cloned()
            .unwrap_or(Answer::Document)
    }

    pub(super) fn authenticates(&self, authorization: Option<&str>, client_id: &str) -> bool {
        match self.authentication {
            Authentication::Basic => authorization == Some(basic().as_str()),
            Authentication::None => authorization.is_none() && client_id == CLIENT_ID,
        }
    }

    pub(super) fn metadata(&self) -> Value {
        let at = |path| format!("{}/{path}", self.issuer);
        let mut document = json!({
            "issuer": self.issuer,
            "authorization_endpoint": at("authorize"),
            "token_endpoint": at("token"),
            "jwks_uri": at("jwks"),
            "userinfo_endpoint": at("userinfo"),
            "end_session_endpoint": at("end"),
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": self.response_issuer.is_some(),
        });
        (self.edit_metadata)(&mut document);
        document
    }

    pub(super) fn key_set(&self) -> Value {
        let mut document = json!({"keys": [tokens::jwk(self.signer)]});
        (self.edit_keys)(&mut document);
        document
    }

    pub(super) fn id_token(&self, person: &Person, nonce: &str, now: UnixTime) -> String {
        let now = now.as_seconds();
        let mut claims = if self.claims_in_id_token {
            person.claims.clone()
        } else {
            json!({})
        };
        for (name, value) in [
            ("iss", json!(self.issuer)),
            ("sub", json!(person.subject)),
            ("aud", json!(CLIENT_ID)),
            ("iat", json!(now)),
            ("exp", json!(now + 600)),
            ("auth_time", json!(now)),
            ("nonce", json!(nonce)),
            ("sid", json!("provider-session")),
        ] {
            claims[name] = value;
        }
        (self.edit_claims)(&mut claims);
        let mut header =
            json!({"alg": tokens::algorithm(self.signer), "kid": tokens::key_id(self.signer)});
        (self.edit_header)(&mut header);
        tokens::sign(self.signer, &header, &claims)
    }
}

/// The edit that changes nothing.
pub fn unchanged() -> Edit {
    Box::new(|_| {})
}

/// The edit that sets one member.
pub fn with(name: &'static str, value: Value) -> Edit {
    Box::new(move |document| document[name] = value.clone())
}

/// The edit that takes one member away.
pub fn without(name: &'static str) -> Edit {
    Box::new(move |document| {
        document.as_object_mut().unwrap().remove(name);
    })
}
