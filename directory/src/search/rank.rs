//! How the words of one search add up to an order of rows.
use super::build::{Field, Index};
use super::context::{CAP, Context};
use super::entry::{Entry, EntryKind};
use super::hit::{Also, Hit};
use super::marks;
use super::matching::{self, How};
use super::query::{self, Query, Reading};
use std::cmp::Reverse;

/// What a whole name, or a whole phrase of citizens, adds: as much as was typed of it.
const COMPLETE: u32 = 40;
/// Points from which one word of a sentence is a service's: known whole or nearly, not begun.
const MENTION: u16 = 640;
/// What a filler costs that is nowhere in the row.
const FILLER_MISSING: u32 = 15;

/// How much one search looked at; it must not grow with the directory as its length does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Words of the directory, and tries that met none.
    pub terms: usize,
    /// Places where they stand.
    pub postings: usize,
}

/// One word of one entry that a typed word fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WordHit {
    /// The entry.
    pub(super) entry: u32,
    /// How much it counts here.
    pub(super) points: u16,
    /// Which text of the entry.
    pub(super) field: Field,
    /// Which of several.
    pub(super) item: u8,
    /// First word there, and how many.
    pub(super) word: u8,
    /// See `word`.
    pub(super) run: u8,
    /// Words of the whole text.
    pub(super) of: u8,
    /// In what way it fits.
    pub(super) how: How,
    /// First letter that fits.
    pub(super) from: u8,
    /// How many; 0 for all.
    pub(super) letters: u8,
}

/// An entry on its way into the answer.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    entry: u32,
    text: u16,
    context: i32,
    reading: usize,
}

impl Candidate {
    fn total(&self) -> i32 {
        i32::from(self.text).saturating_add(self.context)
    }
}

/// How much a field's words count, in thousandths.
fn weight(field: Field) -> u32 {
    match field {
        Field::Name | Field::Number => 1000,
        Field::Other => 975,
        Field::Words => 950,
        Field::Function => 800,
        Field::Service => 720,
        Field::Site => 600,
    }
}

/// The search itself.
pub(super) fn search<'a>(
    index: &'a Index,
    text: &str,
    context: &Context<'_>,
    n: usize,
) -> (Vec<Hit<'a>>, Work) {
    let mut work = Work::default();
    let query = Query::read(text, &index.vocabulary);
    if query.parts.is_empty() {
        return (chosen_often(index, context, n), work);
    }
    let hits: Vec<Vec<WordHit>> = query
        .parts
        .iter()
        .map(|part| word_hits(index, part, &mut work))
        .collect();
    let mut found: Vec<Candidate> = Vec::new();
    let readings: Vec<Wanted<'_>> = query
        .readings
        .iter()
        .map(|reading| Wanted::of(&query, &hits, reading))
        .collect();
    for (place, wanted) in readings.iter().enumerate() {
        wanted.candidates(|entry, text| {
            found.push(Candidate {
                entry,
                text,
                context: 0,
                reading: place,
            });
        });
    }
    if found.is_empty()
        && let Some(typed) = readings.first()
    {
        typed.mentioned(index, |entry, text| {
            found.push(Candidate {
                entry,
                text,
                context: 0,
                reading: 0,
            });
        });
    }
    found.sort_unstable_by_key(|c| (c.entry, Reverse(c.text), c.reading));
    found.dedup_by_key(|c| c.entry);
    order(index, &mut found, context, n);
    let rows = found.iter().filter_map(|candidate| {
        let mut fits = Vec::new();
        let wanted = readings.get(candidate.reading)?;
        if wanted.fit(candidate.entry, &mut fits).is_none() {
            wanted.mention(candidate.entry, &mut fits);
        }
        let entry = index.entries.get(candidate.entry as usize)?;
        Some(Hit {
            entry,
            deputy: deputy(index, entry),
            marks: marks::of(entry.name(), &fits),
            also: also(entry, &fits),
            text: candidate.text,
            context: candidate.context,
        })
    });
    (rows.collect(), work)
}

/// Adds the context and keeps the best `n`, in order.
fn order(index: &Index, found: &mut Vec<Candidate>, context: &Context<'_>, n: usize) {
    let named = context.named(|id| index.place_of(id));
    let key = |c: &Candidate| {
        let order = index
            .order
            .get(c.entry as usize)
            .copied()
            .unwrap_or(u32::MAX);
        (Reverse(c.total()), Reverse(c.text), order)
    };
    let entry = |c: &Candidate| index.entries.get(c.entry as usize);
    for candidate in found.iter_mut() {
        let of_name = named.get(&candidate.entry).copied().unwrap_or(0);
        let fitting = entry(candidate).map_or(0, |entry| context.fitting(entry));
        candidate.context = (of_name + fitting).min(CAP);
    }
    // Who is there is asked for those alone that presence can still lift into the answer.
    let asked = n.saturating_mul(2).saturating_add(16);
    if context.presence.is_some() {
        found.sort_unstable_by_key(key);
        found.truncate(asked);
        for candidate in found.iter_mut() {
            let present = entry(candidate).map_or(0, |entry| context.present(entry));
            candidate.context = (candidate.context + present).clamp(-CAP, CAP);
        }
    }
    found.sort_unstable_by_key(key);
    found.truncate(n);
}

/// Everything a typed word fits, by entry, best first.
fn word_hits(index: &Index, part: &query::Part, work: &mut Work) -> Vec<WordHit> {
    let mut hits = Vec::new();
    let is_person = |entry: u32| {
        let entry = index.entries.get(entry as usize);
        entry.is_some_and(|entry| entry.kind == EntryKind::Person)
    };
    for found in matching::terms(&index.vocabulary, part, work) {
        for posting in index.vocabulary.terms.values(found.term as usize) {
            // Consonants alone say enough of a name, and too little of a word.
            let bones = found.how == How::Bones;
            // And one letter begins a name, but not a building.
            let initial = found.how == How::Start && found.letters == 1;
            if (bones || initial) && posting.field > Field::Other {
                continue;
            }
            // Words are made of words; a surname inside another one is somebody else's.
            let name = posting.field <= Field::Other && is_person(posting.entry);
            if found.how == How::Compound && name {
                continue;
            }
            let points = u32::from(found.points) * weight(posting.field) / 1000;
            hits.push(WordHit {
                entry: posting.entry,
                points: u16::try_from(points).unwrap_or(u16::MAX),
                field: posting.field,
                item: posting.item,
                word: posting.word,
                run: posting.run,
                of: posting.of,
                how: found.how,
                from: found.from,
                letters: found.letters,
            });
        }
    }
    if part.number {
        for ((entry, item), points) in index.numbers.find(&part.folded, &mut work.terms) {
            hits.push(WordHit {
                entry,
                points,
                field: Field::Number,
                item: u8::try_from(item).unwrap_or(u8::MAX),
                word: 0,
                run: 1,
                of: 1,
                how: How::Whole,
                from: 0,
                letters: 0,
            });
        }
    }
    work.postings = work.postings.saturating_add(hits.len());
    hits.sort_unstable_by_key(|h| (h.entry, Reverse(h.points), h.field, h.item, h.word));
    hits
}

/// One word of a reading, and all that it fits.
struct Part<'a> {
    hits: &'a [WordHit],
    letters: u32,
    optional: bool,
}

/// A reading with what its words fit, longest first: long words choose first which word of the name they are.
struct Wanted<'a> {
    parts: Vec<Part<'a>>,
    less: u32,
}

impl<'a> Wanted<'a> {
    fn of(query: &Query, hits: &'a [Vec<WordHit>], reading: &Reading) -> Self {
        let part = |place: &usize| {
            let part = query.parts.get(*place)?;
            Some(Part {
                hits: hits.get(*place)?,
                letters: u32::try_from(part.folded.len().max(2)).unwrap_or(2),
                optional: part.optional,
            })
        };
        let mut parts: Vec<Part<'a>> = reading.parts.iter().filter_map(part).collect();
        parts.sort_by_key(|part| (part.optional, Reverse(part.letters)));
        Wanted {
            parts,
            less: u32::from(reading.less),
        }
    }

    /// The entries in which every word is found.
    fn candidates(&self, mut found: impl FnMut(u32, u16)) {
        let needed = self.parts.iter().filter(|part| !part.optional);
        // The rarest word says which entries there are to look at.
        let rarest = needed.map(|part| part.hits).min_by_key(|hits| hits.len());
        let mut fits = Vec::with_capacity(self.parts.len());
        let mut last = None;
        for hit in rarest.unwrap_or_default() {
            if last == Some(hit.entry) {
                continue;
            }
            last = Some(hit.entry);
            if let Some(text) = self.fit(hit.entry, &mut fits) {
                found(hit.entry, text);
            }
        }
    }

    /// What a citizen's sentence mentions (`kapotte straatlamp`, `ik wil mijn rijbewijs vernieuwen`): services and partners, though not every
    /// word is found. Never people: who is not named whole is not called by Enter.
    fn mentioned(&self, index: &Index, mut found: impl FnMut(u32, u16)) {
        let mut entries: Vec<u32> = self
            .parts
            .iter()
            .flat_map(|part| part.hits.iter().filter(|hit| mentions(hit)))
            .map(|hit| hit.entry)
            .collect();
        entries.sort_unstable();
        entries.dedup();
        let mut fits = Vec::with_capacity(self.parts.len());
        for entry in entries {
            let kind = index.entries.get(entry as usize).map(|entry| entry.kind);
            if let Some(EntryKind::Service | EntryKind::Function | EntryKind::Partner) = kind {
                found(entry, self.mention(entry, &mut fits));
            }
        }
    }

    /// How well an entry fits the words that it knows, and by which.
    fn mention(&self, entry: u32, fits: &mut Vec<WordHit>) -> u16 {
        fits.clear();
        let (mut points, mut weights) = (0_u32, 0_u32);
        for part in self.parts.iter().filter(|part| !part.optional) {
            let first = part.hits.partition_point(|hit| hit.entry < entry);
            let own = part.hits.get(first..).unwrap_or_default();
            let mut own = own.iter().take_while(|hit| hit.entry == entry);
            if let Some(hit) = own.find(|hit| mentions(hit)) {
                points += u32::from(hit.points) * part.letters;
                fits.push(*hit);
            }
            weights += part.letters;
        }
        u16::try_from(points / weights.max(1)).unwrap_or(u16::MAX)
    }

    /// How well an entry fits, and by which of its words; `None` when a word fits nothing.
    fn fit(&self, entry: u32, fits: &mut Vec<WordHit>) -> Option<u16> {
        fits.clear();
        let (mut points, mut weights, mut less) = (0_u32, 0_u32, self.less);
        for part in &self.parts {
            let first = part.hits.partition_point(|hit| hit.entry < entry);
            let own = part.hits.get(first..).unwrap_or_default();
            let own = own.iter().take_while(|hit| hit.entry == entry);
            let free = own
                .clone()
                .find(|hit| !fits.iter().any(|fit| overlap(fit, hit)));
            // Two words typed for one word of the row: the second counts half.
            let best = own.clone().next();
            let (hit, share) = match (free, best) {
                (Some(free), Some(best)) if free.points >= best.points / 2 => (free, free.points),
                (_, Some(best)) => (best, best.points / 2),
                (_, None) if part.optional => {
                    less += FILLER_MISSING;
                    continue;
                }
                (_, None) => return None,
            };
            points += u32::from(share) * part.letters;
            weights += part.letters;
            fits.push(*hit);
        }
        let mean = points / weights.max(1);
        let text = (mean + complete(fits)).saturating_sub(less);
        Some(u16::try_from(text).unwrap_or(u16::MAX))
    }
}

/// Whether a word alone is enough to think of a service.
fn mentions(hit: &WordHit) -> bool {
    hit.field <= Field::Words && hit.how <= How::Mistaken && hit.points >= MENTION
}

fn overlap(one: &WordHit, other: &WordHit) -> bool {
    let ends = |hit: &WordHit| hit.word.saturating_add(hit.run);
    one.field == other.field
        && one.item == other.item
        && one.word < ends(other)
        && other.word < ends(one)
}

/// How much of a name or phrase was typed: of two that fit alike, the one with nothing more to it is meant.
fn complete(fits: &[WordHit]) -> u32 {
    let text = fits.iter().filter(|fit| fit.field <= Field::Words);
    let best = text.map(|one| {
        let of_text = fits
            .iter()
            .filter(|fit| fit.field == one.field && fit.item == one.item);
        let covered: u32 = of_text.map(|fit| u32::from(fit.run)).sum();
        let words = u32::from(one.of).max(1);
        COMPLETE * covered.min(words) / words
    });
    best.max().unwrap_or(0)
}

/// Why the row was found, when its name does not show it.
fn also(entry: &Entry, fits: &[WordHit]) -> Option<Also> {
    let text = fits.iter().find_map(|fit| match fit.field {
        Field::Other => entry.names.get(usize::from(fit.item)),
        Field::Words => entry.words.get(usize::from(fit.item)),
        _ => None,
    });
    let sounds = || {
        let heard = |fit: &WordHit| matches!(fit.how, How::Sound | How::Bones);
        fits.iter().any(heard).then_some(Also::Sound)
    };
    text.cloned().map(Also::Text).or_else(sounds)
}

fn deputy<'a>(index: &'a Index, entry: &Entry) -> Option<&'a Entry> {
    index.entry(entry.deputy.as_deref()?)
}

/// The answer to an empty text.
fn chosen_often<'a>(index: &'a Index, context: &Context<'_>, n: usize) -> Vec<Hit<'a>> {
    let mut named = context.named(|id| index.place_of(id));
    let members = context.service.map(|service| index.members.of(service));
    for member in members.unwrap_or_default() {
        named.entry(*member).or_default();
    }
    let mut rows: Vec<Hit<'a>> = named
        .iter()
        .filter_map(|(place, points)| {
            let entry = index.entries.get(*place as usize)?;
            let context = points + context.fitting(entry) + context.present(entry);
            Some(Hit {
                entry,
                deputy: deputy(index, entry),
                marks: Vec::new(),
                also: None,
                text: 0,
                context,
            })
        })
        .collect();
    let order = |hit: &Hit<'_>| {
        let place = index.place_of(&hit.entry.id);
        place.and_then(|place| index.order.get(place as usize).copied())
    };
    rows.sort_by_key(|hit| (Reverse(hit.context), order(hit)));
    rows.truncate(n);
    rows
}
