//! What the operator typed, cut into words that must be found, and the other ways to read it: words written apart that belong together,
//! and words written together that do not.
use super::build::Vocabulary;
use super::words::{Word, words};

/// What of a typed text is read: characters, words, ways to read it.
const CHARACTERS: usize = 128;
const WORDS: usize = 8;
const READINGS: usize = 20;

/// What a reading costs that joins words, or takes one apart.
const JOINED: u16 = 25;
const APART: u16 = 40;
/// The shortest word that is taken apart, and the shortest half.
const APART_LEAST: usize = 6;
const HALF_LEAST: usize = 3;

/// Words that stand in a sentence but in few names. They need not be found, and count when they are.
const FILLERS: &[&str] = &[
    // nl
    "de",
    "het",
    "een",
    "van",
    "voor",
    "den",
    "der",
    "in",
    "op",
    "aan",
    "bij",
    "te",
    "en",
    "of",
    "om",
    "naar",
    "met",
    "mijn",
    "ik",
    "over",
    "uit",
    "meneer",
    "mijnheer",
    "dhr",
    "mevrouw",
    "mevr",
    "mvr",
    "mr",
    // fr
    "le",
    "la",
    "les",
    "un",
    "une",
    "du",
    "des",
    "d",
    "l",
    "et",
    "ou",
    "au",
    "aux",
    "a",
    "pour",
    "mon",
    "ma",
    "mes",
    "sur",
    "chez",
    "avec",
    "par",
    "monsieur",
    "madame",
    "mme",
    "mademoiselle",
    "m",
    // de
    "die",
    "das",
    "dem",
    "ein",
    "eine",
    "einen",
    "und",
    "fur",
    "fuer",
    "im",
    "am",
    "zu",
    "zum",
    "zur",
    "von",
    "vom",
    "bei",
    "mit",
    "auf",
    "mein",
    "meine",
    "meinen",
    "herr",
    "herrn",
    "frau",
    // en
    "the",
    "an",
    "for",
    "to",
    "with",
    "my",
    "and",
    "at",
    "from",
    "mrs",
    "ms",
    // and what asks for a service without naming it
    "s",
    "t",
];

/// Words for a service as such.
const SERVICE_WORDS: &[&str] = &[
    "dienst",
    "diensten",
    "afdeling",
    "loket",
    "balie",
    "service",
    "services",
    "guichet",
    "bureau",
    "departement",
    "amt",
    "dienststelle",
    "abteilung",
    "schalter",
    "department",
    "office",
    "desk",
    "team",
];

/// One word to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// As in [`Word`].
    pub(super) folded: String,
    /// Other ways to write it.
    pub(super) forms: Vec<String>,
    /// As it is read aloud.
    pub(super) spoken: String,
    /// Digits alone.
    pub(super) number: bool,
    /// It need not be found.
    pub(super) optional: bool,
    /// Typed as several words.
    pub(super) joined: bool,
}

/// One way to read what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Places in [`Query::parts`].
    pub(super) parts: Vec<usize>,
    /// What reading it so costs.
    pub(super) less: u16,
}

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    /// All words of all readings.
    pub(super) parts: Vec<Part>,
    /// As typed first, then the other ways.
    pub(super) readings: Vec<Reading>,
}

impl Part {
    fn of(word: Word) -> Self {
        let folded = word.folded.as_str();
        Part {
            number: word.is_number(),
            optional: FILLERS.contains(&folded) || SERVICE_WORDS.contains(&folded),
            forms: word.forms,
            spoken: word.spoken,
            folded: word.folded,
            joined: false,
        }
    }

    fn join(parts: &[Part]) -> Self {
        let text = |of: fn(&Part) -> &str| parts.iter().map(of).collect::<String>();
        Part {
            folded: text(|part| &part.folded),
            forms: Vec::new(),
            spoken: text(|part| &part.spoken),
            number: parts.iter().all(|part| part.number),
            optional: false,
            joined: true,
        }
    }

    fn half(text: &str) -> Self {
        Part::of(Word {
            folded: text.to_owned(),
            spoken: text.to_owned(),
            ..Word::default()
        })
    }
}

impl Query {
    /// Reads a text; empty when it has no word.
    pub(super) fn read(text: &str, vocabulary: &Vocabulary) -> Self {
        let bounded: String = text.chars().take(CHARACTERS).collect();
        let mut parts: Vec<Part> = Vec::new();
        for part in words(&bounded).into_iter().map(Part::of) {
            // A number is typed with spaces, or without.
            match parts.last_mut() {
                Some(before) if before.number && part.number => {
                    before.folded.push_str(&part.folded);
                    before.spoken.clear();
                }
                _ => parts.push(part),
            }
        }
        parts.truncate(WORDS);
        if parts.is_empty() {
            return Query::default();
        }
        // Fillers alone are what is sought.
        if parts.iter().all(|part| part.optional) {
            for part in &mut parts {
                part.optional = false;
            }
        }
        let typed = parts.len();
        let mut query = Query {
            readings: vec![Reading {
                parts: (0..typed).collect(),
                less: 0,
            }],
            parts,
        };
        query.joined(typed);
        query.apart(typed, vocabulary);
        query
    }

    /// Two to four neighbours as one word: `van den broeck`, `d hondt`, `groen dienst`.
    fn joined(&mut self, typed: usize) {
        for length in 2..=4 {
            for first in 0..(typed + 1).saturating_sub(length) {
                let Some(parts) = self.parts.get(first..first + length) else {
                    continue;
                };
                if parts.iter().any(|part| part.number) {
                    continue;
                }
                let one = Part::join(parts);
                self.instead(typed, first..first + length, vec![one], JOINED);
            }
        }
    }

    /// One word as two that are known: `krispeeters`, `jeugddienst`, `huisvuilophaling`.
    fn apart(&mut self, typed: usize, vocabulary: &Vocabulary) {
        for at in 0..typed {
            let Some(part) = self.parts.get(at) else {
                continue;
            };
            let known = !vocabulary.terms.starting(&part.folded).is_empty();
            if part.number || known || part.folded.len() < APART_LEAST {
                continue;
            }
            let word = part.folded.clone();
            for (left, right) in halves(&word, vocabulary) {
                let two = vec![Part::half(left), Part::half(right)];
                if two.iter().any(|half| !half.optional) {
                    self.instead(typed, at..at + 1, two, APART);
                }
            }
        }
    }

    /// A reading with other words in the place of some typed ones.
    fn instead(&mut self, typed: usize, place: std::ops::Range<usize>, new: Vec<Part>, less: u16) {
        if self.readings.len() >= READINGS {
            return;
        }
        let added = self.parts.len()..self.parts.len() + new.len();
        self.parts.extend(new);
        self.readings.push(Reading {
            parts: (0..place.start)
                .chain(added)
                .chain(place.end..typed)
                .collect(),
            less,
        });
    }
}

/// The ways to part a word into a known one and a known or begun one. Dutch and German put an s, e, n or en between.
fn halves<'a>(word: &'a str, vocabulary: &Vocabulary) -> Vec<(&'a str, &'a str)> {
    let mut ways = Vec::new();
    let longest = word.len().saturating_sub(HALF_LEAST);
    for cut in HALF_LEAST..=longest {
        let (Some(left), Some(right)) = (word.get(..cut), word.get(cut..)) else {
            continue;
        };
        let begun = !vocabulary.terms.starting(right).is_empty();
        if !begun && !SERVICE_WORDS.contains(&right) {
            continue;
        }
        let bare = ["", "en", "s", "e", "n"]
            .iter()
            .filter_map(|link| left.strip_suffix(link))
            .find(|left| left.len() >= HALF_LEAST && vocabulary.terms.find(left).is_some());
        ways.extend(bare.map(|left| (left, right)));
    }
    // The longest first half is the likeliest.
    ways.reverse();
    ways.truncate(3);
    ways
}
