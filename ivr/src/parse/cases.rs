//! `[[test]]`: expected decisions beside the flow (IVR-5).

use super::suggest::suggest;
use super::table::{Report, Table};
use super::{Names, language, step, times};
use crate::decision::Rule;
use crate::simulate::{Case, Expect, Phone};
use crate::situation::{QueueState, Situation};
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::sync::Arc;
use toml::de::DeValue;

pub(super) fn cases(
    root: &mut Table<'_>,
    zone: Tz,
    names: &Names<'_>,
    report: &mut Report<'_>,
) -> Vec<Case> {
    root.tables("test", report)
        .into_iter()
        .filter_map(|table| case(table, zone, names, report))
        .collect()
}

fn case(
    mut table: Table<'_>,
    zone: Tz,
    names: &Names<'_>,
    report: &mut Report<'_>,
) -> Option<Case> {
    let name = table.need("name", "say what is tested, as a sentence", report);
    if let Some(name) = &name {
        table.span = name.span.clone();
    }
    let from = table.word("from", report).map(|w| w.text.to_owned());
    let to = table.need("to", "the called number, with + and country", report);
    let remembered = table
        .word("remembered", report)
        .and_then(|word| language(&word, names, report));
    if table.value("at").is_none() {
        table.missing(
            "at",
            "the day and time, for example at = 2026-12-24T16:45",
            report,
        );
    }
    let at = times::moment(&mut table, "at", zone, report);
    let keys = table.word("keys", report);
    if let Some(word) = keys.as_ref().filter(|w| {
        !w.text
            .chars()
            .all(|c| matches!(c, '0'..='9' | '*' | '#' | '-'))
    }) {
        report.error(
            word.span.clone(),
            "keys are 0-9, * and #; a - is one silence",
            None,
        );
    }
    let phones = phones(&mut table, report);
    let situation = situation(&mut table, names, report);
    let expect = expect(&mut table, names, report);
    let span = table.span.clone();
    table.finish(report);
    Some(Case {
        name: name?.text.into(),
        from,
        to: to?.text.to_owned(),
        remembered,
        at: at?,
        keys: keys.map(|w| w.text.to_owned()).unwrap_or_default(),
        phones,
        situation,
        expect,
        span,
    })
}

fn phones(table: &mut Table<'_>, report: &mut Report<'_>) -> BTreeMap<String, Phone> {
    let mut phones = BTreeMap::new();
    let list = table.table("phones", report);
    for (key, value) in list.iter().flat_map(Table::entries) {
        let Some(word) = super::table::word(value, key.text, report) else {
            continue;
        };
        match Phone::parse(word.text) {
            Some(phone) => {
                phones.insert(key.text.to_owned(), phone);
            }
            None => report.error(
                word.span.clone(),
                format!("a phone does not do `{}`", word.text),
                suggest(word.text, Phone::WORDS),
            ),
        }
    }
    phones
}

fn situation(table: &mut Table<'_>, names: &Names<'_>, report: &mut Report<'_>) -> Situation {
    let mut situation = Situation::default();
    let bulletins = table.table("bulletins", report);
    for (key, value) in bulletins.iter().flat_map(Table::entries) {
        match value.get_ref() {
            DeValue::Boolean(on) if names.bulletins.contains(key.text) => {
                situation.bulletins.insert(key.text.into(), *on);
            }
            DeValue::Boolean(_) => {
                report.unknown(&key, "bulletin", names.bulletins.iter().copied())
            }
            _ => report.error(value.span(), "a bulletin is on (true) or off (false)", None),
        }
    }
    let hours = table.table("hours", report);
    for (key, value) in hours.iter().flat_map(Table::entries) {
        if !names.services.contains(key.text) {
            report.unknown(&key, "service", names.services.iter().copied());
        } else if let Some(word) = super::table::word(value, key.text, report) {
            situation
                .hours
                .insert(key.text.into(), word.text.to_owned());
        }
    }
    let queues = table.table("queues", report);
    for (key, value) in queues.iter().flat_map(Table::entries) {
        if step(&key, names, report).is_none() {
            continue;
        }
        let Some(mut state) = Table::of(value, format!("queue {}", key.text), report) else {
            continue;
        };
        let waiting = state.number("waiting", 0, 100_000, report).unwrap_or(0);
        let agents = state.number("agents", 0, 100_000, report).unwrap_or(1);
        let estimate = state.length("estimate", 0, 86_400, report);
        state.finish(report);
        if let (Ok(waiting), Ok(agents)) = (u32::try_from(waiting), u32::try_from(agents)) {
            situation.queues.insert(
                key.text.into(),
                QueueState {
                    waiting,
                    agents,
                    estimate,
                },
            );
        }
    }
    situation
}

fn expect(table: &mut Table<'_>, names: &Names<'_>, report: &mut Report<'_>) -> Expect {
    let mut expect = Expect {
        answered_by: table.word("answered-by", report).map(|w| w.text.to_owned()),
        ..Expect::default()
    };
    expect.ends = table
        .word("ends", report)
        .filter(|w| step(w, names, report).is_some())
        .map(|w| Arc::from(w.text));
    expect.language = table
        .word("language", report)
        .and_then(|w| language(&w, names, report));
    for word in table.words("way", report) {
        if step(&word, names, report).is_some() {
            expect.way.push(word.text.into());
        }
    }
    expect.hears = table
        .words("hears", report)
        .iter()
        .map(|w| Arc::from(w.text))
        .collect();
    expect.never_hears = table
        .words("never-hears", report)
        .iter()
        .map(|w| Arc::from(w.text))
        .collect();
    for word in table.words("why", report) {
        match Rule::parse(word.text) {
            Some(rule) => expect.why.push(rule),
            None => report.error(
                word.span.clone(),
                format!("no decision is called `{}`", word.text),
                suggest(word.text, Rule::ALL.iter().map(|r| r.code())),
            ),
        }
    }
    if expect == Expect::default() {
        report.error(
            table.span.clone(),
            "this test expects nothing",
            Some("write ends, answered-by, hears, way, why or language".into()),
        );
    }
    expect
}
