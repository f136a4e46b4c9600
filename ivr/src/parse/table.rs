//! Reading a TOML table key by key, remembering every mistake instead of stopping at the first. The program reads its
//! configuration with the same reader, so that every file is refused in the same words.

use super::suggest::suggest;
use crate::diagnostic::{Diagnostic, Severity, Source, Span};
use std::collections::BTreeSet;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with its place.
pub type Value<'a> = Spanned<DeValue<'a>>;

/// A word of the file with its place.
#[derive(Clone, Debug)]
pub struct Word<'a> {
    /// The word.
    pub text: &'a str,
    /// Where it stands.
    pub span: Span,
}

/// Mistakes told at once; whoever has more begins with these.
pub(super) const MOST: usize = 100;

/// The mistakes found so far.
#[derive(Debug)]
pub struct Report<'s> {
    /// The file.
    pub source: &'s Source,
    /// In the order of finding.
    pub found: Vec<Diagnostic>,
}

impl Report<'_> {
    /// Remembers a mistake.
    pub fn error(&mut self, span: Span, message: impl Into<String>, suggestion: Option<String>) {
        if self.found.len() >= MOST {
            return;
        }
        let remark = self
            .source
            .remark(Severity::Error, span, message.into(), suggestion);
        self.found.push(remark);
    }

    /// A word that should have been one of the known.
    pub fn unknown<'k>(
        &mut self,
        word: &Word<'_>,
        what: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        let suggestion = suggest(word.text, known);
        self.error(
            word.span.clone(),
            format!("there is no {what} called `{}`", word.text),
            suggestion,
        );
    }
}

/// A table being read: every key that is asked for counts as known, the others are told by [`Table::finish`].
#[derive(Debug)]
pub struct Table<'a> {
    entries: &'a DeTable<'a>,
    /// Where a missing key is told.
    pub span: Span,
    /// What people call it, e.g. `step welcome`.
    title: String,
    asked: BTreeSet<&'static str>,
}

impl<'a> Table<'a> {
    /// A table whose entries were read already.
    pub fn new(entries: &'a DeTable<'a>, span: Span, title: impl Into<String>) -> Table<'a> {
        Table {
            entries,
            span,
            title: title.into(),
            asked: BTreeSet::new(),
        }
    }

    /// Takes a value as a table, or tells.
    pub fn of(
        value: &'a Value<'a>,
        title: impl Into<String>,
        report: &mut Report<'_>,
    ) -> Option<Table<'a>> {
        match value.get_ref() {
            DeValue::Table(entries) => Some(Table::new(entries, value.span(), title)),
            other => {
                let message = format!("{} must be a table, not {}", title.into(), kind(other));
                report.error(value.span(), message, None);
                None
            }
        }
    }

    /// What people call it.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// All entries in the order of the file.
    pub fn entries(&self) -> Vec<(Word<'a>, &'a Value<'a>)> {
        let mut all: Vec<(Word<'a>, &'a Value<'a>)> = self
            .entries
            .iter()
            .map(|(k, v)| {
                (
                    Word {
                        text: k.get_ref().as_ref(),
                        span: k.span(),
                    },
                    v,
                )
            })
            .collect();
        all.sort_by_key(|(k, _)| k.span.start);
        all
    }

    /// The value of a key, which counts as known from now on.
    pub fn value(&mut self, key: &'static str) -> Option<&'a Value<'a>> {
        self.asked.insert(key);
        self.entries
            .iter()
            .find(|(k, _)| k.get_ref().as_ref() == key)
            .map(|(_, v)| v)
    }

    /// Tells that a key is missing.
    pub fn missing(&self, key: &str, why: &str, report: &mut Report<'_>) {
        report.error(
            self.span.clone(),
            format!("{} has no `{key}`", self.title),
            Some(why.to_owned()),
        );
    }

    /// A text.
    pub fn word(&mut self, key: &'static str, report: &mut Report<'_>) -> Option<Word<'a>> {
        let value = self.value(key)?;
        word(value, key, report)
    }

    /// A word that must be there; `why` says what to write.
    pub fn need(
        &mut self,
        key: &'static str,
        why: &str,
        report: &mut Report<'_>,
    ) -> Option<Word<'a>> {
        if self.value(key).is_none() {
            self.missing(key, why, report);
        }
        self.word(key, report)
    }

    /// One word or a list of words.
    pub fn words(&mut self, key: &'static str, report: &mut Report<'_>) -> Vec<Word<'a>> {
        match self.value(key) {
            None => Vec::new(),
            Some(value) => match value.get_ref() {
                DeValue::Array(list) => list.iter().filter_map(|v| word(v, key, report)).collect(),
                _ => word(value, key, report).into_iter().collect(),
            },
        }
    }

    /// As [`Table::words`], for a list that says nothing when it is empty; `example` is what could stand in it.
    pub fn some_words(
        &mut self,
        key: &'static str,
        example: &str,
        report: &mut Report<'_>,
    ) -> Vec<Word<'a>> {
        if let Some(value) = self.value(key)
            && let DeValue::Array(list) = value.get_ref()
            && list.is_empty()
        {
            let expected = format!("write for example {key} = [{example}], or leave the line out");
            report.error(
                value.span(),
                format!("`{key}` is an empty list"),
                Some(expected),
            );
        }
        self.words(key, report)
    }

    /// As [`Table::word`], for a text that people read.
    pub fn text(
        &mut self,
        key: &'static str,
        example: &str,
        report: &mut Report<'_>,
    ) -> Option<Word<'a>> {
        let word = self.word(key, report)?;
        if word.text.trim().is_empty() {
            let expected = format!("write for example {key} = \"{example}\"");
            report.error(
                word.span.clone(),
                format!("`{key}` is empty"),
                Some(expected),
            );
        }
        Some(word)
    }

    /// A table inside.
    pub fn table(&mut self, key: &'static str, report: &mut Report<'_>) -> Option<Table<'a>> {
        let value = self.value(key)?;
        Table::of(value, format!("`{key}`"), report)
    }

    /// A list of tables (`[[key]]`).
    pub fn tables(&mut self, key: &'static str, report: &mut Report<'_>) -> Vec<Table<'a>> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        match value.get_ref() {
            DeValue::Array(list) => list
                .iter()
                .filter_map(|v| Table::of(v, format!("this `{key}`"), report))
                .collect(),
            _ => {
                report.error(
                    value.span(),
                    format!("`{key}` is a list"),
                    Some(format!("write [[{key}]]")),
                );
                Vec::new()
            }
        }
    }

    /// True or false.
    pub fn flag(&mut self, key: &'static str, report: &mut Report<'_>) -> Option<bool> {
        let value = self.value(key)?;
        if let DeValue::Boolean(b) = value.get_ref() {
            return Some(*b);
        }
        report.error(
            value.span(),
            format!("`{key}` is yes or no"),
            Some("write true or false".into()),
        );
        None
    }

    /// A whole number within bounds.
    pub fn number(
        &mut self,
        key: &'static str,
        least: i64,
        most: i64,
        report: &mut Report<'_>,
    ) -> Option<i64> {
        let value = self.value(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(i) => i64::from_str_radix(i.as_str(), i.radix()).ok(),
            _ => None,
        };
        match number {
            Some(n) if (least..=most).contains(&n) => Some(n),
            _ => {
                report.error(
                    value.span(),
                    format!("`{key}` is a whole number from {least} to {most}"),
                    Some(format!("expected a number from {least} to {most}")),
                );
                None
            }
        }
    }

    /// A length of time, written `20 s` or `5 min`.
    pub fn length(
        &mut self,
        key: &'static str,
        least: u64,
        most: u64,
        report: &mut Report<'_>,
    ) -> Option<Duration> {
        let word = self.word(key, report)?;
        let Some(seconds) = seconds(word.text) else {
            report.error(
                word.span,
                format!("`{key}` is a length of time"),
                Some("write for example \"20 s\" or \"5 min\"".into()),
            );
            return None;
        };
        if (least..=most).contains(&seconds) {
            return Some(Duration::from_secs(seconds));
        }
        report.error(
            word.span,
            format!("`{key}` must be from {least} s to {most} s"),
            Some(format!(
                "expected a time from \"{least} s\" to \"{most} s\""
            )),
        );
        None
    }

    /// Tells every key nobody asked for.
    pub fn finish(self, report: &mut Report<'_>) {
        for (key, _) in self.entries() {
            if !self.asked.contains(key.text) {
                let suggestion = suggest(key.text, self.asked.iter().copied());
                report.error(
                    key.span,
                    format!("{} knows no `{}`", self.title, key.text),
                    suggestion,
                );
            }
        }
    }
}

/// A value as a word, or tells.
pub fn word<'a>(value: &'a Value<'a>, key: &str, report: &mut Report<'_>) -> Option<Word<'a>> {
    match value.get_ref() {
        DeValue::String(text) => Some(Word {
            text,
            span: value.span(),
        }),
        other => {
            let message = format!("`{key}` must be a text, not {}", kind(other));
            report.error(value.span(), message, Some("put it between quotes".into()));
            None
        }
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// `20 s`, `20s`, `5 min`, `1 h` in seconds.
fn seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let factor: u64 = match unit.trim() {
        "s" => 1,
        "min" => 60,
        "h" => 3600,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}
