//! A service: what a citizen asks for, e.g. Population (FEATURES DIR-1).

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
    /// Its opening hours, by id.
    pub hours: Option<String>,
    /// The words citizens use for it.
    pub keywords: Vec<String>,
}
