//! What a new process finds in the journal of the one before: live registrations, and dialogs that nobody owns.

use std::collections::{BTreeMap, BTreeSet};

use call::journal::{Binding, Fact, GhostDialog, JourneyId, LegRef};

use crate::world::World;

impl World {
    /// Folds the journal as the program does at start.
    pub(crate) fn left_in_journal(&mut self) -> (Vec<Binding>, Vec<GhostDialog>) {
        let mut bindings: BTreeMap<(String, String), Binding> = BTreeMap::new();
        let mut ghosts: BTreeMap<(JourneyId, LegRef), GhostDialog> = BTreeMap::new();
        let mut open: BTreeSet<JourneyId> = BTreeSet::new();
        for entry in &self.facts {
            match &entry.fact {
                Fact::BindingSet(binding) => {
                    bindings.insert(
                        (binding.account.clone(), binding.contact.clone()),
                        binding.clone(),
                    );
                }
                Fact::BindingGone { account, contact } => {
                    bindings.remove(&(account.clone(), contact.clone()));
                }
                Fact::JourneyBegan { journey, .. } => {
                    open.insert(*journey);
                }
                Fact::JourneyEnded { journey, .. } => {
                    open.remove(journey);
                }
                Fact::LegAnswered {
                    journey,
                    leg,
                    dialog,
                }
                | Fact::LegDialog {
                    journey,
                    leg,
                    dialog,
                } => {
                    ghosts.insert((*journey, *leg), dialog.clone());
                }
                Fact::LegEnded { journey, leg, .. } => {
                    ghosts.remove(&(*journey, *leg));
                }
                _ => {}
            }
        }
        self.died_with.extend(open);
        (
            bindings.into_values().collect(),
            ghosts.into_values().collect(),
        )
    }
}
