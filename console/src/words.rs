//! The few words that the server itself writes for people, in the four languages of the page.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

use crate::settings::Settings;

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Nl,
    Fr,
    De,
    En,
}

/// All of them, in the order in which they are offered.
pub(crate) const LANGUAGES: [Language; 4] =
    [Language::Nl, Language::Fr, Language::De, Language::En];

impl Language {
    /// Its code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Language::Nl => "nl",
            Language::Fr => "fr",
            Language::De => "de",
            Language::En => "en",
        }
    }

    /// Its own name for itself.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Language::Nl => "Nederlands",
            Language::Fr => "Français",
            Language::De => "Deutsch",
            Language::En => "English",
        }
    }

    /// The language of a code, also of `nl-BE`.
    pub(crate) fn parse(code: &str) -> Option<Language> {
        let code = code.split('-').next().unwrap_or_default();
        LANGUAGES
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(code.trim()))
    }

    /// What a browser asks for; else the town's first one that we speak.
    pub(crate) fn of(headers: &HeaderMap, settings: &Settings) -> Language {
        let asked = headers
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        let asked = asked.into_iter().flat_map(|list| list.split(','));
        // Browsers write them in order of preference; who weighs them otherwise can choose on the page.
        asked
            .filter_map(|item| Language::parse(item.split(';').next().unwrap_or_default()))
            .chain(
                settings
                    .languages
                    .iter()
                    .filter_map(|lang| Language::parse(&lang.to_string())),
            )
            .next()
            .unwrap_or(Language::En)
    }

    /// The words in this language.
    pub(crate) fn words(self) -> &'static Words {
        match self {
            Language::Nl => &NL,
            Language::Fr => &FR,
            Language::De => &DE,
            Language::En => &EN,
        }
    }
}

/// Words of the pages that the server writes. `{n}` is a number, `{town}` the town.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) sign_in: &'static str,
    pub(crate) user: &'static str,
    pub(crate) password: &'static str,
    pub(crate) languages: &'static str,
    pub(crate) fault: &'static str,
    pub(crate) wrong: &'static str,
    pub(crate) no_user: &'static str,
    pub(crate) no_password: &'static str,
    pub(crate) wait_seconds: &'static str,
    pub(crate) wait_minutes: &'static str,
    pub(crate) busy: &'static str,
    pub(crate) demo: &'static str,
    pub(crate) to_desk: &'static str,
    pub(crate) sign_out: &'static str,
    pub(crate) not_found: &'static str,
    pub(crate) not_found_more: &'static str,
    pub(crate) not_so: &'static str,
    pub(crate) not_so_more: &'static str,
    pub(crate) forbidden: &'static str,
    pub(crate) forbidden_more: &'static str,
    pub(crate) strange: &'static str,
    pub(crate) strange_more: &'static str,
    pub(crate) too_much: &'static str,
    pub(crate) too_much_more: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) failed_more: &'static str,
}

const NL: Words = Words {
    sign_in: "Aanmelden",
    user: "Gebruikersnaam",
    password: "Wachtwoord",
    languages: "Taal",
    fault: "Aanmelden is niet gelukt",
    wrong: "De gebruikersnaam of het wachtwoord klopt niet.",
    no_user: "Vul je gebruikersnaam in.",
    no_password: "Vul je wachtwoord in.",
    wait_seconds: "Te veel pogingen. Probeer opnieuw over {n} s.",
    wait_minutes: "Te veel pogingen. Probeer opnieuw over {n} min.",
    busy: "Het is nu te druk om aan te melden. Probeer zo dadelijk opnieuw.",
    demo: "Demo: meld je aan als reception1, reception2, reception3 of admin, met het wachtwoord demo.",
    to_desk: "Naar de balie",
    sign_out: "Afmelden",
    not_found: "Deze pagina is er niet",
    not_found_more: "Misschien is het adres verkeerd getypt.",
    not_so: "Zo kan dit niet gevraagd worden",
    not_so_more: "Ga terug en probeer het vanaf de pagina zelf.",
    forbidden: "Je hebt hier geen toegang toe",
    forbidden_more: "Vraag je beheerder om een rol die dit toelaat.",
    strange: "Dit adres is niet van deze centrale",
    strange_more: "Open de centrale op het adres dat bij het opstarten verschijnt.",
    too_much: "Dat was te veel in één keer",
    too_much_more: "Er is niets gewijzigd.",
    failed: "Dat is niet gelukt",
    failed_more: "De fout ligt bij ons. Gesprekken gaan gewoon door; probeer het zo dadelijk opnieuw.",
};

const FR: Words = Words {
    sign_in: "Se connecter",
    user: "Nom d’utilisateur",
    password: "Mot de passe",
    languages: "Langue",
    fault: "La connexion a échoué",
    wrong: "Le nom d’utilisateur ou le mot de passe est incorrect.",
    no_user: "Indiquez votre nom d’utilisateur.",
    no_password: "Indiquez votre mot de passe.",
    wait_seconds: "Trop de tentatives. Réessayez dans {n} s.",
    wait_minutes: "Trop de tentatives. Réessayez dans {n} min.",
    busy: "Trop de connexions en ce moment. Réessayez dans un instant.",
    demo: "Démo : connectez-vous comme reception1, reception2, reception3 ou admin, avec le mot de passe demo.",
    to_desk: "Vers l’accueil",
    sign_out: "Se déconnecter",
    not_found: "Cette page n’existe pas",
    not_found_more: "L’adresse est peut-être mal écrite.",
    not_so: "Cela ne peut pas être demandé ainsi",
    not_so_more: "Revenez en arrière et réessayez depuis la page elle-même.",
    forbidden: "Vous n’avez pas accès à ceci",
    forbidden_more: "Demandez à votre administrateur un rôle qui le permet.",
    strange: "Cette adresse n’est pas celle de ce central",
    strange_more: "Ouvrez le central à l’adresse affichée au démarrage.",
    too_much: "C’était trop à la fois",
    too_much_more: "Rien n’a été modifié.",
    failed: "Cela n’a pas réussi",
    failed_more: "La faute est de notre côté. Les appels continuent ; réessayez dans un instant.",
};

const DE: Words = Words {
    sign_in: "Anmelden",
    user: "Benutzername",
    password: "Passwort",
    languages: "Sprache",
    fault: "Die Anmeldung ist nicht gelungen",
    wrong: "Benutzername oder Passwort ist falsch.",
    no_user: "Geben Sie Ihren Benutzernamen ein.",
    no_password: "Geben Sie Ihr Passwort ein.",
    wait_seconds: "Zu viele Versuche. Versuchen Sie es in {n} s erneut.",
    wait_minutes: "Zu viele Versuche. Versuchen Sie es in {n} min erneut.",
    busy: "Zurzeit melden sich zu viele an. Versuchen Sie es gleich noch einmal.",
    demo: "Demo: Melden Sie sich als reception1, reception2, reception3 oder admin mit dem Passwort demo an.",
    to_desk: "Zum Empfang",
    sign_out: "Abmelden",
    not_found: "Diese Seite gibt es nicht",
    not_found_more: "Vielleicht ist die Adresse falsch geschrieben.",
    not_so: "So kann das nicht verlangt werden",
    not_so_more: "Gehen Sie zurück und versuchen Sie es von der Seite aus.",
    forbidden: "Darauf haben Sie keinen Zugriff",
    forbidden_more: "Bitten Sie Ihre Verwaltung um eine Rolle, die das erlaubt.",
    strange: "Diese Adresse gehört nicht zu dieser Zentrale",
    strange_more: "Öffnen Sie die Zentrale unter der Adresse, die beim Start erscheint.",
    too_much: "Das war zu viel auf einmal",
    too_much_more: "Es wurde nichts geändert.",
    failed: "Das ist nicht gelungen",
    failed_more: "Der Fehler liegt bei uns. Gespräche gehen weiter; versuchen Sie es gleich noch einmal.",
};

const EN: Words = Words {
    sign_in: "Sign in",
    user: "User name",
    password: "Password",
    languages: "Language",
    fault: "Signing in failed",
    wrong: "The user name or the password is wrong.",
    no_user: "Enter your user name.",
    no_password: "Enter your password.",
    wait_seconds: "Too many attempts. Try again in {n} s.",
    wait_minutes: "Too many attempts. Try again in {n} min.",
    busy: "Too many people are signing in. Try again in a moment.",
    demo: "Demo: sign in as reception1, reception2, reception3 or admin, with the password demo.",
    to_desk: "To the desk",
    sign_out: "Sign out",
    not_found: "There is no such page",
    not_found_more: "Perhaps the address is mistyped.",
    not_so: "This cannot be asked for in this way",
    not_so_more: "Go back and try it from the page itself.",
    forbidden: "You have no access to this",
    forbidden_more: "Ask your administrator for a role that allows it.",
    strange: "This address does not belong to this exchange",
    strange_more: "Open the exchange at the address that it shows when it starts.",
    too_much: "That was too much at once",
    too_much_more: "Nothing was changed.",
    failed: "That failed",
    failed_more: "The fault is ours. Calls go on; try again in a moment.",
};
