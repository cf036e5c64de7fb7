//! `GET {base_path}/session`: who is signed in. Never a token.
//!
//! Without a session the answer is 401, so that scripts see it by the status. A page for everyone asks with
//! `?optional`, and gets 200 then: a browser shows each 401 as an error in its console, also to a user who just looks
//! around.

use crate::{
    cookie::request::RequestCookies,
    fault::{BrowserFault, PlatformFault},
    gateway::{
        accounts::user,
        answer::refusal::Refusal,
        context::{
            call::{Call, Served},
            outcome::Outcome,
        },
        sessions::identify::{self, Identified},
        sign_in::hand_over::NewSession,
    },
    http::{
        header::HeaderName,
        inbound::Inbound,
        response::{Response, Status},
    },
    page::json::json,
    platform::Platform,
    session::record::SessionRecord,
    user::{key::UserKey, record::UserRecord},
};
use alloc::string::String;
use serde::Serialize;
use serde_json::{Map, Value};

/// The query of pages for which no session is an answer like any other.
const OPTIONAL: &str = "optional";

#[derive(Serialize)]
struct SessionInfo<'a> {
    signed_in: bool,
    provider: &'a str,
    issuer: &'a str,
    subject: &'a str,
    groups: &'a [String],
    roles: &'a [String],
    claims: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<u64>,
    created: u64,
    expires: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserInfo<'a>>,
}

/// What the deployment keeps of the user.
#[derive(Serialize)]
struct UserInfo<'a> {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    created: u64,
    last_sign_in: u64,
}

/// 200 with `signed_in`, `provider`, `issuer`, `subject`, `groups`, `roles`, `claims`, and the times `auth_time` (where it is
/// known), `created` and `expires` in seconds since the epoch; and `user` where the deployment keeps a record.
///
/// # Errors
/// [`BrowserFault::NotSignedIn`] without a session, but for a query of `optional`; and faults of store and ledger.
pub(in crate::gateway) async fn serve<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    query: &str,
    cookies: RequestCookies<'_>,
) -> Result<Served, Refusal> {
    let signed = match identify::identify(call, cookies).await? {
        Identified::Nobody(stale) if query == OPTIONAL => {
            let mut response = json(Status::OK, "{\"signed_in\":false}".into());
            let cleared = stale.clear(call.deployment.config.session.same_site);
            let fields = cleared.into_iter();
            response
                .headers
                .extend(fields.map(|field| (HeaderName::SET_COOKIE, field)));
            return Ok((Outcome::Respond(response), None));
        }
        Identified::Nobody(stale) => {
            return Err(Refusal::from(BrowserFault::NotSignedIn).clearing(stale));
        }
        Identified::Session(signed) => signed,
    };
    let key = UserKey::new(&signed.record.iss, &signed.record.sub);
    let user = user::find(call, &key).await?;
    let mut response = info(call, &signed.record, user.as_ref())?;
    response.headers.extend(
        signed
            .renewal
            .map(|renewal| (HeaderName::SET_COOKIE, renewal)),
    );
    Ok((Outcome::Respond(response), signed.later))
}

/// The same of a session that a page just began, with its cookies.
///
/// # Errors
/// [`PlatformFault::Internal`].
pub(in crate::gateway) async fn begun<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    begun: NewSession,
) -> Result<Served, Refusal> {
    // The session is there. Whatever the ledger says now, the browser gets its cookies.
    let key = UserKey::new(&begun.record.iss, &begun.record.sub);
    let user = user::find(call, &key).await.ok().flatten();
    let mut response = info(call, &begun.record, user.as_ref())?;
    let fields = begun.cookies.into_iter();
    response
        .headers
        .extend(fields.map(|field| (HeaderName::SET_COOKIE, field)));
    Ok((Outcome::Respond(response), None))
}

fn info<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    record: &SessionRecord,
    user: Option<&UserRecord>,
) -> Result<Response, Refusal> {
    let lifetime = call.deployment.config.session.absolute_timeout;
    let user = user.map(|user| UserInfo {
        id: UserKey::new(&record.iss, &record.sub).id(),
        name: user.name.as_deref(),
        email: user.email.as_deref(),
        created: user.created,
        last_sign_in: user.last_sign_in,
    });
    let info = SessionInfo {
        user,
        signed_in: true,
        provider: &record.provider,
        issuer: &record.iss,
        subject: &record.sub,
        groups: &record.groups,
        roles: &record.roles,
        claims: &record.claims,
        auth_time: record.auth_time,
        created: record.created,
        expires: {
            let end = record.created_at().plus(lifetime).as_seconds();
            record.ends.map_or(end, |bound| bound.min(end))
        },
    };
    let body = serde_json::to_string(&info).map_err(|_| PlatformFault::Internal)?;
    Ok(json(Status::OK, body))
}
