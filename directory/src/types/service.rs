//! A service: what a citizen asks for, e.g. Population (FEATURES DIR-1, DIR-5).
use super::PersonNumber;

/// A service of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Short stable name, the one dialplans use.
    pub id: String,
    /// The entity it belongs to.
    pub entity: String,
    /// Where its counter is.
    pub site: Option<String>,
    /// What people call it.
    pub name: String,
    /// What else they call it: in other languages, in short, before the merger.
    pub other_names: Vec<String>,
    /// Its opening hours, by id.
    pub hours: Option<String>,
    /// The words citizens use for it.
    pub keywords: Vec<String>,
    /// What reception asks the caller before connecting.
    pub ask: String,
    /// In the order they are tried.
    pub numbers: Vec<PersonNumber>,
}
