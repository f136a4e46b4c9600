//! A session: somebody is signed in in one browser (RELIABILITY S15).
use super::Moment;

/// A session as it stands in the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie's value; the value itself is nowhere but in the browser.
    pub hash: [u8; 32],
    /// Name of the user.
    pub owner: String,
    /// When it began.
    pub began_at: Moment,
    /// When it was last used, to the minute.
    pub seen_at: Moment,
    /// Where it began from.
    pub address: String,
}
