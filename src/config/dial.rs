//! `[[dial]]`: the town's own numbering, read from the first rule to the last. Emergency numbers come before all of them.

use call::snapshot::{Rule, RuleTarget, Trunk};
use ivr::diagnostic::Span;
use ivr::parse::suggest::suggest;
use ivr::parse::table::{Report, Table, Word};

/// The rules, and where each says what it leads to.
pub(super) fn read(
    root: &mut Table<'_>,
    trunks: &[Trunk],
    report: &mut Report<'_>,
) -> (Vec<Rule>, Vec<Span>) {
    let tables = root.tables("dial", report).into_iter();
    tables
        .filter_map(|table| one(table, trunks, report))
        .unzip()
}

fn one(mut table: Table<'_>, trunks: &[Trunk], report: &mut Report<'_>) -> Option<(Rule, Span)> {
    let mut place = table.span.clone();
    let pattern = table
        .need("pattern", "write pattern = \"9*\"", report)
        .filter(|word| is_pattern(word, report));
    let strip = table
        .number("strip", 0, 15, report)
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(0);
    let mut targets = Vec::new();
    if let Some(word) = table.word("account", report) {
        targets.push(RuleTarget::Account(word.text.to_owned()));
        place = word.span;
    }
    if let Some(word) = table.word("dialplan", report) {
        targets.push(RuleTarget::Flow(word.text.to_owned()));
        place = word.span;
    }
    if let Some(word) = table.word("trunk", report) {
        if trunks.iter().all(|trunk| trunk.name != word.text) {
            let known = trunks.iter().map(|trunk| trunk.name.as_str());
            let first = format!("write a [[trunk]] with name = \"{}\"", word.text);
            let message = format!("there is no trunk called `{}`", word.text);
            let expected = suggest(word.text, known).unwrap_or(first);
            report.error(word.span.clone(), message, Some(expected));
        }
        targets.push(RuleTarget::Trunk(word.text.to_owned()));
    }
    if table.flag("refuse", report) == Some(true) {
        targets.push(RuleTarget::Refuse);
    }
    if targets.len() != 1 {
        report.error(
            table.span.clone(),
            "a dial rule leads to exactly one place",
            Some("write one of: account, dialplan, trunk, refuse = true".to_owned()),
        );
    }
    table.finish(report);
    let rule = Rule {
        pattern: pattern?.text.to_owned(),
        strip,
        target: targets.pop()?,
    };
    Some((rule, place))
}

/// A star is the first key of a code (`*21`), or at the end any rest; inside it would be neither.
fn is_pattern(word: &Word<'_>, report: &mut Report<'_>) -> bool {
    let keys = word.text.strip_suffix('*').unwrap_or(word.text);
    let plain = keys.strip_prefix(['+', '*']).unwrap_or(keys);
    let fits = !word.text.is_empty()
        && word.text.len() <= 32
        && plain.bytes().all(|b| b.is_ascii_digit() || b == b'#');
    if !fits {
        report.error(
            word.span.clone(),
            "`pattern` is digits, then perhaps a star for any rest; another star stands in front alone",
            Some("write for example \"9*\", \"2110\" or \"*21\"".to_owned()),
        );
    }
    fits
}
