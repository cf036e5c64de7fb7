//! The claims that a session keeps: from the ID token, and from userinfo where one is missing there
//! (OpenID Connect Core, section 5.3).
//!
//! Userinfo is one more thing to ask, and what it says may be for show. So where it gives no answer that can be used,
//! the person is signed in without it, and the session remembers what is missing. An answer that must not be used, of
//! someone else or signed by nobody, signs nobody in.

use crate::{
    config::Provider,
    fault::{Exchange, Fault, ProviderFault},
    gateway::{context::call::Call, providers},
    http::{inbound::Inbound, url::Url},
    jose::{Malformed, UnverifiedToken},
    oidc::{
        discovery::ProviderMetadata,
        id_token::{IdTokenFault, VerifiedIdToken},
        token::Tokens,
        userinfo::{self, Expectation, Userinfo, UserinfoFault},
    },
    platform::Platform,
    secret::Secret,
};
use alloc::{string::String, vec::Vec};
use serde_json::{Map, Value};

/// The collected claims of a user.
pub(in crate::gateway) struct Collected {
    pub(in crate::gateway) claims: Map<String, Value>,
    /// The claims that userinfo was asked for in vain.
    pub(in crate::gateway) missing: Vec<String>,
}

/// The claims that are taken from one document only.
const EMAIL: [&str; 2] = ["email", "email_verified"];

/// The configured claims.
///
/// # Errors
/// A fault of the provider where userinfo must not be used: it is of someone else, or signed by nobody.
pub(in crate::gateway) async fn collect<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    metadata: &ProviderMetadata,
    id_token: &VerifiedIdToken,
    tokens: &Tokens,
) -> Result<Collected, Fault> {
    let Some(endpoint) = metadata.userinfo_endpoint.as_ref() else {
        return Ok(Collected::of_id_token(provider, id_token, Vec::new()));
    };
    // An address and its verification belong together: one of each document would verify an address
    // that nobody verified. Where the ID token lacks one, userinfo is asked for both.
    let is_split = EMAIL.iter().any(|name| id_token.claim(name).is_none());
    let is_missing = |name: &&String| {
        id_token.claim(name).is_none() || (is_split && EMAIL.contains(&name.as_str()))
    };
    let missing = provider.claims.iter().filter(is_missing);
    let missing = missing.filter(|name| userinfo::may_state(name));
    let missing: Vec<String> = missing.cloned().collect();
    if missing.is_empty() {
        return Ok(Collected::of_id_token(provider, id_token, missing));
    }
    let token = &tokens.access_token;
    let asked = ask(call, provider, metadata, endpoint, token).await;
    let about = |claims| {
        let claims = userinfo::about(claims, id_token.subject());
        Ok(claims.map_err(ProviderFault::Userinfo)?)
    };
    let mut more = match asked.and_then(about) {
        Ok(more) => more,
        Err(fault) if is_absence(&fault) => {
            providers::record(call, provider, &fault);
            return Ok(Collected::of_id_token(provider, id_token, missing));
        }
        Err(fault) => return Err(fault),
    };
    let stated = provider.claims.iter().filter_map(|name| {
        let value = match missing.contains(name) {
            true => more.get_mut(name)?.take(),
            false => id_token.claim(name)?.clone(),
        };
        Some((name.clone(), value))
    });
    Ok(Collected {
        claims: stated.collect(),
        missing: Vec::new(),
    })
}

impl Collected {
    /// The claims of the ID token, for want of more.
    pub(super) fn of_id_token(
        provider: &Provider,
        id_token: &VerifiedIdToken,
        missing: Vec<String>,
    ) -> Self {
        let stated = provider
            .claims
            .iter()
            .filter_map(|name| Some((name.clone(), id_token.claim(name)?.clone())));
        Self {
            claims: stated.collect(),
            missing,
        }
    }
}

/// Whether userinfo gave nothing, rather than something that must not be used.
const fn is_absence(fault: &Fault) -> bool {
    match fault {
        Fault::Provider(ProviderFault::Send(Exchange::Userinfo, _)) => true,
        Fault::Provider(ProviderFault::Userinfo(fault)) => fault.is_absence(),
        Fault::Provider(_)
        | Fault::Browser(_)
        | Fault::Issuer(_)
        | Fault::Platform(_)
        | Fault::Upstream(_) => false,
    }
}

/// The claims about the user of an access token. Nobody has judged yet whose they are.
///
/// # Errors
/// A [`ProviderFault`] where there are none that could be used.
pub(super) async fn ask<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    metadata: &ProviderMetadata,
    endpoint: &Url,
    access_token: &Secret<String>,
) -> Result<Map<String, Value>, Fault> {
    let request = userinfo::request(endpoint, access_token);
    let request = request.map_err(ProviderFault::Userinfo)?;
    let reply = providers::send(call, request, Exchange::Userinfo).await?;
    match userinfo::read(&reply).map_err(ProviderFault::Userinfo)? {
        Userinfo::Claims(claims) => Ok(claims),
        Userinfo::Signed(text) => signed(call, provider, metadata, text).await,
    }
}

/// The claims of a signed answer, verified with the keys that the provider signs its ID tokens with.
async fn signed<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    metadata: &ProviderMetadata,
    text: &str,
) -> Result<Map<String, Value>, Fault> {
    let token = UnverifiedToken::parse(text).map_err(|fault| {
        if fault == Malformed::Encrypted {
            return refused(UserinfoFault::Encrypted);
        }
        refused(UserinfoFault::Token(IdTokenFault::Malformed(fault)))
    })?;
    let proof = providers::prove(call, provider, metadata, &token).await;
    let proof = proof.map_err(|fault| {
        if let Fault::Provider(ProviderFault::IdToken(fault)) = fault {
            return refused(UserinfoFault::Token(fault));
        }
        fault
    })?;
    let claims = token.confirm_without_expiration(&proof);
    let claims =
        claims.map_err(|fault| refused(UserinfoFault::Token(IdTokenFault::Claims(fault))))?;
    let expected = Expectation {
        issuer: &provider.issuer,
        client_id: &provider.client_id,
        now: call.now,
    };
    userinfo::check_signed(&claims, expected).map_err(refused)?;
    Ok(claims)
}

fn refused(fault: UserinfoFault) -> Fault {
    ProviderFault::Userinfo(fault).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fault::{BrowserFault, PlatformFault},
        http::outbound::SendError,
    };
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn userinfo_that_says_nothing_is_done_without_and_that_of_others_signs_nobody_in() {
        let userinfo = ProviderFault::Userinfo;
        let silent = ProviderFault::Send(Exchange::Userinfo, SendError::TimedOut);
        for fault in [silent, userinfo(UserinfoFault::Encrypted)] {
            assert!(is_absence(&fault.into()), "{fault:?}");
        }
        for fault in [
            ProviderFault::Send(Exchange::Token, SendError::TimedOut).into(),
            userinfo(UserinfoFault::SubjectMismatch).into(),
            userinfo(UserinfoFault::Token(IdTokenFault::Kind)).into(),
            ProviderFault::CoolingDown.into(),
            PlatformFault::Verifier.into(),
            BrowserFault::AttemptUsed.into(),
        ] {
            assert!(!is_absence(&fault), "{fault:?}");
        }
    }
}
