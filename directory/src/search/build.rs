//! The index: made of all entries at once, and again when the directory changes.
use super::context::Context;
use super::duplicates;
use super::entry::{Entry, EntryKind};
use super::hit::{Hit, unveil};
use super::letters::fold;
use super::numbers::{Numbers, international};
use super::rank::{self, Work};
use super::table::{Table, place};
use super::words::{Word, words};
use super::{inflection, sound};
use std::collections::BTreeMap;

/// Entries of one directory; what lies behind is left out and told by [`Index::len`].
const ENTRIES: usize = 200_000;
/// Rows of one answer.
const ROWS: usize = 100;
/// Words that a surname joins in some spellings: Van den Broeck, Vandenbroeck.
const PARTICLES: &[&str] = &[
    "van", "vande", "vanden", "vander", "de", "den", "der", "des", "du", "d", "da", "dos", "di",
    "le", "la", "les", "l", "el", "al", "ben", "bin", "ait", "von", "vom", "zu", "zum", "zur", "t",
    "ten", "ter", "op", "in", "st", "saint", "mac", "mc",
];

/// What of an entry a word stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    /// The shown name.
    Name,
    /// Another name.
    Other,
    /// A citizens' word.
    Words,
    /// What the person does.
    Function,
    /// A name of its service.
    Service,
    /// Building and room.
    Site,
    /// A number.
    Number,
}

/// One place where a word of the vocabulary stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Posting {
    /// The entry.
    pub(super) entry: u32,
    /// Which of its texts.
    pub(super) field: Field,
    /// Which of several.
    pub(super) item: u8,
    /// First word there.
    pub(super) word: u8,
    /// How many words it covers.
    pub(super) run: u8,
    /// How many words there are.
    pub(super) of: u8,
}

/// All words of the directory, and the ways to them.
#[derive(Clone, Debug)]
pub(super) struct Vocabulary {
    /// By spelling.
    pub(super) terms: Table<Posting>,
    /// By stem.
    pub(super) stems: Table<u32>,
    /// By sound.
    pub(super) sounds: Table<u32>,
    /// By consonants.
    pub(super) bones: Table<u32>,
    /// By any three letters.
    pub(super) inside: Table<u32>,
    /// Letters that occur, for mistakes.
    pub(super) alphabet: Vec<char>,
}

/// Everything that can be found.
#[derive(Clone, Debug)]
pub struct Index {
    pub(super) entries: Vec<Entry>,
    /// The place of each entry among all by name, then id: the last word between equals.
    pub(super) order: Vec<u32>,
    ids: Table<u32>,
    pub(super) members: Table<u32>,
    /// By account and by number.
    owners: Table<u32>,
    pub(super) vocabulary: Vocabulary,
    pub(super) numbers: Numbers,
}

impl Index {
    /// Makes the index. Duplicates become one row, protected entries are left out.
    pub fn build(entries: Vec<Entry>) -> Self {
        let mut entries = duplicates::merged(entries);
        entries.retain(|entry| !entry.hidden && !entry.names.is_empty());
        entries.truncate(ENTRIES);
        let mut by_name: Vec<(String, &str, usize)> = entries
            .iter()
            .enumerate()
            .map(|(at, entry)| (fold(entry.name()), entry.id.as_str(), at))
            .collect();
        by_name.sort_unstable();
        let mut order = vec![0; entries.len()];
        for (rank, (_, _, at)) in by_name.iter().enumerate() {
            if let Some(slot) = order.get_mut(*at) {
                *slot = place(rank);
            }
        }
        let ids = entries.iter().enumerate();
        let ids = ids
            .map(|(at, entry)| (entry.id.clone(), place(at)))
            .collect();
        let members = entries.iter().enumerate();
        let members = members.filter_map(|(at, entry)| Some((entry.service.clone()?, place(at))));
        let members = Table::new(members.collect());
        let numbers = Numbers::new(entries.iter().zip(0..).flat_map(|(entry, at)| {
            let shown = entry.numbers.iter().zip(0..).filter(|(n, _)| !n.hidden);
            shown.map(move |(number, item)| (number.number.clone(), (at, item)))
        }));
        Index {
            order,
            ids: Table::new(ids),
            members,
            owners: owners(&entries),
            numbers,
            vocabulary: Vocabulary::new(&entries),
            entries,
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing can be found.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The best `n` rows (at most 100) for what was typed, best first. Every word has to fit something of a row. Without a word: whom the
    /// context names, "recent and often chosen for this question".
    pub fn search(&self, text: &str, context: &Context<'_>, n: usize) -> Vec<Hit<'_>> {
        self.measured(text, context, n).0
    }

    /// The same, and how much was looked at.
    pub fn measured(&self, text: &str, context: &Context<'_>, n: usize) -> (Vec<Hit<'_>>, Work) {
        rank::search(self, text, context, n.min(ROWS))
    }

    /// An entry by its id.
    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.get(self.place_of(id)? as usize)
    }

    /// What a row's target dials: itself, or the number that a row does not show. `None` for one that names no hidden number.
    pub fn dial<'a>(&'a self, target: &'a str) -> Option<&'a str> {
        if !target.starts_with('~') {
            return Some(target);
        }
        let (id, place) = unveil(target)?;
        let number = self.entry(id)?.numbers.get(place)?;
        Some(&number.number)
    }

    /// Whose account or number (E.164) this is, or target of a row, hidden ones included; who is protected has none (FEATURES DIR-8).
    pub fn owner(&self, number: &str) -> Option<&Entry> {
        if let Some((id, _)) = unveil(number) {
            return self.entry(id);
        }
        let own = self.owners.of(number).first();
        let own = own.or_else(|| self.owners.of(&international(number)).first());
        self.entries.get(*own? as usize)
    }

    /// Octets that the tables hold, the entries' own text not counted.
    pub fn octets(&self) -> usize {
        let words = &self.vocabulary;
        [
            words.terms.octets(),
            words.stems.octets(),
            words.sounds.octets(),
            words.bones.octets(),
            words.inside.octets(),
            self.numbers.octets(),
            self.ids.octets(),
            self.members.octets(),
            self.owners.octets(),
            self.order.capacity().saturating_mul(4),
        ]
        .iter()
        .sum()
    }

    pub(super) fn place_of(&self, id: &str) -> Option<u32> {
        self.ids.of(id).first().copied()
    }
}

/// Every account and number to its entries; people stand before the services that they answer for.
fn owners(entries: &[Entry]) -> Table<u32> {
    let mut of_number: BTreeMap<String, u32> = BTreeMap::new();
    let people = entries.iter().zip(0..);
    let (people, services): (Vec<_>, Vec<_>) =
        people.partition(|(entry, _)| entry.kind != EntryKind::Service);
    for (entry, at) in people.into_iter().chain(services) {
        let accounts = entry.account.iter().cloned();
        let numbers = entry.numbers.iter().map(|n| international(&n.number));
        for number in accounts.chain(numbers) {
            of_number.entry(number).or_insert(at);
        }
    }
    Table::new(of_number.into_iter().collect())
}

/// Words on their way into the vocabulary.
#[derive(Default)]
struct Collected {
    terms: Vec<(String, Posting)>,
    /// Spelling and how it is read aloud.
    spoken: Vec<(String, String)>,
}

impl Vocabulary {
    fn new(entries: &[Entry]) -> Self {
        let mut collected = Collected::default();
        for (entry, at) in entries.iter().zip(0..) {
            collected.entry(entry, at);
        }
        let terms = Table::new(collected.terms);
        collected.spoken.sort_unstable();
        collected.spoken.dedup();
        let (mut sounds, mut bones) = (Vec::new(), Vec::new());
        for (term, spoken) in &collected.spoken {
            let Some(term) = terms.find(term).map(place) else {
                continue;
            };
            for key in sound::keys(spoken) {
                bones.extend(sound::skeleton(&key).map(|bones| (bones, term)));
                sounds.push((key, term));
            }
        }
        drop(collected.spoken);
        let (mut stems, mut inside, mut alphabet) = (Vec::new(), Vec::new(), Vec::new());
        for at in 0..terms.len() {
            let word = terms.key(at);
            stems.extend(inflection::stem(word).map(|stem| (stem, place(at))));
            let letters: Vec<char> = word.chars().collect();
            // The first three are a beginning.
            let threes = letters.windows(3).skip(1);
            inside.extend(threes.map(|three| (three.iter().collect(), place(at))));
            alphabet.extend(
                letters
                    .iter()
                    .filter(|letter| !alphabet.contains(*letter))
                    .copied()
                    .collect::<Vec<char>>(),
            );
        }
        alphabet.sort_unstable();
        alphabet.dedup();
        // Directories in several scripts: the 26 letters come first, and the tries stay few.
        alphabet.truncate(64);
        Vocabulary {
            terms,
            stems: Table::new(stems),
            sounds: Table::new(sounds),
            bones: Table::new(bones),
            inside: Table::new(inside),
            alphabet,
        }
    }
}

impl Collected {
    fn entry(&mut self, entry: &Entry, at: u32) {
        let person = entry.kind == EntryKind::Person;
        for (name, item) in entry.names.iter().zip(0..=u8::MAX) {
            let field = if item == 0 { Field::Name } else { Field::Other };
            self.text(name, (at, field, item), !person);
        }
        for (phrase, item) in entry.words.iter().zip(0..=u8::MAX) {
            self.text(phrase, (at, Field::Words, item), true);
        }
        self.text(&entry.function, (at, Field::Function, 0), true);
        // A service's own names are its names already.
        if entry.kind != EntryKind::Service {
            for (name, item) in entry.service_names.iter().zip(0..=u8::MAX) {
                self.text(name, (at, Field::Service, item), true);
            }
        }
        self.text(&entry.site, (at, Field::Site, 0), true);
    }

    /// The words of a text; `joined`: any two neighbours are also sought as one word, which people's names are only at particles and
    /// hyphens.
    fn text(&mut self, text: &str, (entry, field, item): (u32, Field, u8), joined: bool) {
        let words = words(text);
        let of = u8::try_from(words.len()).unwrap_or(u8::MAX);
        let posting = |word: usize, run: usize| Posting {
            entry,
            field,
            item,
            word: u8::try_from(word).unwrap_or(u8::MAX),
            run: u8::try_from(run).unwrap_or(u8::MAX),
            of,
        };
        for (at, word) in words.iter().enumerate() {
            for form in &word.forms {
                self.terms.push((form.clone(), posting(at, 1)));
                self.spoken.push((form.clone(), form.clone()));
            }
            self.terms.push((word.folded.clone(), posting(at, 1)));
            self.spoken.push((word.folded.clone(), word.spoken.clone()));
            let (mut folded, mut spoken) = (word.folded.clone(), word.spoken.clone());
            let mut before: &Word = word;
            for (next, run) in words.iter().skip(at + 1).zip(2..=4) {
                let particle = PARTICLES.contains(&before.folded.as_str());
                if !(next.tied || particle || joined && run == 2) {
                    break;
                }
                if next.tied && run == 2 {
                    let initials = word
                        .folded
                        .chars()
                        .take(1)
                        .chain(next.folded.chars().take(1));
                    self.terms.push((initials.collect(), posting(at, 2)));
                }
                folded.push_str(&next.folded);
                spoken.push_str(&next.spoken);
                self.terms.push((folded.clone(), posting(at, run)));
                self.spoken.push((folded.clone(), spoken.clone()));
                before = next;
            }
        }
    }
}
