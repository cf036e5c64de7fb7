//! What the provider publishes: its metadata and keys, remembered for a bounded time.
//!
//! What was fetched counts as fresh for an hour. After that it is fetched again, and where that
//! fails, the last good answer serves for a day and the next fetch waits for a minute. An unknown key has the set fetched once more, at
//! most once a minute, so that a rotation is seen at once and a flood of made-up keys is not felt.

use super::serve::Call;
use crate::{
    config::Provider,
    event::Event,
    fault::{Exchange, Fault, PlatformFault, ProviderFault},
    http::{
        header::{HeaderName, HeaderValue},
        inbound::{ByteCount, Inbound},
        method::Method,
        outbound::{Outbound, Reply, SendLimits},
        url::Url,
    },
    jose::{KeySet, SignatureProof, UnverifiedToken, VerifiedToken},
    metrics::Family,
    oidc::{
        discovery::{self, DiscoveryFault, ProviderMetadata},
        document::{self, LARGEST},
        id_token::IdTokenFault,
    },
    platform::Platform,
    time::{Seconds, UnixTime},
};
use alloc::{rc::Rc, vec};

/// What one isolate remembers of a provider.
#[derive(Debug, Default)]
pub(super) struct ProviderMemory {
    metadata: Option<Remembered<ProviderMetadata>>,
    keys: Option<Remembered<KeySet>>,
    forced_at: Option<UnixTime>,
    failed_at: Option<UnixTime>,
}

#[derive(Debug)]
struct Remembered<T> {
    value: Rc<T>,
    fetched_at: UnixTime,
}

const FRESH: Seconds = Seconds::minutes(60);
const LAST_GOOD: Seconds = Seconds::minutes(24 * 60);
const COOL_DOWN: Seconds = Seconds::minutes(1);

/// The limits of an exchange with a provider.
pub(super) const LIMITS: SendLimits = SendLimits {
    timeout: Seconds::new(10),
    body: ByteCount(LARGEST),
};

impl<T> Remembered<T> {
    fn within(this: Option<&Self>, lifetime: Seconds, now: UnixTime) -> Option<Rc<T>> {
        this.filter(|remembered| now.since(remembered.fetched_at) < lifetime)
            .map(|remembered| Rc::clone(&remembered.value))
    }
}

/// The provider's metadata.
pub(super) async fn metadata<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
) -> Result<Rc<ProviderMetadata>, Fault> {
    let remembered = |lifetime| {
        let providers = call.deployment.providers.borrow();
        let memory = providers.get(&provider.id)?;
        Remembered::within(memory.metadata.as_ref(), lifetime, call.now)
    };
    if let Some(metadata) = remembered(FRESH) {
        return Ok(metadata);
    }
    if let Some(metadata) = remembered(LAST_GOOD).filter(|_| failed_lately(call, provider)) {
        return Ok(metadata);
    }
    match fetch_metadata(call, provider).await {
        Ok(metadata) => {
            let value = Rc::new(metadata);
            remember(call, provider, |memory| {
                memory.metadata = Some(Remembered {
                    value: Rc::clone(&value),
                    fetched_at: call.now,
                });
            });
            Ok(value)
        }
        Err(fault) => {
            remember(call, provider, |memory| memory.failed_at = Some(call.now));
            last_good(call, provider, remembered(LAST_GOOD), fault)
        }
    }
}

/// A token with a signature of the provider's.
pub(super) async fn verify<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    metadata: &ProviderMetadata,
    text: &str,
) -> Result<VerifiedToken, Fault> {
    let refuse = |fault| Fault::from(ProviderFault::IdToken(fault));
    let token = UnverifiedToken::parse(text);
    let token = token.map_err(|fault| refuse(IdTokenFault::Malformed(fault)))?;
    let proof = prove(call, provider, metadata, &token).await?;
    token
        .confirm(&proof)
        .map_err(|fault| refuse(IdTokenFault::Claims(fault)))
}

/// The proof that a key of the provider's signed the token.
pub(super) async fn prove<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    metadata: &ProviderMetadata,
    token: &UnverifiedToken<'_>,
) -> Result<SignatureProof, Fault> {
    let keys = keys(call, provider, metadata).await?;
    match prove_with(call, provider, &keys, token).await {
        Err(Fault::Provider(ProviderFault::IdToken(
            IdTokenFault::NoKey | IdTokenFault::Signature,
        ))) => {}
        decided => return decided,
    }
    // The provider may have changed its keys since.
    let keys = match forced_keys(call, provider, metadata).await? {
        Some(newer) => newer,
        None => keys,
    };
    prove_with(call, provider, &keys, token).await
}

async fn prove_with<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    keys: &KeySet,
    token: &UnverifiedToken<'_>,
) -> Result<SignatureProof, Fault> {
    let mut refused = IdTokenFault::NoKey;
    let mut proof = None;
    for (key, algorithm) in keys.candidates(token.hint(), &provider.algorithms) {
        let check = match token.check(key, algorithm) {
            Ok(check) => check,
            Err(fault) => {
                refused = IdTokenFault::Check(fault);
                continue;
            }
        };
        let verdict = call.platform.verify_signature(&check).await;
        let verdict = verdict.map_err(|_| Fault::from(PlatformFault::Verifier))?;
        proof = check.prove(verdict);
        if proof.is_some() {
            break;
        }
        refused = IdTokenFault::Signature;
    }
    proof.ok_or_else(|| ProviderFault::IdToken(refused).into())
}

async fn keys<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    metadata: &ProviderMetadata,
) -> Result<Rc<KeySet>, Fault> {
    let remembered = |lifetime| {
        let providers = call.deployment.providers.borrow();
        let memory = providers.get(&provider.id)?;
        Remembered::within(memory.keys.as_ref(), lifetime, call.now)
    };
    if let Some(keys) = remembered(FRESH) {
        return Ok(keys);
    }
    if let Some(keys) = remembered(LAST_GOOD).filter(|_| failed_lately(call, provider)) {
        return Ok(keys);
    }
    match fetch_keys(call, provider, metadata).await {
        Ok(keys) => Ok(keys),
        Err(fault) => {
            remember(call, provider, |memory| memory.failed_at = Some(call.now));
            last_good(call, provider, remembered(LAST_GOOD), fault)
        }
    }
}

/// What is remembered in place of what could not be fetched. Nobody sees that on a page, so the log has it.
fn last_good<P: Platform, R: Inbound, T>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    remembered: Option<Rc<T>>,
    fault: Fault,
) -> Result<Rc<T>, Fault> {
    let remembered = remembered.ok_or(fault)?;
    record(call, provider, &fault);
    Ok(remembered)
}

/// Records a fault that the request is served in spite of.
pub(super) fn record<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    fault: &Fault,
) {
    call.platform.record(&Event::ProviderFailed {
        provider: &provider.id,
        fault,
    });
}

/// Whether a fetch failed less than a cool-down ago. Nobody waits for the next one to fail while
/// there is a last good answer.
fn failed_lately<P: Platform, R: Inbound>(call: &Call<'_, P, R>, provider: &Provider) -> bool {
    let providers = call.deployment.providers.borrow();
    let failed_at = providers
        .get(&provider.id)
        .and_then(|memory| memory.failed_at);
    failed_at.is_some_and(|at| call.now.since(at) < COOL_DOWN)
}

/// The key set fetched anew; `None` where that was done less than a cool-down ago.
async fn forced_keys<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    metadata: &ProviderMetadata,
) -> Result<Option<Rc<KeySet>>, Fault> {
    let is_cooling_down = {
        let providers = call.deployment.providers.borrow();
        let forced_at = providers
            .get(&provider.id)
            .and_then(|memory| memory.forced_at);
        forced_at.is_some_and(|at| call.now.since(at) < COOL_DOWN)
    };
    if is_cooling_down {
        return Ok(None);
    }
    remember(call, provider, |memory| memory.forced_at = Some(call.now));
    fetch_keys(call, provider, metadata).await.map(Some)
}

async fn fetch_metadata<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
) -> Result<ProviderMetadata, Fault> {
    let refuse = |fault| Fault::from(ProviderFault::Discovery(fault));
    let url = discovery::location(&provider.issuer_url);
    let url = url.ok_or_else(|| refuse(DiscoveryFault::IssuerMismatch))?;
    let reply = fetch(call, url, Exchange::Discovery).await?;
    let reach = call.deployment.config.reach();
    ProviderMetadata::read(&reply, &provider.issuer, reach).map_err(refuse)
}

async fn fetch_keys<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    metadata: &ProviderMetadata,
) -> Result<Rc<KeySet>, Fault> {
    let refuse = |fault| Fault::from(ProviderFault::Discovery(fault));
    let reply = fetch(call, metadata.jwks_uri.clone(), Exchange::Keys).await?;
    document::read(&reply).map_err(|fault| refuse(DiscoveryFault::Document(fault)))?;
    let keys = KeySet::parse(&reply.body).map_err(|fault| refuse(DiscoveryFault::Keys(fault)))?;
    let value = Rc::new(keys);
    remember(call, provider, |memory| {
        memory.keys = Some(Remembered {
            value: Rc::clone(&value),
            fetched_at: call.now,
        });
    });
    Ok(value)
}

async fn fetch<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    url: Url,
    exchange: Exchange,
) -> Result<Reply, Fault> {
    let request = Outbound {
        method: Method::Get,
        url,
        headers: vec![(
            HeaderName::ACCEPT,
            HeaderValue::from_static("application/json"),
        )],
        body: None,
    };
    send(call, request, exchange).await
}

/// Sends a request of ours to the provider.
pub(super) async fn send<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    request: Outbound,
    exchange: Exchange,
) -> Result<Reply, Fault> {
    let reply = call.platform.send(request, LIMITS).await;
    let result = match &reply {
        Ok(reply) if (200..300).contains(&reply.status) => "ok",
        Ok(_) => "refused",
        Err(_) => "failed",
    };
    let labels = [exchange.as_str(), result];
    call.deployment.metrics.count(Family::Exchanges, labels);
    reply.map_err(|error| ProviderFault::Send(exchange, error).into())
}

fn remember<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    provider: &Provider,
    change: impl FnOnce(&mut ProviderMemory),
) {
    let mut providers = call.deployment.providers.borrow_mut();
    if providers.get(&provider.id).is_none() {
        providers.insert(provider.id.clone(), ProviderMemory::default());
    }
    if let Some(memory) = providers.get_mut(&provider.id) {
        change(memory);
    }
}
