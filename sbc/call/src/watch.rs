//! What changed since the desk was last told: names only, collected while an event is handled. The views are made once,
//! at the end, by `core/desk.rs`.

use std::collections::BTreeSet;

use crate::desk::{DeskEvent, EmergencyView};
use crate::id::CallId;
use crate::journal::{Cause, JourneyId};

/// The names.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Whether somebody watches.
    pub(crate) on: bool,
    /// Calls whose agents have not been looked at yet, whoever watches.
    fresh_calls: BTreeSet<CallId>,
    /// Accounts likewise.
    fresh_accounts: BTreeSet<String>,
    pub(crate) calls: BTreeSet<CallId>,
    pub(crate) accounts: BTreeSet<String>,
    /// Events that are whole already.
    pub(crate) told: Vec<DeskEvent>,
}

impl Watch {
    /// A call was handled.
    pub(crate) fn call(&mut self, id: CallId) {
        self.fresh_calls.insert(id);
        if self.on {
            self.calls.insert(id);
        }
    }

    /// A leg or a contact of this account changed.
    pub(crate) fn account(&mut self, account: &str) {
        if !self.fresh_accounts.contains(account) {
            self.fresh_accounts.insert(account.to_owned());
        }
        if self.on && !self.accounts.contains(account) {
            self.accounts.insert(account.to_owned());
        }
    }

    /// Takes what the queues have still to be told.
    pub(crate) fn take_fresh(&mut self) -> (BTreeSet<CallId>, BTreeSet<String>) {
        let calls = std::mem::take(&mut self.fresh_calls);
        (calls, std::mem::take(&mut self.fresh_accounts))
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
        self.on = false;
        self.calls.clear();
        self.accounts.clear();
        self.told.clear();
    }

    /// Whether there is nothing to tell.
    pub(crate) fn is_calm(&self) -> bool {
        self.calls.is_empty() && self.accounts.is_empty() && self.told.is_empty()
    }
}
