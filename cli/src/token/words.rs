//! Why a token is refused, for the person who runs the command: the edge tells clients nothing of it.

use crate::print::conditions;
use lychgate_core::{
    access::decision::Missing,
    bearer::AccessTokenFault,
    jose::{Malformed, TimeFault},
};

/// The reason, and where a setting would mend it, which.
pub(super) fn reason(fault: AccessTokenFault) -> String {
    let plain = match fault {
        AccessTokenFault::Malformed(malformed) => return malformed_reason(malformed).to_owned(),
        AccessTokenFault::Time(time) => return time_reason(time),
        AccessTokenFault::UnknownIssuer => "iss is missing, or none of the configured issuers",
        AccessTokenFault::Algorithm => "alg is none of the issuer's algorithms",
        AccessTokenFault::NoKey => "no key of the issuer has the token's kid and algorithm",
        AccessTokenFault::Check(_) => "the signature has not the length that its key makes",
        AccessTokenFault::Signature => "the signature is wrong",
        AccessTokenFault::Claims(_) => "exp is missing, or a claim is of a wrong type",
        AccessTokenFault::Type => {
            "typ is none of the issuer's types: if its access tokens are plain, add \"JWT\" to types"
        }
        AccessTokenFault::Kind => "it is an ID token, a logout token or of another kind",
        AccessTokenFault::Subject => "sub is missing or no usable text",
        AccessTokenFault::Tenant => "tid is another tenant than that of iss",
        AccessTokenFault::Audience => "none of the issuer's audiences is in aud",
        AccessTokenFault::Client => "it was issued to none of the issuer's clients",
        AccessTokenFault::Confirmation => "it is bound in a way that cannot be proven here",
        AccessTokenFault::Scheme
        | AccessTokenFault::Syntax
        | AccessTokenFault::SecondToken
        | AccessTokenFault::Inactive
        | AccessTokenFault::Unproven
        | AccessTokenFault::Unbound
        | AccessTokenFault::Dpop(_) => "it is not presented as it must be",
    };
    plain.to_owned()
}

const fn malformed_reason(malformed: Malformed) -> &'static str {
    match malformed {
        Malformed::TooLarge => "it has more than 16 KiB",
        Malformed::Encrypted => "it is encrypted, which nobody here can open",
        Malformed::Encoding => "it is not three parts of base64url",
        Malformed::Header(_) => {
            "the header is no JSON object, repeats a name or is nested too deep"
        }
        Malformed::Payload(_) => {
            "the payload is no JSON object, repeats a name or is nested too deep"
        }
        Malformed::HeaderMember => "a member of the header has a wrong type",
        Malformed::Algorithm => "alg is missing or none of ours",
        Malformed::Critical => "the header has crit",
        Malformed::UnencodedPayload => "the header has b64",
        Malformed::Issuer => "iss is no text",
    }
}

fn time_reason(fault: TimeFault) -> String {
    match fault {
        TimeFault::Expired { now, expiration } => {
            format!("it expired {} before", now.since(expiration))
        }
        TimeFault::NotYetValid { now, not_before } => {
            format!("it becomes valid in {}", not_before.since(now))
        }
        TimeFault::IssuedInFuture { now, issued_at } => {
            format!("it was issued in the future, in {}", issued_at.since(now))
        }
    }
}

/// A kind of thing that is missing.
pub(super) const fn missing(kind: Missing) -> &'static str {
    conditions::missing(kind).1
}
