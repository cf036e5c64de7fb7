//! Tokens with a wrong form, a wrong proof or wrong types, each beside one that passes.

use crate::support::{Failure, TestKey, key_set, sign, verify};
use lychgate_core::{
    encoding::base64url,
    encoding::json::JsonFault,
    jose::{
        Algorithm, CheckFault, JwsAlgorithm, Malformed, Refusal, SignatureVerdict, TimeFault,
        UnverifiedToken, VerifiedToken, software,
    },
    time::{Seconds, UnixTime},
};
use proptest::prelude::{ProptestConfig, any, proptest};

const KEY: TestKey = TestKey::Ed25519(1);
const HEADER: &str = r#"{"alg":"EdDSA"}"#;
const PAYLOAD: &str = r#"{"exp":2000,"iss":"https://op.example"}"#;

fn with(header: &str, payload: &str) -> Result<VerifiedToken, Failure> {
    let keys = key_set(&[KEY.members()]);
    verify(&sign(KEY, header, payload), &keys, &Algorithm::ALL)
}

fn raw(token: &str) -> Option<Malformed> {
    UnverifiedToken::parse(token).err()
}

#[test]
fn a_plain_token_passes() {
    let token = with(HEADER, PAYLOAD).unwrap();
    assert_eq!(token.issuer(), Some("https://op.example"));
    let algorithm = JwsAlgorithm::DigitalSignature(Algorithm::EdDsa);
    assert_eq!(token.algorithm(), algorithm);
}

#[test]
fn headers_that_change_the_meaning_are_refused() {
    use Malformed::{Algorithm, Critical, Header, HeaderMember, UnencodedPayload};
    let cases = [
        (r#"{"alg":"none"}"#, Algorithm),
        (r#"{"alg":"noNe"}"#, Algorithm),
        (r#"{}"#, Algorithm),
        (r#"{"alg":null}"#, Algorithm),
        (r#"{"alg":["EdDSA"]}"#, Algorithm),
        (r#"{"alg":"HS384"}"#, Algorithm),
        (r#"{"alg":"HS512"}"#, Algorithm),
        (r#"{"alg":"hs256"}"#, Algorithm),
        (r#"{"alg":"EdDSA","crit":["exp"]}"#, Critical),
        (r#"{"alg":"EdDSA","crit":[]}"#, Critical),
        (r#"{"alg":"EdDSA","crit":null}"#, Critical),
        (r#"{"alg":"EdDSA","b64":false}"#, UnencodedPayload),
        (r#"{"alg":"EdDSA","b64":true}"#, UnencodedPayload),
        (r#"{"alg":"EdDSA","kid":7}"#, HeaderMember),
        (r#"{"alg":"EdDSA","typ":null}"#, HeaderMember),
        (r#"{"alg":"EdDSA","cty":"JWT"}"#, HeaderMember),
        (
            r#"{"alg":"EdDSA","alg":"EdDSA"}"#,
            Header(JsonFault::Malformed),
        ),
        (
            r#"{"alg":"EdDSA","\u0061lg":"none"}"#,
            Header(JsonFault::Malformed),
        ),
        (r#"["EdDSA"]"#, Header(JsonFault::NotAnObject)),
        (
            r#"{"alg":"EdDSA","x":[[[[[[[[[[[[1]]]]]]]]]]]]}"#,
            Header(JsonFault::TooDeep),
        ),
    ];
    for (header, fault) in cases {
        let refused = with(header, PAYLOAD).err();
        assert_eq!(refused, Some(Failure::Malformed(fault)), "{header}");
    }
}

#[test]
fn headers_that_bring_a_key_along_are_ignored() {
    let headers = [
        r#"{"alg":"EdDSA","typ":"JWT","cty":"json"}"#,
        r#"{"alg":"EdDSA","jku":"https://evil.example/jwks.json"}"#,
        r#"{"alg":"EdDSA","x5u":"https://evil.example/x5u"}"#,
        r#"{"alg":"EdDSA","x5c":["MIIB"]}"#,
        r#"{"alg":"EdDSA","kid":"../../../dev/null"}"#,
        r#"{"alg":"EdDSA","x":[[[[[[[[[[[1]]]]]]]]]]]}"#,
    ];
    for header in headers {
        assert!(with(header, PAYLOAD).is_ok(), "{header}");
    }
    let evil = TestKey::Ed25519(2);
    let header = format!(r#"{{"alg":"EdDSA","jwk":{{{}}}}}"#, evil.members());
    assert!(with(&header, PAYLOAD).is_ok());
    let keys = key_set(&[KEY.members()]);
    let forged = verify(&sign(evil, &header, PAYLOAD), &keys, &Algorithm::ALL);
    assert_eq!(forged, Err(Failure::BadSignature));
}

#[test]
fn only_one_spelling_of_a_token_is_read() {
    let good = sign(KEY, HEADER, PAYLOAD);
    assert_eq!(raw(&good), None);
    let [header, payload, signature] = good.split('.').collect::<Vec<_>>()[..] else {
        unreachable!()
    };
    assert!(signature.ends_with(['A', 'Q', 'g', 'w']));
    let last = signature.len() - 1;
    let others = [
        format!("{header}.{payload}"),
        format!("{good}."),
        format!("{good}.{signature}"),
        format!(".{good}"),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{good}=="),
        format!("{header}=.{payload}.{signature}"),
        format!("{header}.{payload}.{}B", &signature[..last]),
        format!("{header}.{payload}.+{}", &signature[1..]),
        format!(r#"{{"protected":"{header}","payload":"{payload}","signature":"{signature}"}}"#),
        String::new(),
        String::from(".."),
    ];
    for other in others {
        assert!(raw(&other).is_some(), "{other}");
    }
}

#[test]
fn size_and_depth_are_bounded() {
    let padded = |length: usize| {
        let header = base64url::encode(HEADER.as_bytes());
        let filler = "x".repeat(length);
        let payload = base64url::encode(format!(r#"{{"exp":2000,"f":"{filler}"}}"#).as_bytes());
        format!("{header}.{payload}.{}", base64url::encode(&[0; 64]))
    };
    let fits = padded(12_188);
    assert_eq!(fits.len(), 16 * 1024);
    assert_eq!(raw(&fits), None);
    assert_eq!(raw(&padded(12_189)), Some(Malformed::TooLarge));
    assert_eq!(raw(&"A".repeat(10_000_000)), Some(Malformed::TooLarge));

    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        with(HEADER, &format!(r#"{{"exp":2000,"a":{open}{close}}}"#)).err()
    };
    assert_eq!(nested(11), None);
    let too_deep = Malformed::Payload(JsonFault::TooDeep);
    assert_eq!(nested(12), Some(Failure::Malformed(too_deep)));
    assert_eq!(nested(4_000), Some(Failure::Malformed(too_deep)));
}

#[test]
fn payloads_are_objects_without_repeated_names() {
    let refused = |payload| match with(HEADER, payload) {
        Err(Failure::Malformed(fault)) => Some(fault),
        _ => None,
    };
    let malformed = Some(Malformed::Payload(JsonFault::Malformed));
    assert_eq!(refused(r#"{"exp":2000,"sub":"a"}"#), None);
    assert_eq!(refused(r#"{"exp":2000,"sub":"a","sub":"b"}"#), malformed);
    assert_eq!(refused(r#"{"exp":2000,"exp":3000}"#), malformed);
    assert_eq!(
        refused(r#"{"exp":2000,"address":{"a":1,"a":1}}"#),
        malformed
    );
    assert_eq!(refused("hello"), malformed);
    assert_eq!(
        refused(r#"[{"exp":2000}]"#),
        Some(Malformed::Payload(JsonFault::NotAnObject))
    );
    assert_eq!(
        refused(r#"{"exp":2000,"iss":["https://op.example"]}"#),
        Some(Malformed::Issuer)
    );
}

#[test]
fn times_are_numbers_since_the_epoch() {
    let refused = |payload: &str| match with(HEADER, payload) {
        Err(Failure::Refused(refusal)) => Some(refusal),
        Err(other) => panic!("{other:?}"),
        Ok(_) => None,
    };
    for good in ["2000", "2000.75", "2e3", "0"] {
        assert_eq!(refused(&format!(r#"{{"exp":{good}}}"#)), None, "{good}");
    }
    for bad in [
        r#""2000""#,
        "null",
        "1e300",
        "-1",
        "-2000.5",
        "[2000]",
        "true",
        "{}",
        "18446744073709551615",
    ] {
        for claims in [
            format!(r#"{{"exp":{bad}}}"#),
            format!(r#"{{"exp":2000,"nbf":{bad}}}"#),
            format!(r#"{{"exp":2000,"iat":{bad}}}"#),
        ] {
            assert_eq!(refused(&claims), Some(Refusal::MalformedTime), "{claims}");
        }
    }
    assert_eq!(refused("{}"), Some(Refusal::MissingExpiration));
    let token = with(HEADER, r#"{"exp":2000.9,"auth_time":5.5,"x":"5"}"#).unwrap();
    assert_eq!(token.expiration(), UnixTime::from_seconds(2000));
    let auth_time = Ok(Some(UnixTime::from_seconds(5)));
    assert_eq!(token.time("auth_time"), auth_time);
    assert_eq!(token.time("absent"), Ok(None));
    assert_eq!(token.time("x"), Err(Refusal::MalformedTime));
}

#[test]
fn claims_have_their_types() {
    let token = with(
        HEADER,
        r#"{"exp":2000,"iss":"i","sub":"s","aud":"a","azp":"z","nonce":"n","jti":"j","g":["x"]}"#,
    )
    .unwrap();
    assert_eq!(token.issuer(), Some("i"));
    assert_eq!(token.subject(), Some("s"));
    assert_eq!(token.audiences(), ["a"]);
    assert_eq!(token.authorized_party(), Some("z"));
    assert_eq!(token.nonce(), Some("n"));
    assert_eq!(token.token_id(), Some("j"));
    assert_eq!(token.claim("g").unwrap()[0], "x");
    assert_eq!(token.claim("absent"), None);

    let several = with(HEADER, r#"{"exp":2000,"aud":["a","b"]}"#).unwrap();
    assert_eq!(several.audiences(), ["a", "b"]);
    assert!(with(HEADER, PAYLOAD).unwrap().audiences().is_empty());

    for (claim, name) in [
        (r#""sub":7"#, "sub"),
        (r#""sub":null"#, "sub"),
        (r#""azp":["z"]"#, "azp"),
        (r#""nonce":{}"#, "nonce"),
        (r#""sub":"\ud800""#, "sub"),
        (r#""aud":null"#, "aud"),
        (r#""aud":{"a":"a"}"#, "aud"),
        (r#""aud":["a",7]"#, "aud"),
    ] {
        let refused = with(HEADER, &format!(r#"{{"exp":2000,{claim}}}"#)).err();
        let expected = Failure::Refused(Refusal::MalformedClaim(name));
        assert_eq!(refused, Some(expected), "{claim}");
    }
}

#[test]
fn a_claim_that_nothing_depends_on_makes_no_token_unreadable() {
    for claim in [
        r#""jti":1"#,
        r#""name":"\ud800""#,
        r#""groups":["\udc00"]"#,
        r#""count":1e999"#,
    ] {
        let token = with(HEADER, &format!(r#"{{"exp":2000,"sub":"s",{claim}}}"#)).unwrap();
        assert_eq!(token.subject(), Some("s"), "{claim}");
        assert_eq!(token.token_id(), None, "{claim}");
    }
}

#[test]
fn validity_in_time_has_a_leeway_and_sharp_edges() {
    let at = UnixTime::from_seconds;
    let leeway = Seconds::new(30);
    let token = with(HEADER, r#"{"exp":2000,"nbf":1000,"iat":1100}"#).unwrap();
    assert_eq!(token.check_time(at(1500), Seconds::ZERO), Ok(()));
    assert_eq!(token.check_time(at(1999), Seconds::ZERO), Ok(()));
    let expired = |now| TimeFault::Expired {
        now: at(now),
        expiration: at(2000),
    };
    assert_eq!(
        token.check_time(at(2000), Seconds::ZERO),
        Err(expired(2000))
    );
    assert_eq!(token.check_time(at(2029), leeway), Ok(()));
    assert_eq!(token.check_time(at(2030), leeway), Err(expired(2030)));

    assert_eq!(token.check_time(at(1070), leeway), Ok(()));
    let future = TimeFault::IssuedInFuture {
        now: at(1069),
        issued_at: at(1100),
    };
    assert_eq!(token.check_time(at(1069), leeway), Err(future));
    let early = |now| TimeFault::NotYetValid {
        now: at(now),
        not_before: at(1000),
    };
    let token = with(HEADER, r#"{"exp":2000,"nbf":1000}"#).unwrap();
    assert_eq!(token.check_time(at(1000), Seconds::ZERO), Ok(()));
    assert_eq!(token.check_time(at(999), Seconds::ZERO), Err(early(999)));
    assert_eq!(token.check_time(at(970), leeway), Ok(()));
    assert_eq!(token.check_time(at(969), leeway), Err(early(969)));
}

#[test]
fn a_proof_opens_its_own_token_only() {
    let keys = key_set(&[KEY.members()]);
    let own = sign(KEY, HEADER, PAYLOAD);
    let other = sign(KEY, HEADER, r#"{"exp":2001,"iss":"https://op.example"}"#);
    let proof = {
        let token = UnverifiedToken::parse(&own).unwrap();
        let (key, algorithm) = keys.candidates(token.hint(), &Algorithm::ALL)[0];
        let check = token.check(key, algorithm).unwrap();
        check.prove(software::verify(&check)).unwrap()
    };
    let confirm = |text: &str| UnverifiedToken::parse(text).unwrap().confirm(&proof).err();
    assert_eq!(confirm(&own), None);
    assert_eq!(confirm(&other), Some(Refusal::Proof));
    // Whatever is odd in a token is looked at after its signature.
    for odd in [r#"{"exp":"x"}"#, r#"{"exp":2000,"a":"\ud800"}"#, "{}"] {
        let other = sign(KEY, HEADER, odd);
        assert_eq!(confirm(&other), Some(Refusal::Proof), "{odd}");
    }

    let (own_input, own_signature) = own.rsplit_once('.').unwrap();
    let (other_input, other_signature) = other.rsplit_once('.').unwrap();
    for mixed in [
        format!("{own_input}.{other_signature}"),
        format!("{other_input}.{own_signature}"),
    ] {
        assert_eq!(confirm(&mixed), Some(Refusal::Proof));
    }
}

#[test]
fn a_proof_counts_for_the_algorithm_of_the_header_only() {
    // Both algorithms have signatures of 64 bytes, so that only the name tells them apart.
    let keys = key_set(&[KEY.members()]);
    let confirm = |header: &str| {
        let text = sign(KEY, header, PAYLOAD);
        let token = UnverifiedToken::parse(&text).unwrap();
        let check = token.check(&keys.keys()[0], Algorithm::EdDsa).unwrap();
        let proof = check.prove(software::verify(&check)).unwrap();
        token.confirm(&proof).err()
    };
    assert_eq!(confirm(r#"{"alg":"EdDSA"}"#), None);
    assert_eq!(confirm(r#"{"alg":"ES256"}"#), Some(Refusal::Proof));
}

#[test]
fn an_invalid_verdict_proves_nothing() {
    let text = sign(KEY, HEADER, PAYLOAD);
    let keys = key_set(&[KEY.members()]);
    let token = UnverifiedToken::parse(&text).unwrap();
    let check = token.check(&keys.keys()[0], Algorithm::EdDsa).unwrap();
    assert!(check.prove(SignatureVerdict::Valid).is_some());
    assert_eq!(check.prove(SignatureVerdict::Invalid), None);
    let mismatch = token.check(&keys.keys()[0], Algorithm::Es256).err();
    assert_eq!(mismatch, Some(CheckFault::KeyMismatch));
}

#[test]
fn a_signature_has_the_length_of_its_algorithm() {
    for (key, algorithm, half) in [
        (TestKey::P256(3), Algorithm::Es256, 32),
        (TestKey::P384(3), Algorithm::Es384, 48),
        (TestKey::P521(3), Algorithm::Es512, 66),
    ] {
        let keys = key_set(&[key.members()]);
        let good = sign(
            key,
            &format!(r#"{{"alg":"{}"}}"#, algorithm.name()),
            PAYLOAD,
        );
        let (input, signature) = good.rsplit_once('.').unwrap();
        let signature = base64url::decode(signature).unwrap();
        let expected = 2 * half;
        assert_eq!(signature.len(), expected);
        let result = |signature: &[u8]| {
            let text = format!("{input}.{}", base64url::encode(signature));
            verify(&text, &keys, &[algorithm]).err()
        };
        assert_eq!(result(&signature), None);
        let wrong = |found| {
            Some(Failure::Check(CheckFault::SignatureLength {
                expected,
                found,
            }))
        };
        let der = der(&signature);
        assert_eq!(result(&der), wrong(der.len()));
        assert_eq!(result(&signature[1..]), wrong(expected - 1));
        assert_eq!(
            result(&[&signature[..], &[0]].concat()),
            wrong(expected + 1)
        );
        assert_eq!(result(&[]), wrong(0));
        let (r, s) = signature.split_at(half);
        let zero = &vec![0; half][..];
        let largest = &vec![0xff; half][..];
        for halves in [[zero, zero], [zero, s], [r, zero], [largest, s], [s, r]] {
            let refused = result(&halves.concat());
            assert_eq!(refused, Some(Failure::BadSignature), "{algorithm:?}");
        }
    }
}

/// An ECDSA signature in DER, as everyone but JOSE writes it.
fn der(signature: &[u8]) -> Vec<u8> {
    match signature.len() {
        64 => p256::ecdsa::Signature::from_slice(signature)
            .unwrap()
            .to_der()
            .as_bytes()
            .to_vec(),
        96 => p384::ecdsa::Signature::from_slice(signature)
            .unwrap()
            .to_der()
            .as_bytes()
            .to_vec(),
        _ => p521::ecdsa::Signature::from_slice(signature)
            .unwrap()
            .to_der()
            .as_bytes()
            .to_vec(),
    }
}

/// A signature of one algorithm is none of another, be the key bound or not.
#[test]
fn each_key_verifies_its_own_algorithm_only() {
    let keys = [
        (TestKey::Ed25519(4), "EdDSA"),
        (TestKey::P256(4), "ES256"),
        (TestKey::P384(4), "ES384"),
        (TestKey::P521(4), "ES512"),
    ];
    for (key, own) in keys {
        for (_, name) in keys {
            let token = sign(key, &format!(r#"{{"alg":"{name}"}}"#), PAYLOAD);
            let result = verify(&token, &key_set(&[key.members()]), &Algorithm::ALL).err();
            let expected = (name != own).then_some(Failure::NoCandidate);
            assert_eq!(result, expected, "{own} {name}");
        }
    }
}

#[test]
fn nothing_of_a_token_is_shown_by_debug() {
    let text = sign(KEY, HEADER, r#"{"exp":2000,"sub":"CLAIM-IN-TEST"}"#);
    let unverified = UnverifiedToken::parse(&text).unwrap();
    assert_eq!(format!("{unverified:?}"), "UnverifiedToken(..)");
    let keys = key_set(&[KEY.members()]);
    let verified = verify(&text, &keys, &Algorithm::ALL).unwrap();
    assert_eq!(format!("{verified:?}"), "VerifiedToken(..)");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>()) {
        let _ = UnverifiedToken::parse(&text);
    }

    #[test]
    fn no_three_parts_make_the_parser_panic(
        header in any::<Vec<u8>>(), payload in any::<Vec<u8>>(), signature in any::<Vec<u8>>(),
    ) {
        let [header, payload, signature] =
            [header, payload, signature].map(|part| base64url::encode(&part));
        let _ = UnverifiedToken::parse(&format!("{header}.{payload}.{signature}"));
    }

    #[test]
    fn a_damaged_token_is_refused(position in 0_usize..200, byte in 0_u8..128) {
        let good = sign(KEY, HEADER, PAYLOAD);
        let mut bytes = good.clone().into_bytes();
        let position = position % bytes.len();
        bytes[position] = byte;
        let damaged = String::from_utf8(bytes).unwrap();
        let keys = key_set(&[KEY.members()]);
        let outcome = verify(&damaged, &keys, &Algorithm::ALL);
        assert_eq!(outcome.is_ok(), damaged == good);
    }
}
