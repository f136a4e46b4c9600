//! Emergency numbers of a country, from the one data file.

use call::snapshot::{Country, Emergency};
use toml::{Table, Value};

use crate::embedded::EMERGENCY;

/// The numbers of a country, the one for `urn:service:sos` first.
pub(crate) fn of(country: Country, line_prefixes: &[String]) -> Emergency {
    Emergency {
        numbers: numbers(country),
        line_prefixes: line_prefixes.to_vec(),
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
    let key = match country {
        Country::Be => "be",
        Country::Fr => "fr",
    };
    let rows = EMERGENCY
        .parse::<Table>()
        .ok()
        .and_then(|file| file.get(key).and_then(Value::as_array).cloned())
        .unwrap_or_default();
    rows.iter()
        .filter_map(|row| row.get("number")?.as_str().map(str::to_owned))
        .collect()
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
