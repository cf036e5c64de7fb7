//! Which key of a set signed a token: the one loop over keys, for ID tokens and access tokens.

use crate::{
    bearer::cache::KeySetVersion,
    fault::{Fault, IssuerFault, PlatformFault},
    gateway::{
        context::measured::Measured,
        key_sets::source::{Keys, Source},
    },
    jose::{Algorithm, JwsAlgorithm, KeySet, NotSigned, SignatureProof, UnverifiedToken},
    platform::Platform,
};

/// A signature that was verified.
pub(in crate::gateway) struct Proven {
    pub(in crate::gateway) proof: SignatureProof,
    /// The version of the set whose key it is by.
    pub(in crate::gateway) version: KeySetVersion,
}

/// Why there is no proof.
pub(in crate::gateway) enum Unproven {
    /// No key of the issuer signed the token, as far as anyone can tell.
    NotSigned(NotSigned),
    /// Nobody can tell.
    Unknown(Fault),
}

impl<F: Into<Fault>> From<F> for Unproven {
    fn from(fault: F) -> Self {
        Self::Unknown(fault.into())
    }
}

impl<P: Platform> Source<'_, P> {
    /// The proof that a key of the issuer signed the token. Where none of `keys` did, the issuer may have others since,
    /// also under the same `kid`, and is asked once per cool-down.
    ///
    /// # Errors
    /// [`Unproven`]. A false accept lets anyone in as anyone.
    pub(in crate::gateway) async fn prove(
        &self,
        keys: &Keys,
        token: &UnverifiedToken<'_>,
        allowed: &[Algorithm],
    ) -> Result<Proven, Unproven> {
        let not_signed = match prove(self.platform, keys, token, allowed).await {
            Err(Unproven::NotSigned(not_signed)) => not_signed,
            decided => return decided,
        };
        let is_allowed = |algorithm| match algorithm {
            JwsAlgorithm::DigitalSignature(algorithm) => allowed.contains(&algorithm),
            JwsAlgorithm::Hs256 => false,
        };
        if !is_allowed(token.hint().algorithm()) {
            return Err(Unproven::NotSigned(not_signed));
        }
        let named = token.hint().key_id();
        let is_known = named.is_some_and(|name| keys.set.has_key_id(name));
        match self.newer_than(keys.version).await {
            Ok(Some(newer)) => prove(self.platform, &newer, token, allowed).await,
            Ok(None) => Err(Unproven::NotSigned(not_signed)),
            // Its own key did not sign it; that the issuer does not answer makes it no better.
            Err(fault) if is_known => {
                if fault != IssuerFault::CoolingDown {
                    self.record(&self.fault(fault));
                }
                Err(Unproven::NotSigned(not_signed))
            }
            // While the issuer does not answer, nobody can say that a key is not its own.
            Err(fault) => Err(Unproven::Unknown(self.fault(fault))),
        }
    }
}

/// The proof that a key which never changes signed the token.
///
/// # Errors
/// [`Unproven`].
pub(in crate::gateway) async fn prove<P: Platform>(
    platform: &Measured<'_, P>,
    keys: &Keys,
    token: &UnverifiedToken<'_>,
    allowed: &[Algorithm],
) -> Result<Proven, Unproven> {
    let proof = by(platform, &keys.set, token, allowed).await?;
    let version = keys.version;
    proof
        .map(|proof| Proven { proof, version })
        .map_err(Unproven::NotSigned)
}

/// The loop over keys.
async fn by<P: Platform>(
    platform: &Measured<'_, P>,
    keys: &KeySet,
    token: &UnverifiedToken<'_>,
    allowed: &[Algorithm],
) -> Result<Result<SignatureProof, NotSigned>, PlatformFault> {
    let checks = match token.checks(keys, allowed) {
        Ok(checks) => checks,
        Err(not_signed) => return Ok(Err(not_signed)),
    };
    for check in checks {
        let verdict = platform.verify_signature(&check).await;
        let verdict = verdict.map_err(|_| PlatformFault::Verifier)?;
        if let Some(proof) = check.prove(verdict) {
            return Ok(Ok(proof));
        }
    }
    Ok(Err(NotSigned::Signature))
}
