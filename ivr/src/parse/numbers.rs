//! `[numbers]`: which called number enters where.

use super::table::{Report, Table, Word};
use super::{Names, language, step, target, times};
use crate::flow::{Number, Said};
use toml::de::DeValue;

pub(super) fn numbers(
    root: &mut Table<'_>,
    names: &Names<'_>,
    report: &mut Report<'_>,
) -> Vec<Number> {
    let Some(table) = root.table("numbers", report) else {
        root.missing(
            "numbers",
            "write [numbers] and a line \"+32…\" = \"first-step\"",
            report,
        );
        return Vec::new();
    };
    table
        .entries()
        .iter()
        .filter_map(|(key, value)| number(key, value, names, report))
        .collect()
}

fn number(
    key: &Word<'_>,
    value: &super::table::Value<'_>,
    names: &Names<'_>,
    report: &mut Report<'_>,
) -> Option<Number> {
    let digits = key.text.strip_suffix('*').unwrap_or(key.text);
    let digits = digits.strip_prefix('+').unwrap_or(digits);
    if digits.len() > 15 || !digits.bytes().all(|b| b.is_ascii_digit()) || key.text.is_empty() {
        let hint = "write +32… with digits only; a * at the end stands for any further digits";
        report.error(
            key.span.clone(),
            format!("`{}` is not a telephone number", key.text),
            Some(hint.into()),
        );
    }
    if let DeValue::String(text) = value.get_ref() {
        let to = step(
            &Word {
                text,
                span: value.span(),
            },
            names,
            report,
        )?;
        let (pattern, label) = (key.text.into(), key.text.into());
        return Some(Number {
            pattern,
            label,
            to,
            language: None,
            retired: None,
            from: None,
            until: None,
            span: key.span.clone(),
        });
    }
    let mut table = Table::of(value, format!("number {}", key.text), report)?;
    table.span = key.span.clone();
    let label = table.word("label", report).map_or(key.text, |w| w.text);
    if table.value("to").is_none() {
        table.missing("to", "name the first step", report);
    }
    let to = target(&mut table, "to", names, report);
    let speaks = table
        .word("language", report)
        .and_then(|w| language(&w, names, report));
    let retired = table.word("retired", report).map(|w| Said {
        name: w.text.into(),
        span: w.span,
    });
    let from = times::day(&mut table, "from", report);
    let until = times::day(&mut table, "until", report);
    if let (Some(first), Some(last)) = (from, until)
        && first > last
    {
        report.error(key.span.clone(), "this number ends before it begins", None);
    }
    table.finish(report);
    Some(Number {
        pattern: key.text.into(),
        label: label.into(),
        to: to?,
        language: speaks,
        retired,
        from,
        until,
        span: key.span.clone(),
    })
}
