//! `[[dial]]`: the town's own numbering, read from the first rule to the last. Emergency numbers come before all of them.

use call::snapshot::{Rule, RuleTarget, Trunk};
use ivr::parse::table::{Report, Table, Word};

pub(super) fn read(root: &mut Table<'_>, trunks: &[Trunk], report: &mut Report<'_>) -> Vec<Rule> {
    let mut rules = Vec::new();
    for table in root.tables("dial", report) {
        rules.extend(one(table, trunks, report));
    }
    rules
}

fn one(mut table: Table<'_>, trunks: &[Trunk], report: &mut Report<'_>) -> Option<Rule> {
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
    }
    if let Some(word) = table.word("dialplan", report) {
        targets.push(RuleTarget::Flow(word.text.to_owned()));
    }
    if let Some(word) = table.word("trunk", report) {
        if trunks.iter().all(|trunk| trunk.name != word.text) {
            report.unknown(
                &word,
                "trunk",
                trunks.iter().map(|trunk| trunk.name.as_str()),
            );
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
    Some(Rule {
        pattern: pattern?.text.to_owned(),
        strip,
        target: targets.pop()?,
    })
}

fn is_pattern(word: &Word<'_>, report: &mut Report<'_>) -> bool {
    let digits = word.text.strip_suffix('*').unwrap_or(word.text);
    let plain = digits.strip_prefix('+').unwrap_or(digits);
    let fits = !word.text.is_empty()
        && word.text.len() <= 32
        && plain
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'*' | b'#'));
    if !fits {
        report.error(
            word.span.clone(),
            "`pattern` is digits, then perhaps a star for any rest",
            Some("write for example \"9*\" or \"2110\"".to_owned()),
        );
    }
    fits
}
