//! The table of legs, and which of them are an account's: what an account does is asked of its own legs, not of all.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::id::LegId;
use crate::leg::Leg;
use crate::table::Table;

/// All legs.
#[derive(Debug, Default)]
pub(crate) struct Legs {
    table: Table<LegId, Leg>,
    /// A leg's account never changes.
    by_account: BTreeMap<Arc<str>, BTreeSet<LegId>>,
    /// How many legs were looked at to know what accounts do, since the start.
    looked_at: Cell<u64>,
}

impl Legs {
    /// A leg begins.
    pub(crate) fn insert(&mut self, id: LegId, leg: Leg) {
        if let Some(account) = leg.account() {
            match self.by_account.get_mut(account) {
                Some(legs) => drop(legs.insert(id)),
                None => drop(self.by_account.insert(account.into(), BTreeSet::from([id]))),
            }
        }
        self.table.insert(id, leg);
    }

    /// A leg is forgotten.
    pub(crate) fn remove(&mut self, id: &LegId) -> Option<Leg> {
        let leg = self.table.remove(id)?;
        if let Some(account) = leg.account()
            && let Some(legs) = self.by_account.get_mut(account)
        {
            legs.remove(id);
            if legs.is_empty() {
                self.by_account.remove(account);
            }
        }
        Some(*leg)
    }

    /// The leg.
    pub(crate) fn get(&self, id: &LegId) -> Option<&Leg> {
        self.table.get(id)
    }

    /// The leg, to be changed.
    pub(crate) fn get_mut(&mut self, id: &LegId) -> Option<&mut Leg> {
        self.table.get_mut(id)
    }

    /// Whether there is such a leg.
    pub(crate) fn contains_key(&self, id: &LegId) -> bool {
        self.table.contains_key(id)
    }

    /// All of them.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Leg> {
        self.table.values()
    }

    /// Their names.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &LegId> {
        self.table.keys()
    }

    /// Those of an account.
    pub(crate) fn of_account(&self, account: &str) -> impl Iterator<Item = &Leg> {
        let legs = self.by_account.get(account).into_iter().flatten();
        legs.filter_map(|id| {
            self.looked_at.set(self.looked_at.get().wrapping_add(1));
            self.table.get(id)
        })
    }

    /// How many legs were looked at to know what accounts do, since the start.
    pub(crate) fn looked_at(&self) -> u64 {
        self.looked_at.get()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.table.is_empty()
    }
}
