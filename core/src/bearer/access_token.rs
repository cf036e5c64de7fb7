//! The facts of an access token (RFC 9068, section 2.2; RFC 7519).

use super::fault::AccessTokenFault;
use crate::{
    access::principal::{Credential, Principal},
    config::{Issuer, IssuerIndex},
    encoding::base64url,
    jose::{ClaimsSet, VerifiedToken},
    time::UnixTime,
};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use serde_json::Value;

/// An access token for which its issuer vouches: by a valid signature, or by its answer about it.
///
/// It holds facts alone. [`AccessToken::check`] must be asked at every use, since time passes.
#[derive(Debug)]
pub struct AccessToken {
    issuer: IssuerIndex,
    claims: ClaimsSet,
    /// Those of `aud` that are audiences of its issuer's.
    audiences: Vec<String>,
    scope: String,
    client_id: Option<String>,
    groups: Vec<String>,
    roles: Vec<String>,
    authenticated_at: Option<UnixTime>,
    thumbprint: Option<[u8; 32]>,
}

/// Where issuers say which client a token is for: RFC 9068; OpenID Connect and Entra's version 2; its version 1; Okta.
const CLIENT_CLAIMS: [&str; 4] = ["client_id", "azp", "appid", "cid"];

/// Claims that only ID tokens, logout tokens and answers about tokens have (OpenID Connect Core, sections 2 and
/// 3.3.2.11; OpenID Connect Back-Channel Logout, section 2.4; RFC 9701, section 5).
const FOREIGN_CLAIMS: [&str; 6] = [
    "nonce",
    "at_hash",
    "c_hash",
    "s_hash",
    "events",
    "token_introspection",
];

impl AccessToken {
    /// Reads the claims of a token that `issuer` signed.
    ///
    /// # Errors
    /// Any [`AccessTokenFault`] that is about what the token is. A false accept takes another kind of token for the
    /// right to call; a false reject locks a client out.
    pub(super) fn new(
        token: VerifiedToken,
        issuer: &Issuer,
        index: IssuerIndex,
    ) -> Result<Self, AccessTokenFault> {
        if token.issuer() != Some(issuer.issuer.as_str()) {
            return Err(AccessTokenFault::UnknownIssuer);
        }
        let kind = check_type(&token, issuer)?;
        check_kind(&token, kind)?;
        check_subject(token.subject())?;
        if let (Some(tenant), Some(stated)) = (&issuer.tenant, token.claim("tid"))
            && stated.as_str() != Some(tenant)
        {
            return Err(AccessTokenFault::Tenant);
        }
        Self::of_claims(token.into_claims(), issuer, index)
    }

    /// Reads the claims that `issuer` answered about an active token. They name no other issuer.
    ///
    /// # Errors
    /// Any [`AccessTokenFault`] that is about what the token is, as for one that is signed.
    pub(super) fn of_answer(
        mut claims: ClaimsSet,
        issuer: &Issuer,
        index: IssuerIndex,
    ) -> Result<Self, AccessTokenFault> {
        // A token of a client alone may be about nobody (RFC 7662, section 2.2). RFC 9068, section 2.2, names the client.
        if claims.subject().is_none() {
            let client = claims.claim("client_id").and_then(Value::as_str);
            let client = client.ok_or(AccessTokenFault::Subject)?.to_owned();
            claims.insert("sub", client);
        }
        check_subject(claims.subject())?;
        claims.insert("iss", issuer.issuer.clone());
        Self::of_claims(claims, issuer, index)
    }

    fn of_claims(
        claims: ClaimsSet,
        issuer: &Issuer,
        index: IssuerIndex,
    ) -> Result<Self, AccessTokenFault> {
        let text = |name| claims.claim(name).and_then(Value::as_str);
        Ok(Self {
            issuer: index,
            audiences: audiences(&claims, issuer),
            scope: scope(&claims),
            client_id: CLIENT_CLAIMS
                .into_iter()
                .find_map(text)
                .map(ToOwned::to_owned),
            groups: issuer.groups_claim.names(claims.claims()),
            roles: issuer.roles_claim.names(claims.claims()),
            authenticated_at: claims.time("auth_time").map_err(AccessTokenFault::Claims)?,
            thumbprint: thumbprint(claims.claim("cnf"))?,
            claims,
        })
    }

    /// Whether the token is for us, and its time is now. `issuer` is that of [`AccessToken::issuer`].
    ///
    /// # Errors
    /// [`AccessTokenFault::Audience`], [`AccessTokenFault::Client`] and [`AccessTokenFault::Time`]. A false accept takes a
    /// token that was meant for somebody else, or one whose time is over.
    pub fn check(&self, issuer: &Issuer, now: UnixTime) -> Result<(), AccessTokenFault> {
        if !issuer.audiences.is_empty() && self.audiences.is_empty() {
            return Err(AccessTokenFault::Audience);
        }
        let is_client = |client: &String| issuer.clients.contains(client);
        if !issuer.clients.is_empty() && !self.client_id.as_ref().is_some_and(is_client) {
            return Err(AccessTokenFault::Client);
        }
        let time = self.claims.check_time(now, issuer.clock_skew);
        time.map_err(AccessTokenFault::Time)
    }

    /// The place of its issuer in the configuration.
    pub const fn issuer(&self) -> IssuerIndex {
        self.issuer
    }

    /// The SHA-256 thumbprint of the key that the token is bound to (RFC 9449, section 6.1).
    pub const fn thumbprint(&self) -> Option<&[u8; 32]> {
        self.thumbprint.as_ref()
    }

    /// Everything that the token says, or its issuer of it.
    pub const fn claims(&self) -> &ClaimsSet {
        &self.claims
    }

    /// The facts that requirements are held against.
    pub fn principal(&self) -> Principal<'_> {
        let claims = self.claims.claims();
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        Principal {
            credential: Credential::Bearer,
            provider: None,
            issuer: self.claims.issuer().unwrap_or_default(),
            subject: self.claims.subject().unwrap_or_default(),
            scope: &self.scope,
            client_id: self.client_id.as_deref(),
            audiences: Some(&self.audiences),
            groups: &self.groups,
            roles: &self.roles,
            claims,
            email: text("email"),
            email_verified: claims.get("email_verified") == Some(&Value::Bool(true)),
            acr: text("acr"),
            authenticated_at: self.authenticated_at,
        }
    }
}

/// The audiences that a token counts for: those that it names and its issuer has here.
fn audiences(token: &ClaimsSet, issuer: &Issuer) -> Vec<String> {
    let named = token.audiences().iter();
    let counts = |audience: &&String| issuer.audiences.contains(audience);
    named.filter(counts).cloned().collect()
}

/// `typ` says what a token is, and is signed (RFC 8725, section 3.11). A token without one counts as `JWT`.
fn check_type(token: &VerifiedToken, issuer: &Issuer) -> Result<StatedType, AccessTokenFault> {
    let stated = token.token_type().unwrap_or(ANY_TYPE).to_ascii_lowercase();
    let stated = stated.strip_prefix("application/").unwrap_or(&stated);
    if !issuer.token_types.iter().any(|accepted| accepted == stated) {
        return Err(AccessTokenFault::Type);
    }
    Ok(match stated {
        ANY_TYPE => StatedType::Any,
        _ => StatedType::OfAccessTokens,
    })
}

/// The `typ` that says nothing, which ID tokens have, too.
const ANY_TYPE: &str = "jwt";

/// The type of a token, as its `typ` states it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StatedType {
    /// That it is of a type that its issuer's access tokens have.
    OfAccessTokens,
    /// Nothing: ID tokens and others have it, too.
    Any,
}

/// Where an issuer's access tokens are plain `JWT`s, their claims must tell them from its other tokens: by what only
/// those others have, and by what only access tokens have, since an ID token of the code flow needs none of the former.
/// Keycloak and Cognito also say in a claim what a token is.
fn check_kind(token: &VerifiedToken, stated: StatedType) -> Result<(), AccessTokenFault> {
    let says = |name: &str, expected: &str| {
        let stated = token.claim(name);
        stated.is_none_or(|stated| {
            stated
                .as_str()
                .is_some_and(|text| text.eq_ignore_ascii_case(expected))
        })
    };
    let is_foreign = FOREIGN_CLAIMS
        .iter()
        .any(|name| token.claim(name).is_some());
    let is_access = (says("typ", "bearer") || says("typ", "dpop")) && says("token_use", "access");
    let is_shown = match stated {
        StatedType::OfAccessTokens => true,
        StatedType::Any => has_sign(token),
    };
    if is_foreign || !is_access || !is_shown {
        return Err(AccessTokenFault::Kind);
    }
    Ok(())
}

/// Claims that access tokens have, and ID tokens do not: what was granted (RFC 9068, section 2.2.3; `scp` of Entra and
/// Okta), and to which client (`client_id`; `cid` of Okta, `appid` of Entra).
const SIGNS: [&str; 5] = ["scope", "scp", "client_id", "cid", "appid"];

/// Whether a token shows by its claims that it is an access token. Entra's tokens for programs have `roles` and `azp`
/// instead. `azp` alone shows nothing (OpenID Connect Core, section 2), nor does a claim without a value.
fn has_sign(token: &VerifiedToken) -> bool {
    let has = |name: &str| {
        token.claim(name).is_some_and(|claim| match claim {
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
        })
    };
    SIGNS.into_iter().any(has) || (has("roles") && has("azp"))
}

fn check_subject(subject: Option<&str>) -> Result<(), AccessTokenFault> {
    let subject = subject.unwrap_or_default();
    let is_sound =
        !subject.is_empty() && subject.len() <= 255 && !subject.contains(char::is_control);
    if is_sound {
        Ok(())
    } else {
        Err(AccessTokenFault::Subject)
    }
}

/// The granted scopes: `scope` (RFC 8693, section 4.2), or `scp` as Entra and Okta write it; a text with spaces, or a
/// list. An item that is no scope token (RFC 6749, section 3.3) is left out, so that none counts for two.
fn scope(token: &ClaimsSet) -> String {
    let mut granted = String::new();
    let add = |scope: &str| {
        let is_token = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
        if !scope.is_empty() && scope.bytes().all(is_token) {
            if !granted.is_empty() {
                granted.push(' ');
            }
            granted.push_str(scope);
        }
    };
    match token.claim("scope").or_else(|| token.claim("scp")) {
        Some(Value::String(scopes)) => scopes.split(' ').for_each(add),
        Some(Value::Array(scopes)) => scopes.iter().filter_map(Value::as_str).for_each(add),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {}
    }
    granted
}

/// The thumbprint in `cnf`. Lychgate cannot verify the other confirmations (RFC 8705), and refuses a token with one
/// rather than take it for an unbound one.
fn thumbprint(cnf: Option<&Value>) -> Result<Option<[u8; 32]>, AccessTokenFault> {
    let Some(cnf) = cnf else {
        return Ok(None);
    };
    let members = cnf.as_object().filter(|members| members.len() == 1);
    let jkt = members.and_then(|members| members.get("jkt")?.as_str());
    let thumbprint = jkt.and_then(base64url::decode_array);
    thumbprint.map(Some).ok_or(AccessTokenFault::Confirmation)
}
