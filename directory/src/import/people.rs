//! People of a CSV file against those who are there: preview first, then one transaction.
use super::ImportError;
use super::person_row::{self, ImportedPerson};
use crate::directory::Directory;
use crate::error::DirectoryError;
use crate::store::{Snapshot, town};
use crate::types::Person;
use std::collections::{BTreeMap, BTreeSet};

/// What rows of a file are marked with.
const SOURCE: &str = "csv";

/// What a file does to one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonChange {
    /// Not there yet.
    New,
    /// There, and otherwise in the file.
    Changed,
    /// There, and the same.
    Same,
}

/// What a file would do; nothing is written yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeopleImport {
    /// In the order of the file.
    pub people: Vec<(ImportedPerson, PersonChange)>,
    /// Who came from an earlier file and is not in this one: by id. They stay.
    pub missing: Vec<String>,
}

impl PeopleImport {
    /// How many of the file are so.
    pub fn count(&self, change: PersonChange) -> usize {
        self.people.iter().filter(|(_, of)| *of == change).count()
    }
}

impl Directory {
    /// Reads a file and checks every line against the rules and against what is there already.
    ///
    /// # Errors
    /// [`DirectoryError::Import`] with all mistakes; database errors.
    pub async fn preview_people(&self, text: &str) -> Result<PeopleImport, DirectoryError> {
        let rows = self.snapshot().await?;
        let entity = rows
            .entities
            .first()
            .map_or("", |entity| entity.id.as_str());
        let (people, mut mistakes) = person_row::read(text, entity, SOURCE);
        mistakes.extend(unknown_names(&rows, &people));
        if !mistakes.is_empty() {
            mistakes.sort_by_key(|mistake| mistake.line);
            return Err(DirectoryError::Import(mistakes));
        }
        let known: BTreeMap<&str, &Person> = rows
            .people
            .iter()
            .map(|person| (person.id.as_str(), person))
            .collect();
        let named: BTreeSet<&str> = people.iter().map(|row| row.person.id.as_str()).collect();
        let missing = rows
            .people
            .iter()
            .filter(|person| person.source == SOURCE && !named.contains(person.id.as_str()))
            .map(|person| person.id.clone())
            .collect();
        let change = |row: &ImportedPerson| match known.get(row.person.id.as_str()) {
            None => PersonChange::New,
            Some(old) if **old == row.person => PersonChange::Same,
            Some(_) => PersonChange::Changed,
        };
        let changes: Vec<PersonChange> = people.iter().map(change).collect();
        Ok(PeopleImport {
            people: people.into_iter().zip(changes).collect(),
            missing,
        })
    }

    /// Writes all people of a preview, or none of them.
    ///
    /// # Errors
    /// Database errors.
    pub async fn import_people(&self, import: &PeopleImport) -> Result<(), DirectoryError> {
        let changed = import
            .people
            .iter()
            .filter(|(_, change)| *change != PersonChange::Same)
            .map(|(row, _)| row.person.clone());
        let mut transaction = self.database.write().await?;
        town::people(&mut transaction, changed.collect()).await?;
        Ok(transaction.commit().await?)
    }
}

/// Entities, services, sites and deputies that are not there, each with what is.
fn unknown_names(rows: &Snapshot, people: &[ImportedPerson]) -> Vec<ImportError> {
    let entities: BTreeSet<&str> = rows.entities.iter().map(|row| row.id.as_str()).collect();
    let services: BTreeSet<&str> = rows.services.iter().map(|row| row.id.as_str()).collect();
    let sites: BTreeSet<&str> = rows.sites.iter().map(|row| row.id.as_str()).collect();
    let deputies: BTreeSet<&str> = rows
        .people
        .iter()
        .chain(people.iter().map(|row| &row.person))
        .map(|person| person.id.as_str())
        .collect();
    let mut mistakes = Vec::new();
    for row in people {
        let person = &row.person;
        let named = [
            ("entity", Some(&person.entity), &entities),
            ("service", person.service.as_ref(), &services),
            ("site", person.site.as_ref(), &sites),
            ("deputy", person.deputy.as_ref(), &deputies),
        ];
        for (column, name, known) in named {
            let Some(name) = name.filter(|name| !known.contains(name.as_str())) else {
                continue;
            };
            let some: Vec<&str> = known.iter().take(20).copied().collect();
            let expected = if column == "deputy" {
                "expected the id of a person".to_owned()
            } else if some.is_empty() {
                "there is none yet".to_owned()
            } else {
                format!("expected one of: {}", some.join(", "))
            };
            mistakes.push(ImportError {
                line: row.line,
                message: format!("column {column:?}: there is no {column} {name:?}; {expected}"),
            });
        }
    }
    mistakes
}
