//! The examples of the JOSE specifications.
//!
//! Those of RFC 7520 and RFC 8037 come from the folder that `LYCHGATE_VECTORS` names, by default
//! `shared/vectors` beside the workspace; where there is none, the test says so and ends.

use crate::{
    signature_cases::{Outcome, SignatureCase},
    support::{Failure, key_set, verify},
};
use lychgate_core::{
    encoding::base64url,
    jose::{Algorithm, KeySet, KeySetFault, SignatureVerdict, software},
    time::UnixTime,
};
use serde_json::{Value, json};
use std::{env, fs, path::PathBuf};

const VALID: Outcome = Outcome::Verdict(SignatureVerdict::Valid);
const INVALID: Outcome = Outcome::Verdict(SignatureVerdict::Invalid);

fn vector(file: &str) -> Option<Value> {
    let folder = env::var_os("LYCHGATE_VECTORS").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/vectors")),
        PathBuf::from,
    );
    if !folder.is_dir() {
        eprintln!("notice: no test vectors in {}, skipped", folder.display());
        return None;
    }
    let text = fs::read_to_string(folder.join("jose-cookbook").join(file)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

/// Checks one example: its key as published, which is private, and then the public part of it.
fn check_example(file: &str, algorithm: Algorithm) {
    let Some(vector) = vector(file) else { return };
    let mut key = vector["input"]["key"].clone();
    let published = json!({ "keys": [key] }).to_string();
    let refused = KeySet::parse(published.as_bytes()).err();
    assert_eq!(refused, Some(KeySetFault::PrivateKey { position: 0 }));

    for private in ["d", "p", "q", "dp", "dq", "qi"] {
        key.as_object_mut().unwrap().remove(private);
    }
    let text = |name: &str| vector["signing"][name].as_str().unwrap();
    let mut case = SignatureCase {
        source: file.to_owned(),
        algorithm,
        key: key.to_string().trim_matches(['{', '}']).to_owned(),
        message: text("sig-input").as_bytes().to_vec(),
        signature: base64url::decode(text("sig")).unwrap(),
        expected: SignatureVerdict::Valid,
    };
    assert_eq!(vector["input"]["alg"], algorithm.name());
    assert_eq!(case.run(software::verify), VALID);
    case.message[40] ^= 1;
    assert_eq!(case.run(software::verify), INVALID);
    case.message[40] ^= 1;
    case.signature[40] ^= 1;
    assert_eq!(case.run(software::verify), INVALID);
}

#[test]
fn rfc_7520_section_4_1_rsa_v1_5() {
    check_example("jws/4_1.rsa_v15_signature.json", Algorithm::Rs256);
}

#[test]
fn rfc_7520_section_4_2_rsa_pss() {
    check_example("jws/4_2.rsa-pss_signature.json", Algorithm::Ps384);
}

#[test]
fn rfc_8037_appendix_a_4_ed25519() {
    check_example("curve25519/jws.json", Algorithm::EdDsa);
}

/// The payload of RFC 7515, appendix A: issuer "joe", expiration 1300819380.
const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p\
                       c19yb290Ijp0cnVlfQ";

fn check_token(header: &str, signature: &str, key: &str, algorithm: Algorithm) {
    let keys = key_set(&[key.to_owned()]);
    let token = verify(
        &format!("{header}.{PAYLOAD}.{signature}"),
        &keys,
        &[algorithm],
    )
    .unwrap();
    assert_eq!(token.issuer(), Some("joe"));
    assert_eq!(token.expiration(), UnixTime::from_seconds(1_300_819_380));
    assert_eq!(
        token.claim("http://example.com/is_root"),
        Some(&json!(true))
    );

    let issuer_jim = PAYLOAD.replacen("b2Ui", "aW0i", 1);
    let forged = format!("{header}.{issuer_jim}.{signature}");
    let refused = verify(&forged, &keys, &[algorithm]).err();
    assert_eq!(refused, Some(Failure::BadSignature));
}

#[test]
fn rfc_7515_appendix_a_2_rs256() {
    let n = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEz\
             P1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf6\
             3kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5Zw\
             Kh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRW\
             yuXpoQ";
    check_token(
        "eyJhbGciOiJSUzI1NiJ9",
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W\
         2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkS\
         jtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnv\
         Wh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
        &format!(r#""kty":"RSA","n":"{n}","e":"AQAB""#),
        Algorithm::Rs256,
    );
}

#[test]
fn rfc_7515_appendix_a_3_es256() {
    check_token(
        "eyJhbGciOiJFUzI1NiJ9",
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
           "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#,
        Algorithm::Es256,
    );
}
