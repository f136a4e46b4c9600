//! Opening hours, kept as the expression people wrote; `ivr` evaluates it (FEATURES IVR-4).

/// Named opening hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Short stable name.
    pub id: String,
    /// What people call them, e.g. `Guichets`.
    pub name: String,
    /// OpenStreetMap `opening_hours` syntax, e.g. `Mo-Fr 08:30-12:00; PH off`.
    pub expression: String,
    /// IANA name of the zone the expression is meant in.
    pub time_zone: String,
    /// ISO 3166 code of the public holidays, or empty for none.
    pub holidays: String,
}
