//! DPoP proofs (RFC 9449, section 4): the client that sends a token holds the key that it is bound to.

use super::{cache::TokenDigest, fault::DpopFault};
use crate::{
    encoding::{
        base64url,
        json::{self, Limits},
    },
    http::{
        method::Method,
        path::RequestPath,
        url::{Origin, Url},
    },
    jose::{JwsAlgorithm, PublicKey, SignatureCheck, SignatureProof, UnverifiedToken},
    secret::same_bytes,
    time::{Seconds, UnixTime},
};
use alloc::string::String;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// A proof before its signature is verified.
#[derive(Debug)]
pub struct UnverifiedProof<'a> {
    token: UnverifiedToken<'a>,
    key: PublicKey,
}

/// The request that a proof must be of.
#[derive(Clone, Copy, Debug)]
pub struct ProvenRequest<'a> {
    /// `htm`
    pub method: &'a Method,
    /// The origin that clients call us by.
    pub origin: &'a Origin,
    /// The path in normal form; `htu` has neither query nor fragment.
    pub path: &'a RequestPath,
    /// The token that came along; `ath` is its digest.
    pub token: &'a TokenDigest,
    /// The thumbprint of the key that the token is bound to.
    pub thumbprint: &'a [u8; 32],
    /// The time of the request.
    pub now: UnixTime,
}

/// A proof that holds, by what it must not be used twice by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedProof {
    /// The thumbprint of the key.
    pub thumbprint: [u8; 32],
    /// The identifier made from `jti`, of whatever length that is.
    pub id: [u8; 16],
    /// When the proof is too old to be taken again.
    pub until: UnixTime,
}

/// How long before or after our time a proof may have been made. It is made anew for every request.
const WINDOW: Seconds = Seconds::new(60);

/// The longest `jti`: some clients put a UUID there, none a document.
const LONGEST_ID: usize = 256;

const LIMITS: Limits = Limits {
    bytes: 8 * 1024,
    depth: 4,
};

impl<'a> UnverifiedProof<'a> {
    /// Reads the value of the field `DPoP`.
    ///
    /// # Errors
    /// [`DpopFault::Several`], [`DpopFault::Malformed`], [`DpopFault::Type`] and [`DpopFault::Key`].
    pub fn read(text: &'a str) -> Result<Self, DpopFault> {
        // Hosts join repeated fields with commas, which stand in no token.
        if text.contains(',') {
            return Err(DpopFault::Several);
        }
        let token = UnverifiedToken::parse(text).map_err(DpopFault::Malformed)?;
        if token.hint().token_type() != Some("dpop+jwt") {
            return Err(DpopFault::Type);
        }
        let key = header(text).as_ref().and_then(key);
        let key = key.ok_or(DpopFault::Key)?;
        Ok(Self { token, key })
    }

    /// The check of its signature by the key in its header.
    ///
    /// # Errors
    /// [`DpopFault::Check`], and [`DpopFault::Key`] where the key is of another algorithm, or a secret.
    pub fn check(&self) -> Result<SignatureCheck<'_>, DpopFault> {
        let JwsAlgorithm::DigitalSignature(algorithm) = self.token.hint().algorithm() else {
            return Err(DpopFault::Key);
        };
        self.token
            .check(&self.key, algorithm)
            .map_err(DpopFault::Check)
    }

    /// The proof, if it is one of this request (RFC 9449, section 4.3).
    ///
    /// # Errors
    /// Any [`DpopFault`] that is about what the proof says. A false accept lets a thief use a stolen token.
    pub fn accept(
        self,
        proof: &SignatureProof,
        request: &ProvenRequest<'_>,
    ) -> Result<UsedProof, DpopFault> {
        let thumbprint: [u8; 32] = Sha256::digest(self.key.jwk().as_bytes()).into();
        let claims = self.token.confirm_without_expiration(proof);
        let claims = claims.map_err(|_| DpopFault::Claims)?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("htm").ok_or(DpopFault::Claims)? != request.method.as_str() {
            return Err(DpopFault::Method);
        }
        let address = text("htu").ok_or(DpopFault::Claims)?;
        if !is_address(address, request) {
            return Err(DpopFault::Address);
        }
        let made = claims.get("iat").and_then(Value::as_f64);
        let made = made.and_then(whole_seconds).ok_or(DpopFault::Claims)?;
        let is_now = request.now.since(made) <= WINDOW && made.since(request.now) <= WINDOW;
        if !is_now {
            return Err(DpopFault::Time);
        }
        let digest = text("ath").and_then(base64url::decode_array::<32>);
        let digest = digest.ok_or(DpopFault::Claims)?;
        if !same_bytes(&digest, request.token.as_bytes()) {
            return Err(DpopFault::Token);
        }
        if !same_bytes(&thumbprint, request.thumbprint) {
            return Err(DpopFault::OtherKey);
        }
        let id = text("jti").filter(|id| (1..=LONGEST_ID).contains(&id.len()));
        let id = Sha256::digest(id.ok_or(DpopFault::Claims)?.as_bytes());
        let mut short = [0; 16];
        for (to, from) in short.iter_mut().zip(id) {
            *to = from;
        }
        Ok(UsedProof {
            thumbprint,
            id: short,
            until: made.plus(WINDOW).plus(Seconds::new(1)),
        })
    }
}

/// The header of a token whose form was checked before.
fn header(text: &str) -> Option<Map<String, Value>> {
    let (header, _) = text.split_once('.')?;
    json::parse_object(&base64url::decode(header)?, LIMITS).ok()
}

/// The public key in a header; `None` where it is private, symmetric or weak.
fn key(header: &Map<String, Value>) -> Option<PublicKey> {
    PublicKey::import(header.get("jwk")?.as_object()?).ok()
}

/// Whether `htu` is the address of the request, both in normal form (RFC 3986, section 6.2).
fn is_address(stated: &str, request: &ProvenRequest<'_>) -> bool {
    let without_fragment = stated.split('#').next().unwrap_or_default();
    let Ok(url) = Url::parse(without_fragment) else {
        return false;
    };
    let path = RequestPath::parse(url.path());
    url.origin() == request.origin && path.is_ok_and(|path| path.as_str() == request.path.as_str())
}

/// A fraction of a second is dropped; `None` for what is no time since the epoch.
fn whole_seconds(seconds: f64) -> Option<UnixTime> {
    crate::jose::whole_seconds(seconds).map(UnixTime::from_seconds)
}
