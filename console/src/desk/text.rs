//! Text from outside, made fit to be shown: bounded, without control characters, and never blank where it must say something.

/// Longest name, label or number that is shown, characters.
pub(super) const LINE: usize = 120;

/// One line: control characters and direction marks become spaces, and what is longer than `longest` characters ends in `…`.
pub(super) fn line(text: &str, longest: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(longest * 4));
    let mut count = 0;
    for letter in text.trim().chars() {
        let letter = if is_hidden(letter) { ' ' } else { letter };
        if letter == ' ' && shown.ends_with(' ') {
            continue;
        }
        count += 1;
        if count > longest {
            shown.pop();
            shown.push('…');
            break;
        }
        shown.push(letter);
    }
    shown.trim_end().to_owned()
}

/// Several lines, for what people type: the same, but line ends and tabs stay.
pub(super) fn lines(text: &str, longest: usize) -> String {
    text.chars()
        .filter(|letter| matches!(letter, '\n' | '\t') || !is_hidden(*letter))
        .take(longest)
        .collect()
}

/// Whether it moves or hides other letters: control characters, and the marks that turn the direction of what follows.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_name_is_one_short_line() {
        assert_eq!(line("  E. Lefèvre ", LINE), "E. Lefèvre");
        assert_eq!(line("a\r\nb\u{0}\u{202e}c", LINE), "a b c");
        assert_eq!(line("<b>&\"'", LINE), "<b>&\"'", "markup is text");
        let long = line(&"é".repeat(10_000), LINE);
        assert_eq!(long.chars().count(), LINE);
        assert!(long.ends_with('…'));
        assert_eq!(line("\u{7}", LINE), "");
    }

    #[test]
    fn notes_keep_their_lines() {
        assert_eq!(lines("a\n\tb\r\u{1b}c", 100), "a\n\tbc");
        assert_eq!(lines("abc", 2), "ab");
    }
}
