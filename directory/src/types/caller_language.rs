//! The language in which a caller agreed to be spoken to on the next call (FEATURES IVR-13).

/// One caller's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerLanguage {
    /// Calling number, E.164.
    pub number: String,
    /// Two letters, e.g. `nl`.
    pub language: String,
}
