//! `[hours]`, `[service.…]` and `[[closure]]`: when the town is open.

use super::table::{Report, Table, Word, word};
use super::{Names, target, texts, times};
use crate::flow::{Branch, PlannedClosure, Service};
use crate::schedule::{Calendar, Hours};
use crate::situation::Closure;
use std::collections::BTreeMap;
use std::sync::Arc;

const EXAMPLE: &str = "write for example \"Mo-Fr 08:30-12:00,13:00-16:30; PH off\"";

/// What to believe when hours cannot be evaluated: `open` or `closed`.
pub(super) fn safe_branch(
    table: &mut Table<'_>,
    key: &'static str,
    report: &mut Report<'_>,
) -> Option<Branch> {
    let word = table.word(key, report)?;
    match word.text {
        "open" => Some(Branch::Open),
        "closed" => Some(Branch::Closed),
        _ => {
            report.error(
                word.span,
                format!("`{key}` is open or closed"),
                super::suggest::suggest(word.text, ["open", "closed"]),
            );
            None
        }
    }
}

/// Calendars of the flow: name → expression.
pub(super) fn named_hours<'a>(
    root: &mut Table<'a>,
    report: &mut Report<'_>,
) -> BTreeMap<&'a str, Word<'a>> {
    let table = root.table("hours", report);
    let entries = table.iter().flat_map(Table::entries);
    entries
        .filter_map(|(name, value)| Some((name.text, word(value, name.text, report)?)))
        .collect()
}

pub(super) fn services(
    table: Option<Table<'_>>,
    named: &BTreeMap<&str, Word<'_>>,
    calendar: &Calendar,
    unsure: Option<Branch>,
    names: &Names<'_>,
    report: &mut Report<'_>,
) -> BTreeMap<Arc<str>, Service> {
    let mut all = BTreeMap::new();
    for (name, value) in table.iter().flat_map(Table::entries) {
        let Some(mut table) = Table::of(value, format!("service {}", name.text), report) else {
            continue;
        };
        table.span = name.span.clone();
        let names_of = table
            .table("name", report)
            .map(|t| texts(&t, names, report))
            .unwrap_or_default();
        let word = table.need(
            "hours",
            "name a line of [hours], or write the hours (\"24/7\" is always open)",
            report,
        );
        let hours = word.and_then(|w| hours(&w, named, calendar, report));
        let closed = target(&mut table, "closed", names, report);
        let holiday = target(&mut table, "closed-on-holiday", names, report);
        let music = super::music(&mut table, report);
        let own = safe_branch(&mut table, "when-hours-fail", report);
        let Some(unsure) = own.or(unsure) else {
            let why = "say once at the top what callers meet when hours cannot be evaluated: when-hours-fail = \"open\" or \"closed\"";
            table.missing("when-hours-fail", why, report);
            continue;
        };
        table.finish(report);
        if let Some(hours) = hours {
            let name_of = Arc::<str>::from(name.text);
            let span = name.span.clone();
            all.insert(
                name_of.clone(),
                Service {
                    name: name_of,
                    names: names_of,
                    hours,
                    closed,
                    holiday,
                    music,
                    unsure,
                    span,
                },
            );
        }
    }
    all
}

/// A name of `[hours]` or an expression.
fn hours(
    written: &Word<'_>,
    named: &BTreeMap<&str, Word<'_>>,
    calendar: &Calendar,
    report: &mut Report<'_>,
) -> Option<Hours> {
    let (label, expression) = match named.get(written.text) {
        Some(expression) => (written.text, expression),
        None => (written.text, written),
    };
    let told = match Hours::parse(label, expression.text, calendar) {
        Ok(hours) => return Some(hours),
        Err(told) => told,
    };
    if !expression
        .text
        .contains(|c: char| c.is_ascii_digit() || c == ' ')
    {
        let suggestion = super::suggest::suggest(expression.text, named.keys().copied())
            .or_else(|| Some(EXAMPLE.into()));
        report.error(
            expression.span.clone(),
            format!("[hours] has no line called `{}`", expression.text),
            suggestion,
        );
        return None;
    }
    // Inside a plain quoted text the expression begins one byte after its quote.
    let quoted = expression.span.len() == expression.text.len().saturating_add(2);
    let span = match told.at {
        Some(at) if quoted => {
            expression.span.start.saturating_add(1).saturating_add(at)
                ..expression.span.end.saturating_sub(1)
        }
        _ => expression.span.clone(),
    };
    let span = if span.start < span.end {
        span
    } else {
        expression.span.clone()
    };
    let foreign = [
        "Mon", "Lu", "Ma-", "Di", "Ve", "Do", "Wo", "Vr", "Za", "Zo", "Sam", "Dim",
    ];
    let hint = if foreign.iter().any(|w| expression.text.contains(w)) {
        format!("days are Mo Tu We Th Fr Sa Su; {EXAMPLE}")
    } else {
        EXAMPLE.to_owned()
    };
    report.error(span, told.message, told.at.map(|_| hint));
    None
}

pub(super) fn closures(
    root: &mut Table<'_>,
    names: &Names<'_>,
    report: &mut Report<'_>,
) -> Vec<PlannedClosure> {
    root.tables("closure", report)
        .into_iter()
        .filter_map(|table| closure(table, names, report))
        .collect()
}

fn closure(
    mut table: Table<'_>,
    names: &Names<'_>,
    report: &mut Report<'_>,
) -> Option<PlannedClosure> {
    let name = table.need("name", "say what people call it", report);
    let from = times::begin(&mut table, "from", report);
    let to = times::end(&mut table, "until", report);
    let mut services: Vec<Arc<str>> = Vec::new();
    for word in table.words("services", report) {
        if names.services.contains(word.text) {
            services.push(word.text.into());
        } else {
            report.unknown(&word, "service", names.services.iter().copied());
        }
    }
    let open = table.flag("open", report).unwrap_or(false);
    let priority = table.number("priority", -1000, 1000, report);
    let step = table
        .word("to", report)
        .filter(|w| super::step(w, names, report).is_some())
        .map(|w| Arc::from(w.text));
    let span = name
        .as_ref()
        .map_or_else(|| table.span.clone(), |n| n.span.clone());
    if let (Some(from), Some(to)) = (from, to)
        && from >= to
    {
        let hint = "`until` comes after `from`; a day is included whole".to_owned();
        report.error(
            span.clone(),
            "this closure ends before it begins",
            Some(hint),
        );
    }
    table.finish(report);
    let closure = Closure {
        name: name?.text.into(),
        services,
        from: from?,
        to: to?,
        open,
        priority: priority.unwrap_or(0),
        step,
    };
    Some(PlannedClosure {
        closure,
        explicit: priority.is_some(),
        span,
    })
}
