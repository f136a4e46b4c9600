//! What a person chose for the desk.

/// The choices of one user, all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// Rises with each choice, from 1.
    pub version: u64,
    /// JSON; the console knows what stands in it.
    pub chosen: String,
}
