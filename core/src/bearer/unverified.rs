//! A token with a right form that names one of our issuers, before its signature is verified.

use super::{access_token::AccessToken, fault::AccessTokenFault};
use crate::{
    config::{Issuer, IssuerIndex, KeySource},
    jose::{
        JwsAlgorithm, KeySet, Refusal, SharedSecret, SignatureCheck, SignatureProof,
        SignatureVerdict, UnverifiedToken,
    },
};

/// A token that may be an issuer's.
#[derive(Debug)]
pub struct UnverifiedAccessToken<'a> {
    token: UnverifiedToken<'a>,
    issuer: &'a Issuer,
    index: IssuerIndex,
}

impl<'a> UnverifiedAccessToken<'a> {
    /// Checks the form of a token, and finds the issuer that it names.
    ///
    /// # Errors
    /// [`AccessTokenFault::Malformed`], [`AccessTokenFault::UnknownIssuer`] and [`AccessTokenFault::Algorithm`].
    pub fn read(text: &'a str, issuers: &'a [Issuer]) -> Result<Self, AccessTokenFault> {
        let token = UnverifiedToken::parse(text).map_err(AccessTokenFault::Malformed)?;
        let named = token
            .hint()
            .issuer()
            .ok_or(AccessTokenFault::UnknownIssuer)?;
        let found = issuers.iter().position(|issuer| issuer.issuer == named);
        let place = found.ok_or(AccessTokenFault::UnknownIssuer)?;
        let issuer = issuers.get(place).ok_or(AccessTokenFault::UnknownIssuer)?;
        // The issuer's settings say how it signs, never the token.
        let is_allowed = match (token.hint().algorithm(), &issuer.keys) {
            (JwsAlgorithm::Hs256, KeySource::SharedSecret(_)) => true,
            (
                JwsAlgorithm::DigitalSignature(algorithm),
                KeySource::Discovery(_) | KeySource::Url(_) | KeySource::Inline(_),
            ) => issuer.algorithms.contains(&algorithm),
            (JwsAlgorithm::Hs256, _) | (_, KeySource::SharedSecret(_) | KeySource::None) => false,
        };
        // Keys of an issuer that is asked about its tokens sign its answers alone.
        if !is_allowed || issuer.is_asked_alone() {
            return Err(AccessTokenFault::Algorithm);
        }
        Ok(Self {
            token,
            issuer,
            index: IssuerIndex(place),
        })
    }

    /// The issuer that it names.
    pub const fn issuer(&self) -> (&'a Issuer, IssuerIndex) {
        (self.issuer, self.index)
    }

    /// The token, to find out who signed it.
    pub const fn token(&self) -> &UnverifiedToken<'a> {
        &self.token
    }

    /// The token, verified with these keys by a verifier that answers at once.
    ///
    /// # Errors
    /// Any [`AccessTokenFault`] of a signature, or that is about what the token says.
    pub fn verify(
        self,
        keys: &KeySet,
        verify: impl Fn(&SignatureCheck<'_>) -> SignatureVerdict,
    ) -> Result<AccessToken, AccessTokenFault> {
        let proof = {
            let checks = self.token.checks(keys, &self.issuer.algorithms)?;
            let mut proofs = checks.iter().map(|check| check.prove(verify(check)));
            proofs.find_map(|proof| proof)
        };
        let proof = proof.ok_or(AccessTokenFault::Signature)?;
        self.accept(&proof)
    }

    /// The token, whose signature the proof is of.
    ///
    /// # Errors
    /// Any [`AccessTokenFault`] that is about what the token says.
    pub fn accept(self, proof: &SignatureProof) -> Result<AccessToken, AccessTokenFault> {
        let token = self
            .token
            .confirm(proof)
            .map_err(AccessTokenFault::Claims)?;
        AccessToken::new(token, self.issuer, self.index)
    }

    /// The token, whose signature is verified with the secret that its issuer shares with us.
    ///
    /// # Errors
    /// [`AccessTokenFault::Signature`], and any that is about what the token says.
    pub fn accept_with_secret(
        self,
        secret: &SharedSecret,
    ) -> Result<AccessToken, AccessTokenFault> {
        let confirmed = self.token.confirm_with_secret(secret);
        let token = confirmed.map_err(|fault| {
            if fault == Refusal::AuthenticationCode {
                AccessTokenFault::Signature
            } else {
                AccessTokenFault::Claims(fault)
            }
        })?;
        AccessToken::new(token, self.issuer, self.index)
    }
}
