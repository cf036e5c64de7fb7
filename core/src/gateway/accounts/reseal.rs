//! Walking the roster to seal what an earlier directory key sealed with the one that seals today.
//!
//! Each step does a bounded number of calls and says where the next one begins, so that an operator's command can go on
//! for as long as it takes. A step that is repeated does no harm.

use crate::{
    cookie::ring::SealedBy,
    event::Event,
    fault::{Fault, PlatformFault},
    gateway::{
        accounts::sealed,
        context::{
            call::Call,
            record::{self, Change, Changed},
        },
    },
    http::inbound::Inbound,
    platform::{
        Platform,
        ledger::{Count, Listing, RecordKind, RecordName, Versioned},
    },
    user::{key::UserKey, record::EXPIRES, roster::Roster},
};
use alloc::{format, string::String, vec::Vec};

/// Where a step begins: a partition of the roster, and the first entry in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gateway) struct Cursor {
    roster: Roster,
    from: Option<RecordName>,
}

/// What a step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::gateway) struct Step {
    /// The users that it met.
    pub(in crate::gateway) users: u32,
    /// The records and entries that it sealed anew.
    pub(in crate::gateway) resealed: u32,
    /// The users of whom a record or an entry opens with no directory key.
    pub(in crate::gateway) unreadable: u32,
    /// Where the next one begins; `None` at the end of the roster.
    pub(in crate::gateway) next: Option<Cursor>,
}

/// Calls of the ledger after which a step takes no further user or partition. A free Worker makes 50 in a request.
const ENOUGH: u32 = 36;

/// Entries that are listed at once.
const PAGE: u32 = 8;

impl Cursor {
    /// The beginning of the roster.
    pub(in crate::gateway) const fn start() -> Self {
        Self {
            roster: Roster(0),
            from: None,
        }
    }

    /// The text that [`Cursor::text`] wrote: two hex digits, and where an entry follows a slash and its name.
    pub(in crate::gateway) fn parse(text: &str) -> Option<Self> {
        let (roster, from) = match text.split_once('/') {
            Some((roster, name)) => (roster, Some(RecordName::parse(name)?)),
            None => (text, None),
        };
        let is_hex = roster.len() == 2 && roster.bytes().all(|byte| byte.is_ascii_hexdigit());
        let from = match from {
            Some(name) if name.kind() != RecordKind::Member => return None,
            from => from,
        };
        let roster = u8::from_str_radix(roster, 16).ok().filter(|_| is_hex)?;
        Some(Self {
            roster: Roster(roster),
            from,
        })
    }

    /// The cursor as text.
    pub(in crate::gateway) fn text(&self) -> String {
        match &self.from {
            Some(name) => format!("{:02x}/{}", self.roster.0, name.text()),
            None => format!("{:02x}", self.roster.0),
        }
    }
}

/// One step of the walk.
///
/// # Errors
/// [`PlatformFault::Ledger`].
pub(in crate::gateway) async fn step<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    from: Cursor,
) -> Result<Step, Fault> {
    let mut step = Step::default();
    let mut calls: u32 = 0;
    let mut at = Some(from);
    while let Some(cursor) = at {
        if calls >= ENOUGH {
            step.next = Some(cursor);
            break;
        }
        let (entries, following) = page(call, cursor).await?;
        calls = calls.saturating_add(1);
        at = following;
        for (name, stored) in entries {
            if calls >= ENOUGH {
                step.next = Some(Cursor {
                    from: Some(name),
                    ..cursor
                });
                return Ok(step);
            }
            step.users = step.users.saturating_add(1);
            let resealed = match member(call, cursor.roster, &name, &stored).await {
                // One such record must not keep the key of all others in use.
                Err(fault @ Fault::Platform(PlatformFault::Directory)) => {
                    call.platform
                        .record(&Event::BackgroundFailed { fault: &fault });
                    step.unreadable = step.unreadable.saturating_add(1);
                    0
                }
                resealed => resealed?,
            };
            // A read and a write for each that was due, and a read of the record that was not.
            let cost = resealed.saturating_mul(2).saturating_add(1);
            calls = calls.saturating_add(cost);
            step.resealed = step.resealed.saturating_add(resealed);
        }
    }
    Ok(step)
}

/// A page of entries, and where the one after it begins.
async fn page<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    cursor: Cursor,
) -> Result<(Vec<(RecordName, Versioned)>, Option<Cursor>), Fault> {
    let listing = Listing {
        kind: RecordKind::Member,
        from: cursor.from,
        limit: Count(PAGE.saturating_add(1)),
    };
    let partition = cursor.roster.partition();
    let listed = call
        .platform
        .ledger_list(&partition, listing, call.now)
        .await;
    let mut entries = listed.map_err(|_| PlatformFault::Ledger)?;
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let following = match entries.len() > page {
        true => entries.pop().map(|(name, _)| Cursor {
            from: Some(name),
            ..cursor
        }),
        false => cursor
            .roster
            .next()
            .map(|roster| Cursor { roster, from: None }),
    };
    Ok((entries, following))
}

/// Seals a user's record and entry anew where that is due; how many of the two.
async fn member<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    roster: Roster,
    name: &RecordName,
    stored: &Versioned,
) -> Result<u32, Fault> {
    let entry = sealed::open_entry(call, roster, name, stored)?;
    let user = entry.user;
    let partition = user.partition();
    let record = record::update(call, &partition, RecordName::user(), |stored| {
        let Some(stored) = stored else {
            // A sign-in that ended between the two: nothing is kept of this user.
            return Ok(Change::Leave(()));
        };
        reseal_record(call, &user, stored)
    });
    let mut resealed = u32::from(is_written(&record.await?));
    if entry.sealed_by == SealedBy::Earlier {
        let partition = roster.partition();
        let entry = record::update(call, &partition, *name, |stored| match stored {
            Some(stored) => reseal_entry(call, roster, name, stored),
            None => Ok(Change::Leave(())),
        });
        resealed = resealed.saturating_add(u32::from(is_written(&entry.await?)));
    }
    Ok(resealed)
}

const fn is_written(changed: &Changed<()>) -> bool {
    matches!(changed, Changed::Written)
}

fn reseal_record<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    user: &UserKey,
    stored: &Versioned,
) -> Result<Change<()>, Fault> {
    let opened = sealed::open_record(call, user, stored)?;
    match opened.sealed_by {
        SealedBy::Current => Ok(Change::Leave(())),
        SealedBy::Earlier => sealed::record(call, user, &opened.record),
    }
}

fn reseal_entry<P: Platform, R: Inbound>(
    call: &Call<'_, P, R>,
    roster: Roster,
    name: &RecordName,
    stored: &Versioned,
) -> Result<Change<()>, Fault> {
    let entry = sealed::open_entry(call, roster, name, stored)?;
    match entry.sealed_by {
        SealedBy::Current => Ok(Change::Leave(())),
        SealedBy::Earlier => Ok(Change::Write {
            value: sealed::entry(call, &entry.user)?,
            expires: EXPIRES,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let name = RecordName::member([9; 16]);
        for cursor in [
            Cursor::start(),
            Cursor {
                roster: Roster(0xfe),
                from: Some(name),
            },
        ] {
            assert_eq!(Cursor::parse(&cursor.text()), Some(cursor));
        }
        let head = RecordName::head([9; 16]).text();
        for text in [
            "",
            "0",
            "+1",
            "000",
            "zz",
            "00/",
            "00/m",
            &format!("00/{head}"),
        ] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }
}
