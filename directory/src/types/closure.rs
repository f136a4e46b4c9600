//! A service or the whole house closed by hand, until a moment that must be said (FEATURES CON-21, IVR-9).
use super::Moment;

/// A closure to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewClosure {
    /// The order's own id: the same order makes one closure.
    pub id: String,
    /// Which service, by the name that dialplans use; none for the whole house.
    pub service: Option<String>,
    /// What colleagues read, at most 200 characters.
    pub text: String,
    /// Who closes.
    pub by: String,
    /// From when.
    pub from: Moment,
    /// When it opens by itself: after `from`, at most 366 days later.
    pub until: Moment,
}

/// A closure on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosureRow {
    /// Its name.
    pub id: String,
    /// Which service; none for the whole house.
    pub service: Option<String>,
    /// What colleagues read.
    pub text: String,
    /// Who closed it.
    pub by: String,
    /// Since when.
    pub from: Moment,
    /// When it opens by itself.
    pub until: Moment,
    /// Who opened it early and when; none while nobody did.
    pub reopened: Option<(String, Moment)>,
}
