//! The software verification against the table of Wycheproof; other hosts are asked for the same verdicts.

use crate::{
    signature_cases::{Outcome, SignatureCase},
    wycheproof_cases,
};
use lychgate_core::jose::{Algorithm, KeyFault, SignatureVerdict, software};

#[test]
fn every_signature_gets_the_verdict_it_deserves() {
    let (mut valid, mut invalid, mut weak_key) = (0, 0, 0);
    for case in wycheproof_cases::cases() {
        let outcome = case.run(software::verify);
        if let Outcome::RefusedKey(fault) = outcome {
            assert_eq!(fault, KeyFault::Exponent, "{}", case.source);
            weak_key += 1;
            continue;
        }
        let found = outcome == Outcome::Verdict(SignatureVerdict::Valid);
        let expected = case.expected == SignatureVerdict::Valid;
        assert_eq!(found, expected, "{}", case.source);
        *(if found { &mut valid } else { &mut invalid }) += 1;
    }
    // So that other data in the crate cannot silently leave nothing to test.
    assert!(valid > 850, "{valid}");
    assert!(invalid > 2_000, "{invalid}");
    assert!(weak_key < 10, "{weak_key}");
}

#[test]
fn every_algorithm_has_signatures_of_both_kinds() {
    let cases = wycheproof_cases::cases();
    for algorithm in Algorithm::ALL {
        for expected in [SignatureVerdict::Valid, SignatureVerdict::Invalid] {
            let fits =
                |case: &SignatureCase| (case.algorithm, case.expected) == (algorithm, expected);
            assert!(cases.iter().any(fits), "{algorithm:?} {expected:?}");
        }
    }
}
