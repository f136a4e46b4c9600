//! Rust source as far as the walls need it: comments and literals blanked out, test code cut off, functions measured.

/// The source with the inside of comments, strings and character literals turned into blanks. Line breaks stay, so that
/// line numbers are true and a word in a comment never counts as code.
pub fn code(source: &str) -> String {
    let text: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while let Some(&here) = text.get(at) {
        let next = text.get(at + 1).copied();
        let end = match here {
            '/' if next == Some('/') => until(&text, at, |i| text.get(i) == Some(&'\n')),
            '/' if next == Some('*') => block_comment(&text, at),
            '"' => string(&text, at + 1),
            'r' | 'b' | 'c' if !text.get(at.wrapping_sub(1)).is_some_and(is_word) => {
                match raw_string(&text, at) {
                    Some(end) => end,
                    None => {
                        out.push(here);
                        at += 1;
                        continue;
                    }
                }
            }
            '\'' => match char_literal(&text, at) {
                Some(end) => end,
                None => at + 1, // a lifetime
            },
            _ => {
                out.push(here);
                at += 1;
                continue;
            }
        };
        for &gone in text.get(at..end.min(text.len())).unwrap_or_default() {
            out.push(if gone == '\n' { '\n' } else { ' ' });
        }
        at = end;
    }
    out
}

fn is_word(c: &char) -> bool {
    c.is_alphanumeric() || *c == '_'
}

fn until(text: &[char], from: usize, stop: impl Fn(usize) -> bool) -> usize {
    (from..text.len()).find(|&i| stop(i)).unwrap_or(text.len())
}

fn block_comment(text: &[char], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0_usize);
    while at < text.len() {
        match (text.get(at), text.get(at + 1)) {
            (Some('/'), Some('*')) => (depth, at) = (depth + 1, at + 2),
            (Some('*'), Some('/')) if depth == 1 => return at + 2,
            (Some('*'), Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    at
}

/// The end of a string whose content starts at `at`.
fn string(text: &[char], mut at: usize) -> usize {
    while let Some(c) = text.get(at) {
        match c {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// `r"…"`, `r#"…"#`, `b"…"`, `br"…"`, `c"…"`: the end, or nothing when a name merely begins with that letter.
fn raw_string(text: &[char], from: usize) -> Option<usize> {
    let mut at = from;
    while matches!(text.get(at), Some('b' | 'c' | 'r')) && at < from + 2 {
        at += 1;
    }
    let raw = text.get(at - 1) == Some(&'r');
    let fences = (at..).take_while(|&i| text.get(i) == Some(&'#')).count();
    if text.get(at + fences) != Some(&'"') || (fences > 0 && !raw) {
        return None;
    }
    if !raw {
        return Some(string(text, at + 1));
    }
    let open = at + fences + 1;
    let close = until(text, open, |i| {
        text.get(i) == Some(&'"') && (1..=fences).all(|k| text.get(i + k) == Some(&'#'))
    });
    Some(close + fences + 1)
}

fn char_literal(text: &[char], at: usize) -> Option<usize> {
    if text.get(at + 1) == Some(&'\\') {
        let close = until(text, at + 3, |i| text.get(i) == Some(&'\''));
        return Some(close + 1);
    }
    (text.get(at + 2) == Some(&'\'')).then_some(at + 3)
}

/// [`code`] without the items under `#[cfg(test)]`, and the names of modules that are compiled for tests only and stand in
/// files of their own (`#[cfg(test)] mod tests;`).
pub fn without_tests(code: &str) -> (String, Vec<String>) {
    const MARK: &str = "#[cfg(test)]";
    let (mut out, mut outside) = (String::with_capacity(code.len()), Vec::new());
    let mut rest = code;
    while let Some((before, after)) = rest.split_once(MARK) {
        out.push_str(before);
        let length = item_length(after);
        let (item, remaining) = after.split_at(length);
        if item.ends_with(';')
            && let Some((_, name)) = item.rsplit_once("mod ")
        {
            outside.push(name.trim_end_matches(';').trim().to_owned());
        }
        out.extend(item.chars().filter(|&c| c == '\n'));
        rest = remaining;
    }
    out.push_str(rest);
    (out, outside)
}

/// Bytes up to the end of the item that begins here: its first `;` or the brace that closes its first one.
fn item_length(after: &str) -> usize {
    let (mut depth, mut square) = (0_usize, 0_usize);
    for (at, c) in after.char_indices() {
        match c {
            '[' => square += 1,
            ']' => square = square.saturating_sub(1),
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 && square == 0 => return at + 1,
            _ => {}
        }
    }
    after.len()
}

/// A function: its name, the line of its `fn` (from 1) and its lines from there to the closing brace.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// The name after `fn`.
    pub name: String,
    /// Where it begins, counted from 1.
    pub line: usize,
    /// Lines from `fn` to the closing brace, both included.
    pub lines: usize,
}

/// The functions that have a body, from [`code`].
pub fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(place) = code.get(from..).and_then(|rest| rest.find("fn ")) {
        let start = from + place;
        from = start + 3;
        let whole_word = !code
            .get(..start)
            .and_then(|before| before.chars().next_back())
            .is_some_and(|c| is_word(&c));
        let after = code.get(from..).unwrap_or_default();
        let name: String = after.trim_start().chars().take_while(is_word).collect();
        let length = item_length(after);
        let body = after.get(..length).unwrap_or_default();
        // `fn(u8) -> u8` is a type, and a line that ends in `;` a declaration.
        if whole_word && !name.is_empty() && body.ends_with('}') {
            let before = code.get(..start).unwrap_or_default();
            found.push(Function {
                name,
                line: before.matches('\n').count() + 1,
                lines: body.matches('\n').count() + 1,
            });
        }
    }
    found
}
