//! A site: one building with an address (FEATURES DIR-1, CMP-1).

/// A building. Emergency calls from its phones show its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Short stable name, e.g. `town-hall`.
    pub id: String,
    /// The entity that uses it.
    pub entity: String,
    /// What people call it.
    pub name: String,
    /// Street and place, as an emergency operator would be told.
    pub address: String,
    /// IANA name, e.g. `Europe/Brussels`.
    pub time_zone: String,
    /// E.164 number shown to the emergency services, who call it back.
    pub emergency_number: String,
}
