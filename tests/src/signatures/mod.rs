//! One table of signatures for every verifier: the software in this process and in the component on Spin, and
//! `crypto.subtle` in workerd. None may say anything else than the table, or than another one.

#[path = "../../../core/tests/jose/mac_cases.rs"]
mod mac_cases;
#[path = "../../../core/tests/jose/rfc_cases.rs"]
mod rfc_cases;
#[path = "../../../core/tests/jose/signature_cases.rs"]
mod signature_cases;
mod weak_keys;
#[path = "../../../core/tests/jose/wycheproof_cases.rs"]
mod wycheproof_cases;

use crate::{
    host::{
        contract,
        workerd::{Setup, Workerd},
    },
    http::request::Request,
};
use lychgate_core::{
    encoding::base64url,
    jose::{SignatureVerdict, software},
};
use mac_cases::MacCase;
use serde_json::{Value, json};
use signature_cases::{Outcome, SignatureCase};

/// How many checks one question has: few enough that the largest keys fit into what a host reads.
const CHECKS: usize = 96;

/// The verdict of a host that is asked over HTTP on each case.
fn said_by(host: &Workerd, cases: &[SignatureCase]) -> Vec<Value> {
    answers(host, &cases.iter().map(check).collect::<Vec<_>>())
}

fn answers(host: &Workerd, checks: &[Value]) -> Vec<Value> {
    let questions: Vec<Request> = checks
        .chunks(CHECKS)
        .map(|checks| contract::request("/verify/all", &json!({ "checks": checks })))
        .collect();
    let answers = host.exchange_all(&questions).into_iter();
    let each = |answer: Value| answer["ok"].as_array().unwrap().clone();
    answers
        .flat_map(|answer| each(answer.expect(200).json()))
        .collect()
}

fn check(case: &SignatureCase) -> Value {
    let jwk: Value = serde_json::from_str(&format!("{{{}}}", case.key)).unwrap();
    json!({
        "algorithm": case.algorithm.name(),
        "jwk": jwk,
        "input": base64url::encode(&case.message),
        "signature": base64url::encode(&case.signature),
    })
}

fn code_check(case: &MacCase) -> Value {
    json!({
        "algorithm": "HS256",
        "secret": base64url::encode(&case.secret),
        "input": base64url::encode(&case.message),
        "signature": base64url::encode(&case.code),
    })
}

/// The verdict of the core with its software on a case, in the words of the wire.
fn said_here(case: &SignatureCase) -> Value {
    match case.run(software::verify) {
        Outcome::Verdict(SignatureVerdict::Valid) => json!({"ok": "valid"}),
        Outcome::Verdict(SignatureVerdict::Invalid) => json!({"ok": "invalid"}),
        Outcome::RefusedForm => json!({"refused": "check"}),
        Outcome::RefusedKey(_) => json!({"refused": "key"}),
    }
}

/// Holds a host's answers against the table and against this process.
fn agrees(host: &Workerd, cases: &[SignatureCase]) {
    let said = said_by(host, cases);
    assert_eq!(said.len(), cases.len());
    let mut wrong = Vec::new();
    for (case, said) in cases.iter().zip(&said) {
        let is_accepted = said["ok"] == "valid";
        // A weak key is refused whatever it signed.
        let is_right =
            is_accepted == (case.expected == SignatureVerdict::Valid) || said["refused"] == "key";
        if !is_right || *said != said_here(case) {
            wrong.push(format!("{}: {said}", case.source));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let accepted = said.iter().filter(|said| said["ok"] == "valid").count();
    let refused_keys = said.iter().filter(|said| said["refused"] == "key").count();
    eprintln!(
        "{} cases: {accepted} valid, {refused_keys} weak keys",
        said.len()
    );
    // So that a table which lost its cases, or a host that refuses everything, is noticed.
    assert!(accepted > 0 && accepted < said.len());
}

fn hosts() -> [Setup; 2] {
    [Setup::contract(), Setup::contract().on_spin(128)]
}

#[test]
fn every_host_gives_wycheproofs_signatures_the_same_verdicts() {
    let cases = wycheproof_cases::cases();
    assert!(cases.len() > 5_000, "{}", cases.len());
    for setup in hosts() {
        agrees(&Workerd::start(&setup), &cases);
    }
}

#[test]
fn every_host_verifies_the_examples_of_the_specifications() {
    let cases = rfc_cases::cases();
    assert_eq!(cases.len(), 21);
    for setup in hosts() {
        agrees(&Workerd::start(&setup), &cases);
    }
}

#[test]
fn every_host_refuses_signatures_in_der() {
    let cases = wycheproof_cases::der_cases();
    assert_eq!(cases.len(), 1530);
    for setup in hosts() {
        let said = said_by(&Workerd::start(&setup), &cases);
        for (case, said) in cases.iter().zip(&said) {
            assert_eq!(*said, json!({"refused": "check"}), "{}", case.source);
        }
        assert_eq!(said.len(), cases.len());
    }
}

#[test]
fn every_host_gives_the_same_verdicts_on_message_authentication_codes() {
    let mut cases = mac_cases::wycheproof_cases();
    cases.extend(rfc_cases::mac_cases());
    let checks: Vec<Value> = cases.iter().map(code_check).collect();
    for setup in hosts() {
        let said = answers(&Workerd::start(&setup), &checks);
        assert_eq!(said.len(), cases.len());
        let mut counts = [0; 3];
        for (case, said) in cases.iter().zip(&said) {
            let (expected, at) = match (case.run(), case.expected) {
                (Ok(SignatureVerdict::Valid), SignatureVerdict::Valid) => ("valid", 0),
                (Ok(SignatureVerdict::Invalid), SignatureVerdict::Invalid) => ("invalid", 1),
                (Err(_), SignatureVerdict::Invalid) => ("key", 2),
                contradiction => panic!("{}: {contradiction:?}", case.source),
            };
            let found = said["ok"].as_str().or(said["refused"].as_str());
            assert_eq!(found, Some(expected), "{}", case.source);
            counts[at] += 1;
        }
        assert_eq!(counts, [32, 144, 6]);
    }
}

#[test]
fn every_host_refuses_the_same_weak_keys() {
    let pairs = weak_keys::pairs();
    for setup in hosts() {
        let host = Workerd::start(&setup);
        for (weak, twin) in &pairs {
            let cases = [weak, twin].map(SignatureCase::clone);
            let said = said_by(&host, &cases);
            assert_eq!(said[0], json!({"refused": "key"}), "{}", weak.source);
            assert_eq!(said[1], json!({"ok": "valid"}), "{}", twin.source);
            assert_eq!(said, cases.iter().map(said_here).collect::<Vec<_>>());
        }
    }
}
