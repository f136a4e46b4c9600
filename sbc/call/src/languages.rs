//! Languages in which callers asked to be spoken to (IVR-13): those of the directory, and what callers said since.

use std::collections::{BTreeMap, VecDeque};

use ivr::Lang;

use crate::limits;

/// What callers said since the directory was read; the oldest is forgotten first, the journal has it.
#[derive(Debug, Default)]
pub(crate) struct Languages {
    recent: BTreeMap<String, Option<Lang>>,
    order: VecDeque<String>,
}

impl Languages {
    /// The language of this number: the newest word counts.
    pub(crate) fn of(&self, known: &BTreeMap<String, Lang>, number: &str) -> Option<Lang> {
        match self.recent.get(number) {
            Some(said) => *said,
            None => known.get(number).copied(),
        }
    }

    /// The caller agreed to be remembered, or no longer.
    pub(crate) fn keep(&mut self, number: &str, language: Option<Lang>) {
        if self.recent.insert(number.to_owned(), language).is_none() {
            self.order.push_back(number.to_owned());
        }
        if self.order.len() > limits::LANGUAGES
            && let Some(oldest) = self.order.pop_front()
        {
            self.recent.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_word_counts_and_memory_is_bounded() {
        let known = BTreeMap::from([("+32470123456".to_owned(), Lang::NL)]);
        let mut languages = Languages::default();
        assert_eq!(languages.of(&known, "+32470123456"), Some(Lang::NL));
        languages.keep("+32470123456", Some(Lang::FR));
        assert_eq!(languages.of(&known, "+32470123456"), Some(Lang::FR));
        languages.keep("+32470123456", None);
        assert_eq!(languages.of(&known, "+32470123456"), None);
        for number in 0..limits::LANGUAGES {
            languages.keep(&number.to_string(), Some(Lang::DE));
        }
        assert_eq!(languages.recent.len(), limits::LANGUAGES);
        assert_eq!(languages.order.len(), limits::LANGUAGES);
    }
}
