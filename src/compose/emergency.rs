//! Emergency numbers of a country, from the one data file, and what the town says of such calls.

use std::collections::BTreeMap;

use call::snapshot::{Country, Emergency};
use toml::{Table, Value};

use crate::config;
use crate::embedded::EMERGENCY;

/// The numbers of a country, the one for `urn:service:sos` first.
pub(crate) fn of(country: Country, town: &config::Emergency) -> Emergency {
    Emergency {
        numbers: numbers(country),
        line_prefixes: town.line_prefixes.clone(),
        services: services(country),
        callback_number: town.callback_number.clone(),
        test_prefix: town.test_prefix.clone(),
    }
}

/// Country calling code, without `+`.
pub(crate) fn country_code(country: Country) -> &'static str {
    match country {
        Country::Be => "32",
        Country::Fr => "33",
    }
}

fn numbers(country: Country) -> Vec<String> {
    let number = |row: &Value| row.get("number")?.as_str().map(str::to_owned);
    rows(country).iter().filter_map(number).collect()
}

/// Sub-services of `urn:service:sos` (RFC 5031) that have a number of their own.
fn services(country: Country) -> BTreeMap<String, String> {
    let mut services = BTreeMap::new();
    for row in rows(country) {
        let number = row.get("number").and_then(Value::as_str);
        let names = row.get("services").and_then(Value::as_array);
        for name in names.into_iter().flatten().filter_map(Value::as_str) {
            services.insert(name.to_owned(), number.unwrap_or_default().to_owned());
        }
    }
    services
}

/// The rows of a country in the data file.
fn rows(country: Country) -> Vec<Value> {
    let key = match country {
        Country::Be => "be",
        Country::Fr => "fr",
    };
    EMERGENCY
        .parse::<Table>()
        .ok()
        .and_then(|file| file.get(key).and_then(Value::as_array).cloned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_country_has_its_numbers_and_112_first() {
        assert_eq!(numbers(Country::Be), ["112", "101", "100", "116000"]);
        assert_eq!(
            numbers(Country::Fr),
            [
                "112", "15", "17", "18", "114", "115", "116000", "116117", "119", "191", "196",
                "197"
            ]
        );
    }

    #[test]
    fn a_sub_service_has_its_number() {
        assert_eq!(services(Country::Be)["police"], "101");
        assert_eq!(services(Country::Fr)["fire"], "18");
        assert!(!services(Country::Be).contains_key("fire"), "112 it is");
    }

    #[test]
    fn every_number_has_a_source_that_is_explained() {
        let file = EMERGENCY.parse::<Table>().unwrap();
        let sources = file["sources"].as_table().unwrap();
        for country in ["be", "fr"] {
            for row in file[country].as_array().unwrap() {
                let source = row["source"].as_str().unwrap();
                assert!(sources.contains_key(source), "{source}");
                assert!(row["reaches"].is_str());
            }
        }
    }
}
