//! Everything a caller of a flow may hear: for the check, and to load sounds before the first call.

use crate::flow::{Flow, Said, StepKind};
use crate::lang::Prompt;
use std::collections::BTreeSet;

/// Prompts the evaluator says by itself.
pub(crate) const SAID_BY_ITSELF: [&str; 4] = [
    "invalid-key",
    "no-key",
    "too-many-tries",
    "technical-problem",
];

impl Flow {
    /// Every prompt a caller may hear, in every language of the flow.
    pub fn sounds(&self) -> BTreeSet<Prompt> {
        let names = self
            .said()
            .map(|s| s.name.clone())
            .chain(SAID_BY_ITSELF.map(Into::into));
        names
            .flat_map(|name| {
                self.languages.iter().map(move |lang| Prompt {
                    name: name.clone(),
                    lang: *lang,
                })
            })
            .collect()
    }

    /// Every place where a prompt is written.
    pub(crate) fn said(&self) -> impl Iterator<Item = &Said> {
        let steps = self.steps.iter().flat_map(|s| {
            let comfort: &[Said] = match &s.kind {
                StepKind::Queue { comfort, .. } => comfort,
                _ => &[],
            };
            s.say.iter().chain(comfort)
        });
        let bulletins = self.bulletins.values().flat_map(|b| &b.say);
        steps
            .chain(bulletins)
            .chain(self.numbers.iter().filter_map(|n| n.retired.as_ref()))
    }
}
