//! A new session for a verified identity.
//!
//! The user record comes first, then the record is saved, and the head is written last, so that a living head never points to
//! nothing, and nobody is signed in before both are there. Then the session ends that the browser had before: where
//! it cannot be ended, nobody is signed in, and the browser keeps what it had.

use crate::{
    config::Provider,
    encoding::json,
    event::Event,
    fault::{Fault, PlatformFault, ProviderFault},
    gateway::{
        accounts::user,
        context::{
            call::Call,
            random,
            record::{self, NewValue, Once},
        },
        sessions::{
            cookies,
            end::{self, Held},
            keep::{self, Browser},
        },
    },
    http::{header::HeaderValue, inbound::Inbound},
    oidc::{identity::Identity, token::Tokens},
    platform::{Platform, ledger::RecordName},
    secret::Secret,
    session::{
        cookie::SessionCookie,
        head::{EndReason, Head, HeadFacts, HeadState},
        identity,
        keys::{Generation, SessionSecret},
        predecessor::Predecessor,
        record::{RecordFault, SessionRecord},
    },
    time::UnixTime,
    user::{key::UserKey, record::SignIn},
};
use alloc::{borrow::ToOwned, rc::Rc, string::String, vec::Vec};
use serde_json::{Map, Value};

/// Makes the session, ends those that it replaces, and returns the fields that give the browser its cookies; none where
/// it keeps a session of another of its tabs.
///
/// The secret is new whatever cookie the browser held: nobody can prepare a session for someone
/// else to sign in to (session fixation).
///
/// # Errors
/// [`ProviderFault::TooMuchIdentity`] for a record of more than 64 KiB, [`ProviderFault::TokenOver`], and [`PlatformFault`] where store or ledger do not
/// confirm: nobody is signed in then.
pub(in crate::gateway) async fn session<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    identity: Identity,
    tokens: Tokens,
    browser: &Browser<'_>,
) -> Result<Vec<HeaderValue>, Fault> {
    let cookie = new_cookie(call, provider, &identity)?;
    let record = record(provider, identity, Kept::from(tokens), &cookie);
    let digest = identity::digest(&record).ok_or(PlatformFault::Internal)?;
    if let Some(kept) = keep::session(call, provider, browser, &digest).await? {
        return keep::finish(call, provider, browser, kept).await;
    }
    let (fields, _) = begin(call, provider, cookie, record, digest, &browser.held).await?;
    Ok(fields)
}

/// Makes the session of a token that a page handed over, whatever session the browser holds, and returns its record
/// too.
///
/// # Errors
/// Those of [`session`].
pub(in crate::gateway) async fn handed_over<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    identity: Identity,
    tokens: Kept,
    held: &Held,
) -> Result<(Vec<HeaderValue>, Rc<SessionRecord>), Fault> {
    let cookie = new_cookie(call, provider, &identity)?;
    let record = record(provider, identity, tokens, &cookie);
    let digest = identity::digest(&record).ok_or(PlatformFault::Internal)?;
    begin(call, provider, cookie, record, digest, held).await
}

/// The tokens that a session keeps.
#[derive(Default)]
pub(in crate::gateway) struct Kept {
    id_token: Option<Secret<String>>,
    access_token: Option<Secret<String>>,
    refresh_token: Option<Secret<String>>,
    scope: Option<String>,
}

impl Kept {
    /// An ID token alone.
    pub(in crate::gateway) fn of_id_token(token: Secret<String>) -> Self {
        Self {
            id_token: Some(token),
            ..Self::default()
        }
    }

    /// An access token alone.
    pub(in crate::gateway) fn of_access_token(token: Secret<String>) -> Self {
        Self {
            access_token: Some(token),
            ..Self::default()
        }
    }
}

impl From<Tokens> for Kept {
    fn from(tokens: Tokens) -> Self {
        Self {
            id_token: tokens.id_token,
            access_token: Some(tokens.access_token),
            refresh_token: tokens.refresh_token,
            scope: tokens.scope,
        }
    }
}

async fn begin<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    cookie: SessionCookie,
    record: SessionRecord,
    digest: String,
    held: &Held,
) -> Result<(Vec<HeaderValue>, Rc<SessionRecord>), Fault> {
    let sealed = seal(call, &record, &cookie)?;
    let sign_in = SignIn {
        iss: &record.iss,
        sub: &record.sub,
        claims: &record.claims,
        now: call.now,
    };
    user::signed_in(call, &cookie.user, sign_in).await?;
    let expires = cookie.end(&call.deployment.config.session);
    let key = cookie.secret.store_key(FIRST);
    let saved = call.platform.store_save(&key, &sealed, expires).await;
    saved.map_err(|_| PlatformFault::Store)?;
    let head = Head {
        facts: facts(&record, digest),
        copy: sealed,
    };
    write_head(call, &cookie, &head).await?;
    let handle = cookie.secret.handle();
    let name = Predecessor {
        user: cookie.user,
        handle,
    };
    let mut fields = Vec::from([
        cookies::set_session(call, &cookie)?,
        cookies::set_predecessor(call, &name)?,
    ]);
    // A late answer to an earlier request must not bring back the cookie of a session that this one replaces.
    if let Some(first) = held.all().next() {
        fields.push(cookies::set_tombstone(call, first.handle)?);
    }
    for session in held.all() {
        end::session(call, session, EndReason::Replaced).await?;
    }
    let record = Rc::new(record);
    call.deployment
        .sessions
        .borrow_mut()
        .remember_live(handle, Rc::clone(&record), call.now);
    call.platform.record(&Event::SignedIn {
        session: handle,
        provider: &provider.id,
    });
    Ok((fields, record))
}

const FIRST: Generation = Generation(0);

/// Whether a session of this identity would be over when it begins, because its token is.
pub(in crate::gateway) fn is_over<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    identity: &Identity,
) -> bool {
    let is_bounded = call.deployment.config.session.bounded_by_token;
    is_bounded && identity.token_expires.is_some_and(|end| end <= call.now)
}

fn new_cookie<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    identity: &Identity,
) -> Result<SessionCookie, Fault> {
    if is_over(call, identity) {
        return Err(ProviderFault::TokenOver.into());
    }
    Ok(SessionCookie {
        secret: SessionSecret::new(Secret::new(random::bytes(call.platform)?)),
        user: UserKey::new(&provider.issuer, &identity.subject),
        generation: FIRST,
        created: call.now,
        authenticated_at: identity.authenticated_at,
        renewed: call.now,
        ends: match call.deployment.config.session.bounded_by_token {
            true => identity.token_expires,
            false => None,
        },
    })
}

fn facts(record: &SessionRecord, digest: String) -> HeadFacts {
    HeadFacts {
        state: HeadState::Live,
        created: record.created,
        provider: record.provider.clone(),
        sid: record.sid.clone(),
        identity: Some(digest),
        generation: record.generation,
    }
}

fn record(
    provider: &Provider,
    identity: Identity,
    tokens: Kept,
    cookie: &SessionCookie,
) -> SessionRecord {
    let mut claims = identity.claims;
    for (name, path) in &provider.map {
        match path.find(&claims).cloned() {
            Some(value) => {
                claims.insert((*name).to_owned(), value);
            }
            // A configuration that maps a claim does not want the one of that name.
            None => claims = json::keeping(claims, |kept| kept != *name),
        }
    }
    state_source(&mut claims, provider, &identity.subject);
    let text = |token: Secret<String>| token.expose().clone();
    SessionRecord {
        provider: provider.id.clone(),
        iss: provider.issuer.clone(),
        sub: identity.subject,
        sid: identity.session_id,
        auth_time: identity.authentication_time.map(UnixTime::as_seconds),
        acr: identity.authentication_context,
        amr: identity.authentication_methods,
        groups: provider.groups_claim.names(&claims),
        roles: provider.roles_claim.names(&claims),
        claims,
        missing: identity.missing,
        scope: tokens.scope,
        id_token: tokens.id_token.map(text),
        access_token: tokens.access_token.map(text),
        refresh_token: tokens.refresh_token.map(text),
        created: cookie.created.as_seconds(),
        ends: cookie.ends.map(UnixTime::as_seconds),
        generation: cookie.generation.0,
    }
}

/// Has the claims name the issuer and subject that were verified. A provider's userinfo may put there whatever its
/// users write into their accounts.
pub(in crate::gateway) fn state_source(
    claims: &mut Map<String, Value>,
    provider: &Provider,
    subject: &str,
) {
    for (name, verified) in [("iss", provider.issuer.as_str()), ("sub", subject)] {
        let is_kept = provider.claims.iter().any(|kept| kept == name);
        if is_kept || claims.contains_key(name) {
            claims.insert(name.to_owned(), Value::from(verified));
        }
    }
}

fn seal<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    record: &SessionRecord,
    cookie: &SessionCookie,
) -> Result<Vec<u8>, Fault> {
    let nonce = random::bytes(call.platform)?;
    let sealed = record.seal(&cookie.secret, FIRST, &call.deployment.origin, nonce);
    sealed.map_err(|fault| match fault {
        RecordFault::TooLarge => ProviderFault::TooMuchIdentity.into(),
        RecordFault::Seal(_) => PlatformFault::Internal.into(),
    })
}

async fn write_head<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    cookie: &SessionCookie,
    head: &Head,
) -> Result<(), Fault> {
    let deployment = call.deployment;
    let handle = cookie.secret.handle();
    let nonce = random::bytes(call.platform)?;
    let value = head.seal(
        &deployment.ring,
        &deployment.origin,
        &cookie.user,
        handle,
        nonce,
    );
    let new = NewValue {
        value: &value.map_err(|_| PlatformFault::Internal)?,
        expires: cookie.end(&deployment.config.session),
    };
    let name = RecordName::head(*handle.as_bytes());
    match record::write_once(call, &cookie.user.partition(), &name, new).await? {
        Once::Written => Ok(()),
        // A handle is random: no other session has this one.
        Once::AlreadyThere => Err(PlatformFault::Ledger.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::Config,
        gateway::context::for_tests::{ISSUER, deploy, session_cookie, settings},
    };
    use serde_json::json;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn claims(value: Value) -> Map<String, Value> {
        let Value::Object(claims) = value else {
            return Map::new();
        };
        claims
    }

    fn configured(provider: Value) -> Config {
        let mut settings = settings();
        for (name, value) in claims(provider) {
            settings["provider"][0][name] = value;
        }
        deploy(&settings).config
    }

    fn record_of(config: &Config, stated: Value) -> SessionRecord {
        let now = UnixTime::from_seconds(0);
        let identity = Identity::of_subject("alice".into(), claims(stated), None, now);
        record(
            config.provider("demo").unwrap(),
            identity,
            Kept::default(),
            &session_cookie(),
        )
    }

    #[test]
    fn the_issuer_and_the_subject_are_the_verified_ones_whatever_claims_say() {
        let config = configured(json!({}));
        let record = record_of(
            &config,
            json!({"iss": "https://evil.example", "sub": "root"}),
        );
        assert_eq!(
            (record.iss.as_str(), record.sub.as_str()),
            (ISSUER, "alice")
        );
        assert_eq!(record.claims["iss"], ISSUER);
        assert_eq!(record.claims["sub"], "alice");
        // Claims that nobody keeps are not added.
        let record = record_of(&config, json!({"email": "a@b.example"}));
        assert!(!record.claims.contains_key("sub"));
        let config = configured(json!({"claims": ["sub"]}));
        assert_eq!(record_of(&config, json!({})).claims["sub"], "alice");
    }

    #[test]
    fn a_mapped_claim_takes_the_place_of_the_one_with_its_name() {
        let config = configured(json!({"map": {"email": "/contact/mail"}}));
        let own = "own@b.example";
        let mapped = json!({"email": own, "contact": {"mail": "mapped@b.example"}});
        assert_eq!(record_of(&config, mapped).email(), Some("mapped@b.example"));
        assert_eq!(record_of(&config, json!({"email": own})).email(), None);
        let plain = configured(json!({}));
        assert_eq!(record_of(&plain, json!({"email": own})).email(), Some(own));
    }

    #[test]
    fn groups_come_from_the_configured_claim_alone() {
        let stated = || json!({"groups": ["staff"], "access": {"groups": ["guests"]}});
        assert_eq!(
            record_of(&configured(json!({})), stated()).groups,
            ["staff"]
        );
        let config = configured(json!({"groups_claim": "/access/groups"}));
        assert_eq!(record_of(&config, stated()).groups, ["guests"]);
    }
}
