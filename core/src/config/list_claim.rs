//! `groups_claim`, `groups_member`, `roles_claim` and `roles_member`: where and how groups and roles are listed.

use super::{reader::Table, text};
use crate::access::{claim_path::ClaimPath, list_claim::ListClaim};

/// The keys of a list: of its path, and of what is a name in an object.
pub(super) struct Keys {
    path: &'static str,
    member: &'static str,
}

pub(super) const GROUPS: Keys = Keys {
    path: "groups_claim",
    member: "groups_member",
};

pub(super) const ROLES: Keys = Keys {
    path: "roles_claim",
    member: "roles_member",
};

/// The list that is written, or else the claim that is usual.
pub(super) fn read(table: &Table<'_>, keys: Keys, usual: &str) -> Option<ListClaim> {
    let path = match table.has(keys.path) {
        true => table.parsed(keys.path, text::claim_path),
        false => ClaimPath::parse(usual).ok(),
    };
    let member = table.parsed(keys.member, text::name);
    Some(ListClaim {
        path: path?,
        member,
    })
}
