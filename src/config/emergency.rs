//! `[emergency]`: what people dial before an emergency number, the number shown, and tests. The emergency numbers themselves
//! are no setting (CMP-1): they stand in `dialplans/emergency.toml`.

use call::border::number;
use call::snapshot::Country;
use ivr::parse::table::{Report, Table, Word};

/// What a town says about emergency calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Emergency {
    /// Digits that people dial first for an outside line: `0112` is an emergency call too.
    pub(crate) line_prefixes: Vec<String>,
    /// E.164: shown for emergency calls and kept for the calls back.
    pub(crate) callback_number: Option<String>,
    /// Dialled before an emergency number it makes a test.
    pub(crate) test_prefix: Option<String>,
}

impl Default for Emergency {
    fn default() -> Emergency {
        Emergency {
            line_prefixes: vec!["0".to_owned()],
            callback_number: None,
            test_prefix: None,
        }
    }
}

pub(super) fn read(root: &mut Table<'_>, country: Country, report: &mut Report<'_>) -> Emergency {
    let mut emergency = Emergency::default();
    let Some(mut table) = root.table("emergency", report) else {
        return emergency;
    };
    let words = table.some_words("line-prefixes", "\"0\"", report);
    let callback = table.word("callback-number", report);
    let test = table.word("test-prefix", report);
    table.finish(report);
    for word in &words {
        let fits =
            (1..=4).contains(&word.text.len()) && word.text.bytes().all(|b| b.is_ascii_digit());
        if !fits {
            report.error(
                word.span.clone(),
                "a line prefix is one to four digits",
                Some("write for example \"0\"".to_owned()),
            );
        }
    }
    if !words.is_empty() {
        emergency.line_prefixes = words.iter().map(|word| word.text.to_owned()).collect();
    }
    emergency.callback_number = callback.and_then(|word| e164(&word, country, report));
    emergency.test_prefix = test.and_then(|word| prefix(&word, &emergency.line_prefixes, report));
    emergency
}

fn e164(word: &Word<'_>, country: Country, report: &mut Report<'_>) -> Option<String> {
    let number = number::to_e164(country, word.text);
    if number.is_none() {
        report.error(
            word.span.clone(),
            "`callback-number` is a telephone number of the town",
            Some("write for example \"+3254310099\"".to_owned()),
        );
    }
    number
}

/// A test prefix must leave no doubt: whoever dials in need must never get a test.
fn prefix(word: &Word<'_>, lines: &[String], report: &mut Report<'_>) -> Option<String> {
    let fits = (2..=6).contains(&word.text.len())
        && word.text.starts_with('*')
        && word.text.bytes().skip(1).all(|b| b.is_ascii_digit())
        && !lines.iter().any(|line| line == word.text);
    if !fits {
        report.error(
            word.span.clone(),
            "a test prefix is a star and one to five digits",
            Some("write for example \"*99\": then *99112 is a test of 112".to_owned()),
        );
    }
    fits.then(|| word.text.to_owned())
}
