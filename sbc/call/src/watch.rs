//! What changed since the desk was last told: names only, collected while an event is handled. The views are made once,
//! at the end, by `core/desk.rs`.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::desk::{DeskEvent, EmergencyView};
use crate::id::CallId;
use crate::journal::{Cause, JourneyId};

/// The names: empty while nobody watches.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Whether somebody watches.
    pub(crate) on: bool,
    pub(crate) calls: BTreeSet<CallId>,
    pub(crate) accounts: BTreeSet<String>,
    pub(crate) stations: BTreeSet<String>,
    pub(crate) queues: BTreeSet<Arc<str>>,
    /// Events that are whole already.
    pub(crate) told: Vec<DeskEvent>,
}

impl Watch {
    /// A call was handled.
    pub(crate) fn call(&mut self, id: CallId) {
        if self.on {
            self.calls.insert(id);
        }
    }

    /// A leg or a contact of this account changed.
    pub(crate) fn account(&mut self, account: &str) {
        if self.on && !self.accounts.contains(account) {
            self.accounts.insert(account.to_owned());
        }
    }

    /// A call is over for everybody.
    pub(crate) fn gone(&mut self, journey: JourneyId, cause: Cause) {
        if self.on {
            self.told.push(DeskEvent::CallGone { journey, cause });
        }
    }

    /// Somebody called an emergency number.
    pub(crate) fn emergency(&mut self, view: EmergencyView) {
        if self.on {
            self.told.push(DeskEvent::Emergency(view));
        }
    }

    /// Forgets everything: nobody watches any more.
    pub(crate) fn clear(&mut self) {
        *self = Watch::default();
    }

    /// Whether there is nothing to tell.
    pub(crate) fn is_calm(&self) -> bool {
        self.calls.is_empty()
            && self.accounts.is_empty()
            && self.stations.is_empty()
            && self.queues.is_empty()
            && self.told.is_empty()
    }
}
