//! The public operation of RSA (RSAVP1; RFC 8017, section 5.2.2).
//!
//! Key and signature are public, so the time may depend on both: the exponent is walked bit by bit, which for the
//! usual 65537 are sixteen squarings and a multiplication.

use crate::jose::{check::SignatureCheck, key::KeyMaterial};
use alloc::vec::Vec;
use crypto_bigint::{
    BoxedUint, Odd,
    modular::{BoxedMontyForm, BoxedMontyParams},
};

/// The encoded message that the signature stands for, as long as the modulus.
///
/// `None` for a signature that is no number below the modulus: it would stand for the same as a smaller one.
pub(super) fn encoded(check: &SignatureCheck<'_>) -> Option<Vec<u8>> {
    let KeyMaterial::Rsa { modulus, exponent } = check.key().material() else {
        return None;
    };
    let length = modulus.len();
    let modulus = Odd::new(BoxedUint::from_be_slice_vartime(modulus)).into_option()?;
    let signature = BoxedUint::from_be_slice(check.signature(), modulus.bits_precision()).ok()?;
    if signature >= *modulus.as_ref() {
        return None;
    }
    let base = BoxedMontyForm::new(signature, &BoxedMontyParams::new_vartime(modulus));
    let number = raised(&base, exponent)?.retrieve().to_be_bytes();
    // Written in whole words, of which a modulus may leave some bytes empty.
    let (_, encoded) = number.split_at_checked(number.len().checked_sub(length)?)?;
    Some(encoded.to_vec())
}

/// `base` to the power of a number above zero.
fn raised(base: &BoxedMontyForm, exponent: &[u8]) -> Option<BoxedMontyForm> {
    let mut power: Option<BoxedMontyForm> = None;
    for byte in exponent {
        for bit in [0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01] {
            power = power.map(|power| power.square());
            if byte & bit != 0 {
                power = Some(power.map_or_else(|| base.clone(), |power| power.mul(base)));
            }
        }
    }
    power
}
