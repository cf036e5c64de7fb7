//! Key sets that must not be trusted, each beside one that may, and the choice of a key.

use crate::support::{Failure, TestKey, key_set, key_set_text, sign, verify};
use lychgate_core::{
    encoding::base64url,
    encoding::json::JsonFault,
    jose::{
        Algorithm, Curve, FlawKind, KeyFault, KeyMaterial, KeySet, KeySetFault, KeySetFlaw,
        Malformed, PublicKey, SignatureCheck, UnverifiedToken, software,
    },
};
use proptest::prelude::{ProptestConfig, any, proptest};
use sha2::{Digest, Sha256};

const PAYLOAD: &str = r#"{"exp":2000}"#;

/// The result of importing a single key, given as the inside of its JSON object.
fn import(members: &str) -> Result<PublicKey, KeyFault> {
    let set = KeySet::parse(key_set_text(&[members.to_owned()]).as_bytes()).unwrap();
    match (set.keys(), set.skipped()) {
        ([key], []) => Ok(key.clone()),
        ([], [skipped]) => Err(skipped.fault),
        other => panic!("{other:?}"),
    }
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> String {
    let (n, e) = (base64url::encode(modulus), base64url::encode(exponent));
    format!(r#""kty":"RSA","n":"{n}","e":"{e}""#)
}

fn okp(x: &[u8]) -> String {
    format!(
        r#""kty":"OKP","crv":"Ed25519","x":"{}""#,
        base64url::encode(x)
    )
}

#[test]
fn rsa_numbers_are_bounded() {
    let good = [0xff; 256];
    assert!(import(&rsa(&good, &[1, 0, 1])).is_ok());
    for exponent in [
        &[1_u8][..],
        &[3],
        &[0],
        &[],
        &[0xff, 0xff],
        &[1, 0, 0],
        &[1, 0, 2],
    ] {
        let refused = import(&rsa(&good, exponent)).err();
        assert_eq!(refused, Some(KeyFault::Exponent), "{exponent:?}");
    }
    assert!(import(&rsa(&good, &[1, 0xff, 0xff, 0xff, 0xff])).is_ok());
    for exponent in [&[2_u8, 0, 0, 0, 1][..], &[1; 9], &[1; 256]] {
        let refused = import(&rsa(&good, exponent)).err();
        assert_eq!(refused, Some(KeyFault::Exponent), "{exponent:?}");
    }

    assert!(import(&rsa(&[0xff; 1024], &[1, 0, 1])).is_ok());
    let mut short = good;
    short[0] = 0x7f;
    for (modulus, bits) in [
        (&[0xff; 128][..], 1024),
        (&short, 2047),
        (&[0xff; 1025], 8200),
        (&[], 0),
        (&[0; 256], 0),
    ] {
        let refused = import(&rsa(modulus, &[1, 0, 1])).err();
        assert_eq!(refused, Some(KeyFault::ModulusSize { bits }));
    }
    let mut odd_length = [0xff; 257];
    odd_length[0] = 1;
    let refused = import(&rsa(&odd_length, &[1, 0, 1])).err();
    assert_eq!(refused, Some(KeyFault::ModulusSize { bits: 2049 }));
    let mut even = good;
    even[255] = 0xfe;
    assert_eq!(import(&rsa(&even, &[1, 0, 1])), Err(KeyFault::Modulus));
}

#[test]
fn a_leading_zero_makes_no_other_key() {
    let plain = import(&rsa(&[0xff; 256], &[1, 0, 1])).unwrap();
    let padded = [&[0][..], &[0xff; 256]].concat();
    assert_eq!(import(&rsa(&padded, &[0, 1, 0, 1])), Ok(plain));
}

#[test]
fn coordinates_have_the_length_of_their_field() {
    let point = |curve: &str, x: usize, y: usize| {
        let encode = |length| base64url::encode(&vec![1; length]);
        let (x, y) = (encode(x), encode(y));
        import(&format!(
            r#""kty":"EC","crv":"{curve}","x":"{x}","y":"{y}""#
        ))
        .err()
    };
    assert_eq!(point("P-256", 32, 32), None);
    assert_eq!(point("P-384", 48, 48), None);
    let wrong = Some(KeyFault::PointLength);
    assert_eq!(point("P-256", 31, 32), wrong);
    assert_eq!(point("P-256", 32, 33), wrong);
    assert_eq!(point("P-256", 48, 48), wrong);
    assert_eq!(point("P-384", 32, 32), wrong);
    assert_eq!(point("P-521", 66, 66), None);
    assert_eq!(point("P-521", 65, 66), wrong);
    assert_eq!(point("P-521", 66, 64), wrong);
    assert_eq!(point("P-521", 48, 48), wrong);
    assert_eq!(point("P-384", 66, 66), wrong);
    assert_eq!(point("P-512", 64, 64), Some(KeyFault::Curve));
    assert_eq!(point("secp256k1", 32, 32), Some(KeyFault::Curve));
    assert_eq!(import(&okp(&[9; 32])).err(), None);
    assert_eq!(import(&okp(&[9; 31])).err(), wrong);
}

#[test]
fn points_of_small_order_are_refused() {
    // RFC 8032 has no list; these are the orders 1, 2, 4 and 8 and one spelling above the prime.
    let mut one = [0; 32];
    one[0] = 1;
    let mut negative_one = [0xff; 32];
    negative_one[0] = 0xec;
    negative_one[31] = 0x7f;
    let eight = base64url::decode_array("xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o");
    let cases = [[0; 32], one, negative_one, eight.unwrap()];
    for y in cases {
        let weak = ed25519_dalek::VerifyingKey::from_bytes(&y).unwrap();
        assert!(weak.is_weak());
        for sign in [0, 0x80] {
            let mut encoded = y;
            encoded[31] |= sign;
            let refused = import(&okp(&encoded)).err();
            assert_eq!(refused, Some(KeyFault::SmallOrderPoint));
        }
    }
    let mut prime = [0xff; 32];
    prime[0] = 0xed;
    prime[31] = 0x7f;
    assert_eq!(import(&okp(&prime)), Err(KeyFault::PointEncoding));
    assert!(import(&TestKey::Ed25519(1).members()).is_ok());
}

#[test]
fn a_key_for_another_purpose_is_left_out() {
    let key = TestKey::P256(1).members();
    for good in [
        r#""use":"sig""#,
        r#""key_ops":["verify"]"#,
        r#""key_ops":["encrypt","verify"]"#,
        r#""alg":"ES256""#,
        r#""x5c":["MIIB"],"x5t":7"#,
    ] {
        assert!(import(&format!("{key},{good}")).is_ok(), "{good}");
    }
    for (bad, fault) in [
        (r#""use":"enc""#, KeyFault::Purpose),
        (r#""use":"""#, KeyFault::Purpose),
        (r#""use":null"#, KeyFault::Malformed),
        (r#""key_ops":["sign"]"#, KeyFault::Purpose),
        (r#""key_ops":[]"#, KeyFault::Purpose),
        (r#""key_ops":"verify""#, KeyFault::Purpose),
        (r#""use":"sig","key_ops":["deriveKey"]"#, KeyFault::Purpose),
        (r#""alg":"RS256""#, KeyFault::Algorithm),
        (r#""alg":"ES384""#, KeyFault::Algorithm),
        (r#""alg":"ES512""#, KeyFault::Algorithm),
        (r#""alg":"HS256""#, KeyFault::Algorithm),
        (r#""alg":"none""#, KeyFault::Algorithm),
        (r#""alg":"ECDH-ES""#, KeyFault::Algorithm),
        (r#""alg":7"#, KeyFault::Malformed),
        (r#""kid":7"#, KeyFault::Malformed),
    ] {
        assert_eq!(import(&format!("{key},{bad}")).err(), Some(fault), "{bad}");
    }
    for (bad, fault) in [
        (r#""kty":"EC""#, KeyFault::Malformed),
        (r#""x":"AA""#, KeyFault::Malformed),
        (r#""kty":"oct""#, KeyFault::KeyType),
        (r#""kty":"rsa""#, KeyFault::KeyType),
        (r#""kty":"RSA","n":"AQ==","e":"AQAB""#, KeyFault::Malformed),
        (r#""kty":"OKP","crv":"X25519","x":"AA""#, KeyFault::Curve),
    ] {
        assert_eq!(import(bad).err(), Some(fault), "{bad}");
    }
}

/// A set's text, its keys and the flaws in it.
fn flawed(keys: &[String]) -> (usize, Vec<KeySetFlaw>) {
    let set = KeySet::parse(key_set_text(keys).as_bytes()).unwrap();
    (set.keys().len(), set.flaws().collect())
}

fn left_out(position: usize, fault: KeyFault) -> KeySetFlaw {
    let kind = FlawKind::LeftOut(fault);
    KeySetFlaw { position, kind }
}

#[test]
fn a_key_that_publishes_a_secret_is_left_out_and_the_others_are_used() {
    let keys = [TestKey::P256(1).members(), TestKey::Ed25519(1).members()];
    assert_eq!(flawed(&keys), (2, vec![]));
    for secret in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        let mut keys = keys.clone();
        keys[1].push_str(&format!(r#","{secret}":"AQAB""#));
        let published = left_out(1, KeyFault::PrivateMaterial);
        assert_eq!(flawed(&keys), (1, vec![published]), "{secret}");
    }
    let symmetric = [String::from(r#""kty":"oct","k":"c2VjcmV0""#)];
    let published = left_out(0, KeyFault::PrivateMaterial);
    assert_eq!(flawed(&symmetric), (0, vec![published]));
}

#[test]
fn two_keys_of_one_name_are_both_tried() {
    let named = |key: TestKey, name: &str| format!(r#"{},"kid":"{name}""#, key.members());
    let (first, second) = (TestKey::P256(1), TestKey::P256(2));
    assert_eq!(
        flawed(&[named(first, "a"), named(second, "b")]),
        (2, vec![])
    );
    let same = KeySetFlaw {
        position: 1,
        kind: FlawKind::SameKeyId,
    };
    let both = [named(first, "a"), named(second, "a")];
    assert_eq!(flawed(&both), (2, vec![same]));
    let token = |key| sign(key, r#"{"alg":"ES256","kid":"a"}"#, PAYLOAD);
    for key in [first, second] {
        assert!(verify(&token(key), &key_set(&both), &Algorithm::ALL).is_ok());
    }
    let other = verify(&token(TestKey::P256(3)), &key_set(&both), &Algorithm::ALL);
    assert_eq!(other.err(), Some(Failure::BadSignature));
    // The very same key twice is one.
    assert_eq!(flawed(&[named(first, "a"), named(first, "a")]), (1, vec![]));
    // A key that is left out cannot be confused with one that is used.
    let encryption = format!(r#"{},"use":"enc""#, named(second, "a"));
    assert_eq!(flawed(&[named(first, "a"), encryption]), (1, vec![]));
}

#[test]
fn keys_for_others_are_no_flaws_and_mistakes_are() {
    let good = TestKey::P256(1).members();
    for other in [
        r#""kty":"new""#.to_owned(),
        r#""kty":"OKP","crv":"X25519","x":"AA""#.to_owned(),
        r#""kty":"oct""#.to_owned(),
        format!(r#"{},"use":"enc""#, TestKey::P256(2).members()),
        format!(r#"{},"alg":"ECDH-ES""#, TestKey::P256(2).members()),
    ] {
        assert_eq!(
            flawed(&[other.clone(), good.clone()]),
            (1, vec![]),
            "{other}"
        );
    }
    for (mistake, fault) in [
        (okp(&[9; 31]), KeyFault::PointLength),
        (
            rsa(&[0xff; 128], &[1, 0, 1]),
            KeyFault::ModulusSize { bits: 1024 },
        ),
        (rsa(&[0xff; 256], &[1]), KeyFault::Exponent),
        (format!(r#"{good},"kid":7"#), KeyFault::Malformed),
        (format!(r#"{good},"x":"AA""#), KeyFault::NotAnObject),
    ] {
        let flaw = left_out(0, fault);
        assert_eq!(
            flawed(&[mistake.clone(), good.clone()]),
            (1, vec![flaw]),
            "{mistake}"
        );
    }
    let text = format!(r#"{{"keys":[null,7,"x",[],{{{good}}},"\ud800"]}}"#);
    let set = KeySet::parse(text.as_bytes()).unwrap();
    assert_eq!(set.keys().len(), 1);
    let flaws: Vec<_> = set.flaws().collect();
    let expected = [0, 1, 2, 3, 5].map(|at| left_out(at, KeyFault::NotAnObject));
    assert_eq!(flaws, expected);
    assert_eq!(flaws[4].to_string(), "keys[5] is left out: NotAnObject");
}

#[test]
fn a_set_is_bounded() {
    let parse = |text: &str| KeySet::parse(text.as_bytes()).err();
    let crowd = |count: u8| -> Vec<String> {
        let seeds = 1..=count;
        seeds.map(|seed| TestKey::Ed25519(seed).members()).collect()
    };
    assert_eq!(flawed(&crowd(64)), (64, vec![]));
    let (used, flaws) = flawed(&crowd(70));
    let beyond: Vec<_> = (64..70).map(|at| left_out(at, KeyFault::TooMany)).collect();
    assert_eq!((used, flaws), (64, beyond));
    // A key that is left out takes no place.
    let mut keys = vec![String::from(r#""kty":"new""#); 100];
    keys.push(TestKey::Ed25519(1).members());
    assert_eq!(flawed(&keys), (1, vec![]));
    let set = KeySet::parse(key_set_text(&vec![okp(&[9; 31]); 100]).as_bytes()).unwrap();
    assert_eq!(set.skipped().len(), 64);

    let large = |length: usize| format!(r#"{{"keys":[],"x":"{}"}}"#, "x".repeat(length - 18));
    assert_eq!(parse(&large(64 * 1024)), None);
    let too_large = Some(KeySetFault::Json(JsonFault::TooLarge));
    assert_eq!(parse(&large(64 * 1024 + 1)), too_large);

    assert!(KeySet::parse(br#"{"keys":[]}"#).unwrap().is_empty());
    assert!(KeySet::parse(br#"{"keys":[7]}"#).unwrap().is_empty());
    for other in [
        r#"{}"#,
        r#"{"keys":{}}"#,
        r#"{"keys":null}"#,
        r#"{"keys":[],"keys":[]}"#,
    ] {
        assert_eq!(parse(other), Some(KeySetFault::Keys), "{other}");
    }
    let malformed = Some(KeySetFault::Json(JsonFault::Malformed));
    assert_eq!(parse("<!doctype html>"), malformed);
}

#[test]
fn ed25519_under_its_newer_name_is_the_same_key() {
    let key = TestKey::Ed25519(1);
    let header = |name: &str| format!(r#"{{"alg":"{name}"}}"#);
    let names = ["EdDSA", "Ed25519"];
    for bound in names {
        let set = key_set(&[format!(r#"{},"alg":"{bound}""#, key.members())]);
        for signed in names {
            let token = sign(key, &header(signed), PAYLOAD);
            assert!(
                verify(&token, &set, &[Algorithm::EdDsa]).is_ok(),
                "{bound} {signed}"
            );
        }
        let token = sign(key, &header("Ed448"), PAYLOAD);
        let refused = verify(&token, &set, &Algorithm::ALL).err();
        assert_eq!(refused, Some(Failure::Malformed(Malformed::Algorithm)));
    }
    for (members, alg) in [
        (key.members(), "Ed448"),
        (TestKey::P256(1).members(), "Ed25519"),
        (rsa(&[0xff; 256], &[1, 0, 1]), "Ed25519"),
    ] {
        let refused = import(&format!(r#"{members},"alg":"{alg}""#)).err();
        assert_eq!(refused, Some(KeyFault::Algorithm), "{members}");
    }
    let other_curve = r#""kty":"OKP","crv":"Ed448","x":"AA","alg":"Ed25519""#;
    assert_eq!(import(other_curve).err(), Some(KeyFault::Curve));
}

#[test]
fn the_allow_list_and_the_key_decide_the_algorithm() {
    let key = TestKey::P256(1);
    let token = sign(key, r#"{"alg":"ES256"}"#, PAYLOAD);
    let free = key_set(&[key.members()]);
    let bound = key_set(&[format!(r#"{},"alg":"ES256""#, key.members())]);
    assert!(verify(&token, &free, &[Algorithm::Es256]).is_ok());
    assert!(verify(&token, &bound, &[Algorithm::Rs256, Algorithm::Es256]).is_ok());
    let refused = |keys: &KeySet, allowed: &[Algorithm]| verify(&token, keys, allowed).err();
    let none = Some(Failure::NoCandidate);
    assert_eq!(refused(&free, &[]), none);
    assert_eq!(refused(&free, &[Algorithm::Rs256, Algorithm::Es384]), none);
    let other_type = key_set(&[rsa(&[0xff; 256], &[1, 0, 1])]);
    assert_eq!(refused(&other_type, &Algorithm::ALL), none);

    let hint_of = |text: &str| UnverifiedToken::parse(text).unwrap().hint().clone();
    let rsa_key = rsa(&[0xff; 256], &[1, 0, 1]);
    let names = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
    for own in names {
        let hint = hint_of(&sign(key, &format!(r#"{{"alg":"{own}"}}"#), PAYLOAD));
        for bound in names {
            let set = key_set(&[format!(r#"{rsa_key},"alg":"{bound}""#)]);
            let chosen = set.candidates(&hint, &Algorithm::ALL).len();
            assert_eq!(chosen, usize::from(own == bound), "{own} {bound}");
        }
    }
}

#[test]
fn the_key_id_chooses_and_tries_are_bounded() {
    let (first, second) = (TestKey::Ed25519(1), TestKey::Ed25519(2));
    let named = |key: TestKey, name: &str| format!(r#"{},"kid":"{name}""#, key.members());
    let token = |kid: &str| sign(second, &format!(r#"{{"alg":"EdDSA"{kid}}}"#), PAYLOAD);
    let all = &Algorithm::ALL;

    let set = key_set(&[named(first, "a"), named(second, "b")]);
    assert!(verify(&token(r#","kid":"b""#), &set, all).is_ok());
    let wrong = verify(&token(r#","kid":"a""#), &set, all).err();
    assert_eq!(wrong, Some(Failure::BadSignature));
    let unknown = verify(&token(r#","kid":"c""#), &set, all).err();
    assert_eq!(unknown, Some(Failure::NoCandidate));
    assert!(verify(&token(""), &set, all).is_ok());

    let unnamed = key_set(&[second.members(), named(first, "a")]);
    assert!(verify(&token(r#","kid":"c""#), &unnamed, all).is_ok());

    let crowd = |own_position: usize| {
        let mut keys: Vec<String> = (10..20).map(|n| TestKey::Ed25519(n).members()).collect();
        keys.insert(own_position, second.members());
        let set = key_set(&keys);
        let token = token("");
        let parsed = UnverifiedToken::parse(&token).unwrap();
        assert_eq!(set.candidates(parsed.hint(), all).len(), 4);
        verify(&token, &set, all).err()
    };
    assert_eq!(crowd(3), None);
    assert_eq!(crowd(4), Some(Failure::BadSignature));
}

#[test]
fn another_issuers_key_does_not_verify() {
    let own = key_set(&[TestKey::P384(1).members()]);
    let token = |key| sign(key, r#"{"alg":"ES384"}"#, PAYLOAD);
    assert!(verify(&token(TestKey::P384(1)), &own, &Algorithm::ALL).is_ok());
    let foreign = verify(&token(TestKey::P384(2)), &own, &Algorithm::ALL).err();
    assert_eq!(foreign, Some(Failure::BadSignature));
}

#[test]
fn a_point_off_its_curve_verifies_nothing() {
    for (key, algorithm, its_curve) in [
        (TestKey::P256(1), Algorithm::Es256, Curve::P256),
        (TestKey::P384(1), Algorithm::Es384, Curve::P384),
        (TestKey::P521(1), Algorithm::Es512, Curve::P521),
    ] {
        let on = import(&key.members()).unwrap();
        let KeyMaterial::Elliptic { curve, x, mut y } = on.material().clone() else {
            panic!("{on:?}");
        };
        assert_eq!(curve, its_curve);
        *y.last_mut().unwrap() ^= 1;
        let (name, x, y) = (curve.name(), base64url::encode(&x), base64url::encode(&y));
        let off = import(&format!(r#""kty":"EC","crv":"{name}","x":"{x}","y":"{y}""#)).unwrap();
        let signature = key.sign(b"message");
        let prove = |key: &PublicKey| {
            let check = SignatureCheck::new(algorithm, key, b"message", &signature).unwrap();
            check.prove(software::verify(&check)).is_some()
        };
        assert!(prove(&on), "{name}");
        assert!(!prove(&off), "{name}");
    }
}

#[test]
fn the_jwk_of_a_key_is_the_input_of_its_thumbprint() {
    // RFC 7638, section 3.1.
    let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tS\
             oc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65\
             YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyr\
             dkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK\
             nqDKgw";
    let members = format!(
        r#""kty":"RSA","n":"{n}","e":"AQAB","alg":"RS256","kid":"2011-04-29","x5c":["MIIB"]"#
    );
    let key = import(&members).unwrap();
    assert_eq!(key.key_id(), Some("2011-04-29"));
    assert_eq!(key.algorithm(), Some(Algorithm::Rs256));
    let thumbprint = base64url::encode(&Sha256::digest(key.jwk()));
    assert_eq!(thumbprint, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    for key in [
        TestKey::P256(1),
        TestKey::P384(1),
        TestKey::P521(1),
        TestKey::Ed25519(1),
    ] {
        let key = import(&key.members()).unwrap();
        let inside = key.jwk().trim_matches(['{', '}']);
        assert_eq!(import(inside), Ok(key.clone()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in any::<Vec<u8>>()) {
        let _ = KeySet::parse(&bytes);
    }

    #[test]
    fn no_numbers_make_the_import_panic(
        n in any::<Vec<u8>>(), e in any::<Vec<u8>>(), x in any::<Vec<u8>>(),
    ) {
        let _ = import(&rsa(&n, &e));
        let _ = import(&okp(&x));
    }
}
