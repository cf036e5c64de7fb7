//! A map bounded in bytes, for memory that may forget at any time.
//!
//! Entries go into a young half; when that is full it becomes the old half and what was old is
//! forgotten. An entry that is read while old becomes young again. So every operation costs one or
//! two look-ups, and what is used stays.

use crate::ordered::OrderedMap;
use core::mem;

/// A bounded map from `K` to `V`.
#[derive(Debug)]
pub struct Generations<K, V> {
    young: OrderedMap<K, Weighed<V>>,
    old: OrderedMap<K, Weighed<V>>,
    young_bytes: usize,
    half: usize,
}

#[derive(Debug)]
struct Weighed<V> {
    value: V,
    bytes: usize,
}

impl<K: Ord + Copy, V> Generations<K, V> {
    /// An empty map that holds values of about `bytes` bytes in total.
    pub const fn new(bytes: usize) -> Self {
        Self {
            young: OrderedMap::new(),
            old: OrderedMap::new(),
            young_bytes: 0,
            half: bytes / 2,
        }
    }

    /// The value at `key`.
    pub fn get(&mut self, key: &K) -> Option<&mut V> {
        if let Some(found) = self.old.remove(key) {
            self.insert(*key, found.value, found.bytes);
        }
        self.young.get_mut(key).map(|found| &mut found.value)
    }

    /// Puts a value of about `bytes` bytes at `key`; one larger than half of the map is not kept.
    pub fn insert(&mut self, key: K, value: V, bytes: usize) {
        self.remove(&key);
        if bytes > self.half {
            return;
        }
        if self.young_bytes.saturating_add(bytes) > self.half {
            self.old = mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        self.young_bytes = self.young_bytes.saturating_add(bytes);
        self.young.insert(key, Weighed { value, bytes });
    }

    /// Forgets what is at `key`.
    pub fn remove(&mut self, key: &K) {
        self.old.remove(key);
        if let Some(found) = self.young.remove(key) {
            self.young_bytes = self.young_bytes.saturating_sub(found.bytes);
        }
    }

    /// How many values are kept.
    pub fn len(&self) -> usize {
        self.young.len().saturating_add(self.old.len())
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn memory_is_bounded_and_what_is_used_stays() {
        let mut map = Generations::new(1_000);
        map.insert(0_u32, "used", 10);
        for key in 1..10_000 {
            map.insert(key, "flood", 10);
            assert_eq!(map.get(&0).copied(), Some("used"));
            assert!(map.len() <= 100);
        }
        assert!(map.get(&1).is_none());
    }

    #[test]
    fn one_value_cannot_push_out_all_others() {
        let mut map = Generations::new(1_000);
        map.insert(1, "small", 10);
        map.insert(2, "huge", 501);
        assert!(map.get(&2).is_none());
        assert_eq!(map.get(&1).copied(), Some("small"));
    }

    #[test]
    fn replacing_and_removing_give_the_room_back() {
        let mut map = Generations::new(100);
        for _ in 0..100 {
            map.insert(1, "a", 40);
        }
        map.insert(2, "b", 10);
        assert_eq!(map.len(), 2);
        map.remove(&1);
        map.remove(&2);
        assert!(map.is_empty());
        assert_eq!(map.young_bytes, 0);
    }
}
