//! The encoding of RSASSA-PKCS1-v1_5 (EMSA-PKCS1-v1_5; RFC 8017, section 9.2).
//!
//! The one right encoding is written and compared as a whole. Nothing of what was signed is ever parsed, so there
//! are no bytes that a forger could fill at will.

use alloc::vec::Vec;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A digest that has a name in ASN.1.
pub(super) trait NamedDigest: Digest {
    /// The DER of `DigestInfo` up to the digest itself (RFC 8017, section 9.2, note 1).
    const NAME: [u8; 19];
}

impl NamedDigest for Sha256 {
    const NAME: [u8; 19] = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
        0x05, 0x00, 0x04, 0x20,
    ];
}

impl NamedDigest for Sha384 {
    const NAME: [u8; 19] = [
        0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02,
        0x05, 0x00, 0x04, 0x30,
    ];
}

impl NamedDigest for Sha512 {
    const NAME: [u8; 19] = [
        0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03,
        0x05, 0x00, 0x04, 0x40,
    ];
}

/// Whether `encoded` is the message, encoded to the length of the modulus.
pub(super) fn verify<D: NamedDigest>(message: &[u8], encoded: &[u8]) -> Option<()> {
    (encode::<D>(message, encoded.len())? == encoded).then_some(())
}

fn encode<D: NamedDigest>(message: &[u8], length: usize) -> Option<Vec<u8>> {
    let tail = [&[0][..], &D::NAME, &D::digest(message)].concat();
    let padding = length.checked_sub(tail.len())?;
    let mut encoded = alloc::vec![0xff; padding];
    // At least eight bytes of 0xff are asked for; the smallest modulus leaves two hundred.
    let (head, _) = encoded.split_first_chunk_mut::<2>()?;
    *head = [0, 1];
    encoded.extend_from_slice(&tail);
    Some(encoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_encoding_of_a_message_is_accepted() {
        let good = encode::<Sha256>(b"message", 256).unwrap();
        assert_eq!(verify::<Sha256>(b"message", &good), Some(()));
        assert_eq!(verify::<Sha256>(b"massage", &good), None);
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert_eq!(verify::<Sha256>(b"message", &bad), None, "{at}");
        }
        // The same without the parameters of the digest's name, which some verifiers let pass.
        let mut bare = good;
        let at = 256 - 32 - 4;
        bare.drain(at..at + 2);
        bare.splice(2..2, [0xff, 0xff]);
        assert_eq!(verify::<Sha256>(b"message", &bare), None);
        let good = encode::<Sha384>(b"message", 256).unwrap();
        assert_eq!(verify::<Sha384>(b"message", &good), Some(()));
        assert_eq!(verify::<Sha256>(b"message", &good), None);
        let good = encode::<Sha512>(b"message", 256).unwrap();
        assert_eq!(verify::<Sha512>(b"message", &good), Some(()));
        assert_eq!(verify::<Sha384>(b"message", &good), None);
    }

    #[test]
    fn what_is_too_short_is_refused_without_a_panic() {
        for length in 0..19 + 32 + 1 + 2 {
            assert_eq!(verify::<Sha256>(b"", &alloc::vec![0xff; length]), None);
        }
    }
}
