//! Fixed inputs, and the primitives on their own.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use lychgate_core::{
    cookie::{
        ring::{KeyRing, RingSecret},
        seal::{Place, Purpose},
    },
    encoding::base64url,
    secret::Secret,
    session::keys::SessionSecret,
    time::UnixTime,
    user::key::UserKey,
};
use sha2::Sha256;

pub(crate) const ORIGIN: &str = "https://app.example.com";
pub(crate) const ISSUER: &str = "https://op.example.com";
pub(crate) const SUBJECT: &str = "248289761001";
pub(crate) const KEY_ID: u8 = 1;

/// When the session of the vectors began.
pub(crate) const CREATED: UnixTime = UnixTime::from_seconds(1_800_000_000);

/// 32 bytes that count up from `first`.
pub(crate) fn counting(first: u8) -> [u8; 32] {
    std::array::from_fn(|at| first + u8::try_from(at).unwrap())
}

/// The key of the ring in all vectors.
pub(crate) fn ring_key() -> [u8; 32] {
    counting(0)
}

pub(crate) fn ring() -> KeyRing {
    let secret = RingSecret {
        id: KEY_ID,
        secret: Secret::new(ring_key()),
        not_after: None,
    };
    KeyRing::new(&secret, &[])
}

/// The directory key in all vectors.
pub(crate) fn directory_key() -> [u8; 32] {
    counting(0x90)
}

pub(crate) fn directory() -> KeyRing {
    let secret = RingSecret {
        id: KEY_ID,
        secret: Secret::new(directory_key()),
        not_after: None,
    };
    KeyRing::new(&secret, &[])
}

pub(crate) fn session() -> SessionSecret {
    SessionSecret::new(Secret::new(counting(0x20)))
}

pub(crate) fn user() -> UserKey {
    UserKey::new(ISSUER, SUBJECT)
}

pub(crate) const fn nonce(byte: u8) -> [u8; 24] {
    [byte; 24]
}

/// A vector: its name and its lines.
pub(crate) struct Vector {
    pub(crate) name: &'static str,
    lines: Vec<(&'static str, String)>,
}

impl Vector {
    pub(crate) const fn new(name: &'static str) -> Self {
        let lines = Vec::new();
        Self { name, lines }
    }

    pub(crate) fn line(mut self, label: &'static str, value: impl Into<String>) -> Self {
        self.lines.push((label, value.into()));
        self
    }

    pub(crate) fn text(&self) -> String {
        let lines = self.lines.iter();
        lines
            .map(|(label, value)| format!("{label} = {value}\n"))
            .collect()
    }
}

pub(crate) fn hex(bytes: impl AsRef<[u8]>) -> String {
    let digits = bytes.as_ref().iter().map(|byte| format!("{byte:02x}"));
    digits.collect()
}

/// HKDF-SHA-256 without salt.
pub(crate) fn expand<const N: usize>(secret: &[u8], info: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    Hkdf::<Sha256>::new(None, secret)
        .expand(info, &mut out)
        .unwrap();
    out
}

/// The key of one purpose, derived from the ring's key.
pub(crate) fn purpose_key(purpose: Purpose) -> [u8; 32] {
    let info = format!("lychgate/1/{}", purpose.name());
    expand(&ring_key(), info.as_bytes())
}

/// The key of one purpose, derived from the directory key.
pub(crate) fn directory_purpose_key(purpose: Purpose) -> [u8; 32] {
    let info = format!("lychgate/1/{}", purpose.name());
    expand(&directory_key(), info.as_bytes())
}

/// Associated data, each part behind its length.
pub(crate) fn associated_data(place: Place<'_>, key_id: u8) -> Vec<u8> {
    let mut out = Vec::new();
    let parts: [&[u8]; 5] = [
        place.purpose.name().as_bytes(),
        place.name.as_bytes(),
        place.origin.as_bytes(),
        &[1],
        &[key_id],
    ];
    for part in parts {
        out.extend(u16::try_from(part.len()).unwrap().to_be_bytes());
        out.extend(part);
    }
    out
}

/// The value that the code sealed for a place, and everything that it takes to seal the same.
///
/// The bytes are taken apart here, and opened with a key that was derived here.
pub(crate) fn sealed(vector: Vector, place: Place<'_>, key: [u8; 32], sealed: &[u8]) -> Vector {
    let (version, key_id) = (sealed[0], sealed[1]);
    assert_eq!(version, 1);
    let aad = associated_data(place, key_id);
    let payload = Payload {
        msg: &sealed[26..],
        aad: &aad,
    };
    let opened = XChaCha20Poly1305::new(&key.into())
        .decrypt(XNonce::from_slice(&sealed[2..26]), payload)
        .unwrap();
    let vector = match str::from_utf8(&opened) {
        Ok(text) if text.starts_with('{') => vector.line("plaintext text", text),
        _ => vector.line("plaintext", hex(opened)),
    };
    vector
        .line("name", place.name)
        .line("associated data", hex(&aad))
        .line("nonce", hex(&sealed[2..26]))
        .line("sealed", base64url::encode(sealed))
}

/// The value that the code sealed as the text of a cookie.
pub(crate) fn cookie(vector: Vector, place: Place<'_>, text: &str) -> Vector {
    let bytes = base64url::decode(text).unwrap();
    assert_eq!(bytes[1], KEY_ID);
    sealed(vector, place, purpose_key(place.purpose), &bytes)
}
