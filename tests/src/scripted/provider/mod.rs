//! An OpenID provider that obeys the standard until a test tells it not to.
//!
//! It keeps the rules that a gateway relies on (one use of a code, PKCE, client authentication),
//! so that a gateway which breaks them fails, and can be hostile in every answer.

pub mod oauth;
mod people;
pub mod settings;
pub mod tokens;

pub use people::Person;

use base64::{Engine, engine::general_purpose::STANDARD};
use lychgate_core::{
    encoding::{base64url, parameters::Parameters},
    http::{
        header::HeaderName,
        outbound::{Outbound, Reply, SendError, SendLimits},
    },
    time::UnixTime,
};
use serde_json::{Value, json};
use settings::{Answer, Endpoint, Reuse, Settings};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The provider's issuer identifier, where it is in this process.
pub const ISSUER: &str = "https://op.example.com";
/// Our client identifier there.
pub const CLIENT_ID: &str = "edge";
/// Our client secret there; looked for wherever nothing secret may stand.
pub const CLIENT_SECRET: &str = "SECRET-CLIENT-SECRET";

/// The provider.
pub struct Provider {
    pub settings: Settings,
    pub issuer: String,
    grants: BTreeMap<String, Grant>,
    /// Authorization requests that were handed in, by `request_uri`.
    pushed: BTreeMap<String, Parameters>,
    /// What it says of opaque tokens at each endpoint that tells about them; of any other, that it is not active.
    pub opaque: BTreeMap<(Endpoint, String), Value>,
    /// The people of access tokens that it gave to pages.
    pub given: BTreeMap<String, Person>,
    /// Every request that came, in order.
    pub requests: Vec<Seen>,
    issued: u32,
}

/// A request that the provider saw.
#[derive(Clone, Debug)]
pub struct Seen {
    pub endpoint: Endpoint,
    pub authorization: Option<String>,
    pub accept: Option<String>,
    pub parameters: Parameters,
}

/// The grant behind a code.
struct Grant {
    person: Person,
    nonce: String,
    challenge: String,
    redirect_uri: String,
    uses: u32,
}

impl Provider {
    /// A provider that behaves well.
    pub fn new(issuer: &str) -> Self {
        Self {
            settings: Settings::new(issuer),
            issuer: issuer.to_owned(),
            grants: BTreeMap::new(),
            pushed: BTreeMap::new(),
            opaque: BTreeMap::new(),
            given: BTreeMap::new(),
            requests: Vec::new(),
            issued: 0,
        }
    }

    /// A browser's visit to the authorization endpoint: `person` signs in, and the browser is
    /// sent to the returned address.
    pub fn authorize(&mut self, url: &str, person: &Person) -> String {
        let (base, query) = url.split_once('?').unwrap();
        let is_openid = base == format!("{}/authorize", self.issuer);
        assert!(
            is_openid || oauth::is_authorization(base, &self.issuer),
            "{base}"
        );
        let asked = Parameters::parse(query).unwrap();
        let asked = match asked.once("request_uri").unwrap() {
            Some(uri) => self
                .pushed
                .remove(uri)
                .unwrap_or_else(|| panic!("no {uri}")),
            None => {
                assert!(!self.settings.takes_pushed_requests, "not handed in");
                asked
            }
        };
        let needed = |name| {
            asked
                .once(name)
                .unwrap()
                .unwrap_or_else(|| panic!("no {name}"))
        };
        assert_eq!(needed("response_type"), "code");
        assert_eq!(needed("client_id"), CLIENT_ID);
        assert_eq!(needed("code_challenge_method"), "S256");
        let asks_openid = needed("scope").split(' ').any(|scope| scope == "openid");
        assert_eq!(asks_openid, is_openid);
        self.issued += 1;
        let code = format!("SECRET-CODE-{}", self.issued);
        let mut person = person.clone();
        // The person authenticates in the way that was asked for.
        if let Some(acr_values) = asked.once("acr_values").unwrap() {
            person.claims["acr"] = json!(acr_values.split(' ').next());
        }
        let grant = Grant {
            person,
            nonce: asked.once("nonce").unwrap().unwrap_or_default().to_owned(),
            challenge: needed("code_challenge").to_owned(),
            redirect_uri: needed("redirect_uri").to_owned(),
            uses: 0,
        };
        let state = needed("state");
        let issuer = match &self.settings.response_issuer {
            Some(issuer) if is_openid => format!("&iss={issuer}"),
            Some(_) | None => String::new(),
        };
        let location = format!("{}?code={code}&state={state}{issuer}", grant.redirect_uri);
        self.grants.insert(code, grant);
        location
    }

    /// An ID token, as a script of the provider's gives it to a page.
    pub fn id_token(&self, login: &str, nonce: &str, now: UnixTime) -> String {
        let person = Person::by_login(login);
        self.settings.id_token(&person, nonce, now)
    }

    /// How often a code came to the token endpoint, over all codes at most.
    pub fn most_uses_of_a_code(&self) -> u32 {
        self.grants
            .values()
            .map(|grant| grant.uses)
            .max()
            .unwrap_or(0)
    }

    /// How many requests an endpoint saw.
    pub fn count(&self, endpoint: Endpoint) -> usize {
        let at = |seen: &&Seen| seen.endpoint == endpoint;
        self.requests.iter().filter(at).count()
    }

    /// Answers one request of the gateway.
    pub fn answer(
        &mut self,
        request: &Outbound,
        limits: SendLimits,
        now: UnixTime,
    ) -> Result<Reply, SendError> {
        let url = request.url.to_string();
        let endpoint = Endpoint::of(url.strip_prefix(&self.issuer).unwrap_or_default());
        let header = |wanted: &HeaderName| {
            let mut headers = request.headers.iter();
            let found = headers.find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.as_str().to_owned())
        };
        let seen = Seen {
            endpoint,
            authorization: header(&HeaderName::AUTHORIZATION),
            accept: header(&HeaderName::ACCEPT),
            parameters: Parameters::parse(request.body.as_deref().unwrap_or_default()).unwrap(),
        };
        self.requests.push(seen.clone());
        let unanswered = self.settings.unanswered.entry(endpoint).or_default();
        if *unanswered > 0 {
            *unanswered -= 1;
            return Err(SendError::Unreachable);
        }
        if let Some((status, document)) = self.answer_oauth(request, &seen) {
            let reply = Reply {
                status,
                content_type: Some("application/json; charset=utf-8".to_owned()),
                body: document.to_string().into_bytes(),
            };
            return cap(reply, limits);
        }
        let answer = self.settings.answer(endpoint);
        // A provider that fails may have acted all the same: the code is used up.
        let document = match endpoint {
            Endpoint::Discovery => Ok(self.settings.metadata()),
            Endpoint::Keys => Ok(self.settings.key_set()),
            Endpoint::PushedAuthorization => self.push(&seen, now),
            Endpoint::Token => self.exchange(&seen, now),
            Endpoint::Userinfo => self.userinfo(&seen),
            Endpoint::TokenInfo => self.token_info(&seen, now),
            Endpoint::Introspection | Endpoint::OtherIntrospection => self.introspect(&seen, now),
            Endpoint::Unknown => Err((404, json!({}))),
        };
        match answer {
            Answer::Document => {}
            Answer::Fixed(reply) => return cap(reply, limits),
            Answer::Error(error) => return Err(error),
        }
        let (status, document) = match document {
            Ok(document) if endpoint == Endpoint::PushedAuthorization => (201, document),
            Ok(document) if endpoint == Endpoint::Token => (self.settings.token_status, document),
            Ok(document) => (200, document),
            Err((status, document)) => (status, document),
        };
        let reply = Reply {
            status,
            content_type: Some("application/json".to_owned()),
            body: document.to_string().into_bytes(),
        };
        cap(reply, limits)
    }

    fn push(&mut self, seen: &Seen, now: UnixTime) -> Result<Value, (u16, Value)> {
        if !self.settings.authenticates(seen, now) {
            return Err((401, json!({"error": "invalid_client"})));
        }
        self.issued += 1;
        let uri = format!("urn:example:pushed:{}", self.issued);
        self.pushed.insert(uri.clone(), seen.parameters.clone());
        Ok(json!({"request_uri": uri, "expires_in": 60}))
    }

    fn exchange(&mut self, seen: &Seen, now: UnixTime) -> Result<Value, (u16, Value)> {
        let refused = |error: &str| {
            (
                400,
                json!({"error": error, "error_description": "<b>SECRET-DESCRIPTION</b>"}),
            )
        };
        let given = |name| seen.parameters.once(name).unwrap().unwrap_or_default();
        if given("grant_type") != "authorization_code" {
            return Err(refused("unsupported_grant_type"));
        }
        if !self.settings.authenticates(seen, now) {
            return Err((401, json!({"error": "invalid_client"})));
        }
        let grant = self.grants.get_mut(given("code"));
        let grant = grant.ok_or_else(|| refused("invalid_grant"))?;
        grant.uses += 1;
        if grant.uses > 1 && self.settings.reuse == Reuse::Refused {
            return Err(refused("invalid_grant"));
        }
        let challenge = base64url::encode(&Sha256::digest(given("code_verifier")));
        if challenge != grant.challenge || given("redirect_uri") != grant.redirect_uri {
            return Err(refused("invalid_grant"));
        }
        let mut response = json!({
            "access_token": format!("SECRET-ACCESS-TOKEN-{}", grant.person.subject),
            "token_type": "Bearer",
            "expires_in": 600,
            "refresh_token": "SECRET-REFRESH-TOKEN",
            "id_token": self.settings.id_token(&grant.person, &grant.nonce, now),
        });
        (self.settings.edit_response)(&mut response);
        Ok(response)
    }

    fn introspect(&self, seen: &Seen, now: UnixTime) -> Result<Value, (u16, Value)> {
        if !self.settings.authenticates(seen, now) {
            return Err((401, json!({"error": "invalid_client"})));
        }
        let hint = seen.parameters.once("token_type_hint").unwrap();
        assert_eq!(hint, Some("access_token"));
        let token = seen.parameters.once("token").unwrap().unwrap_or_default();
        let answer = self.opaque.get(&(seen.endpoint, token.to_owned())).cloned();
        Ok(answer.unwrap_or_else(|| json!({"active": false})))
    }

    /// What Google's endpoint says of a token, with numbers and booleans as text.
    fn token_info(&self, seen: &Seen, now: UnixTime) -> Result<Value, (u16, Value)> {
        let unknown = || (400, json!({"error_description": "Invalid Value"}));
        let asked = |name| seen.parameters.once(name).unwrap();
        if let Some(token) = asked("id_token") {
            let claims = tokens::open(self.settings.signer, token).ok_or_else(unknown)?;
            let mut claims = claims.as_object().unwrap().clone();
            for value in claims.values_mut() {
                if value.is_u64() || value.is_boolean() {
                    *value = json!(value.to_string());
                }
            }
            let mut claims = Value::Object(claims);
            (self.settings.edit_token_check)(&mut claims);
            return Ok(claims);
        }
        let token = asked("access_token").unwrap_or_default();
        let person = self.given.get(token).ok_or_else(unknown)?;
        let mut answer = json!({
            "azp": CLIENT_ID, "aud": CLIENT_ID, "sub": person.subject,
            "exp": (now.as_seconds() + 600).to_string(), "expires_in": "600",
        });
        (self.settings.edit_token_check)(&mut answer);
        Ok(answer)
    }

    fn userinfo(&self, seen: &Seen) -> Result<Value, (u16, Value)> {
        let token = seen.authorization.as_deref().unwrap_or_default();
        let subject = token.strip_prefix("Bearer SECRET-ACCESS-TOKEN-");
        let given = token.strip_prefix("Bearer ");
        let given = given.and_then(|token| self.given.get(token));
        let person = self
            .grants
            .values()
            .map(|grant| &grant.person)
            .find(|person| Some(person.subject.as_str()) == subject)
            .or(given);
        let person = person.ok_or_else(|| (401, json!({"error": "invalid_token"})))?;
        let mut claims = person.claims.clone();
        claims["sub"] = json!(person.subject);
        (self.settings.edit_userinfo)(&mut claims);
        Ok(claims)
    }
}

/// `client_secret_basic` with our secret.
pub fn basic() -> String {
    format!(
        "Basic {}",
        STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"))
    )
}

fn cap(reply: Reply, limits: SendLimits) -> Result<Reply, SendError> {
    if reply.body.len() > limits.body.0 {
        return Err(SendError::TooLarge);
    }
    Ok(reply)
}
