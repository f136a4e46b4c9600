//! Channels of trunks: how many calls each carries, and those that only emergency calls may take (CMP-1, NUM-11).

use std::collections::BTreeMap;

use crate::id::LegId;
use crate::snapshot::Trunk;

/// Which legs use which trunk.
#[derive(Debug, Default)]
pub(crate) struct Channels {
    used: BTreeMap<String, Vec<LegId>>,
}

impl Channels {
    /// Takes a channel for this leg, if there is one. The reserve of a trunk is for emergency calls alone; an emergency
    /// call that finds even the reserve taken goes out all the same: the operator shall refuse it, not we.
    pub(crate) fn take(&mut self, trunk: &Trunk, leg: LegId, emergency: bool) -> bool {
        let used = self.used.entry(trunk.name.clone()).or_default();
        let open = trunk.channels.saturating_sub(trunk.reserved);
        if !emergency && used.len() >= open {
            return false;
        }
        used.push(leg);
        true
    }

    /// Whether a call that is no emergency would find a channel.
    pub(crate) fn is_free(&self, trunk: &Trunk) -> bool {
        let open = trunk.channels.saturating_sub(trunk.reserved);
        self.used.get(&trunk.name).map_or(0, Vec::len) < open
    }

    /// The leg is over.
    pub(crate) fn free(&mut self, leg: LegId) {
        for legs in self.used.values_mut() {
            legs.retain(|id| *id != leg);
        }
    }

    /// Channels in use, all trunks together.
    pub(crate) fn len(&self) -> usize {
        self.used.values().map(Vec::len).sum()
    }
}
