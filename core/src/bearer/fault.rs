//! Why a token in `Authorization` is refused. For the log and the command line: clients learn next to nothing of it.

use crate::jose::{CheckFault, Malformed, NotSigned, Refusal, TimeFault};

/// Why an access token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessTokenFault {
    /// `Authorization` is of another scheme than `Bearer` and `DPoP`.
    Scheme,
    /// The text after the scheme is no token (RFC 6750, section 2.1).
    Syntax,
    /// Another token stands in the query (RFC 6750, section 2: one method per request).
    SecondToken,
    /// Not a token that we read.
    Malformed(Malformed),
    /// `iss` is missing, or none of the configured issuers.
    UnknownIssuer,
    /// The issuer does not sign with this algorithm.
    Algorithm,
    /// No key of the issuer can have signed it.
    NoKey,
    /// Its signature has a wrong form for the key.
    Check(CheckFault),
    /// Its signature is wrong.
    Signature,
    /// Claims of a wrong type, or no `exp`.
    Claims(Refusal),
    /// `typ` is none that the issuer's access tokens have.
    Type,
    /// It has the claims of an ID token, a logout token or another kind that is no access token.
    Kind,
    /// `sub` is missing, empty, over 255 characters or not printable.
    Subject,
    /// `tid` is another tenant than the one in `iss`.
    Tenant,
    /// None of the issuer's configured audiences is in `aud`.
    Audience,
    /// It was issued to none of the issuer's configured clients.
    Client,
    /// Its issuer says that it is not active (RFC 7662, section 2.2), or does not take it.
    Inactive,
    /// Expired or not valid yet.
    Time(TimeFault),
    /// It is bound in another way than to a key by its thumbprint (RFC 7800), which cannot be proven here.
    Confirmation,
    /// It is bound to a key, and came without the proof (RFC 9449, section 7.2).
    Unproven,
    /// It came with a proof, or is asked for one, and is bound to no key.
    Unbound,
    /// The DPoP proof.
    Dpop(DpopFault),
}

/// Why a DPoP proof is refused (RFC 9449, section 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DpopFault {
    /// There is none.
    Missing,
    /// There are several.
    Several,
    /// Not a token that we read.
    Malformed(Malformed),
    /// `typ` is not `dpop+jwt`.
    Type,
    /// `jwk` is missing, not public, or weak.
    Key,
    /// Its signature has a wrong form for the key.
    Check(CheckFault),
    /// Its signature is wrong.
    Signature,
    /// A claim is missing or of a wrong type.
    Claims,
    /// `htm` is another method.
    Method,
    /// `htu` is another address.
    Address,
    /// `iat` is not now.
    Time,
    /// `ath` is of another token.
    Token,
    /// The token is bound to another key.
    OtherKey,
    /// It was used before.
    Replayed,
}

impl From<NotSigned> for AccessTokenFault {
    fn from(fault: NotSigned) -> Self {
        match fault {
            NotSigned::NoKey => Self::NoKey,
            NotSigned::Check(fault) => Self::Check(fault),
            NotSigned::Signature => Self::Signature,
        }
    }
}

impl AccessTokenFault {
    /// Whether the request is to blame rather than the token: `invalid_request` (RFC 6750, section 3.1).
    pub const fn is_about_request(self) -> bool {
        match self {
            Self::SecondToken
            | Self::Malformed(Malformed::TooLarge)
            | Self::Dpop(DpopFault::Several) => true,
            Self::Malformed(malformed) => malformed.is_too_deep(),
            Self::Scheme
            | Self::Syntax
            | Self::UnknownIssuer
            | Self::Algorithm
            | Self::NoKey
            | Self::Check(_)
            | Self::Signature
            | Self::Claims(_)
            | Self::Type
            | Self::Kind
            | Self::Subject
            | Self::Tenant
            | Self::Audience
            | Self::Client
            | Self::Inactive
            | Self::Time(_)
            | Self::Confirmation
            | Self::Unproven
            | Self::Unbound
            | Self::Dpop(_) => false,
        }
    }
}
