//! Rows in and out, one file for each kind.
mod absences;
mod accounts;
mod audit;
mod bindings;
mod callbacks;
mod circles;
mod closures;
mod contacts;
mod journeys;
mod missed;
mod notes;
mod preferences;
mod reached;
mod searches;
mod sessions;
mod snapshot;
mod tasks;
pub(crate) mod town;
pub(crate) mod users;

pub use snapshot::Snapshot;

use crate::error::DirectoryError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A counter as the databases' `BIGINT`; above 2^63 it stays at the top.
pub(crate) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A value as a JSON column.
pub(crate) fn text<T: Serialize>(value: &T) -> Result<String, DirectoryError> {
    serde_json::to_string(value).map_err(|error| DirectoryError::Invalid(error.to_string()))
}

/// A JSON column as a value; `what` names the row in the error.
pub(crate) fn value<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, DirectoryError> {
    serde_json::from_str(text).map_err(|error| DirectoryError::Invalid(format!("{what}: {error}")))
}

/// Short codes as one column.
pub(crate) fn joined(codes: &[String]) -> String {
    codes.join(",")
}

/// The codes of such a column.
pub(crate) fn split(column: &str) -> Vec<String> {
    column
        .split(',')
        .filter(|code| !code.is_empty())
        .map(str::to_owned)
        .collect()
}
