//! How the scripted provider behaves: a field for each way to be wrong.

use super::{CLIENT_ID, CLIENT_SECRET, Person, Seen, basic, tokens};
use lychgate_core::{
    http::outbound::{Reply, SendError},
    time::UnixTime,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};

/// The provider's endpoints that a gateway sends to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Endpoint {
    Discovery,
    Keys,
    PushedAuthorization,
    Token,
    Userinfo,
    Introspection,
    TokenInfo,
    /// That of another issuer, which the provider plays as well.
    OtherIntrospection,
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
    Post,
    /// An assertion signed with the key of that seed, as `tokens` derives it.
    PrivateKey(Signer),
    /// A client secret that is a token of the team's, as Apple has it.
    Apple(Signer),
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
    /// Changes what GitHub, Facebook and Google answer about a token.
    pub edit_token_check: Edit,
    /// The status of a good answer of the token endpoint.
    pub token_status: u16,
    /// Whether the provider takes authorization requests beforehand, and only so.
    pub takes_pushed_requests: bool,
    /// `iss` of authorization responses.
    pub response_issuer: Option<String>,
    pub reuse: Reuse,
    pub signer: Signer,
    /// How many of the next requests for an endpoint get no answer.
    pub unanswered: BTreeMap<Endpoint, usize>,
    /// How long it takes to answer, where it is behind a socket.
    pub takes: Duration,
}

impl Endpoint {
    /// The endpoint at that path.
    pub fn of(path: &str) -> Self {
        match path {
            "/.well-known/openid-configuration" => Self::Discovery,
            "/jwks" => Self::Keys,
            "/par" => Self::PushedAuthorization,
            "/token" => Self::Token,
            "/userinfo" => Self::Userinfo,
            "/introspect" => Self::Introspection,
            "/tokeninfo" => Self::TokenInfo,
            "/introspect/other" => Self::OtherIntrospection,
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
            edit_token_check: unchanged(),
            token_status: 200,
            takes_pushed_requests: false,
            response_issuer: Some(issuer.to_owned()),
            reuse: Reuse::Refused,
            signer: Signer::Ed25519(1),
            unanswered: BTreeMap::new(),
            takes: Duration::ZERO,
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

    /// Whether a request comes from our client, and says so in the one way that is agreed on.
    pub(super) fn authenticates(&self, seen: &Seen, now: UnixTime) -> bool {
        let authorization = seen.authorization.as_deref();
        let given = |name| seen.parameters.once(name).unwrap();
        let secret = given("client_secret");
        let assertion = given("client_assertion");
        let is_client = given("client_id") == Some(CLIENT_ID);
        match (self.authentication, authorization, secret, assertion) {
            (Authentication::Basic, Some(authorization), None, None) => authorization == basic(),
            (Authentication::Post, None, Some(secret), None) => {
                is_client && secret == CLIENT_SECRET
            }
            (Authentication::None, None, None, None) => is_client,
            (Authentication::PrivateKey(signer), None, None, Some(assertion)) => {
                let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
                let claims = tokens::open(signer, assertion);
                let now = now.as_seconds();
                is_client
                    && given("client_assertion_type") == Some(kind)
                    && claims.is_some_and(|claims| {
                        let expiration = claims["exp"].as_u64().unwrap();
                        claims["iss"] == CLIENT_ID
                            && claims["sub"] == CLIENT_ID
                            && claims["aud"] == json!(self.issuer)
                            && claims["jti"].as_str().unwrap().len() == 22
                            && (now..now + 300).contains(&expiration)
                    })
            }
            (Authentication::Apple(signer), None, Some(secret), None) => {
                let claims = tokens::open(signer, secret);
                is_client
                    && claims.is_some_and(|claims| {
                        claims["iss"] == "TEAM"
                            && claims["sub"] == CLIENT_ID
                            && claims["aud"] == json!(self.issuer)
                            && claims["exp"].as_u64().unwrap() > now.as_seconds()
                    })
            }
            (
                Authentication::Basic
                | Authentication::Post
                | Authentication::Apple(_)
                | Authentication::None
                | Authentication::PrivateKey(_),
                _,
                _,
                _,
            ) => false,
        }
    }

    pub fn metadata(&self) -> Value {
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
        if self.takes_pushed_requests {
            document["pushed_authorization_request_endpoint"] = json!(at("par"));
        }
        (self.edit_metadata)(&mut document);
        document
    }

    pub fn key_set(&self) -> Value {
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
