//! An entry of the audit: who did what, from where, and what came of it.
use super::Moment;

/// One entry; the store gives it its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Moment,
    /// Who: a user's name, `command line`, or what somebody claimed to be when signing in.
    pub actor: String,
    /// What was tried, for example `sign-in` or a command's name.
    pub action: String,
    /// On what: a call, a user, a service; empty when nothing is to be named.
    pub what: String,
    /// What came of it: `done`, or why not.
    pub result: String,
    /// From where; empty on this machine's command line.
    pub address: String,
}
