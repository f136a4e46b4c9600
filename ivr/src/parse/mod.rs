//! From TOML to a [`Flow`]: every mistake with its line and what was probably meant.

mod cases;
mod numbers;
mod opening;
mod steps;
pub mod suggest;
pub mod table;
mod times;

use crate::diagnostic::{Diagnostic, Severity, Source};
use crate::flow::{Bulletin, Flow, OwnPrompt, Said, StepId};
use crate::lang::Lang;
use crate::schedule::{Calendar, calendar_names};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use suggest::nearest;
use table::{Report, Table, Word};
use toml::de::DeTable;

/// Largest flow file that is read, in bytes.
pub const LARGEST: usize = 1 << 20;

/// What names exist, collected before any reference is read.
struct Names<'a> {
    steps: BTreeMap<&'a str, StepId>,
    services: BTreeSet<&'a str>,
    bulletins: BTreeSet<&'a str>,
    languages: Vec<Lang>,
}

/// Reads a flow. `file` is only the name shown in remarks. A flow that is returned is whole: every reference in it leads
/// somewhere. [`check`](crate::check::check) then looks at its sense.
pub fn parse(source: &str, file: &str) -> Result<Flow, Vec<Diagnostic>> {
    let source = Source {
        file: file.into(),
        text: source.into(),
    };
    let root = read_toml(&source)?;
    let mut report = Report {
        source: &source,
        found: Vec::new(),
    };
    let flow = flow(Table::new(&root, 0..0, "the flow"), &source, &mut report);
    let mut found = report.found;
    match flow {
        Some(flow) if found.is_empty() => Ok(flow),
        _ => {
            found.sort_by_key(|d| (d.span.start, d.span.end));
            Err(found)
        }
    }
}

/// The TOML itself; used for flows and for prompt texts.
pub fn read_toml(source: &Source) -> Result<DeTable<'_>, Vec<Diagnostic>> {
    if source.text.len() > LARGEST {
        let message = format!("the file is larger than {LARGEST} bytes");
        return Err(vec![source.remark(Severity::Error, 0..0, message, None)]);
    }
    if let Some(at) = too_deep(&source.text) {
        let message = format!("brackets are open more than {DEEPEST} deep");
        return Err(vec![source.remark(Severity::Error, at..at, message, None)]);
    }
    let (root, errors) = DeTable::parse_recoverable(&source.text);
    if errors.is_empty() {
        return Ok(root.into_inner());
    }
    let remark = |e: &toml::de::Error| {
        source.remark(
            Severity::Error,
            e.span().unwrap_or(0..0),
            e.message().to_owned(),
            expected(e.message()),
        )
    };
    let mut found: Vec<Diagnostic> = errors.iter().take(table::MOST).map(remark).collect();
    found.sort_by_key(|d| d.span.start);
    Err(found)
}

/// What the TOML reader leaves unsaid: its other sentences name what they expected themselves.
fn expected(message: &str) -> Option<String> {
    message
        .contains("duplicate key")
        .then(|| "it stands above already, and is written once: remove one of the two".to_owned())
}

/// Deepest nesting of brackets that is read. The TOML reader recurses for each when it recovers from a mistake, and a
/// file of nothing but brackets would overflow the stack.
const DEEPEST: usize = 64;

/// Where brackets are open deeper than that. Brackets inside strings and comments count too: nobody writes so many.
fn too_deep(text: &str) -> Option<usize> {
    let mut open: Vec<u8> = Vec::with_capacity(DEEPEST);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' | b'[' if open.len() >= DEEPEST => return Some(at),
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            b'}' | b']' if open.last() == Some(&byte) => {
                open.pop();
            }
            _ => {}
        }
    }
    None
}

fn flow(mut root: Table<'_>, source: &Source, report: &mut Report<'_>) -> Option<Flow> {
    let town = root.need("town", "write the name of the town: town = \"…\"", report);
    let country = country(&mut root, report);
    let zone = zone(&mut root, country, report);
    let languages = languages(&mut root, report);
    let calendar = calendar(&mut root, country, report);
    let steps_table = root.table("step", report);
    let services_table = root.table("service", report);
    let bulletins_table = root.table("bulletin", report);
    let names = Names {
        steps: steps_table
            .iter()
            .flat_map(Table::entries)
            .enumerate()
            .map(|(i, (k, _))| (k.text, StepId(i)))
            .collect(),
        services: services_table
            .iter()
            .flat_map(Table::entries)
            .map(|(k, _)| k.text)
            .collect(),
        bulletins: bulletins_table
            .iter()
            .flat_map(Table::entries)
            .map(|(k, _)| k.text)
            .collect(),
        languages: languages.clone(),
    };
    let music = music(&mut root, report);
    let reception = target(&mut root, "reception", &names, report);
    let unsure = opening::safe_branch(&mut root, "when-hours-fail", report);
    let named_hours = opening::named_hours(&mut root, report);
    let services = opening::services(
        services_table,
        &named_hours,
        &calendar,
        unsure,
        &names,
        report,
    );
    let closures = opening::closures(&mut root, &names, report);
    let bulletins = bulletins(bulletins_table, report);
    let prompts = prompts(&mut root, &names, report);
    let numbers = numbers::numbers(&mut root, &names, report);
    let steps = steps::steps(steps_table, &names, report);
    let tests = cases::cases(&mut root, zone, &names, report);
    if names.steps.is_empty() {
        root.missing("step", "a flow needs at least one [step.…]", report);
    }
    root.finish(report);
    Some(Flow {
        town: town?.text.into(),
        zone,
        languages,
        reception,
        music,
        calendar,
        numbers,
        services,
        closures,
        bulletins,
        steps,
        prompts,
        tests,
        source: source.clone(),
    })
}

/// The name of music, if it can be one: it becomes part of a file's name.
fn music(table: &mut Table<'_>, report: &mut Report<'_>) -> Option<Said> {
    let word = table.word("music", report)?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if word.text.is_empty() || !word.text.chars().all(plain) {
        let message = "music is the name of a recording, of letters, digits, - and _";
        let suggestion = "\"calm\" plays prompts/music/calm.mp3".to_owned();
        report.error(word.span, message, Some(suggestion));
        return None;
    }
    Some(Said {
        name: word.text.into(),
        span: word.span,
    })
}

/// The step a key of the table names, or nothing when the key is absent or wrong (then it was told).
fn target(
    table: &mut Table<'_>,
    key: &'static str,
    names: &Names<'_>,
    report: &mut Report<'_>,
) -> Option<StepId> {
    let word = table.word(key, report)?;
    step(&word, names, report)
}

/// As [`target`], for a key that must be there.
fn need_target(
    table: &mut Table<'_>,
    key: &'static str,
    why: &str,
    names: &Names<'_>,
    report: &mut Report<'_>,
) -> Option<StepId> {
    if table.value(key).is_none() {
        table.missing(key, why, report);
    }
    target(table, key, names, report)
}

fn step(word: &Word<'_>, names: &Names<'_>, report: &mut Report<'_>) -> Option<StepId> {
    let found = names.steps.get(word.text).copied();
    if found.is_none() {
        report.unknown(word, "step", names.steps.keys().copied());
    }
    found
}

fn language(word: &Word<'_>, names: &Names<'_>, report: &mut Report<'_>) -> Option<Lang> {
    let found = Lang::parse(word.text).filter(|l| names.languages.contains(l));
    if found.is_none() {
        let known: Vec<&str> = names.languages.iter().map(Lang::as_str).collect();
        let message = format!("`{}` is not one of the flow's languages", word.text);
        report.error(
            word.span.clone(),
            message,
            suggest::suggest(word.text, known),
        );
    }
    found
}

/// Names of prompts with their places.
fn said(table: &mut Table<'_>, key: &'static str, report: &mut Report<'_>) -> Vec<Said> {
    let words = table.words(key, report);
    words
        .into_iter()
        .map(|w| Said {
            name: w.text.into(),
            span: w.span,
        })
        .collect()
}

#[derive(Clone, Copy)]
enum Country {
    Belgium,
    France,
}

fn country(root: &mut Table<'_>, report: &mut Report<'_>) -> Country {
    let Some(word) = root.need(
        "country",
        "write country = \"BE\" or country = \"FR\"",
        report,
    ) else {
        return Country::Belgium;
    };
    match word.text {
        "BE" => Country::Belgium,
        "FR" => Country::France,
        _ => {
            report.error(
                word.span.clone(),
                "the country decides the holidays",
                Some("expected one of: BE, FR".into()),
            );
            Country::Belgium
        }
    }
}

fn zone(root: &mut Table<'_>, country: Country, report: &mut Report<'_>) -> Tz {
    let usual = match country {
        Country::Belgium => Tz::Europe__Brussels,
        Country::France => Tz::Europe__Paris,
    };
    let Some(word) = root.word("time-zone", report) else {
        return usual;
    };
    word.text.parse().unwrap_or_else(|_| {
        let known = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        let suggestion = nearest(word.text, known).map(|n| format!("did you mean `{n}`?"));
        let suggestion =
            suggestion.or_else(|| Some("write for example \"Europe/Brussels\"".into()));
        report.error(
            word.span.clone(),
            format!("there is no time zone `{}`", word.text),
            suggestion,
        );
        usual
    })
}

fn languages(root: &mut Table<'_>, report: &mut Report<'_>) -> Vec<Lang> {
    let mut languages: Vec<Lang> = Vec::new();
    for word in root.words("languages", report) {
        match Lang::parse(word.text) {
            Some(lang) if languages.contains(&lang) => {
                report.error(word.span, format!("`{lang}` is named twice"), None)
            }
            Some(lang) => languages.push(lang),
            None => report.error(
                word.span,
                "a language is two small letters",
                Some("write for example \"nl\", \"fr\"".into()),
            ),
        }
    }
    if languages.is_empty() && report.found.is_empty() {
        root.missing(
            "languages",
            "write for example languages = [\"nl\", \"fr\"]",
            report,
        );
    }
    languages
}

fn calendar(root: &mut Table<'_>, country: Country, report: &mut Report<'_>) -> Calendar {
    let words = root.words("holidays", report);
    let mut names: Vec<&str> = words.iter().map(|w| w.text).collect();
    if names.is_empty() {
        names.push(match country {
            Country::Belgium => "BE",
            Country::France => "FR",
        });
    }
    Calendar::of(&names).unwrap_or_else(|index| {
        if let Some(word) = words.get(index) {
            let suggestion = nearest(word.text, calendar_names())
                .map(|n| format!("did you mean `{n}`?"))
                .or_else(|| {
                    Some(format!(
                        "known: {}",
                        calendar_names().into_iter().collect::<Vec<_>>().join(", ")
                    ))
                });
            report.error(
                word.span.clone(),
                format!("there is no holiday calendar `{}`", word.text),
                suggestion,
            );
        }
        Calendar::default()
    })
}

fn bulletins(table: Option<Table<'_>>, report: &mut Report<'_>) -> BTreeMap<Arc<str>, Bulletin> {
    let mut all = BTreeMap::new();
    for (name, value) in table.iter().flat_map(Table::entries) {
        let Some(mut table) = Table::of(value, format!("bulletin {}", name.text), report) else {
            continue;
        };
        table.span = name.span.clone();
        let say = said(&mut table, "say", report);
        if say.is_empty() {
            table.missing("say", "name the prompt to be heard", report);
        }
        let active = table.flag("active", report).unwrap_or(false);
        table.finish(report);
        all.insert(
            Arc::from(name.text),
            Bulletin {
                say,
                active,
                span: name.span,
            },
        );
    }
    all
}

fn prompts(
    root: &mut Table<'_>,
    names: &Names<'_>,
    report: &mut Report<'_>,
) -> BTreeMap<Arc<str>, OwnPrompt> {
    let mut all = BTreeMap::new();
    let table = root.table("prompt", report);
    for (name, value) in table.iter().flat_map(Table::entries) {
        let Some(table) = Table::of(value, format!("prompt {}", name.text), report) else {
            continue;
        };
        let texts = texts(&table, names, report);
        all.insert(
            Arc::from(name.text),
            OwnPrompt {
                texts,
                span: name.span,
            },
        );
    }
    all
}

/// `nl = "…"`, `fr = "…"`: a text for each of some languages of the flow.
fn texts(
    table: &Table<'_>,
    names: &Names<'_>,
    report: &mut Report<'_>,
) -> BTreeMap<Lang, Arc<str>> {
    let mut texts = BTreeMap::new();
    for (key, value) in table.entries() {
        if let (Some(lang), Some(text)) = (
            language(&key, names, report),
            table::word(value, key.text, report),
        ) {
            texts.insert(lang, Arc::from(text.text));
        }
    }
    texts
}

#[cfg(test)]
mod tests;
