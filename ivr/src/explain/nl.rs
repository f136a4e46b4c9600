//! Sentences of decisions in Dutch.

use super::Words;
use crate::decision::Rule;

pub(super) const WORDS: Words = Words {
    template,
    open: "open",
    closed: "gesloten",
    months: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
};

#[rustfmt::skip]
fn template(rule: Rule) -> &'static str {
    match rule {
        Rule::Number => "{number} ({label}) begint bij {result}",
        Rule::NumberUnknown => "{number} is geen nummer van dit belplan",
        Rule::NumberRetired => "{number} ({label}) is een oud nummer: de melding wordt gehoord, daarna {result}",
        Rule::LanguageChosen => "de beller drukte {key} en koos {language}, verder naar {result}",
        Rule::LanguageKnown => "de taal is al gekend ({language}), verder naar {result}",
        Rule::LanguageRemembered => "de taal is onthouden van een vorige oproep ({language}), verder naar {result}",
        Rule::LanguageKept => "de beller drukte {key}: {language} wordt onthouden, verder naar {result}",
        Rule::LanguageNotKept => "de beller gaf geen toestemming: {language} wordt niet onthouden, verder naar {result}",
        Rule::LanguageAskedAgain => "de beller drukte {key} en wil een andere taal dan {language}",
        Rule::Key => "de beller drukte {key} in {node}, verder naar {result}",
        Rule::KeyInvalid => "toets {key} heeft geen betekenis in {node}: uitgelegd en opnieuw gevraagd (keer {times})",
        Rule::TooManyTries => "{times} toetsen zonder betekenis in {node} (laatst {key}), verder naar {result}",
        Rule::Silence => "er werd geen toets ingedrukt in {node}: opnieuw gevraagd",
        Rule::SilenceTwice => "er werd {times} keer geen toets ingedrukt in {node}, verder naar {result}",
        Rule::Repeat => "de beller vroeg om {node} opnieuw te horen",
        Rule::Reception => "de beller drukte 0 in {node}: onthaal ({result})",
        Rule::Open => "open: {service} op {at} (kalender {hours})",
        Rule::OpenHoliday => "open: {service} op {at}, volgens de uren voor de feestdag {date}, {holiday} (kalender {hours})",
        Rule::OpenExceptionally => "open: {service} op {at}, uitzonderlijk ({closure})",
        Rule::Closed => "gesloten: {service} op {at} (kalender {hours}), doorgestuurd naar {result}",
        Rule::ClosedHoliday => "gesloten: {service}, feestdag {date}, {holiday} (kalender {hours}), doorgestuurd naar {result}",
        Rule::ClosedExceptionally => "gesloten: {service} op {at}, uitzonderlijk ({closure}), doorgestuurd naar {result}",
        Rule::HoursUnsure => "ALARM: de uren van {service} kunnen niet worden berekend ({problem}; {hours}); behandeld als {branch}, de afgesproken veilige keuze",
        Rule::BulletinOn => "bericht {bulletin} staat aan: het wordt gehoord, daarna {result}",
        Rule::BulletinOff => "bericht {bulletin} staat uit, verder naar {result}",
        Rule::Answered => "{by} nam op",
        Rule::NoAnswer => "niemand nam op bij {phones}, verder naar {result}",
        Rule::Busy => "alle toestellen zijn bezet ({phones}), verder naar {result}",
        Rule::Unreachable => "geen enkel toestel is bereikbaar ({phones}), verder naar {result}",
        Rule::QueueWait => "wacht in de wachtrij {queue} ({waiting} vooraan)",
        Rule::QueueFull => "de wachtrij {queue} is vol ({waiting} van {limit}), verder naar {result}",
        Rule::QueueTooLong => "wachtte {limit} in de wachtrij {queue}, verder naar {result}",
        Rule::QueueNobody => "niemand bedient de wachtrij {queue}, verder naar {result}",
        Rule::ExternalNoAnswer => "{number} nam niet op, verder naar {result}",
        Rule::ExternalBusy => "{number} is bezet, verder naar {result}",
        Rule::ExternalFailed => "{number} is niet bereikbaar, verder naar {result}",
        Rule::Said => "de oproep eindigt bij {node}",
        Rule::Endless => "ALARM: het belplan draait in een kring bij {node} ({steps} stappen); de oproep wordt beëindigd",
        Rule::Nowhere => "ALARM: het belplan loopt dood bij {node} ({problem}); de oproep wordt beëindigd",
    }
}
