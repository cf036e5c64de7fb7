//! Signed answers of an introspection endpoint (RFC 9701).
//!
//! The signature shows that the issuer itself answered. So a proxy in front of the endpoint can let no token in. An answer does not say which token it is about. That it answers this question shows in the
//! connection, and an old one is refused by its time.

use crate::{
    config::Issuer,
    http::outbound::Reply,
    jose::{ClaimsSet, Malformed, NotSigned, Refusal, SignatureProof, UnverifiedToken},
    time::UnixTime,
};
use alloc::string::String;
use serde_json::{Map, Value};

/// The media type of a signed answer (RFC 9701, section 4).
pub const MEDIA_TYPE: &str = "application/token-introspection+jwt";

/// Its `typ` (section 5).
const TYPE: &str = "token-introspection+jwt";

/// An answer with a right form, whose signature is not verified yet.
#[derive(Debug)]
pub struct SignedAnswer<'a>(UnverifiedToken<'a>);

/// What an issuer says of a token in an answer that it signed for us.
pub struct Said(Map<String, Value>);

/// What an answer must say of itself.
#[derive(Clone, Copy, Debug)]
pub struct Expectation<'a> {
    /// Who answers.
    pub issuer: &'a Issuer,
    /// The client of ours that asked.
    pub client: &'a str,
    /// When it asked.
    pub asked_at: UnixTime,
}

/// Why a signed answer says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedAnswerFault {
    /// It is not signed.
    Unsigned,
    /// Not a token that we read; encrypted, for example.
    Malformed(Malformed),
    /// `typ` is another one (section 5).
    Type,
    /// No key of the issuer signed it.
    Signature(NotSigned),
    /// A claim has a wrong type.
    Claims(Refusal),
    /// `iss` is missing, or another one.
    Issuer,
    /// We are not in its `aud`.
    Audience,
    /// `iat` is missing, before the question, or in the future.
    Time,
    /// `token_introspection` is missing, or no object.
    Content,
}

/// Whether a `typ` is that of a signed answer, written with `application/` or without (RFC 7515, section 4.1.9).
pub fn is_type(stated: &str) -> bool {
    stated.eq_ignore_ascii_case(TYPE) || stated.eq_ignore_ascii_case(MEDIA_TYPE)
}

impl<'a> SignedAnswer<'a> {
    /// The answer in a reply.
    ///
    /// # Errors
    /// [`SignedAnswerFault::Unsigned`], [`SignedAnswerFault::Malformed`] and [`SignedAnswerFault::Type`]. A false accept
    /// of what is not signed gives the right to let tokens in to whoever stands between us and the issuer.
    pub fn read(reply: &'a Reply) -> Result<Self, SignedAnswerFault> {
        let declared = reply.content_type.as_deref().unwrap_or_default();
        let media_type = declared.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case(MEDIA_TYPE) {
            return Err(SignedAnswerFault::Unsigned);
        }
        let text = core::str::from_utf8(&reply.body).unwrap_or_default();
        let token = UnverifiedToken::parse(text.trim()).map_err(SignedAnswerFault::Malformed)?;
        match token.hint().token_type().is_some_and(is_type) {
            true => Ok(Self(token)),
            false => Err(SignedAnswerFault::Type),
        }
    }

    /// The token that it is, to find out who signed it.
    pub const fn token(&self) -> &UnverifiedToken<'a> {
        &self.0
    }

    /// What an answer says whose signature the proof is of (section 5). Its own `sub` and `exp`, which it should not
    /// have, say nothing of the token (section 8.1).
    ///
    /// # Errors
    /// Any [`SignedAnswerFault`] that is about what it says. A false accept takes an answer to somebody else, or one
    /// of the past, for the answer to our question.
    pub fn accept(
        self,
        proof: &SignatureProof,
        expected: Expectation<'_>,
        now: UnixTime,
    ) -> Result<Said, SignedAnswerFault> {
        let confirmed = self.0.confirm_without_expiration(proof);
        let mut claims = confirmed.map_err(SignedAnswerFault::Claims)?;
        let content = claims.remove("token_introspection");
        let claims = ClaimsSet::of_answer(claims).map_err(SignedAnswerFault::Claims)?;
        if claims.issuer() != Some(expected.issuer.issuer.as_str()) {
            return Err(SignedAnswerFault::Issuer);
        }
        let is_us = |audience: &String| audience == expected.client;
        if !claims.audiences().iter().any(is_us) {
            return Err(SignedAnswerFault::Audience);
        }
        let skew = expected.issuer.clock_skew;
        let is_answer_to_us =
            |at: UnixTime| at.plus(skew) >= expected.asked_at && at <= now.plus(skew);
        if !claims.issued_at().is_some_and(is_answer_to_us) {
            return Err(SignedAnswerFault::Time);
        }
        match content {
            Some(Value::Object(content)) => Ok(Said(content)),
            Some(_) | None => Err(SignedAnswerFault::Content),
        }
    }
}

impl Said {
    /// The members of `token_introspection`, judged as those of an answer that is not signed.
    pub(super) fn into_members(self) -> Map<String, Value> {
        self.0
    }
}

#[cfg(test)]
#[path = "signed_answer_tests.rs"]
mod tests;
