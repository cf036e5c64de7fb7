//! HS256: what an issuer with a shared secret is believed, and that nothing public passes for a secret.

use crate::{
    rsa_encodings::{Key, pkcs1},
    support::{
        Failure, TestKey, assemble, key_set, key_set_text, shared_secret, sign, sign_with_secret,
        verify, verify_with_secret,
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lychgate_core::{
    encoding::json::JsonFault,
    jose::{
        Algorithm, CheckFault, JwsAlgorithm, KeyFault, KeySet, Malformed, Refusal, SignatureCheck,
        UnverifiedToken,
    },
    oidc::id_token::{Expectation, IdTokenFault, VerifiedIdToken},
    secret::Secret,
    time::UnixTime,
};
use proptest::prelude::{ProptestConfig, any, proptest};

const SECRET: &[u8] = b"a secret of the issuer and of us";
const HEADER: &str = r#"{"alg":"HS256"}"#;
const PAYLOAD: &str = r#"{"exp":2000,"iss":"https://op.example"}"#;

/// The failure of a token that was signed with the secret, if any.
fn with(header: &str, payload: &str) -> Option<Failure> {
    let token = sign_with_secret(SECRET, header, payload);
    verify_with_secret(&token, &shared_secret(SECRET)).err()
}

#[test]
fn a_token_of_the_holders_of_the_secret_passes() {
    let token = sign_with_secret(SECRET, r#"{"alg":"HS256","typ":"at+jwt"}"#, PAYLOAD);
    let token = verify_with_secret(&token, &shared_secret(SECRET)).unwrap();
    assert_eq!(token.algorithm(), JwsAlgorithm::Hs256);
    assert_eq!(token.token_type(), Some("at+jwt"));
    assert_eq!(token.issuer(), Some("https://op.example"));
}

#[test]
fn another_secret_or_a_cut_code_is_refused() {
    let good = sign_with_secret(SECRET, HEADER, PAYLOAD);
    let check = |token: &str| verify_with_secret(token, &shared_secret(SECRET)).err();
    assert_eq!(check(&good), None);
    let refused = Some(Failure::Refused(Refusal::AuthenticationCode));
    let mut other = SECRET.to_vec();
    other[0] ^= 1;
    assert_eq!(check(&sign_with_secret(&other, HEADER, PAYLOAD)), refused);
    let input = good.rsplit_once('.').unwrap().0;
    // 0, 16 and 33 bytes.
    for code in ["", &"A".repeat(22), &"A".repeat(44)] {
        assert_eq!(check(&format!("{input}.{code}")), refused, "{code}");
    }
}

#[test]
fn a_secret_verifies_hs256_alone() {
    // Whatever the header says, the code itself is right.
    for name in ["RS256", "PS512", "ES512", "EdDSA"] {
        let refused = with(&format!(r#"{{"alg":"{name}"}}"#), PAYLOAD);
        assert_eq!(refused, Some(Failure::Refused(Refusal::NotHs256)), "{name}");
    }
    for name in ["none", "noNe", "HS384", "HS512", "hs256", ""] {
        let refused = with(&format!(r#"{{"alg":"{name}"}}"#), PAYLOAD);
        let malformed = Some(Failure::Malformed(Malformed::Algorithm));
        assert_eq!(refused, malformed, "{name}");
    }
    assert_eq!(with(HEADER, PAYLOAD), None);
    let signed = sign(TestKey::P256(1), r#"{"alg":"ES256"}"#, PAYLOAD);
    let refused = verify_with_secret(&signed, &shared_secret(SECRET)).err();
    assert_eq!(refused, Some(Failure::Refused(Refusal::NotHs256)));
}

#[test]
fn no_key_set_answers_for_hs256() {
    let keys: Vec<String> = [
        TestKey::Ed25519(1),
        TestKey::P256(1),
        TestKey::P384(1),
        TestKey::P521(1),
    ]
    .map(TestKey::members)
    .into_iter()
    .chain(Key::all().iter().map(Key::members))
    .collect();
    let set = key_set(&keys);
    assert_eq!(set.keys().len(), 7);
    let candidates = |header: &str| {
        let text = sign_with_secret(SECRET, header, PAYLOAD);
        let token = UnverifiedToken::parse(&text).unwrap();
        set.candidates(token.hint(), &Algorithm::ALL).len()
    };
    assert_eq!(candidates(r#"{"alg":"RS256"}"#), 3);
    assert_eq!(candidates(HEADER), 0);
    assert_eq!(candidates(r#"{"alg":"HS256","kid":"a"}"#), 0);
}

#[test]
fn a_key_set_brings_no_secret() {
    let good = TestKey::P256(1).members();
    let parse =
        |second: &str| KeySet::parse(key_set_text(&[good.clone(), second.to_owned()]).as_bytes());
    assert_eq!(parse(&TestKey::P256(2).members()).unwrap().keys().len(), 2);
    let published =
        r#""kty":"oct","k":"YSBzZWNyZXQgb2YgdGhlIGlzc3VlciBhbmQgb2YgdXM","alg":"HS256""#;
    for (key, fault) in [
        (published.to_owned(), KeyFault::PrivateMaterial),
        (r#""kty":"oct","alg":"HS256""#.to_owned(), KeyFault::KeyType),
        (
            format!(r#"{},"alg":"HS256""#, TestKey::P256(2).members()),
            KeyFault::Algorithm,
        ),
        (
            format!(r#"{},"alg":"HS256""#, Key::all()[0].members()),
            KeyFault::Algorithm,
        ),
    ] {
        let set = parse(&key).unwrap();
        assert_eq!(set.keys().len(), 1);
        assert_eq!(set.skipped()[0].fault, fault, "{key}");
    }
}

/// The public key in all the forms in which it can be had, as bytes that a forger takes for a secret.
#[test]
fn a_public_key_is_no_secret() {
    let key = &Key::all()[0];
    let members = key.members();
    let set = key_set(std::slice::from_ref(&members));
    let all = &Algorithm::ALL;
    let signed = assemble(r#"{"alg":"RS256"}"#, PAYLOAD, |input| {
        key.sign(&pkcs1(Algorithm::Rs256, input, 256))
    });
    assert!(verify(&signed, &set, all).is_ok());

    let (pkcs1_der, der) = der(&key.bytes("n"), &key.bytes("e"));
    let pem = pem(&der);
    assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"));
    let jwk = set.keys()[0].jwk();
    let secrets = [
        pem.as_bytes(),
        pem.trim_end().as_bytes(),
        &der,
        &pkcs1_der,
        jwk.as_bytes(),
        members.as_bytes(),
        &key.bytes("n"),
    ];
    for secret in secrets {
        let forged = sign_with_secret(secret, HEADER, PAYLOAD);
        assert_eq!(verify(&forged, &set, all).err(), Some(Failure::NoCandidate));
        // Under these bytes the code is right, so that it is the key that was refused, not the code.
        assert!(verify_with_secret(&forged, &shared_secret(secret)).is_ok());
        // Nor does the header help: the length is not that of a signature.
        let renamed = sign_with_secret(secret, r#"{"alg":"RS256"}"#, PAYLOAD);
        let fault = CheckFault::SignatureLength {
            expected: 256,
            found: 32,
        };
        assert_eq!(verify(&renamed, &set, all), Err(Failure::Check(fault)));
    }
}

/// The claims are good and the code is right, but any party that can check it could have made it.
#[test]
fn a_token_under_a_shared_secret_is_no_id_token() {
    let claims = r#"{"iss":"https://op.example","aud":"edge","sub":"user-1","nonce":"n-1",
                     "iat":1990,"exp":2000}"#;
    let expected = Expectation {
        issuer: "https://op.example",
        client_id: "edge",
        nonce: "n-1",
        max_age: None,
        code: &Secret::new("code".to_owned()),
        access_token: &Secret::new("access token".to_owned()),
        now: UnixTime::from_seconds(1995),
    };
    let key = TestKey::P256(1);
    let signed = sign(key, r#"{"alg":"ES256"}"#, claims);
    let signed = verify(&signed, &key_set(&[key.members()]), &Algorithm::ALL).unwrap();
    let accepted = VerifiedIdToken::new(signed, expected).unwrap();
    assert_eq!(accepted.subject(), "user-1");

    let token = sign_with_secret(SECRET, HEADER, claims);
    let token = verify_with_secret(&token, &shared_secret(SECRET)).unwrap();
    let refused = VerifiedIdToken::new(token, expected).err();
    assert_eq!(refused, Some(IdTokenFault::NoKey));
}

/// A signature is of no use where a secret is expected either, whatever the key.
#[test]
fn a_signature_is_no_authentication_code() {
    let key = TestKey::P256(1);
    let text = sign(key, HEADER, PAYLOAD);
    let refused = verify_with_secret(&text, &shared_secret(SECRET)).err();
    assert_eq!(refused, Some(Failure::Refused(Refusal::AuthenticationCode)));
    // The proof of the signature names its own algorithm, which is not the header's.
    let set = key_set(&[key.members()]);
    let token = UnverifiedToken::parse(&text).unwrap();
    let check: SignatureCheck<'_> = token.check(&set.keys()[0], Algorithm::Es256).unwrap();
    let proof = check.prove(lychgate_core::jose::software::verify(&check));
    let refused = UnverifiedToken::parse(&text)
        .unwrap()
        .confirm(&proof.unwrap())
        .err();
    assert_eq!(refused, Some(Refusal::Proof));
}

#[test]
fn the_form_of_a_token_is_as_strict_as_for_others() {
    use Malformed::{Critical, Header, HeaderMember, UnencodedPayload};
    for (header, fault) in [
        (r#"{"alg":"HS256","crit":["exp"]}"#, Critical),
        (r#"{"alg":"HS256","b64":false}"#, UnencodedPayload),
        (r#"{"alg":"HS256","b64":true}"#, UnencodedPayload),
        (r#"{"alg":"HS256","kid":7}"#, HeaderMember),
        (
            r#"{"alg":"HS256","alg":"HS256"}"#,
            Header(JsonFault::Malformed),
        ),
    ] {
        let refused = with(header, PAYLOAD);
        assert_eq!(refused, Some(Failure::Malformed(fault)), "{header}");
    }
    for header in [
        r#"{"alg":"HS256","jku":"https://evil.example/jwks.json"}"#,
        r#"{"alg":"HS256","jwk":{"kty":"oct","k":"YSBzZWNyZXQgb2YgdGhlIGlzc3VlciBhbmQgb2YgdXM"}}"#,
        r#"{"alg":"HS256","x5u":"https://evil.example/x5u","kid":"../../../dev/null"}"#,
    ] {
        assert_eq!(with(header, PAYLOAD), None, "{header}");
        let evil = sign_with_secret(&[9; 32], header, PAYLOAD);
        let refused = verify_with_secret(&evil, &shared_secret(SECRET)).err();
        let code = Some(Failure::Refused(Refusal::AuthenticationCode));
        assert_eq!(refused, code, "{header}");
    }
    let missing = Some(Failure::Refused(Refusal::MissingExpiration));
    assert_eq!(with(HEADER, "{}"), missing);
    let time = Some(Failure::Refused(Refusal::MalformedTime));
    assert_eq!(with(HEADER, r#"{"exp":"2000"}"#), time);
}

/// Its DER alone and within `SubjectPublicKeyInfo` (RFC 8017, appendix A.1.1; RFC 5280, section 4.1).
fn der(modulus: &[u8], exponent: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let value = |tag: u8, content: &[u8]| {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        match length {
            [0, short @ 0..0x80] => [&[tag, short][..], content].concat(),
            [0, one] => [&[tag, 0x81, one][..], content].concat(),
            [high, low] => [&[tag, 0x82, high, low][..], content].concat(),
        }
    };
    let number = |bytes: &[u8]| match bytes[0] {
        0..0x80 => value(0x02, bytes),
        _ => value(0x02, &[&[0], bytes].concat()),
    };
    let key = value(0x30, &[number(modulus), number(exponent)].concat());
    // rsaEncryption, without parameters.
    let identifier = [
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let bits = value(0x03, &[&[0], &key[..]].concat());
    let info = value(0x30, &[&identifier[..], &bits].concat());
    (key, info)
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).unwrap())
        .collect();
    let body = lines.join("\n");
    format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_token_is_refused(position in 0_usize..200, byte in 0_u8..128) {
        let good = sign_with_secret(SECRET, HEADER, PAYLOAD);
        let mut bytes = good.clone().into_bytes();
        let position = position % bytes.len();
        bytes[position] = byte;
        let damaged = String::from_utf8(bytes).unwrap();
        let outcome = verify_with_secret(&damaged, &shared_secret(SECRET));
        assert_eq!(outcome.is_ok(), damaged == good);
    }

    #[test]
    fn no_code_makes_the_verification_panic(message in any::<Vec<u8>>(), code in any::<Vec<u8>>()) {
        let _ = shared_secret(SECRET).verify(&message, &code);
    }
}
