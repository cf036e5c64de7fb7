//! The word of an issuer about a token: asked once for all requests that come with it, and remembered for a short time.
//!
//! An issuer that cannot be asked, or whose answer says nothing, leaves it open whether the token is good: 503, and
//! nothing is remembered of it.

use crate::{
    bearer::{
        AccessToken, AccessTokenFault,
        cache::{Basis, KeySetVersion, TokenDigest},
        form,
        online::{self, Answer, Asker, Verdict},
        signed_answer::Expectation,
    },
    config::{CheckMethod, EndpointCredential, Issuer, IssuerIndex, OnlineCheck},
    fault::{Exchange, Fault, IssuerFault, PlatformFault},
    gateway::{
        access_tokens::{
            endpoint,
            known::{known, remember, remembered},
            refused::{RefusedToken, refused},
            signed_answer,
        },
        context::{call::Call, exchange},
        providers::client::{self, Client},
        published::{questions::UnderWay, single_flight::Lease},
    },
    http::{
        inbound::Inbound,
        outbound::{Reply, SendError},
        url::Url,
    },
    jose::Malformed,
    metrics::Family,
    platform::Platform,
    time::Milliseconds,
};
use alloc::rc::Rc;

/// How often and how long a request waits to ask: two seconds in all.
const MOST_LOOKS: u32 = 80;
const LOOK: Milliseconds = Milliseconds::new(25);

/// A token to ask about.
#[derive(Clone, Copy)]
pub(in crate::gateway) struct Asked<'a> {
    pub(in crate::gateway) text: &'a str,
    pub(in crate::gateway) digest: TokenDigest,
    pub(in crate::gateway) index: IssuerIndex,
    pub(in crate::gateway) issuer: &'a Issuer,
    pub(in crate::gateway) check: &'a OnlineCheck,
}

/// A token whose signature was verified, and with which keys.
pub(in crate::gateway) struct Signed {
    pub(in crate::gateway) token: AccessToken,
    pub(in crate::gateway) keys: KeySetVersion,
}

impl Asked<'_> {
    fn about(&self, fault: impl Into<Fault>) -> RefusedToken {
        RefusedToken {
            fault: fault.into(),
            issuer: Some(self.index),
        }
    }
}

/// The token by the word of its issuer: from the cache, or asked now. One that is signed gets nothing but the word that
/// it still counts.
///
/// # Errors
/// [`RefusedToken`]: the token's fault where the issuer refuses it, the issuer's where nobody knows.
pub(in crate::gateway) async fn ask<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    asked: Asked<'_>,
    signed: Option<Signed>,
) -> Result<Rc<AccessToken>, RefusedToken> {
    if asked.text.len() > form::LONGEST {
        return Err(refused(AccessTokenFault::Malformed(Malformed::TooLarge)).into());
    }
    let (questions, digest) = (&call.deployment.questions, &asked.digest);
    let by_answer = || questions.refused(digest, call.platform.now());
    let question = questions.about(*digest);
    let before = question.failures();
    let is_done =
        || by_answer().is_some() || question.failures() != before || known(call, digest).is_some();
    match question.flights.lease(call.platform, is_done).await {
        Lease::Ours(lead) => {
            let answer = lead.run(call.platform, answer(call, asked, signed)).await;
            if let Err(RefusedToken { fault, .. }) = &answer
                && !fault.is_out_of_time()
            {
                question.fail(*fault);
            }
            answer
        }
        Lease::Done | Lease::Overdue => {
            if let Some(token) = remembered(call, digest) {
                return Ok(token);
            }
            if let Some(fault) = by_answer() {
                return Err(asked.about(refused(fault)));
            }
            let late = IssuerFault::Send(exchange_of(asked.check), SendError::TimedOut);
            let fault = question.fault().filter(|_| question.failures() != before);
            Err(asked.about(fault.unwrap_or(late.into())))
        }
    }
}

/// Asks, and remembers what the answer says.
async fn answer<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    asked: Asked<'_>,
    signed: Option<Signed>,
) -> Result<Rc<AccessToken>, RefusedToken> {
    let questions = &call.deployment.questions;
    let whose = (asked.index, asked.issuer);
    let endpoint = endpoint::endpoint(call, whose, asked.check).await;
    let endpoint = endpoint.map_err(|fault| asked.about(fault))?;
    let under_way = begin(call)
        .await
        .ok_or_else(|| asked.about(IssuerFault::Busy))?;
    let asked_at = call.platform.now();
    let reply = send(call, asked, &endpoint)
        .await
        .map_err(|fault| asked.about(fault))?;
    drop(under_way);
    let answer = match asked.check.signed_for() {
        None => Answer::Plain(&reply),
        Some(client) => {
            let expected = Expectation {
                issuer: asked.issuer,
                client,
                asked_at,
            };
            let read = signed_answer::read(call, asked.index, &reply, expected).await;
            Answer::Signed(read.map_err(|fault| asked.about(fault))?)
        }
    };
    let verdict = match signed {
        None => {
            let read = online::read(asked.check, answer, asked.issuer, asked.index);
            read.map(|token| (token, None))
        }
        Some(Signed { token, keys }) => {
            let confirmed = online::confirm(asked.check, answer, asked.issuer, &token);
            confirmed.map(|()| (token, Some(keys)))
        }
    };
    let (token, keys) = verdict.map_err(|verdict| match verdict {
        Verdict::Unknown(fault) => asked.about(IssuerFault::Answer(fault)),
        Verdict::Refused(fault) => {
            questions.refuse(asked.digest, fault, asked_at);
            asked.about(refused(fault))
        }
    })?;
    count(call, asked.check);
    let counts = asked_at.plus(asked.check.cache_for);
    let ends = token.claims().stated_expiration().unwrap_or(counts);
    let until = Some(counts.min(ends));
    let basis = Basis { keys, until };
    Ok(remember(call, asked.text, asked.digest, token, basis))
}

/// Begins to ask, as soon as fewer do than may; `None` where that does not come to pass.
async fn begin<'a, P: Platform, R: Inbound>(call: &Call<'a, P, R>) -> Option<UnderWay<'a>> {
    let questions = &call.deployment.questions;
    for _ in 0..MOST_LOOKS {
        if let Some(under_way) = questions.begin(call.platform.now()) {
            return Some(under_way);
        }
        call.platform.pause(LOOK).await.ok()?;
    }
    None
}

/// Sends the question, and once more where its connection failed: a question changes nothing.
async fn send<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    asked: Asked<'_>,
    endpoint: &Url,
) -> Result<Reply, Fault> {
    let asker = asker(call, asked).await?;
    let request = online::request(&asked.check.method, endpoint, &asker, asked.text);
    let request = request.ok_or(PlatformFault::Internal)?;
    let exchange = exchange_of(asked.check);
    let metrics = &call.deployment.metrics;
    let first = exchange::send(call.platform, metrics, request.clone(), exchange).await;
    let reply = match first {
        Err(SendError::Unreachable) => {
            exchange::send(call.platform, metrics, request, exchange).await
        }
        first => first,
    };
    reply.map_err(|error| IssuerFault::Send(exchange, error).into())
}

async fn asker<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    asked: Asked<'_>,
) -> Result<Asker, Fault> {
    Ok(match asked.check.credential() {
        None => Asker::Nobody,
        Some(EndpointCredential::Bearer(name)) => {
            let ours = call.deployment.secrets.of_client(name);
            Asker::Bearer(ours.cloned().ok_or(PlatformFault::Internal)?)
        }
        Some(EndpointCredential::Client { id, authentication }) => {
            let client = Client {
                id,
                authentication,
                issuer: &asked.issuer.issuer,
            };
            Asker::Client(id.clone(), client::credential(call, client).await?)
        }
    })
}

const fn exchange_of(check: &OnlineCheck) -> Exchange {
    match check.method {
        CheckMethod::Introspection { .. } => Exchange::Introspection,
        CheckMethod::Userinfo => Exchange::Userinfo,
        CheckMethod::GoogleTokenInfo | CheckMethod::FacebookTokenInfo(_) => Exchange::TokenInfo,
    }
}

/// Counts a token that was checked by an answer.
fn count<P: Platform, R: Inbound>(call: &Call<'_, P, R>, check: &OnlineCheck) {
    let by = exchange_of(check).as_str();
    call.deployment.metrics.count(Family::TokenChecks, [by, ""]);
}
