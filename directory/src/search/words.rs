//! Text cut into words, the same way on both sides: names when the index is built, and what the operator types.
use super::letters::{fold_into, is_apostrophe, is_hyphen, is_mark, spelled_out};

/// Words of one text; what lies behind is not sought.
const WORDS: usize = 24;
/// Letters of one word. The longest street sign has fewer.
const LETTERS: usize = 40;

/// One word of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    /// Small letters without marks, apostrophes and dots: `dhondt`.
    pub(super) folded: String,
    /// The other ways to write it: `mueller` of Müller, `hondt` of D'Hondt, `identite` of d'identité.
    pub(super) forms: Vec<String>,
    /// Small letters that keep the marks which change a sound.
    pub(super) spoken: String,
    /// Where it begins in the text, in UTF-16 units.
    pub(super) first: u32,
    /// How long it is there, in UTF-16 units.
    pub(super) length: u32,
    /// A hyphen or nothing at all stands between it and the word before.
    pub(super) tied: bool,
}

impl Word {
    /// Only digits.
    pub(super) fn is_number(&self) -> bool {
        self.folded.bytes().all(|b| b.is_ascii_digit())
    }
}

/// A word that is being read.
#[derive(Default)]
struct Reading {
    word: Word,
    /// The form with `ue` for `ü`, as long as there was one.
    spelled: Option<String>,
    /// Where in `folded` the part behind the last apostrophe begins.
    apostrophe: Option<usize>,
    /// Letters since the last dot.
    since_dot: usize,
    /// Units of dots, which count only when the word goes on.
    pending: u32,
}

/// Cuts a text into words.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut now: Option<Reading> = None;
    let mut tied = false;
    let mut at: u32 = 0;
    for symbol in text.chars() {
        let units = if symbol.len_utf16() == 2 { 2 } else { 1 };
        let letter = symbol.is_alphanumeric() || is_mark(symbol);
        let inside = letter || now.as_mut().is_some_and(|reading| reading.goes_on(symbol));
        match &mut now {
            Some(reading) if letter => reading.take(symbol, units),
            Some(reading) if inside => {
                reading.pending = reading.pending.saturating_add(units);
            }
            None if symbol.is_alphanumeric() => {
                let mut reading = Reading::default();
                reading.word.first = at;
                reading.word.tied = std::mem::take(&mut tied);
                reading.take(symbol, units);
                now = Some(reading);
            }
            _ => {
                tied = (is_hyphen(symbol) || symbol == '.') && (now.is_some() || tied);
                words.extend(now.take().and_then(Reading::end));
            }
        }
        at = at.saturating_add(units);
        if words.len() >= WORDS {
            return words;
        }
    }
    words.extend(now.and_then(Reading::end));
    words
}

impl Reading {
    fn take(&mut self, symbol: char, units: u32) {
        self.word.length = self
            .word
            .length
            .saturating_add(units)
            .saturating_add(std::mem::take(&mut self.pending));
        if self.word.folded.len() >= LETTERS {
            return;
        }
        if symbol == '\u{308}' {
            // The two dots of a decomposed ü: the letter is written already.
            if let Some('a' | 'o' | 'u') = self.word.folded.chars().last() {
                let plain = &self.word.folded;
                self.spelled.get_or_insert_with(|| plain.clone()).push('e');
            }
            return;
        }
        for letter in symbol.to_lowercase() {
            let before = self.word.folded.len();
            fold_into(&mut self.word.folded, letter);
            let plain = self.word.folded.get(before..).unwrap_or_default();
            match (&mut self.spelled, spelled_out(letter)) {
                (Some(spelled), Some(out)) => spelled.push_str(out),
                (Some(spelled), None) => spelled.push_str(plain),
                (None, Some(out)) => {
                    let so_far = self.word.folded.get(..before).unwrap_or_default();
                    self.spelled = Some(format!("{so_far}{out}"));
                }
                (None, None) => {}
            }
            if "éèêëäöüçñşğłśżźćńóęą".contains(letter) {
                self.word.spoken.push(letter);
            } else {
                self.word.spoken.push_str(plain);
            }
        }
        self.since_dot = self.since_dot.saturating_add(1);
    }

    /// Apostrophes stand inside words; dots too, in abbreviations (`P.M.D.`) and between digits, but not in `peeters.jan`.
    fn goes_on(&mut self, symbol: char) -> bool {
        if is_apostrophe(symbol) {
            self.apostrophe = Some(self.word.folded.len());
            return true;
        }
        let short = self.since_dot <= 2 || self.word.is_number();
        let dot = symbol == '.' && short;
        if dot {
            self.since_dot = 0;
        }
        dot
    }

    fn end(self) -> Option<Word> {
        let mut word = self.word;
        if word.folded.is_empty() {
            return None;
        }
        word.forms
            .extend(self.spelled.filter(|form| *form != word.folded));
        let behind = self.apostrophe.and_then(|at| word.folded.get(at..));
        let behind = behind.filter(|part| part.len() >= 2).map(str::to_owned);
        word.forms.extend(behind);
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.folded).collect()
    }

    #[test]
    fn hyphens_part_and_apostrophes_and_dots_do_not() {
        assert_eq!(folded("Jean-Pierre D’Hondt"), ["jean", "pierre", "dhondt"]);
        assert_eq!(folded("P.M.D. st. 02.532.32"), ["pmd", "st", "0253232"]);
        assert_eq!(
            folded("peeters.jan@gooik.be"),
            ["peeters", "jan", "gooik", "be"]
        );
        assert_eq!(
            folded("'t Pagadderke, (zaal 3)"),
            ["t", "pagadderke", "zaal", "3"]
        );
        assert_eq!(folded(" -- ' . "), [""; 0]);
    }

    #[test]
    fn other_forms_are_kept_beside() {
        let one = |text: &str| words(text).remove(0).forms;
        assert_eq!(one("Müller"), ["mueller"]);
        assert_eq!(one("Mu\u{308}ller"), ["mueller"]);
        assert_eq!(one("D'Hondt"), ["hondt"]);
        assert_eq!(one("Peeters"), [""; 0]);
    }

    #[test]
    fn places_are_utf_16_units() {
        let places: Vec<(u32, u32)> = words("😀 Élodie 'x P.M.D.")
            .iter()
            .map(|word| (word.first, word.length))
            .collect();
        assert_eq!(places, [(3, 6), (11, 1), (13, 5)]);
    }

    #[test]
    fn endless_text_is_cut() {
        assert_eq!(words(&"a b ".repeat(1000)).len(), WORDS);
        assert!(words(&"x".repeat(10_000)).remove(0).folded.len() <= LETTERS);
    }
}
