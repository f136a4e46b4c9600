//! What belongs to which town, and to whom of one town it is theirs (FEATURES ADM-1, ADM-3): one look-up of the directory's rows
//! and of the dialplans, made anew when they change.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::Dialplan;
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

/// The towns of things, by the things' names. Dialplans of several towns may have one of the same name.
#[derive(Debug, Default)]
struct Owned(BTreeMap<String, BTreeSet<String>>);

impl Owned {
    fn add(&mut self, thing: &str, town: &str) {
        let towns = self.0.entry(thing.to_owned()).or_default();
        towns.insert(town.to_owned());
    }

    /// What the directory says is surer than what dialplans do.
    fn set(&mut self, thing: &str, town: &str) {
        self.0.remove(thing);
        self.add(thing, town);
    }

    fn of(&self, thing: &str) -> impl Iterator<Item = &str> {
        self.0.get(thing).into_iter().flatten().map(String::as_str)
    }
}

/// Towns of everything, by name.
#[derive(Debug, Default)]
pub(super) struct Towns {
    /// Each town's id by its id and by its name, in small letters: dialplans write the name.
    ids: BTreeMap<String, String>,
    /// The town that took it over, where that has happened.
    into: BTreeMap<String, String>,
    services: Owned,
    numbers: Owned,
    queues: Owned,
    accounts: BTreeMap<String, Place>,
    /// The towns whose people share a service or a site.
    shared: BTreeMap<(Circle, String), BTreeSet<String>>,
}

impl Towns {
    /// The towns of these rows and dialplans.
    pub(super) fn new(rows: &directory::Snapshot, dialplans: &[Dialplan]) -> Towns {
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
        for plan in dialplans {
            let owned = [
                (&plan.numbers, &mut towns.numbers),
                (&plan.services, &mut towns.services),
                (&plan.queues, &mut towns.queues),
            ];
            for (things, owned) in owned {
                for thing in things {
                    owned.add(thing, &plan.town);
                }
            }
        }
        for row in &rows.services {
            towns.services.set(&row.id, &row.entity);
        }
        for row in &rows.numbers {
            towns.numbers.set(&row.e164, &row.entity);
        }
        for row in &rows.people {
            towns.person(row);
        }
        towns
    }

    fn person(&mut self, row: &directory::Person) {
        let circles = [
            (Circle::Service, row.service.as_ref()),
            (Circle::Site, row.site.as_ref()),
        ];
        for (circle, name) in circles {
            if let Some(name) = name {
                let towns = self.shared.entry((circle, name.clone())).or_default();
                towns.insert(row.entity.clone());
            }
        }
        for number in &row.numbers {
            let place = Place {
                town: row.entity.clone(),
                service: row.service.clone(),
                site: row.site.clone(),
            };
            self.accounts.insert(number.number.clone(), place);
        }
    }

    /// Whether what belongs to a town is theirs who belong to `whose` (none: all of the house): their own town's, and that of
    /// the towns it took over. What belongs to no known town is everybody's.
    pub(super) fn covers(&self, whose: Option<&str>, of: &str) -> bool {
        let Some(whose) = whose else {
            return true;
        };
        let Some(mut town) = self.ids.get(&of.to_lowercase()) else {
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
        self.ids.values().all(|town| self.covers(whose, town))
    }

    /// Whether this service is theirs alone, and not another town's too: they close it for all of its callers.
    pub(super) fn owns_service(&self, whose: Option<&str>, service: &str) -> bool {
        self.services
            .of(service)
            .all(|town| self.covers(whose, town))
    }

    /// Whether they have to do with this service.
    pub(super) fn covers_service(&self, whose: Option<&str>, service: &str) -> bool {
        self.covers_any(whose, self.services.of(service))
    }

    /// Whether they have to do with this number that citizens dial.
    pub(super) fn covers_number(&self, whose: Option<&str>, number: &str) -> bool {
        self.covers_any(whose, self.numbers.of(number))
    }

    /// Whether they have to do with this queue.
    pub(super) fn covers_queue(&self, whose: Option<&str>, queue: &str) -> bool {
        self.covers_any(whose, self.queues.of(queue))
    }

    fn covers_any<'a>(&self, whose: Option<&str>, towns: impl Iterator<Item = &'a str>) -> bool {
        let mut towns = towns.peekable();
        towns.peek().is_none() || towns.any(|town| self.covers(whose, town))
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
        self.covers(whose, &place.town) && others.all(|town| self.covers(whose, town))
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

    fn rows() -> Snapshot {
        let into = Some("pajottegem");
        Snapshot {
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
        }
    }

    fn towns() -> Towns {
        let plan = |town: &str, service: &str, number: &str| Dialplan {
            town: town.into(),
            numbers: vec![number.into()],
            services: vec!["population".into(), service.into()],
            queues: vec![format!("line-{service}"), "reception".into()],
        };
        let dialplans = [
            plan("Town of Gooik", "library", "+3225323223"),
            plan("herne", "pool", "+3223960800"),
        ];
        Towns::new(&rows(), &dialplans)
    }

    #[test]
    fn a_town_has_its_own_and_what_it_took_over() {
        let towns = towns();
        let covers = |whose, of| towns.covers(whose, of);
        assert!(covers(Some("gooik"), "gooik"));
        assert!(covers(Some("gooik"), "Town of Gooik"), "by its name");
        assert!(!covers(Some("gooik"), "herne"));
        assert!(!covers(Some("gooik"), "pajottegem"));
        assert!(covers(Some("pajottegem"), "herne"));
        assert!(covers(None, "herne"), "all of the house");
        assert!(covers(Some("gooik"), "elsewhere"));
        assert!(!covers(Some("dissolved"), "herne"));
        let unread = Towns::default();
        assert!(!unread.covers(Some("gooik"), "gooik") && unread.covers(None, "gooik"));
        assert!(towns.covers_all(None) && towns.covers_all(Some("pajottegem")));
        assert!(!towns.covers_all(Some("gooik")));
    }

    #[test]
    fn what_stands_in_a_dialplan_is_its_town_s() {
        let towns = towns();
        let own = |service| towns.owns_service(Some("gooik"), service);
        assert!(own("library") && !own("pool"));
        assert!(!own("population"), "Herne has one of that name, too");
        assert!(towns.owns_service(Some("pajottegem"), "population"));
        let has = |service| towns.covers_service(Some("gooik"), service);
        assert!(has("library") && has("population") && !has("pool"));
        let number = |number| towns.covers_number(Some("gooik"), number);
        assert!(number("+3225323223") && !number("+3223960800") && number("+3299999999"));
        let queue = |queue| towns.covers_queue(Some("gooik"), queue);
        assert!(queue("line-library") && queue("reception") && !queue("line-pool"));
        // What the directory says is surer.
        let mut rows = rows();
        rows.numbers.push(directory::Number {
            e164: "+3223960800".into(),
            entity: "gooik".into(),
            label: String::new(),
            flow: "herne".into(),
            valid_from: None,
            valid_to: None,
        });
        let plan = Dialplan {
            town: "herne".into(),
            numbers: vec!["+3223960800".into()],
            ..Dialplan::default()
        };
        let towns = Towns::new(&rows, &[plan]);
        assert!(towns.covers_number(Some("gooik"), "+3223960800"));
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
