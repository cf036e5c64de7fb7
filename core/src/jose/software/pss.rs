//! The encoding of RSASSA-PSS (EMSA-PSS; RFC 8017, sections 9.1.2 and B.2.1), as RFC 7518, section 3.5, wants it:
//! MGF1 with the same digest, and a salt as long as the digest.

use alloc::vec::Vec;
use sha2::Digest;

/// The last byte of every encoding.
const TRAILER: u8 = 0xbc;

/// The first bit is no part of the encoding, since that has to be below the modulus. A modulus has whole bytes of
/// bits; that was checked at its import.
const FIRST_BIT: u8 = 0x80;

/// Whether `encoded`, as long as the modulus, is an encoding of the message.
pub(super) fn verify<D: Digest>(message: &[u8], encoded: &[u8]) -> Option<()> {
    let digest_length = <D as Digest>::output_size();
    let (trailer, rest) = encoded.split_last()?;
    let (masked, digest) = rest.split_at_checked(rest.len().checked_sub(digest_length)?)?;
    if *trailer != TRAILER || masked.first()? & FIRST_BIT != 0 {
        return None;
    }
    let mut block = masked.to_vec();
    for (byte, mask) in block.iter_mut().zip(mask::<D>(digest, masked.len())) {
        *byte ^= mask;
    }
    *block.first_mut()? &= !FIRST_BIT;
    let (padding, salt) = block.split_at_checked(block.len().checked_sub(digest_length)?)?;
    let (separator, zeros) = padding.split_last()?;
    if *separator != 1 || zeros.iter().any(|byte| *byte != 0) {
        return None;
    }
    (salted::<D>(message, salt) == digest).then_some(())
}

/// The digest of the message's own digest and the salt, after eight zero bytes.
fn salted<D: Digest>(message: &[u8], salt: &[u8]) -> Vec<u8> {
    let salted = D::new()
        .chain_update([0; 8])
        .chain_update(D::digest(message))
        .chain_update(salt);
    salted.finalize().to_vec()
}

/// MGF1: digests of the seed and a counter, one after the other.
fn mask<D: Digest>(seed: &[u8], length: usize) -> impl Iterator<Item = u8> {
    let block = move |counter: u32| {
        let block = D::new().chain_update(seed);
        block
            .chain_update(counter.to_be_bytes())
            .finalize()
            .to_vec()
    };
    (0..u32::MAX).flat_map(block).take(length)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::arithmetic_side_effects, reason = "a test may panic")]

    use super::*;
    use sha2::{Sha256, Sha384, Sha512};

    const LENGTH: usize = 256;

    /// The encoded message, before the mask is laid over it.
    fn encoded<D: Digest>(message: &[u8], salt: &[u8], change: impl Fn(&mut [u8])) -> Vec<u8> {
        let digest = salted::<D>(message, salt);
        let mut block = alloc::vec![0; LENGTH - digest.len() - 1];
        let at = block.len() - salt.len();
        block[at - 1] = 1;
        block[at..].copy_from_slice(salt);
        change(&mut block);
        for (byte, mask) in block.iter_mut().zip(mask::<D>(&digest, LENGTH)) {
            *byte ^= mask;
        }
        block[0] &= 0x7f;
        [block, digest, [0xbc].to_vec()].concat()
    }

    #[test]
    fn what_the_standard_makes_is_accepted_and_every_other_byte_counts() {
        let good = encoded::<Sha256>(b"message", &[7; 32], |_| {});
        assert_eq!(verify::<Sha256>(b"message", &good), Some(()));
        assert_eq!(verify::<Sha256>(b"massage", &good), None);
        assert_eq!(verify::<Sha384>(b"message", &good), None);
        for at in 0..LENGTH {
            for bit in [0x01, 0x80] {
                let mut bad = good.clone();
                bad[at] ^= bit;
                assert_eq!(verify::<Sha256>(b"message", &bad), None, "{at} {bit}");
            }
        }
        let good = encoded::<Sha384>(b"message", &[7; 48], |_| {});
        assert_eq!(verify::<Sha384>(b"message", &good), Some(()));
        let good = encoded::<Sha512>(b"message", &[7; 64], |_| {});
        assert_eq!(verify::<Sha512>(b"message", &good), Some(()));
        assert_eq!(verify::<Sha384>(b"message", &good), None);
    }

    #[test]
    fn the_salt_is_as_long_as_the_digest() {
        for length in [0, 1, 31, 32, 33, 48] {
            let encoded = encoded::<Sha256>(b"message", &alloc::vec![0; length], |_| {});
            let accepted = verify::<Sha256>(b"message", &encoded).is_some();
            assert_eq!(accepted, length == 32, "{length}");
        }
        for length in [0, 32, 63, 64, 65] {
            let encoded = encoded::<Sha512>(b"message", &alloc::vec![0; length], |_| {});
            let accepted = verify::<Sha512>(b"message", &encoded).is_some();
            assert_eq!(accepted, length == 64, "{length}");
        }
    }

    #[test]
    fn the_padding_is_zero_up_to_a_one() {
        let separator = LENGTH - 1 - 32 - 32 - 1;
        for at in 0..=separator {
            let bad = encoded::<Sha256>(b"message", &[7; 32], |block| block[at] ^= 2);
            assert_eq!(verify::<Sha256>(b"message", &bad), None, "{at}");
        }
    }

    #[test]
    fn what_is_too_short_is_refused_without_a_panic() {
        for length in 0..100 {
            assert_eq!(verify::<Sha256>(b"", &alloc::vec![0xbc; length]), None);
            let zeros = [&alloc::vec![0; length][..], &[0xbc]].concat();
            assert_eq!(verify::<Sha384>(b"", &zeros), None);
        }
    }
}
