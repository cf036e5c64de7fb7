//! What a signed answer must say of itself, member by member. Who signs is judged elsewhere.

use super::*;
use crate::{
    bearer::{
        AccessTokenFault, UnverifiedAccessToken,
        online::{self, Answer, AnswerFault, Asker, Verdict},
    },
    config::{Config, IssuerIndex},
    encoding::base64url,
    http::{header::HeaderName, url::Url},
    jose::{KeySet, SignatureVerdict},
    oidc::client_authentication::ClientCredential,
    secret::Secret,
};
use alloc::{borrow::ToOwned, format, string::ToString};
use serde_json::json;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOW: u64 = 1_800_000_000;
const NAME: &str = "https://op.example.com";

/// The public key of RFC 8037, appendix A.2.
fn keys() -> Value {
    json!({"keys": [{"kty": "OKP", "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})
}

/// An issuer whose answers are signed, or not.
fn issuer(signed: bool) -> Issuer {
    let mut table = json!({
        "issuer": NAME, "check": "introspection", "clients": ["billing"],
        "introspection_endpoint": "https://op.example.com/introspect",
        "client_id": "edge", "client_secret": {"secret": "S"},
    });
    if signed {
        table["introspection_signed"] = json!(true);
        table["jwks"] = keys();
    }
    let config = json!({
        "version": 1,
        "public_url": "https://app.example.com",
        "key": [{"id": 1, "secret": "KEY"}],
        "issuer": [table],
        "upstream": [{"id": "api", "url": "https://api.example.com"}],
        "route": [{"path": "/**", "access": ["bearer"], "upstream": "api"}],
    });
    let config = Config::from_json(config.to_string().as_bytes()).unwrap();
    config.issuers.first().unwrap().clone()
}

fn good() -> Value {
    json!({
        "iss": NAME, "aud": "edge", "iat": NOW,
        "token_introspection": {"active": true, "sub": "robot", "client_id": "billing"},
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = good();
    if value.is_null() {
        claims.as_object_mut().unwrap().remove(name);
    } else {
        claims[name] = value;
    }
    claims
}

fn text(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| base64url::encode(value.to_string().as_bytes());
    let signature = base64url::encode(&[1; 64]);
    format!("{}.{}.{signature}", part(header), part(claims))
}

fn header() -> Value {
    json!({"alg": "EdDSA", "typ": "token-introspection+jwt"})
}

fn reply(content_type: &str, body: &str) -> Reply {
    Reply {
        status: 200,
        content_type: Some(content_type.to_owned()),
        body: body.as_bytes().to_vec(),
    }
}

/// What an answer says of the token that was asked about ten seconds ago.
fn said(header: &Value, claims: &Value) -> Result<Said, AnswerFault> {
    let reply = reply(MEDIA_TYPE, &text(header, claims));
    let answer = online::signed(&reply)?;
    let set = KeySet::parse(keys().to_string().as_bytes()).unwrap();
    let issuer = issuer(true);
    let proof = {
        let checks = answer.token().checks(&set, &issuer.algorithms).unwrap();
        checks[0].prove(SignatureVerdict::Valid).unwrap()
    };
    let expected = Expectation {
        issuer: &issuer,
        client: "edge",
        asked_at: UnixTime::from_seconds(NOW - 10),
    };
    Ok(answer.accept(&proof, expected, UnixTime::from_seconds(NOW))?)
}

fn fault(claims: &Value) -> Option<AnswerFault> {
    said(&header(), claims).err()
}

#[test]
fn an_answer_is_of_the_issuer_and_for_us_and_of_now() {
    for claims in [
        good(),
        with("aud", json!(["other", "edge"])),
        // The clock of the issuer may differ by a minute.
        with("iat", json!(NOW - 70)),
        with("iat", json!(NOW + 60)),
        // Its own `sub` and `exp` are not those of the token.
        with("sub", json!("somebody-else")),
        with("exp", json!(NOW - 600)),
    ] {
        assert_eq!(fault(&claims), None, "{claims}");
    }
    for (name, value, refused) in [
        ("iss", Value::Null, SignedAnswerFault::Issuer),
        (
            "iss",
            json!("https://op.example.com/"),
            SignedAnswerFault::Issuer,
        ),
        ("aud", Value::Null, SignedAnswerFault::Audience),
        ("aud", json!("other"), SignedAnswerFault::Audience),
        ("aud", json!([]), SignedAnswerFault::Audience),
        (
            "aud",
            json!({"edge": 1}),
            SignedAnswerFault::Claims(Refusal::MalformedClaim("aud")),
        ),
        ("iat", Value::Null, SignedAnswerFault::Time),
        ("iat", json!(NOW - 71), SignedAnswerFault::Time),
        ("iat", json!(NOW + 61), SignedAnswerFault::Time),
        (
            "iat",
            json!("now"),
            SignedAnswerFault::Claims(Refusal::MalformedTime),
        ),
        (
            "token_introspection",
            Value::Null,
            SignedAnswerFault::Content,
        ),
        (
            "token_introspection",
            json!("{}"),
            SignedAnswerFault::Content,
        ),
        (
            "token_introspection",
            json!([{"active": true}]),
            SignedAnswerFault::Content,
        ),
    ] {
        let claims = with(name, value);
        assert_eq!(fault(&claims), Some(refused.into()), "{claims}");
    }
}

#[test]
fn an_answer_says_that_it_is_one() {
    for typ in [
        "token-introspection+jwt",
        "application/token-introspection+jwt",
        "Token-Introspection+JWT",
    ] {
        let header = json!({"alg": "EdDSA", "typ": typ});
        assert!(said(&header, &good()).is_ok(), "{typ}");
    }
    for typ in ["JWT", "at+jwt", "token-introspection", ""] {
        let header = json!({"alg": "EdDSA", "typ": typ});
        let refused = said(&header, &good()).err();
        assert_eq!(refused, Some(SignedAnswerFault::Type.into()), "{typ}");
    }
    let refused = said(&json!({"alg": "EdDSA"}), &good()).err();
    assert_eq!(refused, Some(SignedAnswerFault::Type.into()));
}

#[test]
fn only_a_signed_answer_is_one() {
    let signed = text(&header(), &good());
    for content_type in [
        MEDIA_TYPE,
        "application/token-introspection+jwt; charset=utf-8",
        "Application/Token-Introspection+JWT",
    ] {
        let reply = reply(content_type, &format!("{signed}\n"));
        assert!(online::signed(&reply).is_ok(), "{content_type}");
    }
    for content_type in ["application/json", "application/jwt", "text/plain", ""] {
        let refused = online::signed(&reply(content_type, &signed)).err();
        let unsigned = SignedAnswerFault::Unsigned.into();
        assert_eq!(refused, Some(unsigned), "{content_type}");
    }
    for (body, fault) in [
        (r#"{"active":true,"sub":"robot"}"#, Malformed::Encoding),
        ("", Malformed::Encoding),
        ("e30.e30.e30.e30.e30", Malformed::Encrypted),
    ] {
        let refused = online::signed(&reply(MEDIA_TYPE, body)).err();
        let malformed = SignedAnswerFault::Malformed(fault).into();
        assert_eq!(refused, Some(malformed), "{body}");
    }
    let mut refusing = reply(MEDIA_TYPE, &signed);
    refusing.status = 401;
    let refused = online::signed(&refusing).err();
    assert_eq!(refused, Some(AnswerFault::Refused(401)));
}

#[test]
fn what_it_says_is_judged_as_an_answer_that_is_not_signed() {
    let issuer = issuer(true);
    let judged = |content: Value| {
        let said = said(&header(), &with("token_introspection", content)).unwrap();
        let check = issuer.asked().unwrap();
        online::read(check, Answer::Signed(said), &issuer, IssuerIndex(0)).map(drop)
    };
    let good = json!({"active": true, "sub": "robot", "client_id": "billing"});
    assert_eq!(judged(good.clone()), Ok(()));
    let unknown = Verdict::Unknown(AnswerFault::Active);
    for (name, value, verdict) in [
        ("active", json!(false), AccessTokenFault::Inactive.into()),
        ("active", json!("true"), unknown),
        ("active", Value::Null, unknown),
        (
            "token_type",
            json!("refresh_token"),
            AccessTokenFault::Kind.into(),
        ),
        (
            "iss",
            json!("https://other.example"),
            AccessTokenFault::UnknownIssuer.into(),
        ),
    ] {
        let mut content = good.clone();
        content[name] = value;
        assert_eq!(judged(content), Err(verdict), "{name}");
    }
    assert_eq!(judged(json!({"sub": "robot"})), Err(unknown));
}

#[test]
fn an_answer_comes_as_the_configuration_has_it() {
    let plain = reply("application/json", r#"{"active":true,"sub":"robot"}"#);
    let unsigned = Verdict::Unknown(SignedAnswerFault::Unsigned.into());
    for is_signed in [true, false] {
        let issuer = issuer(is_signed);
        let check = issuer.asked().unwrap();
        let read = |answer| online::read(check, answer, &issuer, IssuerIndex(0)).map(drop);
        let signed = Answer::Signed(said(&header(), &good()).unwrap());
        let results = [read(signed), read(Answer::Plain(&plain))];
        let expected = match is_signed {
            true => [Ok(()), Err(unsigned)],
            false => [Err(unsigned), Ok(())],
        };
        assert_eq!(results, expected, "{is_signed}");
    }
}

#[test]
fn a_signed_answer_is_asked_for_where_it_has_to_be_one() {
    for (is_signed, accepted) in [(true, MEDIA_TYPE), (false, "application/json")] {
        let issuer = issuer(is_signed);
        let secret = || Secret::new("s".to_owned());
        for asker in [
            Asker::Client("edge".to_owned(), ClientCredential::Basic(secret())),
            Asker::Bearer(secret()),
        ] {
            let endpoint = Url::parse("https://op.example.com/introspect").unwrap();
            let method = &issuer.asked().unwrap().method;
            let request = online::request(method, &endpoint, &asker, "t-1").unwrap();
            let mut accept = request.headers.iter();
            let accept = accept.find(|(name, _)| *name == HeaderName::ACCEPT);
            assert_eq!(accept.unwrap().1.as_str(), accepted);
        }
    }
}

/// RFC 9701, section 8.1.
#[test]
fn keys_of_answers_open_no_token() {
    let claims = json!({"iss": NAME, "sub": "robot", "client_id": "billing", "exp": NOW + 600});
    let token = text(&json!({"alg": "EdDSA", "typ": "at+jwt"}), &claims);
    let mut asked = issuer(true);
    let refused = UnverifiedAccessToken::read(&token, core::slice::from_ref(&asked)).err();
    assert_eq!(refused, Some(AccessTokenFault::Algorithm));
    asked.check = crate::config::IssuerCheck::Signature;
    assert!(UnverifiedAccessToken::read(&token, &[asked]).is_ok());
}
