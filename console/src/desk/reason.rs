//! Why a caller is where they are, or was not helped, in one sentence for each language of the page (IVR-6).

use std::collections::BTreeMap;
use std::sync::Arc;

use ivr::{Decision, Lang, Rule};

use super::names::Names;
use super::text::line;

/// Longest sentence, characters.
const LONGEST: usize = 200;
/// The languages of the page.
const LANGUAGES: [Lang; 4] = [Lang::NL, Lang::FR, Lang::DE, Lang::EN];

/// The decision as sentences by language; none for what the caller chose, which the menu path tells, and for what needs no
/// explanation.
pub(super) fn sentences<'a>(
    node: &str,
    code: &str,
    inputs: impl Iterator<Item = (&'a str, &'a str)>,
    result: &str,
) -> BTreeMap<String, String> {
    let Some(rule) = Rule::parse(code).filter(|rule| explains(*rule)) else {
        return BTreeMap::new();
    };
    let decision = Decision {
        node: node.into(),
        rule,
        inputs: inputs
            .map(|(name, value)| (Arc::from(name), value.to_owned()))
            .collect(),
        result: result.to_owned(),
    };
    LANGUAGES
        .into_iter()
        .map(|lang| (lang.to_string(), line(&decision.sentence(lang), LONGEST)))
        .collect()
}

/// A value as people know it: a service by its name.
pub(super) fn named<'a>(input: &str, value: &'a str, names: &'a Names) -> &'a str {
    match input {
        "service" => names.service(value),
        _ => value,
    }
}

/// Whether a rule tells something that nobody would expect.
fn explains(rule: Rule) -> bool {
    match rule {
        Rule::Number
        | Rule::LanguageChosen
        | Rule::LanguageKnown
        | Rule::LanguageRemembered
        | Rule::LanguageKept
        | Rule::LanguageNotKept
        | Rule::LanguageAskedAgain
        | Rule::Key
        | Rule::KeyInvalid
        | Rule::Silence
        | Rule::Repeat
        | Rule::Reception
        | Rule::Open
        | Rule::BulletinOff
        | Rule::Answered
        | Rule::QueueWait
        | Rule::Said => false,
        Rule::NumberUnknown
        | Rule::NumberRetired
        | Rule::TooManyTries
        | Rule::SilenceTwice
        | Rule::OpenHoliday
        | Rule::OpenExceptionally
        | Rule::Closed
        | Rule::ClosedHoliday
        | Rule::ClosedExceptionally
        | Rule::HoursUnsure
        | Rule::BulletinOn
        | Rule::NoAnswer
        | Rule::Busy
        | Rule::Unreachable
        | Rule::QueueFull
        | Rule::QueueTooLong
        | Rule::QueueNobody
        | Rule::ExternalNoAnswer
        | Rule::ExternalBusy
        | Rule::ExternalFailed
        | Rule::Endless
        | Rule::Nowhere => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_called_by_its_name() {
        let row = directory::Service {
            id: "population".into(),
            entity: "demo".into(),
            site: None,
            name: "Bevolking".into(),
            other_names: Vec::new(),
            hours: None,
            keywords: Vec::new(),
            ask: String::new(),
            numbers: Vec::new(),
        };
        let rows = directory::Snapshot {
            services: vec![row],
            ..directory::Snapshot::default()
        };
        let names = Names::new(call::snapshot::Country::Be, &rows);
        assert_eq!(named("service", "population", &names), "Bevolking");
        assert_eq!(named("service", "works", &names), "works");
        assert_eq!(named("hours", "population", &names), "population");
    }

    #[test]
    fn a_holiday_is_a_sentence_in_each_language_and_a_key_is_none() {
        let inputs = [
            ("service", "population"),
            ("hours", "Guichets"),
            ("holiday", "be-national"),
            ("date", "2026-07-21"),
        ];
        let told = sentences(
            "population",
            "closed-holiday",
            inputs.into_iter(),
            "fermeture",
        );
        assert_eq!(told.len(), 4);
        assert_eq!(
            told["nl"],
            "gesloten: population, feestdag 21 juli, Nationale feestdag (kalender Guichets), doorgestuurd naar fermeture"
        );
        let key = [("key", "1")];
        assert!(sentences("menu", "key", key.into_iter(), "population").is_empty());
        assert!(sentences("desk", "blind-transfer", std::iter::empty(), "ringing").is_empty());
    }
}
