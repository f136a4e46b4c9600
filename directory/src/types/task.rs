//! Somebody is to be called back (CONSOLE.md 1.2, task 8).
use super::{JourneyId, Moment};

/// A call back to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTask {
    /// The order's own id: the same order makes one task.
    pub id: String,
    /// Number to call, E.164 or an account.
    pub number: String,
    /// Whom, when known; text from outside, which is cut.
    pub name: Option<String>,
    /// Their language, two letters.
    pub lang: Option<String>,
    /// The service it was for.
    pub service: Option<String>,
    /// Who is to do it: an account or a service; none for anybody at the desk.
    pub whom: Option<String>,
    /// What it is about, at most 1 000 characters.
    pub text: String,
    /// Who asked for it.
    pub by: String,
    /// When it was asked for.
    pub at: Moment,
    /// Until when.
    pub due: Option<Moment>,
    /// The call it comes from.
    pub journey: Option<JourneyId>,
}

/// A task on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// What it is, bounded and without control characters.
    pub task: NewTask,
    /// Rises with each change, from 1.
    pub version: u64,
    /// Who dealt with it and when; none while it is open.
    pub done: Option<(String, Moment)>,
}
