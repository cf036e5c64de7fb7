//! Which routes an upstream may read a path as, or a file system take the name of a file for.

use super::{
    aliases::{self, TooManyEndings},
    pattern::{Pattern, Relation},
    readings::{self, NoReading},
    trie::{GroupIndex, Trie},
};
use crate::http::path::RequestPath;
use alloc::{borrow::Cow, vec, vec::Vec};

/// The patterns of all routes as readings match them, or as folded names do.
#[derive(Clone, Debug)]
pub(super) struct LoosePatterns {
    trie: Trie,
    /// The groups of the patterns that are one when read loosely, by the places that the trie knows.
    members: Vec<Vec<GroupIndex>>,
    /// The pattern that each group has when read loosely, by the same places.
    changed: Vec<Pattern>,
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
    /// Of the patterns of groups, in their order, as readings match them.
    pub(super) fn of_readings<'a>(patterns: impl Iterator<Item = &'a Pattern>) -> Self {
        Self::new(patterns, Pattern::loosened)
    }

    /// The same, as the folded names of files match them.
    pub(super) fn of_names<'a>(patterns: impl Iterator<Item = &'a Pattern>) -> Self {
        Self::new(patterns, Pattern::folded)
    }

    fn new<'a>(
        patterns: impl Iterator<Item = &'a Pattern>,
        change: fn(&Pattern) -> Pattern,
    ) -> Self {
        let mut this = Self {
            trie: Trie::new(),
            members: Vec::new(),
            changed: Vec::new(),
            written: Written::Plainly,
        };
        for (place, pattern) in patterns.enumerate() {
            let changed = change(pattern);
            if changed != *pattern && !pattern.is_root() {
                this.written = Written::Loosely;
            }
            let next = GroupIndex(this.members.len());
            let known = this.trie.insert(&changed, next);
            match known.and_then(|known| this.members.get_mut(known.0)) {
                Some(groups) => groups.push(GroupIndex(place)),
                None => {
                    this.members.push(vec![GroupIndex(place)]);
                    this.changed.push(changed);
                }
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

    /// The other groups whose rules hold where the group `own` decides on the path of a file, because a file system that
    /// folds letters may take the name for one of theirs, under any of its spellings. Empty at once for a plain name
    /// among plainly written patterns.
    ///
    /// # Errors
    /// [`TooManyEndings`]
    pub(super) fn named(
        &self,
        path: &RequestPath,
        segments: &[Cow<'_, str>],
        own: GroupIndex,
    ) -> Result<Vec<GroupIndex>, TooManyEndings> {
        let mut named = Vec::new();
        if self.written == Written::Plainly && readings::is_plain_name(path) {
            return Ok(named);
        }
        let folded: Vec<Cow<'_, str>> = segments
            .iter()
            .map(|segment| readings::fold_name(segment))
            .collect();
        // The folded path is decided on as any path is: the same wider rules give way to the same narrow ones.
        let narrow = self.narrowest(&folded);
        let gives_way = |wide: &Pattern, spelling: &[Cow<'_, str>]| {
            narrow.iter().any(|(_, narrow)| {
                wide.relation(narrow) == Relation::Around
                    && (narrow.is_one_path() || aliases::is_led_away_to(&folded, spelling))
            })
        };
        let spellings = aliases::spellings(&folded)?;
        for spelling in core::iter::once(&folded).chain(&spellings) {
            for (groups, pattern) in self.narrowest(spelling) {
                if gives_way(pattern, spelling) {
                    continue;
                }
                for group in groups {
                    if *group != own && !named.contains(group) {
                        named.push(*group);
                    }
                }
            }
        }
        Ok(named)
    }

    /// Of the patterns that match, those that none of the others narrows, with their groups.
    fn narrowest(&self, segments: &[Cow<'_, str>]) -> Vec<(&[GroupIndex], &Pattern)> {
        let found = self.trie.find_all(segments);
        let found: Vec<(&[GroupIndex], &Pattern)> = found
            .iter()
            .filter_map(|place| {
                let groups = self.members.get(place.0)?;
                Some((groups.as_slice(), self.changed.get(place.0)?))
            })
            .collect();
        let is_narrowed = |wide: &Pattern| {
            found
                .iter()
                .any(|(_, other)| wide.relation(other) == Relation::Around)
        };
        found
            .iter()
            .filter(|(_, pattern)| !is_narrowed(pattern))
            .copied()
            .collect()
    }
}
