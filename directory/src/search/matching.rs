//! One typed word against all words of the directory: which fit, in what way, and how much that counts.
//!
//! The ways lie 60 points apart or more (`context.rs` can add so much and no more): the whole word, another form of it, its beginning, one
//! error, its sound, a part.
use super::build::Vocabulary;
use super::query::Part;
use super::rank::Work;
use super::{inflection, mistakes, sound};

/// In what way a word fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum How {
    /// It is the word.
    Whole,
    /// It is the word in the plural, or the like.
    Inflected,
    /// The word begins so.
    Start,
    /// It is the word, or its beginning, but for one error.
    Mistaken,
    /// It sounds so.
    Sound,
    /// It has the same consonants.
    Bones,
    /// The typed word is made of this one and others.
    Compound,
    /// It stands inside the word.
    Inside,
}

const WHOLE: u16 = 1000;
const INFLECTED: u16 = 905;
const START: u16 = 800; // up to 40 more
const MISTAKEN: u16 = 690; // up to 40 more when it sounds so too
const SOUND: u16 = 625;
const MISTAKEN_START: u16 = 520; // up to 40 more
const COMPOUND: u16 = 450;
const SOUND_START: u16 = 430; // up to 20 more
const BONES: u16 = 380;
const INSIDE: u16 = 280; // up to 40 more
/// What another form of the typed word costs (`mueller` for `müller`, `eau` for `l'eau`).
const OTHER_FORM: u16 = 15;
/// What an error in the first letter costs, and when the word is not even whole.
const FIRST_LETTER: u16 = 30;
/// See [`FIRST_LETTER`].
const FIRST_LETTER_START: u16 = 120;

/// By how many letters two spellings of one sound may differ.
const SOUND_APART: usize = 4;
/// The shortest fragment that is sought inside words.
const FRAGMENT: usize = 3;
/// The shortest known word that is sought inside the typed one.
const COMPOUND_LEAST: usize = 5;

/// A word of the directory that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TermMatch {
    /// Its place in the vocabulary.
    pub(super) term: u32,
    /// How much it counts, 0 to 1 000.
    pub(super) points: u16,
    /// In what way.
    pub(super) how: How,
    /// First letter of the word that fits.
    pub(super) from: u8,
    /// How many letters fit; 0 for all.
    pub(super) letters: u8,
}

/// Collects matches of one part.
struct Search<'a> {
    vocabulary: &'a Vocabulary,
    work: &'a mut Work,
    found: Vec<TermMatch>,
}

/// All words that fit, each once, in the order of the vocabulary.
pub(super) fn terms(vocabulary: &Vocabulary, part: &Part, work: &mut Work) -> Vec<TermMatch> {
    let mut search = Search {
        vocabulary,
        work,
        found: Vec::new(),
    };
    search.written(&part.folded, 0);
    for form in &part.forms {
        search.written(form, OTHER_FORM);
    }
    if !part.number {
        search.inflected(&part.folded);
        let alike = search.sounding(part);
        search.mistaken(&part.folded, &alike);
        if !part.joined {
            search.compound(&part.folded);
        }
        search.inside(&part.folded);
    }
    let mut found = search.found;
    found.sort_unstable_by_key(|m| (m.term, std::cmp::Reverse(m.points)));
    found.dedup_by_key(|m| m.term);
    found
}

impl Search<'_> {
    fn take(&mut self, term: usize, points: u16, how: How) {
        self.take_part(term, points, how, 0, 0);
    }

    fn take_part(&mut self, term: usize, points: u16, how: How, from: usize, letters: usize) {
        self.work.terms = self.work.terms.saturating_add(1);
        self.found.push(TermMatch {
            term: super::table::place(term),
            points,
            how,
            from: u8::try_from(from).unwrap_or(0),
            letters: u8::try_from(letters).unwrap_or(0),
        });
    }

    /// The word itself, and words that begin so.
    fn written(&mut self, typed: &str, less: u16) {
        let vocabulary = self.vocabulary;
        for term in vocabulary.terms.starting(typed) {
            let word = vocabulary.terms.key(term);
            if word.len() == typed.len() {
                self.take(term, WHOLE - less, How::Whole);
            } else {
                let points = START + share(typed.len(), word.len(), 40) - less;
                self.take_part(term, points, How::Start, 0, typed.chars().count());
            }
        }
    }

    fn inflected(&mut self, typed: &str) {
        let vocabulary = self.vocabulary;
        let stem = inflection::stem(typed);
        for term in stem.iter().flat_map(|stem| vocabulary.stems.of(stem)) {
            self.take(*term as usize, INFLECTED, How::Inflected);
        }
    }

    /// Words that sound so, words that begin with that sound, and words with the same consonants. Gives back those of the same sound.
    fn sounding(&mut self, part: &Part) -> Vec<u32> {
        let vocabulary = self.vocabulary;
        let mut alike = Vec::new();
        let count = part.spoken.chars().count();
        if count < sound::LEAST {
            return alike;
        }
        for key in sound::keys(&part.spoken) {
            for at in vocabulary.sounds.starting(&key) {
                let known = vocabulary.sounds.key(at);
                let whole = known.len() == key.len();
                // Two sounds begin too many words to say anything, and are too many words by themselves.
                if key.len() < 3 || !whole && count == sound::LEAST {
                    continue;
                }
                for term in vocabulary.sounds.values(at) {
                    let length = vocabulary.terms.key(*term as usize).chars().count();
                    let apart = length.abs_diff(count);
                    if whole && apart <= SOUND_APART {
                        alike.push(*term);
                        let less = u16::try_from(apart).unwrap_or(0) * 2;
                        self.take(*term as usize, SOUND - less, How::Sound);
                    } else if !whole {
                        let points = SOUND_START + share(key.len(), known.len(), 20);
                        self.take(*term as usize, points, How::Sound);
                    }
                }
            }
            let bones = sound::skeleton(&key);
            for term in bones.iter().flat_map(|bones| vocabulary.bones.of(bones)) {
                self.take(*term as usize, BONES, How::Bones);
            }
        }
        alike.sort_unstable();
        alike
    }

    fn mistaken(&mut self, typed: &str, alike: &[u32]) {
        let vocabulary = self.vocabulary;
        for meant in mistakes::meant(typed, &vocabulary.alphabet) {
            self.work.terms = self.work.terms.saturating_add(1);
            for term in vocabulary.terms.starting(&meant.text) {
                let word = vocabulary.terms.key(term);
                let less = |points| if meant.first { points } else { 0 };
                if word.len() == meant.text.len() {
                    let sounds = alike.binary_search(&super::table::place(term)).is_ok();
                    let more = if sounds { 40 } else { 0 };
                    let points = MISTAKEN + more - less(FIRST_LETTER);
                    self.take(term, points, How::Mistaken);
                } else if meant.begins {
                    let more = share(meant.text.len(), word.len(), 40);
                    let letters = meant.text.chars().count();
                    let points = MISTAKEN_START + more - less(FIRST_LETTER_START);
                    self.take_part(term, points, How::Mistaken, 0, letters);
                } else {
                    break;
                }
            }
        }
    }

    /// Known words at the beginning or end of a longer typed one: `speelpleinwerking`, `hoofdbibliotheek`.
    fn compound(&mut self, typed: &str) {
        let vocabulary = self.vocabulary;
        for length in COMPOUND_LEAST..typed.len().saturating_sub(1) {
            let behind = typed.len() - length;
            let parts = [
                (typed.get(..length), COMPOUND),
                (typed.get(behind..), COMPOUND - 20),
            ];
            for (part, points) in parts {
                let term = part.and_then(|part| vocabulary.terms.find(part));
                if let Some(term) = term {
                    let more = share(length, typed.len(), 20);
                    self.take(term, points + more, How::Compound);
                }
            }
        }
    }

    fn inside(&mut self, typed: &str) {
        let vocabulary = self.vocabulary;
        let letters: Vec<char> = typed.chars().collect();
        let rarest = letters
            .windows(FRAGMENT)
            .map(|three| vocabulary.inside.of(&three.iter().collect::<String>()))
            .min_by_key(|terms| terms.len());
        for term in rarest.unwrap_or_default() {
            let word = vocabulary.terms.key(*term as usize);
            match word.find(typed) {
                Some(at) if at > 0 => {
                    let points = INSIDE + share(typed.len(), word.len(), 40);
                    let from = word.get(..at).map_or(0, |before| before.chars().count());
                    self.take_part(*term as usize, points, How::Inside, from, letters.len());
                }
                _ => self.work.terms = self.work.terms.saturating_add(1),
            }
        }
    }
}

/// A part of `most`: how much of the whole was typed.
fn share(typed: usize, whole: usize, most: usize) -> u16 {
    let part = typed.saturating_mul(most) / whole.max(1);
    u16::try_from(part.min(most)).unwrap_or(0)
}
