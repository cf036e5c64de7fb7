//! Which routes an upstream may read a path as.

use super::{
    pattern::{Pattern, Relation},
    readings::{self, NoReading},
    trie::{GroupIndex, Trie},
};
use crate::http::path::RequestPath;
use alloc::{borrow::Cow, vec, vec::Vec};

/// The patterns of all routes as readings match them.
#[derive(Clone, Debug)]
pub(super) struct LoosePatterns {
    trie: Trie,
    /// The groups of the patterns that are one when read loosely, by the places that the trie knows.
    members: Vec<Vec<GroupIndex>>,
    written: Written,
}

/// How the patterns are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    /// Each matches its own readings alone, so that a plain path means no other pattern than those that match it.
    Plainly,
    /// With upper-case letters, slashes at the end and the like.
    Loosely,
}

impl LoosePatterns {
    /// Of the patterns of groups, in their order.
    pub(super) fn new<'a>(patterns: impl Iterator<Item = &'a Pattern>) -> Self {
        let mut this = Self {
            trie: Trie::new(),
            members: Vec::new(),
            written: Written::Plainly,
        };
        for (place, pattern) in patterns.enumerate() {
            let loosened = pattern.loosened();
            if loosened != *pattern && !pattern.is_root() {
                this.written = Written::Loosely;
            }
            let next = GroupIndex(this.members.len());
            let known = this.trie.insert(&loosened, next);
            match known.and_then(|known| this.members.get_mut(known.0)) {
                Some(groups) => groups.push(GroupIndex(place)),
                None => this.members.push(vec![GroupIndex(place)]),
            }
        }
        this
    }

    /// The other groups whose rules hold where the group `own` decides on a path, because an upstream may take the path
    /// for one of theirs. Empty at once for a plain path among plainly written patterns.
    ///
    /// Left out are wider ones, which `own` is there to narrow, as long as it matches the reading, too: what was
    /// opened below a protected `/**` stays open.
    ///
    /// # Errors
    /// [`NoReading`]
    pub(super) fn meant<'a>(
        &self,
        path: &RequestPath,
        segments: &[Cow<'_, str>],
        own: GroupIndex,
        pattern_of: impl Fn(GroupIndex) -> Option<&'a Pattern>,
    ) -> Result<Vec<GroupIndex>, NoReading> {
        let mut meant = Vec::new();
        if self.written == Written::Plainly && readings::is_plain(path) {
            return Ok(meant);
        }
        for reading in readings::readings(segments)? {
            let found = self.trie.find_all(&reading);
            let found = found.iter().filter_map(|place| self.members.get(place.0));
            let groups: Vec<GroupIndex> = found.flatten().copied().collect();
            let is_narrowed = |other: GroupIndex| {
                groups.contains(&own)
                    && matches!(
                        (pattern_of(own), pattern_of(other)),
                        (Some(own), Some(other)) if other.relation(own) == Relation::Around
                    )
            };
            for other in &groups {
                if *other != own && !meant.contains(other) && !is_narrowed(*other) {
                    meant.push(*other);
                }
            }
        }
        Ok(meant)
    }
}
