//! An entity: a town, a public welfare centre, a police zone; what merges (FEATURES DIR-1).

/// One organisation of the merged town.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Short stable name, e.g. `gooik`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// ISO 3166 code; chooses emergency numbers, ring tone and holidays: `BE` or `FR`.
    pub country: String,
    /// ISO 639-1 codes in the order they are offered.
    pub languages: Vec<String>,
    /// The entity that took this one over, when a merger has happened.
    pub merged_into: Option<String>,
}
