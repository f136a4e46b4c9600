//! What is true at this moment beside the flow: live closures, hours, bulletins and queues.
//!
//! The core fills it with live values; the simulator and the tests make it up.

use chrono::NaiveDateTime;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The live state a decision may depend on. The default says: nothing beside the flow, queues empty and staffed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// Closures and exceptional openings beside those of the flow.
    pub closures: Vec<Closure>,
    /// Service → hours (opening_hours syntax) that replace the flow's. If they cannot be read, the service takes its safe
    /// branch and the decision is loud.
    pub hours: BTreeMap<Arc<str>, String>,
    /// Bulletin → switched on or off; one that is not named is as the flow says.
    pub bulletins: BTreeMap<Arc<str>, bool>,
    /// Queue (step name) → its present state; one that is not named counts as empty and staffed.
    pub queues: BTreeMap<Arc<str>, QueueState>,
}

/// A closure or exceptional opening between two local times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// What people call it, e.g. `Staff day`.
    pub name: Arc<str>,
    /// The services it is for; empty: all.
    pub services: Vec<Arc<str>>,
    /// First local moment (the flow's time zone).
    pub from: NaiveDateTime,
    /// First local moment after it.
    pub to: NaiveDateTime,
    /// Whether the services are open during it, instead of closed.
    pub open: bool,
    /// On overlap the highest wins; at equal priority, closed wins.
    pub priority: i64,
    /// The step callers are sent to instead of the service's own; one the flow does not have is ignored.
    pub step: Option<Arc<str>>,
}

/// One queue at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueState {
    /// Callers waiting now.
    pub waiting: u32,
    /// People or phones that serve it now; 0 means nobody is logged in.
    pub agents: u32,
    /// Honest estimate of the wait, when there is one (≥ 5 recent calls).
    pub estimate: Option<Duration>,
}
