//! `[site]`: the town, its number, its country and languages.

use call::border::number;
use call::snapshot::Country;
use ivr::Lang;
use ivr::parse::table::{Report, Table, Word};

use super::{Places, value};

/// The town as phones and operators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    /// Its name.
    pub(crate) name: String,
    /// Street and place, told when someone calls an emergency number.
    pub(crate) place: String,
    /// E.164: shown for outside and emergency calls.
    pub(crate) number: String,
    /// Digest realm.
    pub(crate) realm: String,
    /// Further host names of phones' addresses.
    pub(crate) domains: Vec<String>,
    /// Country.
    pub(crate) country: Country,
    /// Languages, first preferred.
    pub(crate) languages: Vec<Lang>,
}

pub(super) fn read(
    mut table: Table<'_>,
    places: &mut Places,
    report: &mut Report<'_>,
) -> Option<Site> {
    if table.value("name").is_none() {
        table.missing("name", "write name = \"…\", the town's name", report);
    }
    let name = table.text("name", "Gooik", report);
    let place = table.text("place", "Marktplein 1, Gooik", report);
    let country = table
        .need("country", "write country = \"be\" or \"fr\"", report)
        .and_then(|word| {
            let known = [("be", Country::Be), ("fr", Country::Fr)];
            value::choice(&word, "country", &known, report)
        });
    let number = table
        .need(
            "number",
            "write number = \"+32…\", the central number",
            report,
        )
        .and_then(|word| {
            places.number = word.span.clone();
            e164(&word, country.unwrap_or(Country::Be), report)
        });
    let realm = table
        .word("realm", report)
        .and_then(|word| host(&word, "`realm`", report));
    let domains: Vec<String> = table
        .words("domains", report)
        .iter()
        .filter_map(|word| host(word, "a domain", report))
        .collect();
    let mut languages: Vec<Lang> = Vec::new();
    for word in table.some_words("languages", "\"nl\"", report) {
        if let Some(lang) = language(&word, &languages, report) {
            languages.push(lang);
            places.languages.push(word.span);
        }
    }
    table.finish(report);
    let country = country?;
    let languages = if languages.is_empty() {
        default_languages(country)
    } else {
        languages
    };
    let name = name?.text.to_owned();
    Some(Site {
        place: place.map_or_else(|| name.clone(), |word| word.text.to_owned()),
        name,
        number: number?,
        realm: realm.unwrap_or_else(|| "centrale".to_owned()),
        domains,
        country,
        languages,
    })
}

/// The ISO 3166 code of a country.
pub(crate) fn country_code(country: Country) -> &'static str {
    match country {
        Country::Be => "BE",
        Country::Fr => "FR",
    }
}

/// The languages of a country when none are said.
pub(crate) fn default_languages(country: Country) -> Vec<Lang> {
    match country {
        Country::Be => vec![Lang::NL, Lang::FR],
        Country::Fr => vec![Lang::FR],
    }
}

fn e164(word: &Word<'_>, country: Country, report: &mut Report<'_>) -> Option<String> {
    let number = number::to_e164(country, word.text);
    if number.is_none() {
        report.error(
            word.span.clone(),
            "`number` is a telephone number of the town",
            Some("write for example \"+3254310000\"".to_owned()),
        );
    }
    number
}

pub(super) fn host(word: &Word<'_>, what: &str, report: &mut Report<'_>) -> Option<String> {
    let is_host = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':');
    let fits = (1..=255).contains(&word.text.len()) && word.text.bytes().all(is_host);
    if !fits {
        report.error(
            word.span.clone(),
            format!("{what} is a name of letters, digits, dots and hyphens"),
            Some("write for example \"phones.gooik.be\"".to_owned()),
        );
    }
    fits.then(|| word.text.to_ascii_lowercase())
}

/// Whether there are prompts in it is seen beside the file, where the town's own recordings are.
fn language(word: &Word<'_>, before: &[Lang], report: &mut Report<'_>) -> Option<Lang> {
    let language = Lang::parse(word.text);
    let wrong = match language {
        None => "a language is a code of two small letters".to_owned(),
        Some(twice) if before.contains(&twice) => format!("`{twice}` is named twice"),
        Some(_) => return language,
    };
    let expected = "write each language once, for example \"nl\"";
    report.error(word.span.clone(), wrong, Some(expected.to_owned()));
    None
}
