//! Sentences of decisions in German.

use super::Words;
use crate::decision::Rule;

pub(super) const WORDS: Words = Words {
    template,
    open: "geöffnet",
    closed: "geschlossen",
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
};

#[rustfmt::skip]
fn template(rule: Rule) -> &'static str {
    match rule {
        Rule::Number => "{number} ({label}) beginnt bei {result}",
        Rule::NumberUnknown => "{number} ist keine Nummer dieses Wählplans",
        Rule::NumberRetired => "{number} ({label}) ist eine alte Nummer: ihre Ansage wird gehört, dann {result}",
        Rule::LanguageChosen => "der Anrufer drückte {key} und wählte {language}, weiter zu {result}",
        Rule::LanguageKnown => "die Sprache ist schon bekannt ({language}), weiter zu {result}",
        Rule::LanguageRemembered => "die Sprache ist von einem früheren Anruf gemerkt ({language}), weiter zu {result}",
        Rule::LanguageKept => "der Anrufer drückte {key}: {language} wird gemerkt, weiter zu {result}",
        Rule::LanguageNotKept => "der Anrufer stimmte nicht zu: {language} wird nicht gemerkt, weiter zu {result}",
        Rule::LanguageAskedAgain => "der Anrufer drückte {key} und möchte eine andere Sprache als {language}",
        Rule::Key => "der Anrufer drückte {key} in {node}, weiter zu {result}",
        Rule::KeyInvalid => "Taste {key} ist in {node} nicht belegt: erklärt und noch einmal gefragt (Mal {times})",
        Rule::TooManyTries => "{times} nicht belegte Tasten in {node} (zuletzt {key}), weiter zu {result}",
        Rule::Silence => "keine Taste in {node}: noch einmal gefragt",
        Rule::SilenceTwice => "{times}-mal keine Taste in {node}, weiter zu {result}",
        Rule::Repeat => "der Anrufer wollte {node} noch einmal hören",
        Rule::Reception => "der Anrufer drückte 0 in {node}: Empfang ({result})",
        Rule::Open => "geöffnet: {service} am {at} (Kalender {hours})",
        Rule::OpenHoliday => "geöffnet: {service} am {at}, nach den Zeiten für den Feiertag {date}, {holiday} (Kalender {hours})",
        Rule::OpenExceptionally => "geöffnet: {service} am {at}, ausnahmsweise ({closure})",
        Rule::Closed => "geschlossen: {service} am {at} (Kalender {hours}), geschickt zu {result}",
        Rule::ClosedHoliday => "geschlossen: {service}, Feiertag {date}, {holiday} (Kalender {hours}), geschickt zu {result}",
        Rule::ClosedExceptionally => "geschlossen: {service} am {at}, ausnahmsweise ({closure}), geschickt zu {result}",
        Rule::HoursUnsure => "ALARM: die Zeiten von {service} sind nicht auswertbar ({problem}; {hours}); behandelt als {branch}, der erklärte sichere Weg",
        Rule::BulletinOn => "Mitteilung {bulletin} ist an: sie wird gehört, dann {result}",
        Rule::BulletinOff => "Mitteilung {bulletin} ist aus, weiter zu {result}",
        Rule::Answered => "{by} hat abgenommen",
        Rule::NoAnswer => "niemand nahm ab bei {phones}, weiter zu {result}",
        Rule::Busy => "alle Telefone sind besetzt ({phones}), weiter zu {result}",
        Rule::Unreachable => "kein Telefon ist erreichbar ({phones}), weiter zu {result}",
        Rule::QueueWait => "wartet in der Warteschlange {queue} ({waiting} davor)",
        Rule::QueueFull => "die Warteschlange {queue} ist voll ({waiting} von {limit}), weiter zu {result}",
        Rule::QueueTooLong => "wartete {limit} in der Warteschlange {queue}, weiter zu {result}",
        Rule::QueueNobody => "niemand bedient die Warteschlange {queue}, weiter zu {result}",
        Rule::ExternalNoAnswer => "{number} nahm nicht ab, weiter zu {result}",
        Rule::ExternalBusy => "{number} ist besetzt, weiter zu {result}",
        Rule::ExternalFailed => "{number} ist nicht erreichbar, weiter zu {result}",
        Rule::Said => "der Anruf endet bei {node}",
        Rule::Endless => "ALARM: der Wählplan läuft bei {node} im Kreis ({steps} Schritte); der Anruf wird beendet",
        Rule::Nowhere => "ALARM: der Wählplan führt bei {node} nirgendwohin ({problem}); der Anruf wird beendet",
    }
}
