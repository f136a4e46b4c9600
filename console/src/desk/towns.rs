//! What belongs to which town, and to whom of one town it is theirs (FEATURES ADM-1, ADM-3): one look-up of the directory's rows,
//! made anew when they change.

use std::collections::{BTreeMap, BTreeSet};

use crate::protocol::Circle;

/// Mergers that are followed; the directory lets none go round in a circle.
const MERGERS: usize = 16;

/// Where an account's person belongs.
#[derive(Debug, Default)]
struct Place {
    town: String,
    service: Option<String>,
    site: Option<String>,
}

/// Towns of everything, by name.
#[derive(Debug, Default)]
pub(super) struct Towns {
    /// Each town's id by its id and by its name: dialplans write the name.
    ids: BTreeMap<String, String>,
    /// The town that took it over, where that has happened.
    into: BTreeMap<String, String>,
    services: BTreeMap<String, String>,
    numbers: BTreeMap<String, String>,
    accounts: BTreeMap<String, Place>,
    /// The towns whose people share a service or a site.
    shared: BTreeMap<(Circle, String), BTreeSet<String>>,
}

impl Towns {
    /// The towns of these rows.
    pub(super) fn new(rows: &directory::Snapshot) -> Towns {
        let mut towns = Towns::default();
        for row in &rows.entities {
            towns.ids.insert(row.name.to_lowercase(), row.id.clone());
            if let Some(into) = &row.merged_into {
                towns.into.insert(row.id.clone(), into.clone());
            }
        }
        for row in &rows.entities {
            // An id is surer than another town's name.
            towns.ids.insert(row.id.clone(), row.id.clone());
        }
        for row in &rows.services {
            towns.services.insert(row.id.clone(), row.entity.clone());
        }
        for row in &rows.numbers {
            towns.numbers.insert(row.e164.clone(), row.entity.clone());
        }
        for row in &rows.people {
            let circles = [
                (Circle::Service, row.service.as_ref()),
                (Circle::Site, row.site.as_ref()),
            ];
            for (circle, name) in circles {
                if let Some(name) = name {
                    let towns = towns.shared.entry((circle, name.clone())).or_default();
                    towns.insert(row.entity.clone());
                }
            }
            for number in &row.numbers {
                let place = Place {
                    town: row.entity.clone(),
                    service: row.service.clone(),
                    site: row.site.clone(),
                };
                towns.accounts.insert(number.number.clone(), place);
            }
        }
        towns
    }

    /// Whether what belongs to a town is theirs who belong to `whose` (none: all of the house): their own town's, and that of
    /// the towns it took over. What belongs to no known town is everybody's.
    pub(super) fn covers(&self, whose: Option<&str>, of: Option<&str>) -> bool {
        let (Some(whose), Some(of)) = (whose, of) else {
            return true;
        };
        let named = self
            .ids
            .get(of)
            .or_else(|| self.ids.get(&of.to_lowercase()));
        let Some(mut town) = named else {
            // Before the rows are read nothing is known, and nothing is theirs; after that, what has no town must not be nobody's.
            return !self.ids.is_empty();
        };
        for _ in 0..MERGERS {
            if town == whose {
                return true;
            }
            match self.into.get(town) {
                Some(into) => town = into,
                None => return false,
            }
        }
        false
    }

    /// Whether the whole house is theirs.
    pub(super) fn covers_all(&self, whose: Option<&str>) -> bool {
        self.ids.values().all(|town| self.covers(whose, Some(town)))
    }

    /// The town of a service.
    pub(super) fn of_service(&self, service: &str) -> Option<&str> {
        self.services.get(service).map(String::as_str)
    }

    /// The town of a number that citizens dial.
    pub(super) fn of_number(&self, number: &str) -> Option<&str> {
        self.numbers.get(number).map(String::as_str)
    }

    /// Whether the person of this account is theirs, and with `all` everybody who shares service or site with them.
    pub(super) fn covers_account(
        &self,
        whose: Option<&str>,
        account: &str,
        all: Option<Circle>,
    ) -> bool {
        let Some(place) = self.accounts.get(account) else {
            return true;
        };
        let shared = match all {
            None => None,
            Some(Circle::Service) => place.service.clone().map(|name| (Circle::Service, name)),
            Some(Circle::Site) => place.site.clone().map(|name| (Circle::Site, name)),
        };
        let others = shared.and_then(|shared| self.shared.get(&shared));
        let mut others = others.into_iter().flatten();
        self.covers(whose, Some(&place.town)) && others.all(|town| self.covers(whose, Some(town)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use directory::{Entity, Person, PersonKind, PersonNumber, Snapshot, Visibility};

    fn town(id: &str, into: Option<&str>) -> Entity {
        Entity {
            id: id.into(),
            name: format!("Town of {id}"),
            country: "BE".into(),
            languages: Vec::new(),
            merged_into: into.map(str::to_owned),
        }
    }

    fn person(account: &str, town: &str, service: &str, site: &str) -> Person {
        Person {
            id: account.into(),
            entity: town.into(),
            kind: PersonKind::Person,
            name: account.into(),
            other_names: Vec::new(),
            function: String::new(),
            service: Some(service.into()),
            site: Some(site.into()),
            languages: Vec::new(),
            keywords: Vec::new(),
            deputy: None,
            numbers: vec![PersonNumber {
                number: account.into(),
                kind: "desk".into(),
                visibility: Visibility::Public,
            }],
            protected: false,
            source: String::new(),
        }
    }

    fn towns() -> Towns {
        let into = Some("pajottegem");
        Towns::new(&Snapshot {
            entities: vec![
                town("pajottegem", None),
                town("gooik", into),
                town("herne", into),
            ],
            people: vec![
                person("2101", "gooik", "population", "hall"),
                person("2102", "gooik", "permits", "hall"),
                person("2103", "herne", "permits", "library"),
            ],
            ..Snapshot::default()
        })
    }

    #[test]
    fn a_town_has_its_own_and_what_it_took_over() {
        let towns = towns();
        let covers = |whose, of| towns.covers(whose, of);
        assert!(covers(Some("gooik"), Some("gooik")));
        assert!(covers(Some("gooik"), Some("Town of Gooik")), "by its name");
        assert!(!covers(Some("gooik"), Some("herne")));
        assert!(!covers(Some("gooik"), Some("pajottegem")));
        assert!(covers(Some("pajottegem"), Some("herne")));
        assert!(covers(None, Some("herne")), "all of the house");
        assert!(covers(Some("gooik"), None) && covers(Some("gooik"), Some("elsewhere")));
        assert!(!covers(Some("dissolved"), Some("herne")));
        let unread = Towns::default();
        assert!(!unread.covers(Some("gooik"), Some("gooik")) && unread.covers(None, Some("gooik")));
        assert!(towns.covers_all(None) && towns.covers_all(Some("pajottegem")));
        assert!(!towns.covers_all(Some("gooik")));
    }

    #[test]
    fn a_service_or_site_is_theirs_when_all_of_its_people_are() {
        let towns = towns();
        let covers = |account, all| towns.covers_account(Some("gooik"), account, all);
        assert!(covers("2101", None) && covers("2102", None) && !covers("2103", None));
        assert!(covers("2101", Some(Circle::Service)) && covers("2101", Some(Circle::Site)));
        assert!(!covers("2102", Some(Circle::Service)), "Herne shares it");
        assert!(covers("2199", None), "nobody's phone is everybody's");
    }
}
