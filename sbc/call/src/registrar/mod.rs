//! The registrar (RFC 3261 section 10, SBC-8): contacts of accounts, where they are reached and until when. Bindings
//! survive a restart by the journal.

pub(crate) mod gruu;
mod register;

use std::collections::BTreeMap;
use std::time::Instant;

pub(crate) use register::{expire, register, schedule};

use crate::io::Now;
use crate::journal::Binding;

/// All bindings.
#[derive(Debug, Default)]
pub(crate) struct Registrar {
    bindings: BTreeMap<String, Vec<Row>>,
    temporary: gruu::Temporary,
    /// No contact runs out before this. A refreshed contact leaves it too early: then a look is taken in vain.
    due: Option<Instant>,
}

/// One contact, and its end on the clock that never jumps: a corrected wall clock must not end all registrations at once
/// (RELIABILITY fault 19).
#[derive(Debug)]
struct Row {
    binding: Binding,
    until: Instant,
}

impl Registrar {
    /// The account's contacts, the most wanted first (q), then the newest.
    pub(crate) fn bindings(&self, account: &str) -> impl Iterator<Item = &Binding> {
        let rows = self.bindings.get(account).into_iter().flatten();
        rows.map(|row| &row.binding)
    }

    /// The same, each with the whole seconds that are left of it.
    pub(crate) fn remaining(&self, account: &str, now: Instant) -> Vec<(Binding, u64)> {
        let rows = self.bindings.get(account).into_iter().flatten();
        let left = |row: &Row| row.until.saturating_duration_since(now).as_secs();
        rows.map(|row| (row.binding.clone(), left(row))).collect()
    }

    /// The contacts of one device, by the `gr` parameter of the address that was called (RFC 5627 section 5): an instance,
    /// or the user part of a temporary address.
    pub(crate) fn device(&self, user: &str, gr: Option<&str>) -> Vec<&Binding> {
        let (account, instance) = match (self.temporary.device(user), gr) {
            (Some((account, instance)), _) => (account.as_str(), instance.as_str()),
            (None, Some(instance)) => (user, instance),
            (None, None) => return Vec::new(),
        };
        self.bindings(account)
            .filter(|binding| binding.instance.as_deref() == Some(instance))
            .collect()
    }

    /// Adds or refreshes a contact: the same URI, or the same instance and reg-id (RFC 5626 section 6), replaces.
    fn set(&mut self, binding: Binding, until: Instant) {
        self.due = Some(self.due.map_or(until, |due| due.min(until)));
        let rows = self.bindings.entry(binding.account.clone()).or_default();
        let mut gone = Vec::new();
        rows.retain(|old| {
            let same = is_same(&old.binding, &binding);
            gone.extend(old.binding.instance.clone().filter(|_| same));
            !same
        });
        // A device that came back under another name leaves no temporary addresses behind.
        gone.retain(|instance| binding.instance.as_ref() != Some(instance));
        gone.retain(|instance| !names(rows, instance));
        for instance in gone {
            self.temporary.forget(&binding.account, &instance);
        }
        rows.insert(0, Row { binding, until });
        rows.sort_by_key(|row| std::cmp::Reverse(row.binding.q));
    }

    /// Puts back what the last process left.
    pub(crate) fn restore(&mut self, bindings: Vec<Binding>, now: Now) {
        for binding in bindings.into_iter().rev() {
            let left = binding.expires.duration_since(now.wall).unwrap_or_default();
            let until = now.monotonic.checked_add(left).unwrap_or(now.monotonic);
            self.set(binding, until);
        }
    }

    /// Takes away the contacts that have run out.
    pub(crate) fn expire(&mut self, now: Instant) -> Vec<Binding> {
        let mut gone = Vec::new();
        for rows in self.bindings.values_mut() {
            let ended = rows.extract_if(.., |row| row.until <= now);
            gone.extend(ended.map(|row| row.binding));
        }
        self.bindings.retain(|_, rows| !rows.is_empty());
        let ends = self.bindings.values().flatten().map(|row| row.until);
        self.due = ends.min();
        for binding in &gone {
            if let Some(instance) = &binding.instance {
                self.temporary.forget(&binding.account, instance);
            }
        }
        gone
    }

    /// When to look for contacts that ran out.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.due.filter(|_| !self.bindings.is_empty())
    }

    fn remove(&mut self, account: &str, contact: &str) -> Option<Binding> {
        let rows = self.bindings.get_mut(account)?;
        let is_it = |row: &Row| row.binding.contact == contact;
        let index = rows.iter().position(is_it)?;
        let gone = rows.remove(index).binding;
        let instance = gone.instance.clone();
        let instance = instance.filter(|instance| !names(rows, instance));
        if rows.is_empty() {
            self.bindings.remove(account);
        }
        if let Some(instance) = instance {
            self.temporary.forget(account, &instance);
        }
        Some(gone)
    }

    /// Whether a phone at this address is registered.
    pub(crate) fn knows(&self, address: std::net::IpAddr) -> bool {
        self.bindings
            .values()
            .flatten()
            .any(|row| row.binding.peer.remote.ip() == address)
    }

    /// Whether a phone registered over this connection.
    pub(crate) fn uses(&self, flow: sip::FlowId) -> bool {
        self.bindings
            .values()
            .flatten()
            .any(|row| row.binding.peer.flow == Some(flow))
    }

    /// How many contacts there are.
    pub(crate) fn len(&self) -> usize {
        self.bindings.values().map(Vec::len).sum()
    }
}

/// Whether one of these contacts is of the device with this instance.
fn names(rows: &[Row], instance: &str) -> bool {
    let of = |row: &Row| row.binding.instance.as_deref() == Some(instance);
    rows.iter().any(of)
}

/// Whether two bindings are of the same device.
fn is_same(a: &Binding, b: &Binding) -> bool {
    let instance = a.instance.is_some() && a.instance == b.instance && a.reg_id == b.reg_id;
    instance
        || sip::Uri::parse(&a.contact).ok().is_some_and(|uri| {
            sip::Uri::parse(&b.contact).is_ok_and(|other| uri.equivalent(&other))
        })
}
