//! The record of a user: written at sign-ins, read where a page asks whose session it is.

use crate::{
    fault::{BrowserFault, Fault, PlatformFault},
    gateway::{
        accounts::sealed,
        context::{
            call::Call,
            record::{self, Change, Changed, NewValue},
        },
    },
    http::inbound::Inbound,
    platform::{Platform, ledger::RecordName},
    user::{
        key::UserKey,
        record::{EXPIRES, SignIn, Status, UserRecord},
        roster::Roster,
    },
};

/// Writes what a sign-in tells of a user, before the session begins. A user who was never here enters the roster first.
///
/// # Errors
/// [`BrowserFault::UserDisabled`], [`PlatformFault::Directory`] for a record that cannot be read, and
/// [`PlatformFault::Ledger`] where the ledger does not confirm.
pub(in crate::gateway) async fn signed_in<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    user: &UserKey,
    sign_in: SignIn<'_>,
) -> Result<(), Fault> {
    if call.deployment.directory.is_none() {
        return Ok(());
    }
    match write(call, user, sign_in, Entry::Unknown).await? {
        Written::Done => return Ok(()),
        Written::EntryNeeded => {}
    }
    enter(call, user).await?;
    match write(call, user, sign_in, Entry::Written).await? {
        Written::Done => Ok(()),
        Written::EntryNeeded => Err(PlatformFault::Internal.into()),
    }
}

/// The record of a user; `None` where there is none, or the deployment keeps none.
///
/// # Errors
/// [`PlatformFault::Directory`] and [`PlatformFault::Ledger`].
pub(in crate::gateway) async fn find<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    user: &UserKey,
) -> Result<Option<UserRecord>, Fault> {
    if call.deployment.directory.is_none() {
        return Ok(None);
    }
    let names = [RecordName::user()];
    let found = call
        .platform
        .ledger_read(&user.partition(), &names, call.now)
        .await;
    let found = found.map_err(|_| PlatformFault::Ledger)?;
    let stored = found.first().and_then(Option::as_ref);
    let opened = stored.map(|stored| sealed::open_record(call, user, stored));
    Ok(opened.transpose()?.map(|opened| opened.record))
}

/// Whether the roster has the user.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entry {
    Unknown,
    Written,
}

enum Written {
    /// The record says what the sign-in told.
    Done,
    /// There is no record, and the roster comes first.
    EntryNeeded,
}

enum Left {
    AsItIs,
    EntryNeeded,
}

async fn write<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    user: &UserKey,
    sign_in: SignIn<'_>,
    entry: Entry,
) -> Result<Written, Fault> {
    let partition = user.partition();
    let changed = record::update(call, &partition, RecordName::user(), |stored| {
        let Some(stored) = stored else {
            return match entry {
                Entry::Unknown => Ok(Change::Leave(Left::EntryNeeded)),
                Entry::Written => sealed::record(call, user, &sign_in.first()),
            };
        };
        let record = sealed::open_record(call, user, stored)?.record;
        match record.status {
            Status::Active => {}
            Status::Disabled => return Err(BrowserFault::UserDisabled.into()),
        }
        match sign_in.again(&record) {
            Some(record) => sealed::record(call, user, &record),
            None => Ok(Change::Leave(Left::AsItIs)),
        }
    });
    Ok(match changed.await? {
        Changed::Written
        | Changed::Left {
            why: Left::AsItIs, ..
        } => Written::Done,
        Changed::Left {
            why: Left::EntryNeeded,
            ..
        } => Written::EntryNeeded,
    })
}

/// Enters a user into the roster. One who is there already is entered, too.
async fn enter<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    user: &UserKey,
) -> Result<(), Fault> {
    let new = NewValue {
        value: &sealed::entry(call, user)?,
        expires: EXPIRES,
    };
    let partition = Roster::of(user).partition();
    record::write_once(call, &partition, &Roster::name(user), new).await?;
    Ok(())
}
