//! Whose number it is, and how it is written: one look-up of the directory's rows, made anew when they change.

use std::collections::BTreeMap;

use call::border::number::for_people;
use call::snapshot::Country;
use directory::Visibility;

use super::text::{LINE, line};
use crate::protocol::{CallerSource, CallerView};

/// What a caller is called who withholds the number.
const ANONYMOUS: &str = "anonymous";

/// Names by number and by account.
#[derive(Debug)]
pub(super) struct Names {
    country: Country,
    by_number: BTreeMap<String, String>,
    /// Numbers that may be called and are never shown (DIR-6).
    hidden: Vec<String>,
    entities: BTreeMap<String, String>,
    services: BTreeMap<String, String>,
}

impl Names {
    /// The names of these rows.
    pub(super) fn new(country: Country, rows: &directory::Snapshot) -> Names {
        let mut by_number = BTreeMap::new();
        for account in &rows.accounts {
            by_number.insert(account.name.clone(), account.display.clone());
        }
        let mut hidden = Vec::new();
        for person in &rows.people {
            for number in &person.numbers {
                by_number.insert(number.number.clone(), person.name.clone());
                if number.visibility == Visibility::Private {
                    hidden.push(number.number.clone());
                }
            }
        }
        by_number.retain(|_, name| !name.trim().is_empty());
        hidden.sort();
        let entities = rows.entities.iter();
        let services = rows.services.iter();
        Names {
            country,
            by_number,
            hidden,
            entities: entities
                .map(|row| (row.id.clone(), row.name.clone()))
                .collect(),
            services: services
                .map(|row| (row.id.clone(), row.name.clone()))
                .collect(),
        }
    }

    /// The name of whoever has this number or account.
    pub(super) fn of(&self, number: &str) -> Option<&str> {
        self.by_number.get(number).map(String::as_str)
    }

    /// The number as people nearby write it; empty when it is not to be shown.
    pub(super) fn near(&self, number: &str) -> String {
        if number == ANONYMOUS
            || self
                .hidden
                .binary_search_by(|n| n.as_str().cmp(number))
                .is_ok()
        {
            return String::new();
        }
        line(&for_people(self.country, number), LINE)
    }

    /// A town's own name.
    pub(super) fn entity<'a>(&'a self, id: &'a str) -> &'a str {
        self.entities.get(id).map_or(id, String::as_str)
    }

    /// A service's name.
    pub(super) fn service<'a>(&'a self, id: &'a str) -> &'a str {
        self.services.get(id).map_or(id, String::as_str)
    }

    /// Who calls: what the directory knows is sure, what the network says is a stranger's text.
    pub(super) fn caller(&self, caller: &call::desk::Caller) -> CallerView {
        let number = if caller.number == ANONYMOUS {
            String::new()
        } else {
            line(&caller.number, LINE)
        };
        let said = line(&caller.display, LINE);
        let (name, source) = match self.of(&caller.number) {
            Some(name) => (Some(line(name, LINE)), CallerSource::Directory),
            None if !said.is_empty() && said != number => (Some(said), CallerSource::Network),
            None => (None, CallerSource::Unknown),
        };
        CallerView {
            near: self.near(&caller.number),
            number,
            name,
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use call::desk::Caller;
    use directory::{Person, PersonKind, PersonNumber};

    fn names() -> Names {
        let number = |number: &str, visibility| PersonNumber {
            number: number.to_owned(),
            kind: "mobile".to_owned(),
            visibility,
        };
        let person = Person {
            id: "peeters".into(),
            entity: "demo".into(),
            kind: PersonKind::Person,
            name: "An Peeters".into(),
            numbers: vec![
                number("+32479000001", Visibility::Public),
                number("+32479000002", Visibility::Private),
            ],
            ..empty()
        };
        let rows = directory::Snapshot {
            people: vec![person],
            ..directory::Snapshot::default()
        };
        Names::new(Country::Be, &rows)
    }

    fn empty() -> Person {
        Person {
            function: String::new(),
            other_names: Vec::new(),
            protected: false,
            source: String::new(),
            id: String::new(),
            entity: String::new(),
            kind: PersonKind::Person,
            name: String::new(),
            service: None,
            site: None,
            languages: Vec::new(),
            keywords: Vec::new(),
            deputy: None,
            numbers: Vec::new(),
        }
    }

    fn caller(number: &str, display: &str) -> CallerView {
        names().caller(&Caller {
            number: number.to_owned(),
            display: display.to_owned(),
        })
    }

    #[test]
    fn the_directory_is_surer_than_the_network() {
        let known = caller("+32479000001", "Somebody Else");
        assert_eq!(known.name.as_deref(), Some("An Peeters"));
        assert_eq!(known.source, CallerSource::Directory);
        assert_eq!(known.near, "0479 00 00 01");
        let stranger = caller("+32479999999", "E. Lefèvre\u{202e}");
        assert_eq!(stranger.name.as_deref(), Some("E. Lefèvre"));
        assert_eq!(stranger.source, CallerSource::Network);
        assert_eq!(caller("+32479999999", "").source, CallerSource::Unknown);
        assert_eq!(caller("+32479999999", "+32479999999").name, None);
    }

    #[test]
    fn withheld_and_hidden_numbers_are_not_shown() {
        let withheld = caller("anonymous", "");
        assert_eq!((withheld.number.as_str(), withheld.near.as_str()), ("", ""));
        let hidden = caller("+32479000002", "");
        assert_eq!(
            (hidden.near.as_str(), hidden.name.as_deref()),
            ("", Some("An Peeters"))
        );
    }
}
