//! A table of large rows, in the order of their names. Each row lies by itself: the tree moves pointers when rows come and go,
//! and one that is taken out and put back does not move at all.

use std::collections::BTreeMap;

/// See above.
#[derive(Debug)]
pub(crate) struct Table<K, V>(BTreeMap<K, Box<V>>);

impl<K: Ord, V> Default for Table<K, V> {
    fn default() -> Table<K, V> {
        Table(BTreeMap::new())
    }
}

impl<K: Ord, V> Table<K, V> {
    /// A row, new or taken out before.
    pub(crate) fn insert(&mut self, key: K, row: impl Into<Box<V>>) {
        self.0.insert(key, row.into());
    }

    /// Takes a row out.
    pub(crate) fn remove(&mut self, key: &K) -> Option<Box<V>> {
        self.0.remove(key)
    }

    /// The row.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.0.get(key).map(Box::as_ref)
    }

    /// The row, to be changed.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.0.get_mut(key).map(Box::as_mut)
    }

    /// Whether there is such a row.
    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.0.contains_key(key)
    }

    /// All rows.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.values().map(Box::as_ref)
    }

    /// All names.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.0.keys()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
