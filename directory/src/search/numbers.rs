//! Digits: extensions and numbers, found by their whole, their end, their beginning or a fragment, in any spelling (ITU-T E.164, and as
//! people nearby write it).
use super::table::{Table, place};

/// Country calling codes whose national spelling is used here, with what it puts in the code's place.
const COUNTRIES: [(&str, &str); 6] = [
    ("32", "0"),
    ("33", "0"),
    ("31", "0"),
    ("49", "0"),
    ("44", "0"),
    ("352", ""), // Luxembourg has no trunk prefix
];

/// An extension is short; a fragment of fewer than three digits is sought at the beginning of these alone.
const EXTENSION: usize = 6;
const FRAGMENT: usize = 3;
/// Numbers of one kind of match: who typed 047 and sees a thousand rows types on.
const ENOUGH: usize = 1_000;

/// A number in the index: which entry, and which of its numbers.
pub(super) type NumberPosting = (u32, u16);

/// The digits of a number, `+` and `00` before a country code left out.
pub(super) fn digits(number: &str) -> String {
    let all: String = number.chars().filter(char::is_ascii_digit).collect();
    match all.strip_prefix("00") {
        Some(rest) if !number.trim_start().starts_with('+') => without_trunk_zero(rest),
        _ if number.trim_start().starts_with('+') => without_trunk_zero(&all),
        _ => all,
    }
}

/// A number in one spelling, so that two can be compared: E.164 with its `+`, an extension or account as it is.
pub(super) fn international(number: &str) -> String {
    let number = number.trim();
    if number.starts_with('+') || number.starts_with("00") {
        return format!("+{}", digits(number));
    }
    number.to_owned()
}

/// `+32 (0)54` is `+32 54`.
fn without_trunk_zero(digits: &str) -> String {
    let code = COUNTRIES.iter().map(|(code, _)| code).find(|code| {
        digits
            .strip_prefix(**code)
            .is_some_and(|rest| rest.starts_with('0'))
    });
    match code.and_then(|code| digits.strip_prefix(code).map(|rest| (code, rest))) {
        Some((code, rest)) => format!("{code}{}", rest.trim_start_matches('0')),
        None => digits.to_owned(),
    }
}

/// A text that is a number and nothing else, ready to be dialled: what the operator typed is always a target.
pub fn typed_number(text: &str) -> Option<String> {
    let punctuation = |symbol: char| {
        symbol.is_whitespace() || matches!(symbol, '.' | '/' | '-' | '(' | ')' | '\u{a0}')
    };
    let text = text.trim();
    let body = text.strip_prefix('+').unwrap_or(text);
    if !body.chars().all(|s| s.is_ascii_digit() || punctuation(s)) {
        return None;
    }
    let digits = if text.starts_with('+') {
        digits(text)
    } else {
        body.chars().filter(char::is_ascii_digit).collect()
    };
    let plus = if text.starts_with('+') { "+" } else { "" };
    (2..=18)
        .contains(&digits.len())
        .then(|| format!("{plus}{digits}"))
}

/// All digits of the directory.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    /// Every spelling, whole.
    spellings: Table<NumberPosting>,
    /// Three digits to the spellings that hold them.
    fragments: Table<u32>,
}

/// A number that fits: the posting, and how much that counts.
pub(super) type Found = (NumberPosting, u16);

impl Numbers {
    pub(super) fn new(numbers: impl Iterator<Item = (String, NumberPosting)>) -> Self {
        let mut pairs = Vec::new();
        for (number, posting) in numbers {
            let whole = digits(&number);
            if whole.is_empty() {
                continue;
            }
            let international = number.starts_with('+') || number.starts_with("00");
            let national = COUNTRIES.iter().find_map(|(code, prefix)| {
                let rest = whole.strip_prefix(code)?;
                international.then(|| format!("{prefix}{rest}"))
            });
            pairs.extend(national.map(|spelling| (spelling, posting)));
            pairs.push((whole, posting));
        }
        let spellings = Table::new(pairs);
        let mut fragments = Vec::new();
        for at in 0..spellings.len() {
            let whole = spellings.key(at);
            let ends = whole.len().saturating_sub(FRAGMENT - 1);
            let three = (0..ends).filter_map(|from| whole.get(from..from + FRAGMENT));
            fragments.extend(three.map(|three| (three.to_owned(), place(at))));
        }
        Numbers {
            spellings,
            fragments: Table::new(fragments),
        }
    }

    /// Numbers that fit what was typed, which is digits alone; `looked` counts what was looked at.
    pub(super) fn find(&self, typed: &str, looked: &mut usize) -> Vec<Found> {
        let mut found = Vec::new();
        let mut seen: usize = 0;
        let mut take = |at: usize, points: u16| {
            let postings = self.spellings.values(at);
            seen = seen.saturating_add(postings.len());
            found.extend(postings.iter().map(|posting| (*posting, points)));
        };
        // 0032 54 is +32 54; and 0 54 alone stays what it is.
        let bare = typed.strip_prefix("00").map(without_trunk_zero);
        let typed = bare.as_deref().unwrap_or(typed);
        for at in self.spellings.starting(typed).take(ENOUGH) {
            let whole = self.spellings.key(at);
            if whole.len() == typed.len() {
                take(at, 1000);
            } else if typed.len() >= FRAGMENT || whole.len() <= EXTENSION {
                take(at, 800 + share(typed, whole, 40));
            }
        }
        let rarest = (0..(typed.len() + 1).saturating_sub(FRAGMENT))
            .filter_map(|from| typed.get(from..from + FRAGMENT))
            .map(|three| self.fragments.of(three))
            .min_by_key(|places| places.len());
        let rarest = rarest.unwrap_or_default();
        let (mut ends, mut holds) = (0, 0);
        for at in rarest {
            let at = *at as usize;
            let whole = self.spellings.key(at);
            if whole.starts_with(typed) {
                continue;
            }
            if ends < ENOUGH && whole.ends_with(typed) {
                ends += 1;
                take(at, 860 + share(typed, whole, 40));
            } else if holds < ENOUGH && whole.contains(typed) {
                holds += 1;
                take(at, 700 + share(typed, whole, 40));
            }
        }
        *looked = looked.saturating_add(seen).saturating_add(rarest.len());
        found
    }

    /// Octets that it holds.
    pub(super) fn octets(&self) -> usize {
        self.spellings
            .octets()
            .saturating_add(self.fragments.octets())
    }
}

/// A part of `most`: how much of the whole was typed.
fn share(typed: &str, whole: &str, most: usize) -> u16 {
    let part = typed.len().saturating_mul(most) / whole.len().max(1);
    u16::try_from(part.min(most)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(typed: &str) -> Vec<u32> {
        let numbers = [
            "2101",
            "2110",
            "+3254310101",
            "+32479123456",
            "+33612345678",
            "101",
        ];
        let list = numbers
            .iter()
            .zip(0..)
            .map(|(n, at)| ((*n).to_owned(), (at, 0)));
        let mut looked = 0;
        let mut found = Numbers::new(list).find(typed, &mut looked);
        found.sort_by_key(|((entry, _), points)| (std::cmp::Reverse(*points), *entry));
        let mut order = Vec::new();
        for ((entry, _), _) in found {
            if !order.contains(&entry) {
                order.push(entry);
            }
        }
        order
    }

    #[test]
    fn whole_then_end_then_beginning_then_inside() {
        assert_eq!(found("2101"), [0]);
        assert_eq!(found("101"), [5, 0, 2]);
        assert_eq!(found("21"), [0, 1]);
        assert_eq!(found("47912"), [3]);
        assert_eq!(found("10101"), [2]);
        assert_eq!(found("99"), [0u32; 0]);
    }

    #[test]
    fn any_spelling() {
        for typed in ["054310101", "3254310101", "003254310101", "0032054310101"] {
            assert_eq!(found(typed), [2], "{typed}");
        }
        assert_eq!(found("0612345678"), [4]);
        assert_eq!(digits("+32 (0)54 31.01.01"), "3254310101");
    }

    #[test]
    fn what_was_typed_is_a_number_to_dial() {
        assert_eq!(typed_number("0479 12.34/56").as_deref(), Some("0479123456"));
        assert_eq!(
            typed_number("+32 (0)479 12 34 56").as_deref(),
            Some("+32479123456")
        );
        assert_eq!(typed_number("112").as_deref(), Some("112"));
        for none in ["", "1", "peeters 2101", "++32", "+", "1234567890123456789"] {
            assert_eq!(typed_number(none), None, "{none}");
        }
    }
}
