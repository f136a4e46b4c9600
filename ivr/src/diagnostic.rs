//! What is wrong in a file, where, and what was probably meant.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A place in a source text: byte offsets, end exclusive.
pub type Span = Range<usize>;

/// A file as it was read, kept so that a later check can still point at lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name shown to people.
    pub file: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a look; the flow is accepted.
    Warning,
    /// The flow is refused.
    Error,
}

/// One remark about a file. `Display` prints it with the line and a caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// The file's name.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Bytes of the file it is about.
    pub span: Span,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What to do, or what was probably meant.
    pub suggestion: Option<String>,
    /// The line's text, for the caret.
    pub excerpt: String,
}

impl Source {
    /// Makes a remark about a place of this file.
    pub fn remark(
        &self,
        severity: Severity,
        span: Span,
        message: String,
        suggestion: Option<String>,
    ) -> Diagnostic {
        let start = floor_boundary(&self.text, span.start);
        let before = self.text.get(..start).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |i| i.saturating_add(1));
        let excerpt = self
            .text
            .get(line_start..)
            .unwrap_or("")
            .lines()
            .next()
            .unwrap_or("");
        Diagnostic {
            severity,
            file: self.file.clone(),
            line: before.matches('\n').count().saturating_add(1),
            column: self
                .text
                .get(line_start..start)
                .unwrap_or("")
                .chars()
                .count()
                .saturating_add(1),
            span,
            message,
            suggestion,
            excerpt: excerpt.to_owned(),
        }
    }
}

impl Diagnostic {
    /// The same in one line, for a log: `town.toml:2:8: there is no step … (did you mean …?)`.
    pub fn in_one_line(&self) -> String {
        let (file, line, column, message) = (&self.file, self.line, self.column, &self.message);
        let suggestion = self.suggestion.as_ref();
        let suggestion = suggestion.map_or_else(String::new, |what| format!(" ({what})"));
        format!("{file}:{line}:{column}: {message}{suggestion}")
    }
}

/// The nearest character boundary at or before a byte offset.
fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at = at.saturating_sub(1);
    }
    at
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        // Tabs stay tabs before the caret, so that it stands under its word in any terminal.
        let lead: String = self
            .excerpt
            .chars()
            .take(self.column.saturating_sub(1))
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        let rest = self
            .excerpt
            .chars()
            .count()
            .saturating_sub(self.column.saturating_sub(1));
        let width = self.span.len().clamp(1, rest.max(1));
        writeln!(f, "{kind}: {}", self.message)?;
        writeln!(f, "{margin}--> {}:{}:{}", self.file, self.line, self.column)?;
        writeln!(f, "{margin} |")?;
        writeln!(f, "{number} | {}", self.excerpt)?;
        write!(f, "{margin} | {lead}{}", "^".repeat(width))?;
        if let Some(suggestion) = &self.suggestion {
            write!(f, " {suggestion}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_word() {
        let source = Source {
            file: "t.toml".into(),
            text: "a = 1\nthën = \"populaton\"\n".into(),
        };
        let at = source.text.find("\"pop").unwrap();
        let told = source.remark(
            Severity::Error,
            at..at + 11,
            "no such step".into(),
            Some("did you mean `population`?".into()),
        );
        assert_eq!((told.line, told.column), (2, 8));
        let expected = "error: no such step\n --> t.toml:2:8\n  |\n2 | thën = \"populaton\"\n  |        ^^^^^^^^^^^ did you mean `population`?";
        assert_eq!(told.to_string(), expected);
        assert_eq!(
            told.in_one_line(),
            "t.toml:2:8: no such step (did you mean `population`?)"
        );
    }

    #[test]
    fn a_place_past_the_end_is_still_a_place() {
        let source = Source {
            file: "t".into(),
            text: "é".into(),
        };
        let told = source.remark(Severity::Error, 1..99, "cut".into(), None);
        assert_eq!((told.line, told.column), (1, 1));
    }
}
