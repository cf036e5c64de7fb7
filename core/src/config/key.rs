//! `[[key]]`: the sealing ring. The first key seals; previous ones only open, until they end.

use super::{RingKey, fault::ConfigFault, reader::Table, text, timestamp};
use alloc::vec::Vec;

pub(super) const KEYS: &[&str] = &["id", "secret", "not_after"];

pub(super) fn read(root: &Table<'_>) -> Vec<RingKey> {
    root.require("key");
    let mut keys: Vec<RingKey> = Vec::new();
    for (place, table) in root.tables("key", KEYS) {
        let Some(key) = read_one(&table, place) else {
            continue;
        };
        check_repeated(&table, &keys, &key);
        keys.push(key);
    }
    keys
}

/// Whether an earlier key has the same id, or the same secret.
pub(super) fn check_repeated(table: &Table<'_>, earlier: &[RingKey], key: &RingKey) {
    if earlier.iter().any(|earlier| earlier.id == key.id) {
        table.fault("id", ConfigFault::Repeated);
    }
    if earlier.iter().any(|earlier| earlier.secret == key.secret) {
        table.fault("secret", ConfigFault::Repeated);
    }
}

/// A key without an end.
pub(super) fn read_durable(table: &Table<'_>) -> Option<RingKey> {
    table.require("id");
    table.require("secret");
    let (id, secret) = (read_id(table), table.parsed("secret", text::secret_name));
    Some(RingKey {
        id: id?,
        secret: secret?,
        not_after: None,
    })
}

fn read_id(table: &Table<'_>) -> Option<u8> {
    let id = table.number("id")?;
    let read = u8::try_from(id).ok().filter(|id| *id > 0);
    if read.is_none() {
        let (least, most) = (1, 255);
        table.fault("id", ConfigFault::Number { least, most });
    }
    read
}

fn read_one(table: &Table<'_>, place: usize) -> Option<RingKey> {
    table.require("id");
    table.require("secret");
    let id = read_id(table);
    let not_after = table.parsed("not_after", |text| {
        timestamp::parse(text).ok_or(ConfigFault::Timestamp)
    });
    match (place, table.has("not_after")) {
        (0, true) => table.fault("not_after", ConfigFault::SealingKeyEnds),
        (0, false) | (_, true) => {}
        (_, false) => {
            let at = table.at().clone();
            table.faults().add(at, ConfigFault::PreviousKeyStays);
        }
    }
    let secret = table.parsed("secret", text::secret_name);
    Some(RingKey {
        id: id?,
        secret: secret?,
        not_after,
    })
}
