//! Rules from letters to sounds: the first that fits at a place is taken, and reading goes on behind its letters.

/// One rule.
pub(super) struct Rule {
    from: &'static str,
    to: &'static str,
    begin: bool,
    /// What must follow: any of these letters, `$` for the end of the word; empty for anything.
    next: &'static str,
}

/// The rules of a language, by the first letter they take. Within a letter the longer and the stricter stand first.
pub(super) type Rules = [(char, &'static [Rule])];

/// `from` sounds as `to`, wherever it stands.
pub(super) const fn any(from: &'static str, to: &'static str) -> Rule {
    before(from, "", to)
}

/// Only at the beginning of a word.
pub(super) const fn begin(from: &'static str, to: &'static str) -> Rule {
    begin_before(from, "", to)
}

/// Only at the end of a word.
pub(super) const fn end(from: &'static str, to: &'static str) -> Rule {
    before(from, "$", to)
}

/// Only before one of these letters (`$`: or at the end).
pub(super) const fn before(from: &'static str, next: &'static str, to: &'static str) -> Rule {
    Rule {
        from,
        to,
        begin: false,
        next,
    }
}

/// Only at the beginning and before one of these letters.
pub(super) const fn begin_before(from: &'static str, next: &'static str, to: &'static str) -> Rule {
    Rule {
        from,
        to,
        begin: true,
        next,
    }
}

impl Rule {
    /// How many letters it takes at a place, when it fits there.
    fn fits(&self, letters: &[char], at: usize) -> Option<usize> {
        if self.begin && at > 0 {
            return None;
        }
        let mut rest = letters.get(at..)?.iter();
        let mut taken: usize = 0;
        for letter in self.from.chars() {
            if rest.next() != Some(&letter) {
                return None;
            }
            taken = taken.saturating_add(1);
        }
        let follows = match rest.next() {
            _ if self.next.is_empty() => true,
            Some(letter) => *letter != '$' && self.next.contains(*letter),
            None => self.next.contains('$'),
        };
        follows.then_some(taken)
    }
}

/// Reads a word. A letter without a rule sounds as itself when it is one of the 26, and not at all otherwise.
pub(super) fn read(rules: &Rules, letters: &[char]) -> String {
    let mut sounds = String::with_capacity(letters.len());
    let mut at: usize = 0;
    while let Some(letter) = letters.get(at) {
        let of_letter = rules.iter().find(|(first, _)| first == letter);
        let rule = of_letter.and_then(|(_, rules)| {
            rules
                .iter()
                .find_map(|rule| rule.fits(letters, at).map(|taken| (rule.to, taken)))
        });
        match rule {
            Some((to, taken)) => {
                sounds.push_str(to);
                at = at.saturating_add(taken.max(1));
            }
            None => {
                if letter.is_ascii_lowercase() {
                    sounds.push(*letter);
                }
                at = at.saturating_add(1);
            }
        }
    }
    sounds
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRIED: &Rules = &[
        (
            'c',
            &[begin("cn", "kn"), before("c", "ei$", "s"), any("c", "k")],
        ),
        ('d', &[end("dt", "t")]),
    ];

    fn of(word: &str) -> String {
        read(TRIED, &word.chars().collect::<Vec<_>>())
    }

    #[test]
    fn places_and_followers_are_heeded() {
        for (word, sounds) in [
            ("cnoc", "knos"),
            ("acna", "akna"),
            ("cera", "sera"),
            ("dtdt", "dtt"),
            ("é!x", "x"),
            ("", ""),
        ] {
            assert_eq!(of(word), sounds, "{word}");
        }
    }
}
