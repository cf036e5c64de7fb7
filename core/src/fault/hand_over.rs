//! Why a token is refused that a page handed over, and the codes that the page's developer is told.

use super::{Answer, PublicCode};
use crate::{http::response::Status, oauth::OAuthFault, oidc::id_token::IdTokenFault};

/// Faults of a hand-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandOverFault {
    /// The body is not declared as JSON.
    MediaType,
    /// The body is no object with a provider and one token.
    Malformed,
    /// There is no such provider, or its pages hand over no such token.
    NotOffered,
    /// The browser has no challenge, or one that is over.
    NoChallenge,
    /// The challenge was used before.
    ChallengeUsed,
    /// The access token was handed over before.
    TokenUsed,
    /// The token is over, and with it the session that would begin.
    Over,
    /// The ID token is refused.
    IdToken(IdTokenFault),
    /// The provider does not take the token for an ID token of its own.
    NotIdToken,
    /// The access token is refused.
    AccessToken(OAuthFault),
    /// The token names another issuer, or an ID token names none, so it is shown to nobody.
    OfNobody,
}

/// The public codes of a hand-over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandOverCode {
    /// `json_required`: the body must be JSON.
    JsonRequired,
    /// `hand_over_not_offered`: no such token of this provider is taken.
    NotOffered,
    /// `challenge_required`: the browser has no challenge that counts.
    ChallengeRequired,
    /// `challenge_used`: the challenge was used before.
    ChallengeUsed,
    /// `token_used`: the access token was handed over before.
    TokenUsed,
    /// `token_stale`: the token is expired, older than five minutes, or from the future.
    TokenStale,
    /// `token_of_other_client`: the token was issued to another client.
    TokenOfOtherClient,
    /// `nonce_mismatch`: the token was made for another challenge.
    NonceMismatch,
    /// `token_refused`: no such token of this provider, or one that signs nobody in.
    TokenRefused,
}

impl HandOverFault {
    pub(super) const fn answer(self) -> Answer {
        let code = match self {
            Self::MediaType => {
                return Answer {
                    status: Status::UNSUPPORTED_MEDIA_TYPE,
                    code: PublicCode::HandOver(HandOverCode::JsonRequired),
                };
            }
            Self::Malformed => {
                return Answer {
                    status: Status::BAD_REQUEST,
                    code: PublicCode::InvalidRequest,
                };
            }
            Self::NotOffered => HandOverCode::NotOffered,
            Self::NoChallenge => HandOverCode::ChallengeRequired,
            Self::ChallengeUsed => HandOverCode::ChallengeUsed,
            Self::TokenUsed => HandOverCode::TokenUsed,
            Self::IdToken(IdTokenFault::Nonce) => HandOverCode::NonceMismatch,
            Self::IdToken(IdTokenFault::Audience) | Self::AccessToken(OAuthFault::OtherClient) => {
                HandOverCode::TokenOfOtherClient
            }
            Self::IdToken(IdTokenFault::Time(_) | IdTokenFault::IssuedAt) | Self::Over => {
                HandOverCode::TokenStale
            }
            Self::IdToken(_) | Self::NotIdToken | Self::AccessToken(_) | Self::OfNobody => {
                HandOverCode::TokenRefused
            }
        };
        Answer {
            status: Status::BAD_REQUEST,
            code: PublicCode::HandOver(code),
        }
    }
}

impl HandOverCode {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::JsonRequired => "json_required",
            Self::NotOffered => "hand_over_not_offered",
            Self::ChallengeRequired => "challenge_required",
            Self::ChallengeUsed => "challenge_used",
            Self::TokenUsed => "token_used",
            Self::TokenStale => "token_stale",
            Self::TokenOfOtherClient => "token_of_other_client",
            Self::NonceMismatch => "nonce_mismatch",
            Self::TokenRefused => "token_refused",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_developer_is_told_what_to_mend() {
        for (fault, status, code) in [
            (HandOverFault::MediaType, 415, "json_required"),
            (HandOverFault::Malformed, 400, "invalid_request"),
            (HandOverFault::NotOffered, 400, "hand_over_not_offered"),
            (HandOverFault::NoChallenge, 400, "challenge_required"),
            (HandOverFault::ChallengeUsed, 400, "challenge_used"),
            (HandOverFault::TokenUsed, 400, "token_used"),
            (
                HandOverFault::IdToken(IdTokenFault::Nonce),
                400,
                "nonce_mismatch",
            ),
            (
                HandOverFault::IdToken(IdTokenFault::IssuedAt),
                400,
                "token_stale",
            ),
            (
                HandOverFault::IdToken(IdTokenFault::Audience),
                400,
                "token_of_other_client",
            ),
            (
                HandOverFault::AccessToken(OAuthFault::OtherClient),
                400,
                "token_of_other_client",
            ),
            (
                HandOverFault::IdToken(IdTokenFault::Signature),
                400,
                "token_refused",
            ),
            (
                HandOverFault::AccessToken(OAuthFault::OtherUser),
                400,
                "token_refused",
            ),
        ] {
            let answer = fault.answer();
            assert_eq!(answer.status.code(), status, "{fault:?}");
            assert_eq!(answer.code.as_str(), code, "{fault:?}");
        }
    }
}
