//! `{base_path}/logout`: asks on `GET`, ends the session on `POST`, and goes on to the provider.
//!
//! The head in the ledger is what ends; every edge refuses the session at its next question there.
//! The cookie is cleared only after that, so that a failed sign-out can be tried again.

use crate::{
    access::fetch_metadata::FetchMetadata,
    config::Protocol,
    cookie::{name, request::RequestCookies},
    fault::{BrowserFault, Fault, PlatformFault},
    gateway::{
        answer::refusal::{Detail, Refusal},
        context::{
            call::{Call, Served},
            identity,
            outcome::{Later, Outcome},
        },
        providers,
        sessions::{ask, cookies, end, identify},
        sign_in::loop_guard,
    },
    http::{
        header::{HeaderName, HeaderValue},
        inbound::Inbound,
        method::Method,
        response::Response,
        url::Origin,
    },
    oidc,
    page::{href::Href, redirect::see_other, sign_out::SignOut, signed_out::SignedOut},
    platform::Platform,
    secret::Secret,
    session::{
        cache::{KnownCookie, Remembered},
        handle::SessionHandle,
        head::{EndReason, Head},
        record::SessionRecord,
    },
};
use alloc::{
    format,
    rc::Rc,
    string::{String, ToString},
    vec::Vec,
};

/// The page that asks, or the end of every session that the browser holds.
///
/// # Errors
/// [`BrowserFault::NotSameOrigin`] for a form of another site, and [`PlatformFault::Ledger`] where a session may be alive
/// still.
pub(in crate::gateway) async fn serve<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    cookies: RequestCookies<'_>,
    metadata: &FetchMetadata,
) -> Result<Served, Refusal> {
    let known = cookies
        .one(name::SESSION)
        .and_then(|text| identify::open(call.deployment, text, call.now));
    if call.is(&Method::Get) {
        let page = match known {
            Some(known) => confirmation(call, &known).await,
            None => signed_out(call),
        };
        return Ok((Outcome::Respond(page), None));
    }
    if !metadata.proves_same_origin(&call.deployment.config.public_url) {
        return Err(BrowserFault::NotSameOrigin.into());
    }
    match known {
        Some(known) => sign_out(call, cookies, &known).await,
        None => {
            end_all(call, cookies).await?;
            Ok((Outcome::Respond(without_session(call)?), None))
        }
    }
}

/// Ends every session that the browser holds; answers the head of the first as it was while it lived.
async fn end_all<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    cookies: RequestCookies<'_>,
) -> Result<Option<Head>, Refusal> {
    let mut first = None;
    for (place, session) in end::held(call, cookies).all().enumerate() {
        let ended = end::session(call, session, EndReason::Logout).await;
        let ended = ended.map_err(|fault| Refusal::from(fault).with(Detail::SignOut))?;
        if place == 0 {
            first = ended;
        }
    }
    Ok(first)
}

/// The page after signing out.
pub(in crate::gateway) fn signed_out<P: Platform, R: Inbound>(call: &Call<'_, P, R>) -> Response {
    let sign_in = call.deployment.endpoint("login");
    let page = SignedOut {
        home: Href::HOME,
        sign_in: Href::local(&sign_in),
    };
    page.response(call.voice())
}

async fn confirmation<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    known: &KnownCookie,
) -> Response {
    let record = ask::record(call, known).await;
    let who = record
        .as_ref()
        .and_then(|record| identity::display_name(record));
    let end_session = end_session_endpoint(call, record.as_deref()).await;
    let redirects: Vec<Origin> = end_session
        .iter()
        .map(|(url, _)| url.origin().clone())
        .collect();
    let action = call.deployment.endpoint("logout");
    let page = SignOut {
        action: Href::local(&action),
        who: who.as_deref(),
        home: Href::HOME,
        redirects: &redirects,
    };
    page.response(call.voice())
}

async fn sign_out<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    cookies: RequestCookies<'_>,
    known: &Rc<KnownCookie>,
) -> Result<Served, Refusal> {
    let deployment = call.deployment;
    let cookie = &known.opened.cookie;
    let remembered = remembered_record(call, known);
    let copy = end_all(call, cookies).await?;
    let record = remembered.or_else(|| {
        let head = copy?;
        SessionRecord::open(
            &head.copy,
            &cookie.secret,
            head.generation(),
            &deployment.origin,
        )
        .map(Rc::new)
    });
    let id_token = record
        .as_ref()
        .and_then(|record| record.id_token.clone().map(Secret::new));
    let location = match end_session_endpoint(call, record.as_deref()).await {
        Some((endpoint, client_id)) => {
            let back = format!("{}{}", deployment.origin, deployment.endpoint("signed-out"));
            oidc::logout::location(&endpoint, &client_id, &back, id_token.as_ref()).to_string()
        }
        None => deployment.endpoint("signed-out"),
    };
    let mut response = see_other(&location).ok_or(PlatformFault::Internal)?;
    // Pages that the browser kept aside for "back" are gone with its cache.
    response.headers.push((
        HeaderName::CLEAR_SITE_DATA,
        HeaderValue::from_static("\"cache\""),
    ));
    for field in farewell(call, known.handle)? {
        response.headers.push((HeaderName::SET_COOKIE, field));
    }
    let later = Later::RemoveRecord(cookie.secret.store_key(cookie.generation));
    Ok((Outcome::Respond(response), Some(later)))
}

fn remembered_record<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    known: &KnownCookie,
) -> Option<Rc<SessionRecord>> {
    let freshness = call.deployment.config.session.freshness;
    let mut sessions = call.deployment.sessions.borrow_mut();
    match sessions.session(&known.handle, freshness, call.now) {
        Remembered::Fresh { record, .. } | Remembered::Stale(record) => Some(record),
        Remembered::Ended | Remembered::Unknown => None,
    }
}

/// Where the session's provider ends its own session, and who we are there. A provider that cannot be
/// asked does not keep anyone from signing out here.
async fn end_session_endpoint<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    record: Option<&SessionRecord>,
) -> Option<(crate::http::url::Url, String)> {
    let config = &call.deployment.config;
    let provider = match (record, config.providers.as_slice()) {
        (Some(record), _) => config.provider(&record.provider)?,
        (None, [only]) => only,
        (None, _) => return None,
    };
    let metadata = match &provider.protocol {
        Protocol::OpenId(_) => providers::metadata(call, provider).await,
        // There is no way to sign out there that all have in common.
        Protocol::OAuth(_) => return None,
    };
    let metadata = metadata
        .map_err(|fault| providers::record(call, provider, &fault))
        .ok()?;
    let endpoint = metadata.end_session_endpoint.clone()?;
    Some((endpoint, provider.client_id.clone()))
}

/// The fields that clear our cookies and set the tombstone.
fn farewell<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    handle: SessionHandle,
) -> Result<Vec<HeaderValue>, Fault> {
    let clear = cookies::clear_session(call);
    let tombstone = cookies::set_tombstone(call, handle)?;
    let forgotten = [loop_guard::forget(), cookies::clear_predecessor(call)];
    let cleared = clear.into_iter().chain(forgotten.into_iter().flatten());
    Ok(cleared.chain([tombstone]).collect())
}

/// Nobody was signed in: the browser forgets whatever it held.
fn without_session<P: Platform, R: Inbound>(call: &Call<'_, P, R>) -> Result<Response, Fault> {
    let location = call.deployment.endpoint("signed-out");
    let mut response = see_other(&location).ok_or(PlatformFault::Internal)?;
    let clear = cookies::clear_session(call);
    let cleared = clear.into_iter().chain(cookies::clear_predecessor(call));
    response
        .headers
        .extend(cleared.map(|field| (HeaderName::SET_COOKIE, field)));
    Ok(response)
}
