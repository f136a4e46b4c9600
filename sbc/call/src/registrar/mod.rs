//! The registrar (RFC 3261 section 10, SBC-8): contacts of accounts, where they are reached and until when. Bindings
//! survive a restart by the journal.

pub(crate) mod gruu;
mod register;

use std::collections::BTreeMap;
use std::time::SystemTime;

pub(crate) use register::{expire, register, schedule};

use crate::journal::Binding;

/// All bindings.
#[derive(Debug, Default)]
pub(crate) struct Registrar {
    bindings: BTreeMap<String, Vec<Binding>>,
    temporary: gruu::Temporary,
}

impl Registrar {
    /// The account's contacts, the most wanted first (q), then the newest.
    pub(crate) fn bindings(&self, account: &str) -> impl Iterator<Item = &Binding> {
        self.bindings.get(account).into_iter().flatten()
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
    fn set(&mut self, binding: Binding) {
        let row = self.bindings.entry(binding.account.clone()).or_default();
        row.retain(|old| !is_same(old, &binding));
        row.insert(0, binding);
        row.sort_by_key(|binding| std::cmp::Reverse(binding.q));
    }

    /// Puts back what the last process left.
    pub(crate) fn restore(&mut self, bindings: Vec<Binding>) {
        for binding in bindings.into_iter().rev() {
            self.set(binding);
        }
    }

    /// Takes away the contacts that have run out.
    pub(crate) fn expire(&mut self, now: SystemTime) -> Vec<Binding> {
        let mut gone = Vec::new();
        for row in self.bindings.values_mut() {
            let mut kept = Vec::with_capacity(row.len());
            for binding in row.drain(..) {
                if binding.expires <= now {
                    gone.push(binding)
                } else {
                    kept.push(binding)
                }
            }
            *row = kept;
        }
        self.bindings.retain(|_, row| !row.is_empty());
        for binding in &gone {
            if let Some(instance) = &binding.instance {
                self.temporary.forget(&binding.account, instance);
            }
        }
        gone
    }

    /// When the next contact runs out.
    pub(crate) fn next_expiry(&self) -> Option<SystemTime> {
        self.bindings
            .values()
            .flatten()
            .map(|binding| binding.expires)
            .min()
    }

    fn remove(&mut self, account: &str, contact: &str) -> Option<Binding> {
        let row = self.bindings.get_mut(account)?;
        let index = row.iter().position(|binding| binding.contact == contact)?;
        let gone = row.remove(index);
        let instance = gone.instance.clone().filter(|instance| {
            !row.iter()
                .any(|other| other.instance.as_ref() == Some(instance))
        });
        if row.is_empty() {
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
            .any(|binding| binding.peer.remote.ip() == address)
    }

    /// Whether a phone registered over this connection.
    pub(crate) fn uses(&self, flow: sip::FlowId) -> bool {
        self.bindings
            .values()
            .flatten()
            .any(|binding| binding.peer.flow == Some(flow))
    }

    /// How many contacts there are.
    pub(crate) fn len(&self) -> usize {
        self.bindings.values().map(Vec::len).sum()
    }
}

/// Whether two bindings are of the same device.
fn is_same(a: &Binding, b: &Binding) -> bool {
    let instance = a.instance.is_some() && a.instance == b.instance && a.reg_id == b.reg_id;
    instance
        || sip::Uri::parse(&a.contact).ok().is_some_and(|uri| {
            sip::Uri::parse(&b.contact).is_ok_and(|other| uri.equivalent(&other))
        })
}
