//! The directory's rows as the search takes them.
use super::entry::{Entry, EntryKind, EntryNumber, NumberKind};
use crate::store::Snapshot;
use crate::types::{Person, PersonKind, PersonNumber, Service, Site, Visibility};
use std::collections::{BTreeMap, BTreeSet};

/// Everybody and everything that can be found: people, functions, rooms and partners, services, and accounts that belong to nobody.
pub fn entries(rows: &Snapshot) -> Vec<Entry> {
    let services: BTreeMap<&str, &Service> = rows
        .services
        .iter()
        .map(|service| (service.id.as_str(), service))
        .collect();
    let sites: BTreeMap<&str, &Site> = rows
        .sites
        .iter()
        .map(|site| (site.id.as_str(), site))
        .collect();
    let accounts: BTreeSet<&str> = rows.accounts.iter().map(|a| a.name.as_str()).collect();
    let building = |id: &Option<String>| {
        let site = id.as_deref().and_then(|id| sites.get(id));
        site.map_or_else(String::new, |site| site.name.clone())
    };
    let people = rows.people.iter().map(|person| {
        let service = person.service.as_deref().and_then(|id| services.get(id));
        let mut entry = of_person(person, &accounts);
        entry.site = building(&person.site);
        entry.service_names = service.map_or_else(Vec::new, |service| names(service));
        entry
    });
    let offices = rows.services.iter().map(|service| {
        let mut entry = of_service(service, &accounts);
        entry.site = building(&service.site);
        entry
    });
    let mut all: Vec<Entry> = people.chain(offices).collect();
    // A protected person's telephone is as protected as they are: it is somebody's, so it is no row of its own either.
    let of_people = rows.people.iter().flat_map(|person| &person.numbers);
    let of_services = rows.services.iter().flat_map(|service| &service.numbers);
    let taken: BTreeSet<&str> = of_people
        .chain(of_services)
        .map(|row| row.number.as_str())
        .collect();
    let free = rows.accounts.iter().filter(|account| {
        let outside = account.caller_number.as_ref();
        let named = |number: &String| taken.contains(number.as_str());
        let owned = named(&account.name) || outside.is_some_and(named);
        !owned && !account.blocked
    });
    all.extend(free.map(|account| {
        let name = if account.display.is_empty() {
            &account.name
        } else {
            &account.display
        };
        let mut entry = Entry::new(&format!("account:{}", account.name), EntryKind::Place, name);
        entry.function.clone_from(&account.place);
        entry.site = building(&account.site);
        entry.account = Some(account.name.clone());
        entry.numbers = vec![EntryNumber {
            number: account.name.clone(),
            kind: NumberKind::Desk,
            hidden: false,
        }];
        entry
    }));
    all
}

fn of_person(person: &Person, accounts: &BTreeSet<&str>) -> Entry {
    let kind = match person.kind {
        PersonKind::Person => EntryKind::Person,
        PersonKind::Role => EntryKind::Function,
        PersonKind::Room => EntryKind::Place,
        PersonKind::Partner => EntryKind::Partner,
    };
    let mut entry = Entry::new(&person.id, kind, &person.name);
    entry.names.extend(person.other_names.iter().cloned());
    entry.function.clone_from(&person.function);
    entry.service.clone_from(&person.service);
    entry.words.clone_from(&person.keywords);
    entry.languages.clone_from(&person.languages);
    entry.entity.clone_from(&person.entity);
    entry.deputy.clone_from(&person.deputy);
    entry.hidden = person.protected;
    entry.sources = vec![person.source.clone()];
    let outside = (kind == EntryKind::Partner).then_some(NumberKind::Outside);
    reached(&mut entry, &person.numbers, accounts, outside);
    entry
}

fn of_service(service: &Service, accounts: &BTreeSet<&str>) -> Entry {
    let mut entry = Entry::new(&service.id, EntryKind::Service, &service.name);
    entry.names = names(service);
    entry.service = Some(service.id.clone());
    entry.words.clone_from(&service.keywords);
    entry.ask.clone_from(&service.ask);
    entry.entity.clone_from(&service.entity);
    reached(
        &mut entry,
        &service.numbers,
        accounts,
        Some(NumberKind::Service),
    );
    entry
}

fn names(service: &Service) -> Vec<String> {
    let mut names = vec![service.name.clone()];
    names.extend(service.other_names.iter().cloned());
    names
}

/// The numbers, and the first of them that is an account.
fn reached(
    entry: &mut Entry,
    numbers: &[PersonNumber],
    accounts: &BTreeSet<&str>,
    all: Option<NumberKind>,
) {
    let account = numbers
        .iter()
        .find(|row| accounts.contains(row.number.as_str()));
    entry.account = account.map(|row| row.number.clone());
    entry.numbers = numbers
        .iter()
        .filter(|row| row.kind != "fax")
        .map(|row| EntryNumber {
            number: row.number.clone(),
            kind: all.unwrap_or(match row.kind.as_str() {
                "mobile" => NumberKind::Mobile,
                "service" => NumberKind::Service,
                "outside" => NumberKind::Outside,
                _ => NumberKind::Desk,
            }),
            hidden: matches!(row.visibility, Visibility::Private | Visibility::Hidden),
        })
        .collect();
}
