//! The software verification against the tables of Wycheproof; other hosts are asked for the same verdicts.

use crate::{
    mac_cases,
    signature_cases::{Outcome, SignatureCase},
    wycheproof_cases,
};
use lychgate_core::jose::{Algorithm, KeyFault, SharedSecretFault, SignatureVerdict, software};

/// How many cases ended how.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    valid: usize,
    invalid: usize,
    refused_form: usize,
    refused_key: usize,
}

fn run(cases: &[SignatureCase]) -> Counts {
    let mut counts = Counts::default();
    for case in cases {
        let outcome = case.run(software::verify);
        let accepted = outcome == Outcome::Verdict(SignatureVerdict::Valid);
        match outcome {
            Outcome::Verdict(SignatureVerdict::Valid) => counts.valid += 1,
            Outcome::Verdict(SignatureVerdict::Invalid) => counts.invalid += 1,
            Outcome::RefusedForm => counts.refused_form += 1,
            Outcome::RefusedKey(fault) => {
                assert_eq!(fault, KeyFault::Exponent, "{}", case.source);
                counts.refused_key += 1;
                continue;
            }
        }
        let expected = case.expected == SignatureVerdict::Valid;
        assert_eq!(accepted, expected, "{}", case.source);
    }
    counts
}

/// The counts are those of the data, so that other data in the crate cannot silently leave nothing to test.
#[test]
fn every_signature_gets_the_verdict_it_deserves() {
    let cases = wycheproof_cases::cases();
    let of = |algorithm: Algorithm| {
        let own = cases.iter().filter(|case| case.algorithm == algorithm);
        let counts = run(&own.cloned().collect::<Vec<_>>());
        [
            counts.valid,
            counts.invalid,
            counts.refused_form,
            counts.refused_key,
        ]
    };
    let found = Algorithm::ALL.map(|algorithm| (algorithm.name(), of(algorithm)));
    // Valid, invalid, of a wrong length, under a key that is refused.
    let expected = [
        ("RS256", [28, 995, 8, 3]),
        ("RS384", [28, 999, 8, 0]),
        ("RS512", [28, 999, 8, 2]),
        ("PS256", [190, 210, 15, 0]),
        ("PS384", [191, 111, 10, 0]),
        ("PS512", [133, 203, 5, 0]),
        ("ES256", [173, 68, 21, 0]),
        ("ES384", [193, 68, 19, 0]),
        ("ES512", [231, 73, 14, 0]),
        ("EdDSA", [88, 51, 12, 0]),
    ];
    assert_eq!(found, expected);
}

#[test]
fn no_signature_in_der_is_accepted() {
    let counts = run(&wycheproof_cases::der_cases());
    let all = Counts {
        refused_form: 1530,
        ..Counts::default()
    };
    assert_eq!(counts, all);
}

#[test]
fn every_message_authentication_code_gets_the_verdict_it_deserves() {
    let (mut valid, mut invalid, mut short_secret) = (0, 0, 0);
    for case in mac_cases::wycheproof_cases() {
        match case.run() {
            Ok(verdict) => {
                assert_eq!(verdict, case.expected, "{}", case.source);
                *(if verdict == SignatureVerdict::Valid {
                    &mut valid
                } else {
                    &mut invalid
                }) += 1;
            }
            Err(SharedSecretFault::TooShort) => {
                assert_eq!(case.expected, SignatureVerdict::Invalid, "{}", case.source);
                short_secret += 1;
            }
        }
    }
    assert_eq!((valid, invalid, short_secret), (30, 138, 6));
}
