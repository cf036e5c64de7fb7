//! A store that is only eventually consistent: what one place writes, another sees later.

use lychgate_core::time::{Seconds, UnixTime};
use std::collections::BTreeMap;

/// A point of presence; each sees its own writes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(pub u8);

/// The store of the whole world.
#[derive(Clone, Debug, Default)]
pub struct Store {
    values: BTreeMap<String, Vec<Entry>>,
    /// How long other places do not see a write.
    pub lag: Option<Seconds>,
}

#[derive(Clone, Debug)]
struct Entry {
    place: Place,
    at: UnixTime,
    value: Option<Vec<u8>>,
    expires: UnixTime,
}

impl Store {
    /// The value that `place` sees now.
    pub fn load(&self, key: &str, place: Place, now: UnixTime) -> Option<Vec<u8>> {
        let visible = |entry: &&Entry| {
            entry.place == place || self.lag.is_none_or(|lag| entry.at.plus(lag) <= now)
        };
        let entry = self.values.get(key)?.iter().rev().find(visible)?;
        (entry.expires > now).then(|| entry.value.clone()).flatten()
    }

    /// Writes a value, or with `None` removes it.
    pub fn write(
        &mut self,
        key: &str,
        value: Option<&[u8]>,
        expires: UnixTime,
        (place, now): (Place, UnixTime),
    ) {
        let entry = Entry {
            place,
            at: now,
            value: value.map(<[u8]>::to_vec),
            expires,
        };
        self.values.entry(key.to_owned()).or_default().push(entry);
    }

    /// Keys and values as someone who can read the whole store sees them.
    pub fn dump(&self) -> Vec<(String, Vec<u8>)> {
        let entries = self.values.iter().flat_map(|(key, entries)| {
            let values = entries.iter().filter_map(|entry| entry.value.clone());
            values.map(move |value| (key.clone(), value))
        });
        entries.collect()
    }
}
