//! What people type, as it is kept: bounded, and without control characters.
use crate::error::DirectoryError;

/// Longest name of a person, account, service, number or order, characters.
const NAME: usize = 128;

/// Text of several lines; `what` names it in the error. Longer than `limit` characters is refused: nothing that somebody
/// typed is cut in silence.
pub(crate) fn lines(text: &str, limit: usize, what: &str) -> Result<String, DirectoryError> {
    let text = text.replace("\r\n", "\n").replace(['\r', '\t'], " ");
    bounded(
        text.chars()
            .filter(|letter| *letter == '\n' || !letter.is_control()),
        limit,
        what,
    )
}

/// Text of one line: what divides lines becomes a space.
pub(crate) fn line(text: &str, limit: usize, what: &str) -> Result<String, DirectoryError> {
    let spaced = text.chars().map(|letter| match letter {
        '\n' | '\r' | '\t' => ' ',
        other => other,
    });
    let line = bounded(spaced.filter(|letter| !letter.is_control()), limit, what)?;
    Ok(line.trim().to_owned())
}

/// What names something: one line that is not empty.
pub(crate) fn name(text: &str, what: &str) -> Result<String, DirectoryError> {
    let name = line(text, NAME, what)?;
    if name.is_empty() {
        return Err(DirectoryError::Invalid(format!("{what}: expected a name")));
    }
    Ok(name)
}

/// The same where there may be none; an empty one is none.
pub(crate) fn name_if_any(
    text: Option<&str>,
    what: &str,
) -> Result<Option<String>, DirectoryError> {
    let named = text.map(|text| line(text, NAME, what)).transpose()?;
    Ok(named.filter(|name| !name.is_empty()))
}

/// A name from outside, which is cut and never refused.
pub(crate) fn from_outside(text: &str) -> String {
    let shown = text.chars().filter(|letter| !letter.is_control());
    shown.take(NAME).collect()
}

fn bounded(
    letters: impl Iterator<Item = char>,
    limit: usize,
    what: &str,
) -> Result<String, DirectoryError> {
    let mut kept = String::new();
    for (count, letter) in letters.enumerate() {
        if count >= limit {
            return Err(DirectoryError::Invalid(format!(
                "{what}: expected at most {limit} characters"
            )));
        }
        kept.push(letter);
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_go_and_lines_stay() {
        let text = lines("a\u{0}b\r\nc\td\u{7}\ne", 100, "note").unwrap();
        assert_eq!(text, "ab\nc d\ne");
        assert_eq!(line(" a\nb\u{1b}[1m ", 100, "name").unwrap(), "a b[1m");
        assert_eq!(from_outside(&"x\u{0}".repeat(10_000)).len(), NAME);
    }

    #[test]
    fn too_long_is_refused_and_counted_in_characters() {
        assert_eq!(lines("éé", 2, "note").unwrap(), "éé");
        assert!(lines("ééé", 2, "note").is_err());
        assert!(name(" \n", "service").is_err());
        assert_eq!(name_if_any(Some(" "), "service").unwrap(), None);
    }
}
