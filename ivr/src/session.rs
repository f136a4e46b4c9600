//! One caller's way through the flow: the only evaluator, live and simulated.

use crate::act::{Act, Cause};
use crate::event::Event;
use crate::flow::Flow;
use crate::situation::Situation;
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// What is known of the call when it arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Calling number, E.164 or as received; `None` when withheld.
    pub from: Option<String>,
    /// Called number, E.164 with `+`.
    pub to: String,
}

/// A caller's way through a flow. Plain data: cloning it forks the way.
#[derive(Clone, Debug)]
pub struct Session {
    flow: Arc<Flow>,
    facts: Facts,
}

impl Session {
    /// Begins at the step of the called number. Always answers with at least one act that does something.
    pub fn start(
        flow: Arc<Flow>,
        facts: Facts,
        _now: DateTime<Utc>,
        _situation: &Situation,
    ) -> (Session, Vec<Act>) {
        let session = Session { flow, facts };
        (
            session,
            vec![Act::Hangup {
                cause: Cause::UnknownNumber,
            }],
        )
    }

    /// One event. The answer is empty when nothing changes; the work per event is bounded.
    pub fn handle(
        &mut self,
        _now: DateTime<Utc>,
        _event: Event,
        _situation: &Situation,
    ) -> Vec<Act> {
        Vec::new()
    }

    /// The flow revision this caller began with.
    pub fn flow(&self) -> &Arc<Flow> {
        &self.flow
    }

    /// What was known when the call arrived.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }
}
