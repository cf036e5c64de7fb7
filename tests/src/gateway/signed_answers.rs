//! Answers about opaque tokens that their issuer has to sign (RFC 9701): what counts as one, and that nothing else does.

use super::Case;
use crate::{
    access_token::{AUDIENCE, AccessToken, INLINE, INLINE_KEY, bearer},
    host::{
        Host,
        in_process::{InProcess, Setup},
    },
    http::response::Response,
    scripted::provider::{
        CLIENT_ID, basic,
        settings::{Answer, Endpoint, Signer},
        tokens,
    },
};
use lychgate_core::time::Seconds;
use serde_json::{Value, json};

/// An issuer that signs its answers, with the key that the scripted provider publishes.
const SIGNING: &str = "https://signing.example";
const KEY: Signer = Signer::Ed25519(1);

const MEDIA_TYPE: &str = "application/token-introspection+jwt";

/// Cases for any host whose provider is the scripted one.
pub const CASES: &[Case] = &[
    (
        "an answer that its issuer signed lets a token in",
        a_signed_answer_counts,
    ),
    (
        "an answer that is not signed as it has to be leaves it open",
        nothing_else_counts,
    ),
    ("a signed answer is no access token", an_answer_is_no_token),
];

fn with_signing(configuration: &Value, issuer: &str) -> Value {
    let mut configuration = configuration.clone();
    let issuers = configuration["issuer"].as_array_mut().unwrap();
    if issuers.iter().any(|it| it["issuer"] == SIGNING) {
        return configuration;
    }
    issuers.push(json!({
        "issuer": SIGNING, "check": "introspection", "audiences": [AUDIENCE],
        "introspection_endpoint": format!("{issuer}/introspect"), "introspection_signed": true,
        "jwks_uri": format!("{issuer}/jwks"), "algorithms": ["EdDSA"],
        "client_id": CLIENT_ID, "client_secret": {"secret": "DEMO_CLIENT_SECRET"},
        "token_prefix": "sa_",
    }));
    let routes = configuration["route"].as_array_mut().unwrap();
    let route = |path: &str, name: &str| json!({"path": path, "access": ["bearer"], "upstream": "api", "require": {"issuers": [name]}});
    routes.extend([route("/answers/**", SIGNING), route("/inline/**", INLINE)]);
    configuration
}

fn deploy(host: &dyn Host) {
    let mut deployment = host.deployment();
    deployment.configuration = with_signing(&deployment.configuration, host.issuer());
    host.deploy(&deployment);
}

/// An answer before it is signed.
#[derive(Clone)]
struct Signed {
    header: Value,
    claims: Value,
    signer: Signer,
}

impl Signed {
    fn good(host: &dyn Host) -> Self {
        let now = host.now().as_seconds();
        Self {
            header: json!({
                "alg": tokens::algorithm(KEY), "typ": "token-introspection+jwt",
                "kid": tokens::key_id(KEY),
            }),
            claims: json!({
                "iss": SIGNING, "aud": CLIENT_ID, "iat": now,
                "token_introspection": {
                    "active": true, "sub": "robot", "client_id": "billing", "aud": AUDIENCE,
                    "exp": now + 600,
                },
            }),
            signer: KEY,
        }
    }

    fn claim(mut self, pointer: &str, value: Value) -> Self {
        *self.claims.pointer_mut(pointer).unwrap() = value;
        self
    }

    fn header(mut self, name: &str, value: Value) -> Self {
        self.header[name] = value;
        self
    }

    fn by(mut self, signer: Signer) -> Self {
        self.signer = signer;
        self
    }

    fn text(&self) -> String {
        tokens::sign(self.signer, &self.header, &self.claims)
    }

    /// Has the issuer answer so from now on.
    fn given(&self, host: &dyn Host) {
        answers(host, 200, MEDIA_TYPE, &self.text());
    }
}

fn answers(host: &dyn Host, status: u16, content_type: &str, body: &str) {
    let provider = host.scripted_provider().unwrap();
    let mut provider = provider.lock().unwrap();
    let answer = Answer::fixed(status, content_type, body);
    provider
        .settings
        .set_answer(Endpoint::Introspection, answer);
}

fn call(host: &dyn Host, token: &str) -> Response {
    host.send(&bearer(token, "GET", "/answers/a"))
}

fn a_signed_answer_counts(host: &dyn Host) {
    deploy(host);
    Signed::good(host).given(host);
    for _ in 0..2 {
        let seen = call(host, "sa_1").expect(200).json();
        assert_eq!(seen["headers"]["lychgate-user"], "robot");
        assert_eq!(seen["headers"]["lychgate-issuer"], SIGNING);
    }
    let provider = host.scripted_provider().unwrap();
    let requests = provider.lock().unwrap().requests.clone();
    let mut requests = requests.iter().rev();
    let asked = requests.find(|seen| seen.endpoint == Endpoint::Introspection);
    let asked = asked.unwrap();
    assert_eq!(asked.accept.as_deref(), Some(MEDIA_TYPE));
    assert_eq!(asked.authorization, Some(basic()));
    // One for several services.
    let several = json!(["other", CLIENT_ID]);
    Signed::good(host).claim("/aud", several).given(host);
    call(host, "sa_2").expect(200);
    // The word of the issuer is no other than without a signature.
    let inactive = json!({"active": false});
    let refused = Signed::good(host).claim("/token_introspection", inactive);
    refused.given(host);
    call(host, "sa_3").expect(401);
    let other = json!("https://other.example");
    let refused = Signed::good(host).claim("/token_introspection/aud", other);
    refused.given(host);
    call(host, "sa_4").expect(401);
}

/// Signed answers that say something else than they have to, by one thing each.
fn saying_wrong(host: &dyn Host) -> Vec<(&'static str, String)> {
    let good = Signed::good(host);
    let now = host.now().as_seconds();
    let said = good.claims["token_introspection"].to_string();
    [
        ("another issuer", "/iss", json!("https://other.example")),
        ("no issuer", "/iss", Value::Null),
        ("for another client", "/aud", json!("other")),
        ("for nobody", "/aud", json!([])),
        ("of the past", "/iat", json!(now - 600)),
        ("of the future", "/iat", json!(now + 600)),
        ("without a time", "/iat", Value::Null),
        ("without a word", "/token_introspection", Value::Null),
        ("a text", "/token_introspection", json!(said)),
        (
            "not quite active",
            "/token_introspection/active",
            json!("true"),
        ),
    ]
    .map(|(name, pointer, value)| (name, good.clone().claim(pointer, value).text()))
    .to_vec()
}

/// Answers under the right media type that are signed in another way than they have to be.
fn signed_wrong(host: &dyn Host) -> Vec<(&'static str, String)> {
    let good = || Signed::good(host);
    let other_key = Signer::Ed25519(9);
    let renamed = good().header("kid", json!("other"));
    let unsigned = good().header("alg", json!("none"));
    let symmetric = good().header("alg", json!("HS256"));
    let signed = [
        ("an access token", good().header("typ", json!("at+jwt"))),
        ("any token", good().header("typ", json!("JWT"))),
        ("another key", good().by(other_key)),
        ("an unknown key", renamed.by(other_key)),
        ("changed", good().by(Signer::Tampered)),
        ("unsigned", unsigned.by(Signer::Unsigned("none"))),
        (
            "the public key as a secret",
            symmetric.by(Signer::PublicKeyAsSecret),
        ),
    ];
    let mut answers = signed.map(|(name, answer)| (name, answer.text())).to_vec();
    answers.push(("encrypted", "eyJlbmMiOiJBMjU2R0NNIn0.a.b.c.d".to_owned()));
    answers
}

fn nothing_else_counts(host: &dyn Host) {
    deploy(host);
    let good = Signed::good(host);
    let (text, said) = (good.text(), good.claims["token_introspection"].to_string());
    let signed = [saying_wrong(host), signed_wrong(host)].concat();
    let signed = signed
        .iter()
        .map(|(name, body)| (*name, 200, MEDIA_TYPE, body));
    let others = [
        ("plain", 200, MEDIA_TYPE, &said),
        ("plain JSON", 200, "application/json", &said),
        (
            "JSON of that name",
            200,
            "application/token-introspection+json",
            &said,
        ),
        ("a token as JSON", 200, "application/json", &text),
        ("any token by its label", 200, "application/jwt", &text),
        ("a refusal of us", 401, MEDIA_TYPE, &text),
        ("an error", 500, MEDIA_TYPE, &text),
    ];
    for (name, status, content_type, body) in signed.chain(others) {
        answers(host, status, content_type, body);
        let unknown = call(host, "sa_1");
        assert_eq!(unknown.status, 503, "{name}");
        assert!(unknown.header("retry-after").is_some(), "{name}");
        assert_eq!(unknown.header("www-authenticate"), None, "{name}");
    }
    // Nothing is remembered of it, and they differ by one thing each.
    Signed::good(host).given(host);
    call(host, "sa_1").expect(200);
}

/// RFC 9701, section 8.1: even where its content would make one.
fn an_answer_is_no_token(host: &dyn Host) {
    deploy(host);
    Signed::good(host).given(host);
    let token = AccessToken::inline(host);
    token.call(host, "/inline/a").expect(200);
    let answer = json!({"active": true});
    let answer_type = json!("token-introspection+jwt");
    let named = json!("application/token-introspection+jwt");
    for answer in [
        token.clone().header("typ", answer_type.clone()),
        token.clone().header("typ", named),
        token.clone().claim("token_introspection", answer),
    ] {
        answer.call(host, "/inline/a").expect(401);
    }
    // Nor is its own issuer asked about one.
    let questions = || {
        let provider = host.scripted_provider().unwrap();
        let provider = provider.lock().unwrap();
        provider.count(Endpoint::Introspection)
    };
    let before = questions();
    let of_signing = AccessToken::of(host, SIGNING, KEY);
    let answer = of_signing.clone().header("typ", answer_type);
    call(host, &answer.text()).expect(401);
    assert_eq!(questions(), before);
    call(host, &of_signing.text()).expect(200);
    assert!(questions() > before);
}

fn in_process(edit: impl FnOnce(&mut Value)) -> InProcess {
    let mut setup = Setup::standard();
    let issuer = crate::scripted::provider::ISSUER;
    setup.configuration = with_signing(&setup.configuration, issuer);
    let issuers = setup.configuration["issuer"].as_array_mut().unwrap();
    edit(issuers.last_mut().unwrap());
    InProcess::with(&setup)
}

#[test]
fn keys_that_cannot_be_had_leave_it_open() {
    let host = in_process(|_| {});
    let provider = host.scripted_provider().unwrap();
    let keys = |answer| {
        let mut provider = provider.lock().unwrap();
        provider.settings.set_answer(Endpoint::Keys, answer);
    };
    keys(Answer::html(200));
    Signed::good(&host).given(&host);
    let unknown = call(&host, "sa_1").expect(503);
    assert!(unknown.header("retry-after").is_some());
    keys(Answer::Document);
    host.world.pass(Seconds::new(10));
    Signed::good(&host).given(&host);
    call(&host, "sa_1").expect(200);
}

#[test]
fn an_answer_outlives_the_keys_that_it_was_verified_with() {
    let host = in_process(|issuer| issuer["cache_for"] = json!("10m"));
    Signed::good(&host).given(&host);
    call(&host, "sa_1").expect(200);
    let provider = host.scripted_provider().unwrap();
    provider.lock().unwrap().settings.signer = Signer::Ed25519(2);
    host.world.pass(Seconds::new(60));
    // A new key is fetched for the first answer that it signs.
    let rotated = Signed::good(&host).header("kid", json!("ed-2"));
    rotated.by(Signer::Ed25519(2)).given(&host);
    call(&host, "sa_2").expect(200);
    // That of before signs nothing any more; what it said counts for its time.
    Signed::good(&host).given(&host);
    call(&host, "sa_3").expect(503);
    call(&host, "sa_1").expect(200);
}

#[test]
fn keys_of_the_configuration_verify_answers_too() {
    let host = in_process(|issuer| {
        let issuer = issuer.as_object_mut().unwrap();
        issuer.remove("jwks_uri");
        issuer.insert(
            "jwks".to_owned(),
            json!({"keys": [tokens::jwk(INLINE_KEY)]}),
        );
    });
    Signed::good(&host).given(&host);
    call(&host, "sa_1").expect(503);
    let kid = json!(tokens::key_id(INLINE_KEY));
    let good = Signed::good(&host).header("kid", kid);
    good.by(INLINE_KEY).given(&host);
    call(&host, "sa_1").expect(200);
}

#[test]
fn the_log_says_that_an_answer_is_not_signed() {
    let host = in_process(|_| {});
    answers(
        &host,
        200,
        "application/json",
        "{\"active\":true,\"sub\":\"a\"}",
    );
    call(&host, "sa_1").expect(503);
    let log: Vec<String> = host.world.log().iter().map(ToString::to_string).collect();
    let told = log
        .iter()
        .any(|line| line.contains("Signed(Unsigned)") && line.contains("introspection_signed"));
    assert!(told, "{log:?}");
}
