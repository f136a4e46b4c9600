//! One typing error (Damerau 1964): a letter too many, one missing, one wrong, or two changed round.
//!
//! All words that one error may have made of the right one are tried in the sorted table: a few hundred look-ups, however long the
//! directory is.

/// The shortest word in which an error is forgiven, in letters.
pub(super) const LEAST: usize = 4;
/// Longer words are sought as they are: the list of tries grows with the length.
const LONGEST: usize = 24;

/// What may have been meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Meant {
    /// The word.
    pub(super) text: String,
    /// It may also be the beginning of a longer word.
    pub(super) begins: bool,
    /// The first letter is another one, which happens less.
    pub(super) first: bool,
}

/// Everything that one error may have made the typed word of.
pub(super) fn meant(typed: &str, alphabet: &[char]) -> Vec<Meant> {
    let letters: Vec<char> = typed.chars().collect();
    let count = letters.len();
    if !(LEAST..=LONGEST).contains(&count) {
        return Vec::new();
    }
    let mut all = Vec::with_capacity(count.saturating_mul(alphabet.len().saturating_mul(2) + 2));
    let word = |before: usize, between: &[char], after: usize| -> String {
        let (head, tail) = (letters.get(..before), letters.get(after..));
        let parts = [head.unwrap_or_default(), between, tail.unwrap_or_default()];
        parts.into_iter().flatten().collect()
    };
    for at in 0..count {
        let first = at == 0;
        let last = at + 1 == count;
        // Without its last letter a word is a beginning of far too many.
        let begins = !last && count > LEAST;
        all.push(Meant {
            text: word(at, &[], at + 1),
            begins,
            first,
        });
        if let (Some(one), Some(two)) = (letters.get(at), letters.get(at + 1))
            && one != two
        {
            all.push(Meant {
                text: word(at, &[*two, *one], at + 2),
                begins: true,
                first,
            });
        }
        for letter in alphabet {
            if letters.get(at) != Some(letter) {
                all.push(Meant {
                    text: word(at, &[*letter], at + 1),
                    begins: !last || count > LEAST,
                    first,
                });
            }
            all.push(Meant {
                text: word(at, &[*letter], at),
                begins: true,
                first,
            });
        }
    }
    // A letter missing at the end is a beginning, which is no error.
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_meant(typed: &str, word: &str) -> bool {
        let alphabet: Vec<char> = ('a'..='z').collect();
        meant(typed, &alphabet)
            .iter()
            .any(|meant| meant.text == word)
    }

    #[test]
    fn one_error_of_each_kind() {
        for (typed, word) in [
            ("peetters", "peeters"),
            ("petrs", "petrus"),
            ("peeterz", "peeters"),
            ("peetesr", "peeters"),
            ("apeters", "peters"),
            ("eeters", "peeters"),
        ] {
            assert_eq!(
                is_meant(typed, word),
                word != "petrus" || typed == "petrs",
                "{typed}"
            );
        }
        assert!(!is_meant("petrs", "peeters"), "two errors");
    }

    #[test]
    fn short_and_endless_words_are_taken_as_they_are() {
        assert!(meant("pee", &['a']).is_empty());
        assert!(meant(&"x".repeat(25), &['a']).is_empty());
    }
}
