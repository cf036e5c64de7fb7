//! What ledger and store say of a session whose cookie opened, and what the session cache keeps of it.

use crate::{
    fault::{Fault, PlatformFault},
    gateway::context::{call::Call, deployment::Deployment},
    http::inbound::Inbound,
    platform::Platform,
    session::{
        cache::{KnownCookie, Remembered},
        check::{self, LedgerAnswer, SessionFault},
        cookie::SessionCookie,
        handle::SessionHandle,
        head::Head,
        keys::Generation,
        record::SessionRecord,
    },
    time::UnixTime,
};
use alloc::rc::Rc;
use futures_util::future;

/// Asks the ledger, and the store where the record is not in the session cache; both at once.
///
/// `None` says that the session does not count. The answer is as old as the moment it was asked
/// for, not as the moment it came.
///
/// # Errors
/// [`PlatformFault`] where store or ledger do not answer: whether the session lives is not known.
pub(super) async fn ledger<P: Platform>(
    deployment: &Deployment,
    platform: &P,
    known: &KnownCookie,
    record: Option<Rc<SessionRecord>>,
    now: UnixTime,
) -> Result<Option<(Rc<SessionRecord>, Generation)>, Fault> {
    let cookie = &known.opened.cookie;
    let names = LedgerAnswer::names(known.handle);
    let partition = cookie.user.partition();
    let from_ledger = platform.ledger_read(&partition, &names, now);
    let (answer, stored) = if record.is_some() {
        (from_ledger.await, Ok(None))
    } else {
        let key = cookie.secret.store_key(cookie.generation);
        future::join(from_ledger, async { platform.store_load(&key).await }).await
    };
    let answer = answer.map_err(|_| Fault::from(PlatformFault::Ledger))?;
    let answer = LedgerAnswer::of(&answer);
    let keys = deployment.session_keys();
    let live = match check::live(answer, cookie, known.handle, keys, now) {
        Ok(live) => live,
        Err(SessionFault::UserUnreadable) => return Err(PlatformFault::Directory.into()),
        Err(fault) => {
            forget(deployment, known.handle, fault);
            return Ok(None);
        }
    };
    let stored = stored.map_err(|_| Fault::from(PlatformFault::Store))?;
    let generation = live.head.generation();
    // The record in the session cache is of the generation that the cookie or an earlier answer named.
    let kept = record.filter(|record| record.generation == generation.0);
    let record = match kept {
        Some(record) => record,
        None => match read_record(deployment, cookie, &live.head, stored.as_deref()) {
            Some(record) => Rc::new(record),
            None => return Ok(None),
        },
    };
    deployment
        .sessions
        .borrow_mut()
        .remember_live(known.handle, Rc::clone(&record), now);
    Ok(Some((record, generation)))
}

/// Makes the session cache forget a session that does not count, or remember that it ended.
fn forget(deployment: &Deployment, handle: SessionHandle, fault: SessionFault) {
    let mut sessions = deployment.sessions.borrow_mut();
    match fault {
        SessionFault::Ended => sessions.remember_ended(handle),
        SessionFault::Unknown
        | SessionFault::Unreadable
        | SessionFault::UserUnreadable
        | SessionFault::Generation
        | SessionFault::BeforeNotBefore
        | SessionFault::Disabled => sessions.forget(&handle),
    }
}

/// The record of the head's generation: from the store, or, where the store does not show it yet,
/// the ledger's copy. A record of a provider that is no longer configured counts for nothing.
fn read_record(
    deployment: &Deployment,
    cookie: &SessionCookie,
    head: &Head,
    stored: Option<&[u8]>,
) -> Option<SessionRecord> {
    let generation = head.generation();
    let open =
        |sealed: &[u8]| SessionRecord::open(sealed, &cookie.secret, generation, &deployment.origin);
    let record = stored.and_then(open).or_else(|| open(&head.copy))?;
    let provider = deployment.config.provider(&record.provider)?;
    (provider.issuer == record.iss).then_some(record)
}

/// Asks the ledger about a session that the session cache still vouches for.
///
/// # Errors
/// [`PlatformFault`] where store or ledger do not answer; the session cache stays as it was.
pub(in crate::gateway) async fn again<P: Platform>(
    deployment: &Deployment,
    platform: &P,
    known: &KnownCookie,
) -> Result<(), Fault> {
    let now = platform.now();
    let remembered = {
        let freshness = deployment.config.session.freshness;
        deployment
            .sessions
            .borrow_mut()
            .session(&known.handle, freshness, now)
    };
    let record = match remembered {
        Remembered::Fresh { record, .. } | Remembered::Stale(record) => Some(record),
        Remembered::Ended => return Ok(()),
        Remembered::Unknown => None,
    };
    ledger(deployment, platform, known, record, now)
        .await
        .map(|_| ())
}

/// The record of a living session, wherever it is found; `None` where it has ended or nobody answers.
pub(in crate::gateway) async fn record<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    known: &KnownCookie,
) -> Option<Rc<SessionRecord>> {
    let deployment = call.deployment;
    let freshness = deployment.config.session.freshness;
    let remembered = deployment
        .sessions
        .borrow_mut()
        .session(&known.handle, freshness, call.now);
    match remembered {
        Remembered::Fresh { record, .. } | Remembered::Stale(record) => Some(record),
        Remembered::Ended => None,
        Remembered::Unknown => {
            let asked = ledger(deployment, call.platform, known, None, call.now).await;
            asked.ok().flatten().map(|(record, _)| record)
        }
    }
}
