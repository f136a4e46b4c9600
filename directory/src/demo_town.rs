//! Who works in the demo town, and which services it has: two files inside the program, read like those of any town.
use crate::import::csv;
use crate::import::person_row;
use crate::types::{Person, PersonNumber, Service, Site, Visibility};

/// People, functions, rooms and partners.
const PEOPLE: &str = include_str!("../data/demo-people.csv");
/// Services, with the words citizens use in four languages.
const SERVICES: &str = include_str!("../data/demo-services.csv");

/// Its entity.
pub(crate) const ENTITY: &str = "demo";

/// Buildings beside the town hall; `emergency` is the number that the emergency services see.
pub(crate) fn sites(emergency: &str) -> Vec<Site> {
    let sites = [
        ("town-hall", "Town hall", "Marktplein 1, Demo"),
        ("social-house", "Social house", "Kerkstraat 12, Demo"),
        ("workshop", "Workshop", "Industrielaan 4, Demo"),
        ("library", "Library", "Schoolstraat 7, Demo"),
        ("recycling", "Recycling park", "Industrielaan 6, Demo"),
    ];
    let site = |(id, name, address): (&str, &str, &str)| Site {
        id: id.to_owned(),
        entity: ENTITY.to_owned(),
        name: name.to_owned(),
        address: address.to_owned(),
        time_zone: "Europe/Brussels".to_owned(),
        emergency_number: emergency.to_owned(),
    };
    sites.into_iter().map(site).collect()
}

/// Services, in the order of the file.
pub(crate) fn services() -> Vec<Service> {
    let records = csv::parse(SERVICES).unwrap_or_default();
    let service = |fields: &[String]| {
        let [id, name, others, number, site, ask, words] = fields else {
            return None;
        };
        Some(Service {
            id: id.clone(),
            entity: ENTITY.to_owned(),
            site: Some(site.clone()),
            name: name.clone(),
            other_names: list(others),
            hours: None,
            keywords: list(words),
            ask: ask.clone(),
            numbers: vec![PersonNumber {
                number: number.clone(),
                kind: "service".to_owned(),
                visibility: Visibility::Public,
            }],
        })
    };
    let rows = records.iter().skip(1);
    rows.filter_map(|record| service(&record.fields)).collect()
}

/// People, those first who stand in for others.
pub(crate) fn people() -> Vec<Person> {
    let (people, _) = person_row::read(PEOPLE, ENTITY, "demo");
    people.into_iter().map(|row| row.person).collect()
}

fn list(field: &str) -> Vec<String> {
    let values = field.split('|').map(|value| value.trim().to_owned());
    values.filter(|value| !value.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_files_are_whole() {
        let (people, mistakes) = person_row::read(PEOPLE, ENTITY, "demo");
        assert_eq!(mistakes, []);
        assert!(people.len() >= 60, "{}", people.len());
        assert_eq!(services().len(), 9);
        assert_eq!(csv::parse(SERVICES).unwrap().len(), 10);
    }

    #[test]
    fn what_they_name_is_there() {
        let ids = |names: Vec<String>| -> BTreeSet<String> { names.into_iter().collect() };
        let services_known = ids(services().into_iter().map(|s| s.id).collect());
        let sites_known = ids(sites("").into_iter().map(|s| s.id).collect());
        let people_known = ids(people().into_iter().map(|p| p.id).collect());
        for person in people() {
            let there = |id: &Option<String>, known: &BTreeSet<String>| {
                id.as_ref().is_none_or(|id| known.contains(id))
            };
            assert!(there(&person.service, &services_known), "{person:?}");
            assert!(there(&person.site, &sites_known), "{person:?}");
            assert!(there(&person.deputy, &people_known), "{person:?}");
        }
    }

    #[test]
    fn the_phones_of_the_dialplan_are_somebodys() {
        let people = people();
        for phone in 2101..=2110_u32 {
            let phone = phone.to_string();
            let mut numbers = people.iter().flat_map(|person| &person.numbers);
            assert!(numbers.any(|number| number.number == phone), "{phone}");
        }
    }

    #[test]
    fn every_language_has_words_for_every_service() {
        for service in services() {
            assert!(service.keywords.len() >= 12, "{}", service.id);
            assert!(service.other_names.len() >= 3, "{}", service.id);
        }
    }
}
