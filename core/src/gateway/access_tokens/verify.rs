//! The access token of a request: from the token cache where it is known, else by its signature or by the word of its
//! issuer.

use crate::{
    access::routes::RouteMatch,
    bearer::{
        AccessTokenFault, Presented,
        cache::TokenDigest,
        form::{self, Form},
    },
    config::{Issuer, IssuerCheck},
    encoding::percent::{self, Plus},
    fault::{Fault, PlatformFault},
    gateway::{
        access_tokens::{
            dpop,
            known::{issuer_of_opaque, remembered},
            online::{self, Asked},
            refused::{RefusedToken, refused},
            signature::{self, Bearer},
        },
        context::{arrival::Target, call::Call},
    },
    http::inbound::Inbound,
    platform::Platform,
};

/// The token in `Authorization`, and its proof where it is bound to a key.
///
/// # Errors
/// [`RefusedToken`] with the issuer, once that is proven.
pub(in crate::gateway) async fn identify<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    target: &Target<'_>,
    authorization: &str,
    matched: &RouteMatch<'_>,
) -> Result<Bearer, RefusedToken> {
    let presented = Presented::read(authorization).map_err(refused)?;
    if has_token_in_query(target.query.unwrap_or_default()) {
        return Err(refused(AccessTokenFault::SecondToken).into());
    }
    let digest = TokenDigest::of(presented.token);
    let bearer = vouched_for(call, presented.token, digest, matched).await?;
    let token = &bearer.token;
    let about = |fault: Fault| RefusedToken {
        fault,
        issuer: Some(token.issuer()),
    };
    let issuer = call.deployment.config.issuer(token.issuer());
    let issuer = issuer.ok_or(Fault::from(PlatformFault::Internal))?;
    token
        .check(issuer, call.now)
        .map_err(|fault| about(refused(fault)))?;
    dpop::prove(
        call,
        target,
        presented.scheme,
        token,
        &digest,
        matched.dpop(),
    )
    .await
    .map_err(about)?;
    Ok(bearer)
}

/// A token for which its issuer vouches. One that names its issuer is shown to no other; one that names none, to the one
/// of its prefix or route alone.
async fn vouched_for<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    text: &str,
    digest: TokenDigest,
    matched: &RouteMatch<'_>,
) -> Result<Bearer, RefusedToken> {
    if let Some(known) = signature::from_cache(call, &digest).await? {
        return Ok(known);
    }
    let config = &call.deployment.config;
    if !config.issuers.iter().any(Issuer::is_asked_alone) {
        return signature::verified(call, text, digest).await;
    }
    let (found, is_named) = match form::of(text) {
        Form::Of(name) => (config.issuer_named(&name), true),
        Form::Opaque => (
            issuer_of_opaque(config, text, matched.route().opaque_issuer),
            false,
        ),
        Form::Unreadable => (None, true),
    };
    let Some((index, issuer)) = found else {
        // It says why it is none of a known issuer.
        return signature::verified(call, text, digest).await;
    };
    let IssuerCheck::Answer(check) = &issuer.check else {
        return signature::verified(call, text, digest).await;
    };
    let digest = match is_named {
        true => digest,
        false => TokenDigest::of_opaque(&issuer.issuer, text),
    };
    if let Some(token) = remembered(call, &digest) {
        return Ok(Bearer { token, later: None });
    }
    let asked = Asked {
        text,
        digest,
        index,
        issuer,
        check,
    };
    let token = online::ask(call, asked, None).await?;
    Ok(Bearer { token, later: None })
}

/// Whether the query has a token (RFC 6750, section 2.3), which an upstream might take instead.
pub(in crate::gateway) fn has_token_in_query(query: &str) -> bool {
    query.split('&').any(|part| {
        let name = part.split('=').next().unwrap_or_default();
        percent::decode(name, Plus::IsSpace).is_some_and(|name| name == "access_token")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_token_in_the_query_is_found_however_its_name_is_written() {
        for query in [
            "access_token=x",
            "a=b&access_token=x",
            "access%5ftoken=x",
            "access_token",
            "a&%61ccess_token=",
        ] {
            assert!(has_token_in_query(query), "{query}");
        }
        for query in ["", "access_tokens=x", "a=access_token", "access+token=x"] {
            assert!(!has_token_in_query(query), "{query}");
        }
    }
}
