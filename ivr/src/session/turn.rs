//! One event being handled: the moment, what is true beside the flow, and the acts so far.

use crate::act::Act;
use crate::decision::{Decision, Rule};
use crate::situation::Situation;
use chrono::{DateTime, Utc};
use std::sync::Arc;

pub(super) struct Turn<'s> {
    pub(super) now: DateTime<Utc>,
    pub(super) situation: &'s Situation,
    pub(super) acts: Vec<Act>,
}

impl Turn<'_> {
    pub(super) fn new(now: DateTime<Utc>, situation: &Situation) -> Turn<'_> {
        Turn {
            now,
            situation,
            acts: Vec::new(),
        }
    }

    /// Notes a decision; inputs without a value are left out.
    pub(super) fn decided(
        &mut self,
        node: Arc<str>,
        rule: Rule,
        inputs: &[(&str, &str)],
        result: &str,
    ) {
        let known = inputs.iter().filter(|(_, value)| !value.is_empty());
        let inputs = known
            .map(|(name, value)| (Arc::from(*name), (*value).to_owned()))
            .collect();
        self.acts.push(Act::Decided(Decision {
            node,
            rule,
            inputs,
            result: result.to_owned(),
        }));
    }
}
