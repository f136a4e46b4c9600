//! Import of accounts and of people from a CSV file: read whole, told whole, written whole or not at all.
mod accounts;
pub(crate) mod csv;
mod people;
pub(crate) mod person_row;

pub use accounts::{AccountImport, COLUMNS, ImportedAccount};
pub use csv::{CsvRecord, parse};
pub use people::{PeopleImport, PersonChange};
pub use person_row::{ImportedPerson, PEOPLE_COLUMNS};

use std::fmt;

/// A mistake in an imported file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// Line in the file, from 1: where the record begins.
    pub line: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}
