//! A small map in a sorted vector.
//!
//! The tree of the standard library weighs several kilobytes for every pair of types, which a wasm at the
//! edge feels more than a few bytes that move at an insertion.

use alloc::vec::Vec;
use core::borrow::Borrow;

/// A map whose entries are sorted by key.
#[derive(Clone, Debug)]
pub struct OrderedMap<K, V>(Vec<(K, V)>);

impl<K, V> OrderedMap<K, V> {
    /// An empty map.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// How many entries there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// The keys in their order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// Takes out what `keep` does not keep.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.0.retain_mut(|(key, value)| keep(key, value));
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K, V> Default for OrderedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Ord, V> OrderedMap<K, V> {
    /// The value at `key`.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    /// The value at `key`, to change.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// Puts a value at `key`, in place of the one that stood there.
    pub fn insert(&mut self, key: K, value: V) {
        match self.place(&key) {
            Ok(place) => {
                if let Some(entry) = self.0.get_mut(place) {
                    entry.1 = value;
                }
            }
            // A place that was not found is at most the length.
            Err(place) => self.0.insert(place, (key, value)),
        }
    }

    /// Takes the value at `key` out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key).ok()?;
        Some(self.0.remove(place).1)
    }

    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.0.binary_search_by(|(held, _)| held.borrow().cmp(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;

    #[test]
    fn it_is_the_map_of_the_standard_library() {
        let mut ours = OrderedMap::new();
        let mut theirs = BTreeMap::new();
        for step in 0..2_000_u32 {
            // Keys come again and again, in no order.
            let key = step.wrapping_mul(2_654_435_761) % 97;
            if step.is_multiple_of(3) {
                assert_eq!(ours.remove(&key), theirs.remove(&key));
            } else {
                ours.insert(key, step);
                theirs.insert(key, step);
            }
            assert_eq!(ours.get(&key), theirs.get(&key));
            assert_eq!(ours.get_mut(&key), theirs.get_mut(&key));
            if step.is_multiple_of(50) {
                ours.retain(|key, _| key.is_multiple_of(2));
                theirs.retain(|key, _| key.is_multiple_of(2));
            }
            assert!(ours.keys().eq(theirs.keys()));
            assert!(ours.values().eq(theirs.values()));
            assert_eq!(ours.len(), theirs.len());
            assert_eq!(ours.is_empty(), theirs.is_empty());
        }
    }
}
