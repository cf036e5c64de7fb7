//! `[[directory_key]]` and `[directory]`: what the deployment keeps of its users, and who may seal it anew.

use super::{Directory, RingKey, SecretName, fault::ConfigFault, key, reader::Table, text};
use alloc::vec::Vec;

pub(super) const KEYS: &[&str] = &["id", "secret"];
const TABLE: &[&str] = &["secret"];

/// The directory; `None` where nothing is kept.
pub(super) fn read(root: &Table<'_>, ring: &[RingKey]) -> Option<Directory> {
    let mut keys: Vec<RingKey> = Vec::new();
    for (_, table) in root.tables("directory_key", KEYS) {
        let Some(key) = key::read_durable(&table) else {
            continue;
        };
        key::check_repeated(&table, &keys, &key);
        // A key of the ring is retired long before a user record is.
        if ring.iter().any(|other| other.secret == key.secret) {
            table.fault("secret", ConfigFault::DirectoryKeyOfRing);
        }
        keys.push(key);
    }
    let operator = operator(root);
    if root.has("directory") && !root.has("directory_key") {
        root.fault("directory", ConfigFault::DirectoryKeyNeeded);
    }
    (!keys.is_empty()).then_some(Directory { keys, operator })
}

fn operator(root: &Table<'_>) -> Option<SecretName> {
    let table = root.table("directory", TABLE)?;
    table.require("secret");
    text::secret_at(&table, "secret")
}
