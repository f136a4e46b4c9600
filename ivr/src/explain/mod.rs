//! A decision as a sentence for people, in the four product languages.
//!
//! Each language is one file: a template for each rule, with the names of its inputs, `{node}` and `{result}` in braces.

mod de;
mod en;
mod fr;
mod nl;

use crate::decision::{Decision, Rule};
use crate::lang::Lang;
use crate::schedule::holiday_name;
use chrono::{Datelike, NaiveDate, NaiveDateTime};

/// What one language needs.
struct Words {
    template: fn(Rule) -> &'static str,
    open: &'static str,
    closed: &'static str,
    months: [&'static str; 12],
}

impl Decision {
    /// The decision as a sentence without a full stop; English for a language without sentences.
    pub fn sentence(&self, lang: Lang) -> String {
        let words = match lang {
            Lang::NL => &nl::WORDS,
            Lang::FR => &fr::WORDS,
            Lang::DE => &de::WORDS,
            _ => &en::WORDS,
        };
        let mut sentence = String::new();
        let mut rest = (words.template)(self.rule);
        while let Some((text, after)) = rest.split_once('{') {
            sentence.push_str(text);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            sentence.push_str(&self.value(name, words, lang));
            rest = after;
        }
        sentence.push_str(rest);
        sentence
    }

    fn value(&self, name: &str, words: &Words, lang: Lang) -> String {
        let value = match name {
            "node" => &self.node,
            "result" => self.result.as_str(),
            _ => self.input(name).unwrap_or("?"),
        };
        match name {
            "holiday" => holiday_name(value, lang),
            "date" => value
                .parse::<NaiveDate>()
                .map_or_else(|_| value.to_owned(), |d| day(d, words, lang)),
            "at" => NaiveDateTime::parse_from_str(value, "%Y-%m-%dT%H:%M").map_or_else(
                |_| value.to_owned(),
                |t| format!("{} {}", day(t.date(), words, lang), t.format("%H:%M")),
            ),
            "branch" if value == "open" => words.open.to_owned(),
            "branch" => words.closed.to_owned(),
            _ => value.to_owned(),
        }
    }
}

fn day(date: NaiveDate, words: &Words, lang: Lang) -> String {
    let month = usize::try_from(date.month0())
        .ok()
        .and_then(|m| words.months.get(m))
        .copied()
        .unwrap_or("");
    let dot = if lang == Lang::DE { "." } else { "" };
    format!("{}{dot} {month}", date.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn decision(rule: Rule, inputs: &[(&str, &str)], result: &str) -> Decision {
        let inputs = inputs
            .iter()
            .map(|(n, v)| (Arc::from(*n), (*v).to_owned()))
            .collect();
        Decision {
            node: "population".into(),
            rule,
            inputs,
            result: result.into(),
        }
    }

    #[test]
    fn a_holiday_explains_itself_in_four_languages() {
        let closed = decision(
            Rule::ClosedHoliday,
            &[
                ("service", "population"),
                ("hours", "Guichets"),
                ("holiday", "be-national"),
                ("date", "2026-07-21"),
            ],
            "fermeture",
        );
        for (lang, expected) in [
            (
                Lang::EN,
                "closed: population, holiday 21 July, Belgian National Day (calendar Guichets), sent to fermeture",
            ),
            (
                Lang::FR,
                "fermé : population, jour férié 21 juillet, Fête nationale (calendrier Guichets), envoyé vers fermeture",
            ),
            (
                Lang::NL,
                "gesloten: population, feestdag 21 juli, Nationale feestdag (kalender Guichets), doorgestuurd naar fermeture",
            ),
            (
                Lang::DE,
                "geschlossen: population, Feiertag 21. Juli, Nationalfeiertag (Kalender Guichets), geschickt zu fermeture",
            ),
        ] {
            assert_eq!(closed.sentence(lang), expected);
        }
    }

    #[test]
    fn every_language_uses_the_same_values_for_every_rule() {
        fn holes(text: &str) -> Vec<&str> {
            let mut names: Vec<&str> = text
                .split('{')
                .skip(1)
                .filter_map(|p| p.split_once('}'))
                .map(|(n, _)| n)
                .collect();
            names.sort_unstable();
            names
        }
        for rule in Rule::ALL {
            let english = holes((en::WORDS.template)(*rule));
            for words in [nl::WORDS, fr::WORDS, de::WORDS] {
                assert_eq!(holes((words.template)(*rule)), english, "{rule:?}");
            }
            assert_eq!(Rule::parse(rule.code()), Some(*rule));
        }
    }
}
