//! One human, one row: what two sources say about the same person is merged (FEATURES DIR-3).
use super::entry::{Entry, EntryKind};
use super::numbers::digits;
use super::words::words;
use std::collections::BTreeMap;

/// Merges people who have the same name words, in any order, and one more thing in common: a number, an account or a service. The same
/// name alone is no proof: a town has two Jan Janssens. The first in the order of ids stays, and gains what the others know.
pub(super) fn merged(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by(|one, other| one.id.cmp(&other.id));
    let mut of_name: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        if entry.kind != EntryKind::Person {
            kept.push(entry);
            continue;
        }
        let mut name: Vec<String> = words(entry.name()).into_iter().map(|w| w.folded).collect();
        name.sort_unstable();
        let namesakes = of_name.entry(name).or_default();
        let same = namesakes.iter().copied().find(|at| {
            kept.get(*at)
                .is_some_and(|known| are_one_person(known, &entry))
        });
        match same.and_then(|at| kept.get_mut(at)) {
            Some(known) => absorb(known, entry),
            None => {
                namesakes.push(kept.len());
                kept.push(entry);
            }
        }
    }
    kept
}

fn are_one_person(one: &Entry, other: &Entry) -> bool {
    let account = one.account.is_some() && one.account == other.account;
    let service = one.service.is_some() && one.service == other.service;
    let number = one.numbers.iter().any(|number| {
        let known = digits(&number.number);
        !known.is_empty() && other.numbers.iter().any(|n| digits(&n.number) == known)
    });
    account || service || number
}

fn absorb(known: &mut Entry, other: Entry) {
    let mut take = |list: fn(&mut Entry) -> &mut Vec<String>, more: Vec<String>| {
        for text in more {
            if !list(known).contains(&text) {
                list(known).push(text);
            }
        }
    };
    take(|e| &mut e.names, other.names);
    take(|e| &mut e.words, other.words);
    take(|e| &mut e.languages, other.languages);
    take(|e| &mut e.sources, other.sources);
    for number in other.numbers {
        let same = known
            .numbers
            .iter_mut()
            .find(|n| digits(&n.number) == digits(&number.number));
        match same {
            // What one source hides, no other shows.
            Some(same) => same.hidden |= number.hidden,
            None => known.numbers.push(number),
        }
    }
    if known.function.is_empty() {
        known.function = other.function;
    }
    if known.site.is_empty() {
        known.site = other.site;
    }
    if known.service.is_none() {
        known.service = other.service;
        known.service_names = other.service_names;
    }
    known.account = known.account.take().or(other.account);
    known.deputy = known.deputy.take().or(other.deputy);
    known.hidden |= other.hidden;
}

#[cfg(test)]
mod tests {
    use super::super::entry::{EntryNumber, NumberKind};
    use super::*;

    fn person(id: &str, name: &str, number: &str, source: &str) -> Entry {
        let mut entry = Entry::new(id, EntryKind::Person, name);
        entry.sources.push(source.to_owned());
        entry.numbers.push(EntryNumber {
            number: number.to_owned(),
            kind: NumberKind::Desk,
            hidden: false,
        });
        entry
    }

    #[test]
    fn the_same_person_of_two_sources_is_one_row() {
        let mut phone = person("b", "PEETERS Kris", "0032 54 31 01 01", "exchange");
        phone.hidden = true;
        let rows = merged(vec![
            person("a", "Kris Peeters", "+3254310101", "ad"),
            phone,
        ]);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].names, ["Kris Peeters", "PEETERS Kris"]);
        assert_eq!(rows[0].sources, ["ad", "exchange"]);
        assert_eq!(rows[0].numbers.len(), 1);
        assert!(rows[0].hidden, "protected in one source is protected");
    }

    #[test]
    fn namesakes_without_anything_in_common_stay_two() {
        let rows = merged(vec![
            person("a", "Jan Janssens", "2101", "ad"),
            person("b", "Jan Janssens", "2102", "ad"),
        ]);
        assert_eq!(rows.len(), 2);
    }
}
