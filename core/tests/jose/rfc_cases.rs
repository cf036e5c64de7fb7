//! The examples of the JOSE specifications as signatures, each beside altered ones: RFC 7515, appendix A; RFC 7520,
//! section 4; RFC 8037, appendix A.4.
//!
//! The files of RFC 7520 and RFC 8037 in `testdata/cookbook` are those of <https://github.com/ietf-jose/cookbook> at
//! commit 13692b6, which is in the public domain (`LICENSE` beside them).

use super::{mac_cases::MacCase, signature_cases::SignatureCase};
use lychgate_core::{
    encoding::base64url,
    jose::{Algorithm, SignatureVerdict},
};
use serde_json::Value;

/// The payload of RFC 7515, appendices A.1 to A.3: issuer "joe", expiration 1300819380.
pub const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p\
                           c19yb290Ijp0cnVlfQ";

/// The secret of RFC 7515, appendix A.1.
pub const A_1_SECRET: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

/// An example of RFC 7515, appendix A.
pub struct Example {
    pub source: &'static str,
    pub algorithm: Algorithm,
    pub header: &'static str,
    pub payload: &'static str,
    pub signature: &'static str,
    /// The inside of the public JSON Web Key.
    pub key: &'static str,
}

pub const A_1_TOKEN: (&str, &str) = (
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9",
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
);

pub const A_2: Example = Example {
    source: "RFC 7515, A.2",
    algorithm: Algorithm::Rs256,
    header: "eyJhbGciOiJSUzI1NiJ9",
    payload: PAYLOAD,
    signature: "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W\
                2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkS\
                jtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnv\
                Wh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    key: r#""kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ""#,
};

pub const A_3: Example = Example {
    source: "RFC 7515, A.3",
    algorithm: Algorithm::Es256,
    header: "eyJhbGciOiJFUzI1NiJ9",
    payload: PAYLOAD,
    signature: "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    key: r#""kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
           "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#,
};

/// Its payload is the word `Payload`, so that it is no token of ours.
pub const A_4: Example = Example {
    source: "RFC 7515, A.4",
    algorithm: Algorithm::Es512,
    header: "eyJhbGciOiJFUzUxMiJ9",
    payload: "UGF5bG9hZA",
    signature: "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7Xdt\
                AG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
    key: r#""kty":"EC","crv":"P-521",
           "x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
           "y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2""#,
};

/// The examples whose keys are public, with what was changed in them.
pub fn cases() -> Vec<SignatureCase> {
    let of_example = |example: Example| SignatureCase {
        source: example.source.to_owned(),
        algorithm: example.algorithm,
        key: example.key.to_owned(),
        message: format!("{}.{}", example.header, example.payload).into_bytes(),
        signature: base64url::decode(example.signature).unwrap(),
        expected: SignatureVerdict::Valid,
    };
    let of_file = |(source, text): (&str, &str)| {
        let file: Value = serde_json::from_str(text).unwrap();
        let (_, message, signature) = signed(&file);
        SignatureCase {
            source: source.to_owned(),
            algorithm: Algorithm::from_name(file["input"]["alg"].as_str().unwrap()).unwrap(),
            key: public_part(&file["input"]["key"]),
            message,
            signature,
            expected: SignatureVerdict::Valid,
        }
    };
    let examples = [A_2, A_3, A_4].map(of_example);
    let files = PUBLIC_KEY_FILES.map(of_file);
    let right = examples.into_iter().chain(files);
    right.flat_map(with_altered).collect()
}

/// The examples with HS256, with what was changed in them.
pub fn mac_cases() -> Vec<MacCase> {
    let (header, code) = A_1_TOKEN;
    let a_1 = MacCase {
        source: String::from("RFC 7515, A.1"),
        secret: base64url::decode(A_1_SECRET).unwrap(),
        message: format!("{header}.{PAYLOAD}").into_bytes(),
        code: base64url::decode(code).unwrap(),
        expected: SignatureVerdict::Valid,
    };
    let file: Value = serde_json::from_str(HMAC_FILE).unwrap();
    let (key, message, code) = signed(&file);
    let section_4_4 = MacCase {
        source: String::from("RFC 7520, 4.4"),
        secret: base64url::decode(key["k"].as_str().unwrap()).unwrap(),
        message,
        code,
        expected: SignatureVerdict::Valid,
    };
    let mut cases = Vec::new();
    for right in [a_1, section_4_4] {
        for change in 0..3 {
            let mut altered = right.clone();
            altered.expected = SignatureVerdict::Invalid;
            altered.source.push_str(", altered");
            match change {
                0 => altered.message[20] ^= 1,
                1 => altered.code[31] ^= 1,
                _ => altered.secret[0] ^= 1,
            }
            cases.push(altered);
        }
        cases.push(right);
    }
    cases
}

/// The files with a public-key signature, each with the private part of its key.
pub const PUBLIC_KEY_FILES: [(&str, &str); 4] = [
    (
        "RFC 7520, 4.1",
        include_str!("testdata/cookbook/4_1.rsa_v15_signature.json"),
    ),
    (
        "RFC 7520, 4.2",
        include_str!("testdata/cookbook/4_2.rsa-pss_signature.json"),
    ),
    (
        "RFC 7520, 4.3",
        include_str!("testdata/cookbook/4_3.ecdsa_signature.json"),
    ),
    (
        "RFC 8037, A.4",
        include_str!("testdata/cookbook/rfc8037_a_4.ed25519.json"),
    ),
];

pub const HMAC_FILE: &str =
    include_str!("testdata/cookbook/4_4.hmac-sha2_integrity_protection.json");

/// Key, signing input and signature.
fn signed(file: &Value) -> (&Value, Vec<u8>, Vec<u8>) {
    let text = |name: &str| file["signing"][name].as_str().unwrap();
    let signature = base64url::decode(text("sig")).unwrap();
    (
        &file["input"]["key"],
        text("sig-input").as_bytes().to_vec(),
        signature,
    )
}

fn public_part(key: &Value) -> String {
    let mut key = key.clone();
    for private in ["d", "p", "q", "dp", "dq", "qi"] {
        key.as_object_mut().unwrap().remove(private);
    }
    key.to_string().trim_matches(['{', '}']).to_owned()
}

fn with_altered(right: SignatureCase) -> [SignatureCase; 3] {
    let mut altered = [right.clone(), right.clone()];
    for case in &mut altered {
        case.source.push_str(", altered");
        case.expected = SignatureVerdict::Invalid;
    }
    let [message, signature] = &mut altered;
    message.message[20] ^= 1;
    signature.signature[40] ^= 1;
    let [message, signature] = altered;
    [right, message, signature]
}
