//! What is right in each file and wrong between them: numbers, languages and rules of the configuration, its dialplans, the
//! recordings and the accounts.

use std::collections::BTreeMap;

use call::border::number;
use call::snapshot::RuleTarget;
use ivr::parse::suggest::suggest;
use ivr::{Diagnostic, Lang, Library, Severity};

use super::dialplans::Flows;
use crate::config::Config;

/// What the exchange says by itself, beside what dialplans say, in the languages of the site.
const SAID: [&str; 4] = [
    "emergency-no-route",
    "inside-only",
    "one-moment",
    "press-1-to-take",
];
/// And when a town lets people try emergency numbers; the digits come with it.
const SAID_IN_TESTS: [&str; 5] = [
    "emergency-test",
    "emergency-test-shown",
    "emergency-test-place",
    "emergency-test-no-place",
    "emergency-test-no-line",
];

/// Languages of the site that nobody would hear: whoever calls for help and cannot be put through must be told.
pub(super) fn languages(config: &Config, library: &Library) -> Vec<Diagnostic> {
    let mut said: Vec<String> = SAID.map(str::to_owned).to_vec();
    if config.emergency.test_prefix.is_some() {
        said.extend(SAID_IN_TESTS.map(str::to_owned));
        said.extend((0..10).map(|digit| format!("digit-{digit}")));
    }
    let mut wrong = Vec::new();
    for (place, lang) in config.site.languages.iter().enumerate() {
        let missing: Vec<&str> = said
            .iter()
            .map(String::as_str)
            .filter(|name| !library.has(name, *lang))
            .collect();
        if missing.is_empty() {
            continue;
        }
        let message = match missing.len() == said.len() {
            true => format!("there are no prompts in `{lang}`"),
            false => format!("prompts are missing in `{lang}`: {}", missing.join(", ")),
        };
        let built_in: Vec<&str> = [Lang::NL, Lang::FR, Lang::DE, Lang::EN]
            .iter()
            .filter(|known| library.has("emergency-no-route", **known))
            .map(Lang::as_str)
            .collect();
        let expected = format!(
            "expected one of: {}; or your own recordings in `prompts`, {} of them, as in {lang}/{}.wav",
            built_in.join(", "),
            missing.len(),
            missing.first().copied().unwrap_or_default()
        );
        let span = config.places.languages.get(place);
        wrong.push(
            config
                .places
                .remark(Severity::Error, span, message, expected),
        );
    }
    wrong
}

/// Numbers that two dialplans claim: only one of them would ever answer.
pub(super) fn numbers(flows: &Flows) -> Vec<Diagnostic> {
    let mut first: BTreeMap<&str, Diagnostic> = BTreeMap::new();
    let mut wrong = Vec::new();
    for flow in flows.values() {
        for number in &flow.numbers {
            let remark = |message: String| {
                let expected = "each number stands in one dialplan: take it out of the other";
                let (span, source) = (number.span.clone(), &flow.source);
                source.remark(Severity::Error, span, message, Some(expected.to_owned()))
            };
            match first.get(&*number.pattern) {
                Some(other) if other.file != flow.source.file => wrong.push(remark(format!(
                    "{} is a number of {} too, in line {}",
                    number.pattern, other.file, other.line
                ))),
                _ => {
                    first.insert(&number.pattern, remark(String::new()));
                }
            }
        }
    }
    wrong
}

/// Dial rules that lead to a dialplan that is not there.
pub(super) fn rules(config: &Config, flows: &Flows) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    for (place, rule) in config.rules.iter().enumerate() {
        let RuleTarget::Flow(name) = &rule.target else {
            continue;
        };
        if flows.contains_key(name) {
            continue;
        }
        let span = config.places.rules.get(place);
        let message = format!("there is no dialplan called `{name}` among `dialplans`");
        let expected = suggest(name, flows.keys().map(String::as_str)).unwrap_or_default();
        wrong.push(
            config
                .places
                .remark(Severity::Error, span, message, expected),
        );
    }
    wrong
}

/// What leads nowhere today, and may not tomorrow: phones without an account, and a central number that no dialplan answers.
/// Without rows nothing is said of accounts.
pub(crate) fn warnings(
    config: &Config,
    flows: &Flows,
    rows: Option<&directory::Snapshot>,
) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    if let Some(rows) = rows {
        told.extend(unknown_accounts(config, rows));
        for flow in flows.values() {
            told.extend(unknown_phones(config, flow, rows));
        }
    }
    let site = &config.site.number;
    let by_row = |row: &directory::Number| row.e164 == *site && flows.contains_key(&row.flow);
    let is_answered = flows
        .values()
        .flat_map(|flow| &flow.numbers)
        .any(|number| number.matches(site))
        || rows.is_some_and(|rows| rows.numbers.iter().any(by_row));
    if !is_answered {
        let message = format!("the site's number {site} is in no dialplan: who calls it gets 404");
        let expected = format!("write a line \"{site}\" = \"first-step\" below [numbers]");
        let place = Some(&config.places.number);
        told.push(
            config
                .places
                .remark(Severity::Warning, place, message, expected),
        );
    }
    told
}

fn is_account(config: &Config, rows: &directory::Snapshot, name: &str) -> bool {
    let mut accounts = rows.accounts.iter();
    accounts.any(|row| row.realm == config.site.realm && row.name == name)
}

/// What makes an account, and which there are that sound like it.
fn how(config: &Config, rows: &directory::Snapshot, name: &str) -> String {
    let of_realm = rows
        .accounts
        .iter()
        .filter(|row| row.realm == config.site.realm);
    let known: Vec<&str> = of_realm.map(|row| row.name.as_str()).collect();
    let near = ivr::parse::suggest::nearest(name, known);
    let near = near.map_or_else(String::new, |near| format!(", or did you mean `{near}`?"));
    format!("`centrale account add {name}` makes it{near}")
}

fn unknown_accounts(config: &Config, rows: &directory::Snapshot) -> Vec<Diagnostic> {
    let mut told = Vec::new();
    for (place, rule) in config.rules.iter().enumerate() {
        if let RuleTarget::Account(name) = &rule.target
            && !is_account(config, rows, name)
        {
            let span = config.places.rules.get(place);
            let message = format!("there is no account {name} yet");
            let expected = how(config, rows, name);
            told.push(
                config
                    .places
                    .remark(Severity::Warning, span, message, expected),
            );
        }
    }
    told
}

/// A phone of a step is an account, or whatever may be dialled: what a rule reads, or an outside number.
fn unknown_phones(
    config: &Config,
    flow: &ivr::Flow,
    rows: &directory::Snapshot,
) -> Vec<Diagnostic> {
    let fits = |name: &str| {
        config
            .rules
            .iter()
            .any(|rule| match rule.pattern.strip_suffix('*') {
                Some(begins) => name.starts_with(begins),
                None => rule.pattern == name,
            })
    };
    let phones = flow.steps.iter().flat_map(|step| &step.phones);
    phones
        .filter(|phone| {
            !is_account(config, rows, &phone.name)
                && !fits(&phone.name)
                && number::to_e164(config.site.country, &phone.name).is_none()
        })
        .map(|phone| {
            let message = format!("there is no account {} yet: no phone rings", phone.name);
            let expected = Some(how(config, rows, &phone.name));
            let (span, source) = (phone.span.clone(), &flow.source);
            source.remark(Severity::Warning, span, message, expected)
        })
        .collect()
}
