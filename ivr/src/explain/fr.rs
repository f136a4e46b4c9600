//! Sentences of decisions in French.

use super::Words;
use crate::decision::Rule;

pub(super) const WORDS: Words = Words {
    template,
    open: "ouvert",
    closed: "fermé",
    months: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
};

#[rustfmt::skip]
fn template(rule: Rule) -> &'static str {
    match rule {
        Rule::Number => "{number} ({label}) commence à {result}",
        Rule::NumberUnknown => "{number} n'est pas un numéro de ce plan d'appel",
        Rule::NumberRetired => "{number} ({label}) est un ancien numéro : son message est diffusé, puis {result}",
        Rule::LanguageChosen => "l'appelant a appuyé sur {key} et choisi {language}, suite : {result}",
        Rule::LanguageKnown => "la langue est déjà connue ({language}), suite : {result}",
        Rule::LanguageRemembered => "la langue est retenue d'un appel précédent ({language}), suite : {result}",
        Rule::LanguageKept => "l'appelant a appuyé sur {key} : {language} est retenu, suite : {result}",
        Rule::LanguageNotKept => "l'appelant n'a pas donné son accord : {language} n'est pas retenu, suite : {result}",
        Rule::LanguageAskedAgain => "l'appelant a appuyé sur {key} et veut une autre langue que {language}",
        Rule::Key => "l'appelant a appuyé sur {key} dans {node}, suite : {result}",
        Rule::KeyInvalid => "la touche {key} n'a pas de sens dans {node} : expliqué et redemandé (fois {times})",
        Rule::TooManyTries => "{times} touches sans signification dans {node} (dernière {key}), suite : {result}",
        Rule::Silence => "aucune touche dans {node} : redemandé",
        Rule::SilenceTwice => "aucune touche dans {node}, {times} fois, suite : {result}",
        Rule::Repeat => "l'appelant a demandé à réécouter {node}",
        Rule::Reception => "l'appelant a appuyé sur 0 dans {node} : accueil ({result})",
        Rule::Open => "ouvert : {service} le {at} (calendrier {hours})",
        Rule::OpenHoliday => "ouvert : {service} le {at}, selon l'horaire du jour férié {date}, {holiday} (calendrier {hours})",
        Rule::OpenExceptionally => "ouvert : {service} le {at}, exceptionnellement ({closure})",
        Rule::Closed => "fermé : {service} le {at} (calendrier {hours}), envoyé vers {result}",
        Rule::ClosedHoliday => "fermé : {service}, jour férié {date}, {holiday} (calendrier {hours}), envoyé vers {result}",
        Rule::ClosedExceptionally => "fermé : {service} le {at}, exceptionnellement ({closure}), envoyé vers {result}",
        Rule::HoursUnsure => "ALARME : l'horaire de {service} ne peut pas être évalué ({problem}; {hours}) ; traité comme {branch}, le choix sûr déclaré",
        Rule::BulletinOn => "le bulletin {bulletin} est activé : il est diffusé, puis {result}",
        Rule::BulletinOff => "le bulletin {bulletin} est désactivé, suite : {result}",
        Rule::Answered => "{by} a répondu",
        Rule::NoAnswer => "personne n'a répondu à {phones}, suite : {result}",
        Rule::Busy => "tous les postes sont occupés ({phones}), suite : {result}",
        Rule::Unreachable => "aucun poste n'est joignable ({phones}), suite : {result}",
        Rule::QueueWait => "attend dans la file {queue} ({waiting} avant)",
        Rule::QueueFull => "la file {queue} est pleine ({waiting} sur {limit}), suite : {result}",
        Rule::QueueTooLong => "a attendu {limit} dans la file {queue}, suite : {result}",
        Rule::QueueNobody => "personne ne sert la file {queue}, suite : {result}",
        Rule::ExternalNoAnswer => "{number} n'a pas répondu, suite : {result}",
        Rule::ExternalBusy => "{number} est occupé, suite : {result}",
        Rule::ExternalFailed => "{number} n'est pas joignable, suite : {result}",
        Rule::Said => "l'appel se termine à {node}",
        Rule::Endless => "ALARME : le plan d'appel tourne en rond à {node} ({steps} étapes) ; l'appel est terminé",
        Rule::Nowhere => "ALARME : le plan d'appel ne mène nulle part à {node} ({problem}) ; l'appel est terminé",
    }
}
