//! A sorted table from text to values, packed into four vectors: no allocation for each key, and ranges by beginning.
use std::ops::Range;

/// Keys in order, each with its values in order.
#[derive(Clone, Debug)]
pub(super) struct Table<V> {
    text: String,
    ends: Vec<u32>,
    values: Vec<V>,
    bounds: Vec<u32>,
}

impl<V: Copy + Ord> Table<V> {
    /// Sorts and packs; the same pair twice is there once.
    pub(super) fn new(mut pairs: Vec<(String, V)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut table = Table {
            text: String::new(),
            ends: Vec::new(),
            values: Vec::with_capacity(pairs.len()),
            bounds: Vec::new(),
        };
        let mut last: Option<String> = None;
        for (key, value) in pairs {
            if last.as_ref() != Some(&key) {
                table.text.push_str(&key);
                table.ends.push(place(table.text.len()));
                table.bounds.push(place(table.values.len()));
                last = Some(key);
            }
            table.values.push(value);
        }
        table.text.shrink_to_fit();
        table.ends.shrink_to_fit();
        table.bounds.shrink_to_fit();
        table
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A key by its place; empty beyond the end.
    pub(super) fn key(&self, at: usize) -> &str {
        let begin = match at.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or(u32::MAX),
            None => 0,
        };
        let end = self.ends.get(at).copied().unwrap_or(0);
        self.text
            .get(begin as usize..end as usize)
            .unwrap_or_default()
    }

    /// The values of a key by its place.
    pub(super) fn values(&self, at: usize) -> &[V] {
        let begin = self
            .bounds
            .get(at)
            .map_or(self.values.len(), |b| *b as usize);
        let end = self.bounds.get(at.saturating_add(1));
        let end = end.map_or(self.values.len(), |b| *b as usize);
        self.values.get(begin..end).unwrap_or_default()
    }

    /// The place of a key.
    pub(super) fn find(&self, key: &str) -> Option<usize> {
        let at = self.partition(0, |known| known < key);
        (at < self.len() && self.key(at) == key).then_some(at)
    }

    /// The values of a key.
    pub(super) fn of(&self, key: &str) -> &[V] {
        self.find(key).map_or(&[], |at| self.values(at))
    }

    /// The places of all keys that begin so.
    pub(super) fn starting(&self, with: &str) -> Range<usize> {
        let begin = self.partition(0, |known| known < with);
        if begin >= self.len() || !self.key(begin).starts_with(with) {
            return begin..begin;
        }
        begin..self.partition(begin, |known| known.starts_with(with))
    }

    /// The first place from `begin` on whose key is not `before`.
    fn partition(&self, begin: usize, before: impl Fn(&str) -> bool) -> usize {
        let (mut low, mut high) = (begin, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if before(self.key(middle)) {
                low = middle.saturating_add(1);
            } else {
                high = middle;
            }
        }
        low
    }

    /// Octets that it holds.
    pub(super) fn octets(&self) -> usize {
        let numbers = self.ends.capacity().saturating_add(self.bounds.capacity());
        self.text
            .capacity()
            .saturating_add(numbers.saturating_mul(4))
            .saturating_add(self.values.capacity().saturating_mul(size_of::<V>()))
    }
}

/// A place as it is packed. A directory is bounded far below four milliards (`Index::build`).
pub(super) fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_whole_and_by_their_beginning() {
        let pairs = [
            ("maes", 2),
            ("maas", 1),
            ("maes", 1),
            ("maesen", 3),
            ("maes", 2),
        ];
        let table = Table::new(pairs.map(|(key, value)| (key.to_owned(), value)).to_vec());
        assert_eq!(table.len(), 3);
        assert_eq!(table.of("maes"), [1, 2]);
        assert_eq!(table.of("mae"), [0; 0]);
        let starting =
            |with| -> Vec<&str> { table.starting(with).map(|at| table.key(at)).collect() };
        assert_eq!(starting("maes"), ["maes", "maesen"]);
        assert_eq!(starting("n"), [""; 0]);
        assert_eq!(starting("").len(), 3);
        assert_eq!(table.key(9), "");
        assert_eq!(table.values(9), [0; 0]);
    }

    #[test]
    fn an_empty_table_finds_nothing() {
        let table: Table<u32> = Table::new(Vec::new());
        assert_eq!(table.starting("a"), 0..0);
        assert_eq!(table.of(""), [0; 0]);
    }
}
