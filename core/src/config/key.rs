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
        if keys.iter().any(|earlier| earlier.id == key.id) {
            table.fault("id", ConfigFault::Repeated);
        }
        if keys.iter().any(|earlier| earlier.secret == key.secret) {
            table.fault("secret", ConfigFault::Repeated);
        }
        keys.push(key);
    }
    keys
}

fn read_one(table: &Table<'_>, place: usize) -> Option<RingKey> {
    table.require("id");
    table.require("secret");
    let id = table.number("id").and_then(|id| match u8::try_from(id) {
        Ok(id) if id > 0 => Some(id),
        Ok(_) | Err(_) => {
            table.fault(
                "id",
                ConfigFault::Number {
                    least: 1,
                    most: 255,
                },
            );
            None
        }
    });
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
