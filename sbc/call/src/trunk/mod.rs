//! Channels of trunks: how many calls each carries, and those that only emergency calls may take (CMP-1, NUM-11).

use std::collections::BTreeMap;

use crate::id::LegId;
use crate::snapshot::Trunk;

/// Which legs use which trunk, in both directions together.
#[derive(Debug, Default)]
pub(crate) struct Channels {
    trunk_of: BTreeMap<LegId, String>,
    used: BTreeMap<String, usize>,
}

impl Channels {
    /// Takes a channel for this leg, if there is one. The reserve of a trunk is for emergency calls alone; an emergency
    /// call that finds even the reserve taken goes out all the same: the operator shall refuse it, not we.
    pub(crate) fn take(&mut self, trunk: &Trunk, leg: LegId, emergency: bool) -> bool {
        let takes = emergency || self.is_free(trunk);
        if takes {
            self.hold(&trunk.name, leg);
        }
        takes
    }

    /// The operator gave this leg a channel: it called us.
    pub(crate) fn hold(&mut self, trunk: &str, leg: LegId) {
        self.trunk_of.insert(leg, trunk.to_owned());
        let used = self.used.entry(trunk.to_owned()).or_default();
        *used = used.saturating_add(1);
    }

    /// Whether a call that is no emergency would find a channel.
    pub(crate) fn is_free(&self, trunk: &Trunk) -> bool {
        let open = trunk.channels.saturating_sub(trunk.reserved);
        self.used.get(&trunk.name).copied().unwrap_or_default() < open
    }

    /// The leg is over.
    pub(crate) fn free(&mut self, leg: LegId) {
        let Some(trunk) = self.trunk_of.remove(&leg) else {
            return;
        };
        if let Some(used) = self.used.get_mut(&trunk) {
            *used = used.saturating_sub(1);
            if *used == 0 {
                self.used.remove(&trunk);
            }
        }
    }

    /// Channels in use, all trunks together.
    pub(crate) fn len(&self) -> usize {
        self.trunk_of.len()
    }
}
