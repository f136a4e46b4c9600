//! `[step.…]`: what callers meet, one after the other.

use super::table::{Report, Table, Word, word};
use super::{Names, language, need_target, said, step, target};
use crate::act::Strategy;
use crate::flow::{Patience, Said, Step, StepKind};
use crate::lang::Lang;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const KINDS: [&str; 10] = [
    "greet", "language", "menu", "hours", "bulletin", "ring", "queue", "message", "external",
    "hangup",
];

pub(super) fn steps(
    table: Option<Table<'_>>,
    names: &Names<'_>,
    report: &mut Report<'_>,
) -> Vec<Step> {
    let mut all = Vec::new();
    for (name, value) in table.iter().flat_map(Table::entries) {
        let Some(mut table) = Table::of(value, format!("step {}", name.text), report) else {
            continue;
        };
        table.span = name.span.clone();
        let say = said(&mut table, "say", report);
        let Some(kind) = table.need(
            "kind",
            "say what it does: greet, menu, ring, message …",
            report,
        ) else {
            continue;
        };
        let told = report.found.len();
        let read = self::kind(&kind, &mut table, &say, names, report);
        let phones = phones(&kind, &mut table, report);
        // Unknown keys of an unknown kind would only be noise.
        if KINDS.contains(&kind.text) {
            table.finish(report);
        }
        match read {
            Some(kind) => all.push(Step {
                name: name.text.into(),
                say,
                kind,
                phones,
                span: name.span,
            }),
            // A reading that failed has told why; if not, this is our own mistake and must not pass in silence.
            None if report.found.len() == told => {
                report.error(name.span.clone(), "this step cannot be read", None)
            }
            None => {}
        }
    }
    all
}

fn kind(
    kind: &Word<'_>,
    table: &mut Table<'_>,
    say: &[Said],
    names: &Names<'_>,
    report: &mut Report<'_>,
) -> Option<StepKind> {
    match kind.text {
        "greet" | "menu" | "language" | "message" => need_say(table, say, report),
        "hours" | "bulletin" | "hangup" => no_say(table, say, report),
        // A ring, queue or external step may say something first.
        _ => {}
    }
    match kind.text {
        "greet" => {
            let then = need_target(table, "then", "name the next step", names, report);
            Some(StepKind::Greet { then: then? })
        }
        "language" => language_step(table, names, report),
        "menu" => {
            let keys = keys(table, |w, report| step(w, names, report), report);
            let patience = patience(table, names, report);
            Some(StepKind::Menu { keys, patience })
        }
        "hours" => hours(table, names, report),
        "bulletin" => bulletin(table, names, report),
        "ring" => ring(table, names, report),
        "queue" => queue(table, names, report),
        "message" => {
            let then = target(table, "then", names, report);
            Some(StepKind::Message { then })
        }
        "external" => external(table, names, report),
        "hangup" => Some(StepKind::Hangup),
        _ => {
            report.unknown(kind, "kind of step", KINDS);
            None
        }
    }
}

fn hours(table: &mut Table<'_>, names: &Names<'_>, report: &mut Report<'_>) -> Option<StepKind> {
    let service = service(table, names, report);
    if table.value("service").is_none() {
        table.missing("service", "name the service whose hours decide", report);
    }
    let open = need_target(
        table,
        "open",
        "name the step when it is open",
        names,
        report,
    );
    let closed = target(table, "closed", names, report);
    Some(StepKind::Hours {
        service: service?,
        open: open?,
        closed,
    })
}

fn bulletin(table: &mut Table<'_>, names: &Names<'_>, report: &mut Report<'_>) -> Option<StepKind> {
    let word = table.need("bulletin", "name the [bulletin.…]", report);
    let then = need_target(table, "then", "name the next step", names, report);
    let word = word?;
    if !names.bulletins.contains(word.text) {
        report.unknown(&word, "bulletin", names.bulletins.iter().copied());
    }
    Some(StepKind::Bulletin {
        bulletin: word.text.into(),
        then: then?,
    })
}

fn ring(table: &mut Table<'_>, names: &Names<'_>, report: &mut Report<'_>) -> Option<StepKind> {
    let service = service(table, names, report);
    let targets = targets(table, report);
    let time = table
        .length("time", 5, 120, report)
        .unwrap_or(Duration::from_secs(20));
    let otherwise = need_target(
        table,
        "otherwise",
        "name the step when nobody takes the call",
        names,
        report,
    );
    Some(StepKind::Ring {
        service,
        targets,
        time,
        otherwise: otherwise?,
    })
}

fn external(table: &mut Table<'_>, names: &Names<'_>, report: &mut Report<'_>) -> Option<StepKind> {
    let word = table.need("number", "write the number with + and country", report);
    let time = table
        .length("time", 5, 120, report)
        .unwrap_or(Duration::from_secs(30));
    let otherwise = need_target(
        table,
        "otherwise",
        "name the step when it is not answered",
        names,
        report,
    );
    let word = word?;
    let digits = word.text.strip_prefix('+').unwrap_or("");
    if !(5..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        let hint = "write for example \"+3254310000\"";
        report.error(
            word.span,
            "an outside number is written with + and country",
            Some(hint.into()),
        );
    }
    Some(StepKind::External {
        number: word.text.to_owned(),
        time,
        otherwise: otherwise?,
    })
}

fn language_step(
    table: &mut Table<'_>,
    names: &Names<'_>,
    report: &mut Report<'_>,
) -> Option<StepKind> {
    let keys: BTreeMap<char, Lang> = keys(table, |w, report| language(w, names, report), report);
    let then = need_target(table, "then", "name the next step", names, report);
    let patience = patience(table, names, report);
    let remember = table.flag("remember", report).unwrap_or(false);
    Some(StepKind::Language {
        keys,
        then: then?,
        remember,
        patience,
    })
}

fn queue(table: &mut Table<'_>, names: &Names<'_>, report: &mut Report<'_>) -> Option<StepKind> {
    let service = service(table, names, report);
    // Without phones, stations alone serve it.
    let targets = match table.value("phones") {
        Some(_) => targets(table, report),
        None => Vec::new(),
    };
    let time = table
        .length("time", 5, 120, report)
        .unwrap_or(Duration::from_secs(20));
    let comfort = said(table, "comfort", report);
    let comfort_every = table
        .length("comfort-every", 10, 600, report)
        .unwrap_or(Duration::from_secs(45));
    let max_wait = table
        .length("max-wait", 10, 7200, report)
        .unwrap_or(Duration::from_secs(600));
    let max_length = table
        .number("max-length", 1, 1000, report)
        .and_then(|n| u32::try_from(n).ok())
        .unwrap_or(20);
    let full = need_target(
        table,
        "full",
        "name the step when the queue is full",
        names,
        report,
    );
    let too_long = need_target(
        table,
        "too-long",
        "name the step when the wait was too long",
        names,
        report,
    );
    let nobody = need_target(
        table,
        "nobody",
        "name the step when nobody serves the queue",
        names,
        report,
    );
    let line = table.word("line", report).map(|word| word.text.into());
    let (strategy, wrap_up) = (strategy(table, report), wrap_up(table, report));
    Some(StepKind::Queue {
        service,
        targets,
        time,
        comfort,
        comfort_every,
        max_wait,
        max_length,
        line,
        strategy,
        wrap_up,
        tell_position: table.flag("tell-position", report).unwrap_or(false),
        tell_wait: table.flag("tell-wait", report).unwrap_or(false),
        full: full?,
        too_long: too_long?,
        nobody: nobody?,
    })
}

fn wrap_up(table: &mut Table<'_>, report: &mut Report<'_>) -> Duration {
    table
        .length("wrap-up", 0, 600, report)
        .unwrap_or(Duration::ZERO)
}

fn strategy(table: &mut Table<'_>, report: &mut Report<'_>) -> Strategy {
    let Some(word) = table.word("strategy", report) else {
        return Strategy::default();
    };
    match word.text {
        "ring-all" => Strategy::RingAll,
        "longest-idle" => Strategy::LongestIdle,
        _ => {
            report.unknown(&word, "strategy", ["ring-all", "longest-idle"]);
            Strategy::default()
        }
    }
}

fn need_say(table: &Table<'_>, say: &[Said], report: &mut Report<'_>) {
    if say.is_empty() {
        table.missing("say", "name the prompt to be heard", report);
    }
}

fn no_say(table: &Table<'_>, say: &[Said], report: &mut Report<'_>) {
    if let Some(first) = say.first() {
        let hint = "put a greet or message step before it".to_owned();
        report.error(
            first.span.clone(),
            format!("{} says nothing", table.title()),
            Some(hint),
        );
    }
}

fn service(table: &mut Table<'_>, names: &Names<'_>, report: &mut Report<'_>) -> Option<Arc<str>> {
    let word = table.word("service", report)?;
    if names.services.contains(word.text) {
        return Some(word.text.into());
    }
    report.unknown(&word, "service", names.services.iter().copied());
    None
}

/// The phones of a step that rings any, with their places. What is wrong with them was told when the step was read.
fn phones(kind: &Word<'_>, table: &mut Table<'_>, report: &Report<'_>) -> Vec<Said> {
    let mut told = Report {
        source: report.source,
        found: Vec::new(),
    };
    match kind.text {
        "ring" | "queue" => said(table, "phones", &mut told),
        _ => Vec::new(),
    }
}

fn targets(table: &mut Table<'_>, report: &mut Report<'_>) -> Vec<String> {
    let words = table.words("phones", report);
    if words.is_empty() {
        table.missing(
            "phones",
            "name the phones that ring, for example phones = [\"2101\", \"2102\"]",
            report,
        );
    }
    let mut targets: Vec<String> = Vec::new();
    for word in words {
        if word.text.is_empty()
            || word
                .text
                .contains(|c: char| c.is_whitespace() || c.is_control())
        {
            report.error(
                word.span,
                "a phone is an account or a number, without blanks",
                None,
            );
        } else if targets.iter().any(|t| t == word.text) {
            report.error(word.span, format!("`{}` is named twice", word.text), None);
        } else {
            targets.push(word.text.to_owned());
        }
    }
    targets
}

/// `keys = { 1 = "…", 2 = "…" }`.
fn keys<T>(
    table: &mut Table<'_>,
    mut read: impl FnMut(&Word<'_>, &mut Report<'_>) -> Option<T>,
    report: &mut Report<'_>,
) -> BTreeMap<char, T> {
    let mut keys = BTreeMap::new();
    let Some(list) = table.table("keys", report) else {
        if table.value("keys").is_none() {
            table.missing("keys", "write keys = { 1 = \"…\", 2 = \"…\" }", report);
        }
        return keys;
    };
    for (key, value) in list.entries() {
        match key.text {
            "0" => report.error(
                key.span,
                "key 0 leads to reception everywhere",
                Some("set `reception` at the top of the flow".into()),
            ),
            "*" => report.error(
                key.span,
                "the star key repeats the choices everywhere",
                None,
            ),
            text => match (one_key(text), word(value, text, report)) {
                (None, _) => report.error(
                    key.span,
                    format!("`{text}` is not a key"),
                    Some("keys are 1 to 9 and #".into()),
                ),
                (Some(k), Some(w)) => {
                    if let Some(target) = read(&w, report) {
                        keys.insert(k, target);
                    }
                }
                (Some(_), None) => {}
            },
        }
    }
    if list.entries().is_empty() {
        report.error(
            table.span.clone(),
            format!("{} offers no key", table.title()),
            None,
        );
    }
    keys
}

fn one_key(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let key = chars.next().filter(|c| matches!(c, '1'..='9' | '#'))?;
    chars.next().is_none().then_some(key)
}

fn patience(table: &mut Table<'_>, names: &Names<'_>, report: &mut Report<'_>) -> Patience {
    Patience {
        // A11Y-4: nobody has to be quicker than 5 s.
        timeout: table
            .length("timeout", 5, 60, report)
            .unwrap_or(Duration::from_secs(8)),
        tries: table
            .number("tries", 1, 9, report)
            .and_then(|n| u8::try_from(n).ok())
            .unwrap_or(3),
        silence: target(table, "silence", names, report),
        invalid: target(table, "invalid", names, report),
    }
}
