//! Which Ed25519 public keys are refused (RFC 8032, section 5.1.3; RFC 8032, section 8.7).
//!
//! Under a point of small order a forger finds signatures without any private key. A coordinate
//! at or above the field's prime is another spelling of a smaller one, which some hosts accept.

use super::key::KeyFault;

/// The second coordinate of every point whose order divides 8, little-endian, the sign bit clear.
const SMALL_ORDER: [[u8; 32]; 5] = [
    // Order 4: zero.
    [0; 32],
    // Order 1: one.
    [
        1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0,
    ],
    // Order 2: the prime less one.
    [
        0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0x7f,
    ],
    // Order 8, two values.
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

/// Refuses points of small order and encodings that are not canonical.
pub(super) fn check(encoded: &[u8; 32]) -> Result<(), KeyFault> {
    let mut y = *encoded;
    let [first, middle @ .., last] = &mut y;
    *last &= 0x7f;
    if *last == 0x7f && middle.iter().all(|byte| *byte == 0xff) && *first >= 0xed {
        return Err(KeyFault::PointEncoding);
    }
    if SMALL_ORDER.contains(&y) {
        return Err(KeyFault::SmallOrderPoint);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn points_of_small_order_are_refused_with_either_sign() {
        for mut y in SMALL_ORDER {
            assert_eq!(check(&y), Err(KeyFault::SmallOrderPoint));
            y[31] |= 0x80;
            assert_eq!(check(&y), Err(KeyFault::SmallOrderPoint));
            y[1] ^= 1;
            assert_eq!(check(&y), Ok(()));
        }
    }

    #[test]
    fn coordinates_from_the_prime_upwards_are_refused() {
        let mut y = [0xff; 32];
        for last in [0x7f, 0xff] {
            y[31] = last;
            for first in 0xed..=0xff {
                y[0] = first;
                assert_eq!(check(&y), Err(KeyFault::PointEncoding));
            }
            y[0] = 0xeb;
            assert_eq!(check(&y), Ok(()));
        }
    }
}
