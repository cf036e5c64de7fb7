//! Whose the token is that a page handed over: an ID token by its signature or by the provider's word, an access token
//! by the provider's word alone.
//!
//! A token that is refused is the page's fault, and its developer is told why. A provider that gives no answer, or one
//! that nobody can read, is a fault of its own.

use crate::{
    access::claim_path::ClaimPath,
    bearer::online::{self, Verdict},
    config::{AuthorizationServer, Provider},
    encoding::json,
    fault::{Exchange, Fault, HandOverFault, PlatformFault, ProviderFault},
    gateway::{
        context::call::Call,
        providers,
        sign_in::{
            claims::{self, Collected},
            oauth, openid,
        },
    },
    http::{inbound::Inbound, url::Url},
    oauth::{self as rules, OAuthFault},
    oidc::{
        challenge::Challenge,
        document::DocumentFault,
        id_token::{HandedOver, IdTokenFault, VerifiedIdToken},
        identity::Identity,
        token::TokenFault,
        userinfo::{self, UserinfoFault},
    },
    platform::Platform,
    secret::Secret,
};
use alloc::{string::String, vec::Vec};

/// An ID token with a signature of the provider's and the nonce of the challenge.
///
/// # Errors
/// [`HandOverFault::IdToken`], and faults of the provider whose keys cannot be had.
pub(super) async fn verified<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    text: &str,
    challenge: &Challenge,
) -> Result<VerifiedIdToken, Fault> {
    let metadata = providers::metadata(call, provider).await?;
    let token = providers::verify(call, provider, &metadata, text).await;
    let token = token.map_err(of_page)?;
    judge(call, provider, challenge, |expected| {
        VerifiedIdToken::handed_over(token, expected)
    })
}

/// An ID token that the provider knows, with the nonce of the challenge.
///
/// # Errors
/// [`HandOverFault::IdToken`] and [`HandOverFault::NotIdToken`], and faults of the provider.
pub(super) async fn told<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    endpoint: &Url,
    text: &str,
    challenge: &Challenge,
) -> Result<VerifiedIdToken, Fault> {
    let question = online::token_info(endpoint, "id_token", text);
    let reply = providers::send(call, question, Exchange::TokenInfo).await?;
    let claims = online::of_id_token(&reply).map_err(|verdict| match verdict {
        Verdict::Unknown(fault) => Fault::from(ProviderFault::TokenInfo(fault)),
        Verdict::Refused(_) => HandOverFault::NotIdToken.into(),
    })?;
    judge(call, provider, challenge, |expected| {
        VerifiedIdToken::told(claims, expected)
    })
}

fn judge<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    challenge: &Challenge,
    judge: impl FnOnce(HandedOver<'_>) -> Result<VerifiedIdToken, IdTokenFault>,
) -> Result<VerifiedIdToken, Fault> {
    let expected = HandedOver {
        issuer: &provider.issuer,
        client_id: &provider.client_id,
        authorized_parties: &provider.hand_over.authorized_parties,
        nonce: &challenge.nonce(),
        now: call.now,
    };
    Ok(judge(expected).map_err(HandOverFault::IdToken)?)
}

/// The person of an ID token. Without an access token nobody can be asked for more claims.
///
/// # Errors
/// [`ProviderFault::GroupsElsewhere`].
pub(super) fn identity<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    id_token: &VerifiedIdToken,
) -> Result<Identity, Fault> {
    let Collected { claims, .. } = Collected::of_id_token(provider, id_token, Vec::new());
    openid::check_overage(provider, id_token.claim("_claim_names"), &claims)?;
    Ok(Identity::of_id_token(id_token, claims, call.now))
}

/// The person of an access token at a provider without OpenID Connect.
///
/// # Errors
/// [`HandOverFault::AccessToken`], and faults of the provider.
pub(super) async fn described<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    server: &AuthorizationServer,
    access_token: &Secret<String>,
) -> Result<Identity, Fault> {
    let parties = &provider.hand_over.authorized_parties;
    let described = oauth::describe(call, provider, server, access_token, parties).await;
    described.map_err(of_page)
}

/// The person of an access token at a provider with OpenID Connect: userinfo says who, and the provider says whose the
/// token is.
///
/// # Errors
/// [`HandOverFault::AccessToken`], and faults of the provider.
pub(super) async fn of_userinfo<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    access_token: &Secret<String>,
) -> Result<Identity, Fault> {
    let check = provider.hand_over.access_token.as_ref();
    let check = check.ok_or(HandOverFault::NotOffered)?;
    let metadata = providers::metadata(call, provider).await?;
    let endpoint = metadata.userinfo_endpoint.as_ref();
    let endpoint = endpoint.ok_or(HandOverFault::NotOffered)?;
    // A token that is none, or another client's, opens no resource in our name.
    let parties = &provider.hand_over.authorized_parties;
    let told = oauth::check_token(call, provider, check, access_token, parties).await;
    let told = told.map_err(of_page)?;
    let claims = claims::ask(call, provider, &metadata, endpoint, access_token).await;
    let claims = claims.map_err(of_page)?;
    let sub = ClaimPath::parse("sub").map_err(|_| PlatformFault::Internal)?;
    let subject = rules::identity::subject(&claims, &sub).map_err(ProviderFault::OAuth)?;
    told.check_user(&subject)
        .map_err(HandOverFault::AccessToken)?;
    openid::check_overage(provider, claims.get("_claim_names"), &claims)?;
    let is_kept =
        |name: &str| userinfo::may_state(name) && provider.claims.iter().any(|kept| kept == name);
    let claims = json::keeping(claims, is_kept);
    Ok(Identity::of_subject(
        subject,
        claims,
        told.expires,
        call.now,
    ))
}

/// The page's own fault, where the provider refused its token.
fn of_page(fault: Fault) -> Fault {
    match &fault {
        Fault::Provider(ProviderFault::IdToken(refused)) => HandOverFault::IdToken(*refused).into(),
        Fault::Provider(ProviderFault::OAuth(refused)) if is_refusal(refused) => {
            HandOverFault::AccessToken(*refused).into()
        }
        Fault::Provider(ProviderFault::Userinfo(UserinfoFault::Document(
            DocumentFault::Status(400 | 401 | 403),
        ))) => HandOverFault::AccessToken(OAuthFault::TokenInactive).into(),
        Fault::Provider(_)
        | Fault::Browser(_)
        | Fault::Issuer(_)
        | Fault::Platform(_)
        | Fault::Upstream(_) => fault,
    }
}

/// Whether a provider without OpenID Connect refused the token, rather than us.
const fn is_refusal(fault: &OAuthFault) -> bool {
    match fault {
        OAuthFault::AccessToken
        | OAuthFault::TokenInactive
        | OAuthFault::OtherClient
        | OAuthFault::OtherUser
        // The resource does not open to the token (RFC 6750, section 3.1).
        | OAuthFault::Resource(DocumentFault::Status(400 | 401 | 403))
        // GitHub knows of no such token.
        | OAuthFault::TokenCheck(TokenFault::Document(DocumentFault::Status(404))) => true,
        OAuthFault::Resource(_) | OAuthFault::TokenCheck(_) | OAuthFault::Subject => false,
    }
}
