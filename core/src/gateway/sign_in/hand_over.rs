//! `POST {base_path}/session/challenge` and `POST {base_path}/session`: a page of the site signs someone in with the
//! provider's own script, and hands the token over for a session.
//!
//! The page is of this origin, and says so by headers that no script of another site can write. An ID token must have
//! the nonce of this browser's challenge, so one that was made for somebody else's browser is refused. An access token
//! has no nonce: the provider says which client it was issued to, and it is taken once.

use crate::{
    access::fetch_metadata::FetchMetadata,
    bearer::form::{self, Form},
    config::{IdTokenCheck, Protocol, Provider},
    cookie::request::RequestCookies,
    fault::{BrowserFault, Fault, HandOverFault, IssuerFault},
    gateway::{
        answer::refusal::Refusal,
        context::{
            body::{self, NoJson},
            call::Call,
            record::{self, NewValue, Once},
        },
        sessions::{
            create::{self, Kept},
            end,
        },
        sign_in::{challenge_cookie, token_of_page},
    },
    http::{
        header::{HeaderName, HeaderValue},
        inbound::Inbound,
        response::{Response, Status},
    },
    oidc::{
        challenge::Challenge,
        hand_over::{self, HandedOver, Token},
        identity::Identity,
    },
    page::json::json,
    platform::{
        Platform,
        ledger::{Partition, RecordName},
    },
    session::record::SessionRecord,
    time::{Seconds, UnixTime},
};
use alloc::{format, rc::Rc, vec::Vec};

/// A session that began with a token that a page handed over.
pub(in crate::gateway) struct NewSession {
    pub(in crate::gateway) record: Rc<SessionRecord>,
    pub(in crate::gateway) cookies: Vec<HeaderValue>,
}

/// `{"nonce": …, "expires_in": seconds}`, and the cookie that the browser keeps the challenge in. A challenge with
/// enough time left is given again.
///
/// # Errors
/// [`BrowserFault::NotSameOrigin`].
pub(in crate::gateway) fn challenge<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    cookies: RequestCookies<'_>,
    metadata: &FetchMetadata,
) -> Result<Response, Refusal> {
    check_page(call, metadata)?;
    let held = challenge_cookie::find(call, cookies);
    let (challenge, field) = match held.filter(|held| held.is_fresh(call.now)) {
        Some(held) => (held, None),
        None => {
            let new = challenge_cookie::new(call)?;
            let field = challenge_cookie::set(call, &new)?;
            (new, Some(field))
        }
    };
    let (nonce, left) = (challenge.nonce(), challenge.left(call.now).as_seconds());
    // The nonce is of base64url, which JSON needs no escapes for.
    let body = format!("{{\"nonce\":\"{nonce}\",\"expires_in\":{left}}}");
    let mut response = json(Status::OK, body);
    let field = field.map(|field| (HeaderName::SET_COOKIE, field));
    response.headers.extend(field);
    Ok(response)
}

/// Judges the token of the body, marks the browser's challenge as used and begins a session.
///
/// # Errors
/// [`HandOverFault`] where the token signs nobody in, [`BrowserFault::NotSameOrigin`], and faults of the provider and the
/// platform.
pub(in crate::gateway) async fn session<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    cookies: RequestCookies<'_>,
    metadata: &FetchMetadata,
) -> Result<NewSession, Refusal> {
    check_page(call, metadata)?;
    let body = body::json(call).await.map_err(|fault| match fault {
        NoJson::MediaType => HandOverFault::MediaType,
        NoJson::Body => HandOverFault::Malformed,
    })?;
    let challenge = challenge_cookie::find(call, cookies).ok_or(HandOverFault::NoChallenge)?;
    let HandedOver { provider, token } =
        HandedOver::parse(&body).ok_or(HandOverFault::Malformed)?;
    let provider = call.deployment.config.provider(&provider);
    let provider = provider.ok_or(HandOverFault::NotOffered)?;
    let about = |fault: Fault| Refusal::from(fault).about(provider);
    let identity = identify(call, provider, &challenge, &token).await;
    let identity = identity.map_err(about)?;
    // From here on the challenge is over, whatever comes of it.
    let over = |fault: Fault| {
        let clear = challenge_cookie::clear();
        about(fault).with_cookies(clear.into_iter().collect())
    };
    let marked = mark(call, provider, &challenge, &token, identity.token_expires).await;
    marked.map_err(over)?;
    let kept = match token {
        Token::Id(text) => Kept::of_id_token(text),
        Token::Access(text) => Kept::of_access_token(text),
    };
    let held = end::held(call, cookies);
    let begun = create::handed_over(call, provider, identity, kept, &held).await;
    let (mut cookies, record) = begun.map_err(over)?;
    cookies.extend(challenge_cookie::clear());
    Ok(NewSession { record, cookies })
}

/// Whether a page of this site asks.
fn check_page<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    metadata: &FetchMetadata,
) -> Result<(), BrowserFault> {
    match metadata.proves_same_origin(&call.deployment.config.public_url) {
        true => Ok(()),
        false => Err(BrowserFault::NotSameOrigin),
    }
}

/// The person that the token is about, where it counts. Nothing is marked yet: a token that is none costs the ledger
/// nothing, and a provider that gives no answer costs the page neither its challenge nor its token.
async fn identify<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    challenge: &Challenge,
    token: &Token,
) -> Result<Identity, Fault> {
    check_offer(provider, token)?;
    // A flood of made-up tokens is a steady stream of questions to the provider.
    let questions = &call.deployment.hand_overs;
    let _permit = questions.begin(call.now).ok_or(IssuerFault::Busy)?;
    let identity = match (token, &provider.hand_over.id_token) {
        (Token::Id(text), Some(IdTokenCheck::TokenInfo(endpoint))) => {
            let token = token_of_page::told(call, provider, endpoint, text.expose(), challenge);
            token_of_page::identity(call, provider, &token.await?)?
        }
        (Token::Id(text), Some(IdTokenCheck::Signature) | None) => {
            let token = token_of_page::verified(call, provider, text.expose(), challenge);
            token_of_page::identity(call, provider, &token.await?)?
        }
        (Token::Access(text), _) => match &provider.protocol {
            Protocol::OAuth(server) => {
                token_of_page::described(call, provider, server, text).await?
            }
            Protocol::OpenId(_) => token_of_page::of_userinfo(call, provider, text).await?,
        },
    };
    match create::is_over(call, &identity) {
        true => Err(HandOverFault::Over.into()),
        false => Ok(identity),
    }
}

/// Judges what can be judged without showing the token to anyone, or fetching anything for it.
fn check_offer(provider: &Provider, token: &Token) -> Result<(), HandOverFault> {
    let offer = &provider.hand_over;
    let is_offered = match token {
        Token::Id(_) => offer.id_token.is_some(),
        Token::Access(_) => offer.access_token.is_some(),
    };
    if !is_offered {
        return Err(HandOverFault::NotOffered);
    }
    // A token that names another issuer is shown to no provider.
    let is_of_provider = match (token, form::of(token.text().expose())) {
        (_, Form::Of(issuer)) => issuer == provider.issuer,
        (Token::Id(_), Form::Opaque) | (_, Form::Unreadable) => false,
        (Token::Access(_), Form::Opaque) => true,
    };
    match is_of_provider {
        true => Ok(()),
        false => Err(HandOverFault::OfNobody),
    }
}

/// Marks the challenge as used, and an access token as handed over. Of two hand-overs with one of them, also at once in
/// two regions, one signs in.
async fn mark<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    challenge: &Challenge,
    token: &Token,
    token_expires: Option<UnixTime>,
) -> Result<(), Fault> {
    let partition = challenge.partition();
    match mark_at(call, &partition, challenge.forgotten()).await? {
        Once::Written => {}
        Once::AlreadyThere => return Err(HandOverFault::ChallengeUsed.into()),
    }
    let Token::Access(text) = token else {
        return Ok(());
    };
    // Whoever holds a signed token can spell its signature in another way, and the rest in no other.
    let text = form::signing_input(text.expose()).unwrap_or(text.expose());
    let partition = hand_over::partition(&provider.issuer, text);
    let end = token_expires.unwrap_or(call.now.plus(LONGEST_MARK));
    let expires = end.max(call.now.plus(SHORTEST_MARK));
    match mark_at(call, &partition, expires).await? {
        Once::Written => Ok(()),
        Once::AlreadyThere => Err(HandOverFault::TokenUsed.into()),
    }
}

/// An access token counts as handed over until it expires, and for at least this long: clocks differ.
const SHORTEST_MARK: Seconds = Seconds::minutes(24 * 60);

/// One whose end nobody states counts as handed over for a year.
const LONGEST_MARK: Seconds = Seconds::minutes(366 * 24 * 60);

async fn mark_at<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    partition: &Partition,
    expires: UnixTime,
) -> Result<Once, Fault> {
    let mark = NewValue {
        value: &[],
        expires,
    };
    record::write_once(call, partition, &RecordName::attempt(), mark).await
}
