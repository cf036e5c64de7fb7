//! The examples of the JOSE specifications, as signatures and as the tokens that some of them are.

use crate::{
    rfc_cases::{self, A_1_SECRET, A_1_TOKEN, A_2, A_3, Example, PAYLOAD},
    signature_cases::{Outcome, SignatureCase},
    support::{Failure, key_set, shared_secret, verify, verify_with_secret},
};
use lychgate_core::{
    encoding::base64url,
    jose::{KeyFault, KeySet, Refusal, SignatureVerdict, VerifiedToken, software},
    time::UnixTime,
};
use serde_json::{Value, json};

#[test]
fn every_example_is_accepted_and_nothing_altered() {
    let cases = rfc_cases::cases();
    for case in &cases {
        let expected = Outcome::Verdict(case.expected);
        assert_eq!(case.run(software::verify), expected, "{}", case.source);
    }
    let valid = |case: &&SignatureCase| case.expected == SignatureVerdict::Valid;
    assert_eq!((cases.len(), cases.iter().filter(valid).count()), (21, 7));

    let cases = rfc_cases::mac_cases();
    for case in &cases {
        assert_eq!(case.run(), Ok(case.expected), "{}", case.source);
    }
    assert_eq!(cases.len(), 8);
}

#[test]
fn a_private_key_as_the_examples_have_it_is_left_out() {
    let files = rfc_cases::PUBLIC_KEY_FILES.map(|(_, text)| text);
    for text in files.into_iter().chain([rfc_cases::HMAC_FILE]) {
        let file: Value = serde_json::from_str(text).unwrap();
        let published = json!({ "keys": [file["input"]["key"]] }).to_string();
        let set = KeySet::parse(published.as_bytes()).unwrap();
        assert!(set.is_empty());
        assert_eq!(set.skipped()[0].fault, KeyFault::PrivateMaterial);
    }
}

fn check_claims(token: &VerifiedToken) {
    assert_eq!(token.issuer(), Some("joe"));
    assert_eq!(token.expiration(), UnixTime::from_seconds(1_300_819_380));
    assert_eq!(
        token.claim("http://example.com/is_root"),
        Some(&json!(true))
    );
}

/// The payload with the issuer "jim".
fn forged_payload() -> String {
    PAYLOAD.replacen("b2Ui", "aW0i", 1)
}

fn check_token(example: Example) {
    let keys = key_set(&[example.key.to_owned()]);
    let (header, signature) = (example.header, example.signature);
    let verify = |payload: &str| {
        let token = format!("{header}.{payload}.{signature}");
        verify(&token, &keys, &[example.algorithm])
    };
    check_claims(&verify(PAYLOAD).unwrap());
    let refused = verify(&forged_payload()).err();
    assert_eq!(refused, Some(Failure::BadSignature));
}

#[test]
fn rfc_7515_appendix_a_1_hs256() {
    let secret = shared_secret(&base64url::decode(A_1_SECRET).unwrap());
    let (header, code) = A_1_TOKEN;
    let verify = |payload: &str| verify_with_secret(&format!("{header}.{payload}.{code}"), &secret);
    check_claims(&verify(PAYLOAD).unwrap());
    let refused = verify(&forged_payload()).err();
    assert_eq!(refused, Some(Failure::Refused(Refusal::AuthenticationCode)));
}

#[test]
fn rfc_7515_appendix_a_2_rs256() {
    check_token(A_2);
}

#[test]
fn rfc_7515_appendix_a_3_es256() {
    check_token(A_3);
}
