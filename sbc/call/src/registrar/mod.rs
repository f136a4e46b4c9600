//! The registrar (RFC 3261 section 10, SBC-8): contacts of accounts, where they are reached and until when. Bindings
//! survive a restart by the journal.

pub(crate) mod gruu;
mod register;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Instant;

pub(crate) use register::{expire, flow_closed, register, reloaded, restore};

use sip::{FlowId, Peer};

use crate::io::Now;
use crate::journal::Binding;

/// All bindings.
#[derive(Debug, Default)]
pub(crate) struct Registrar {
    bindings: BTreeMap<String, Vec<Row>>,
    temporary: gruu::Temporary,
    /// The contacts of each connection, so that its end finds them without a walk: connection, account, contact.
    by_flow: BTreeSet<(FlowId, String, String)>,
    /// No contact runs out before this. A refreshed contact leaves it too early: then a look is taken in vain.
    due: Option<Instant>,
}

/// One contact, and its end on the clock that never jumps: a corrected wall clock must not end all registrations at once
/// (RELIABILITY fault 19).
#[derive(Debug)]
struct Row {
    binding: Binding,
    until: Instant,
    /// Its connection is gone and no other leads there: it is not rung until it registers again.
    unreachable: bool,
}

impl Row {
    fn new(binding: Binding, until: Instant) -> Row {
        Row {
            binding,
            until,
            unreachable: false,
        }
    }

    /// How the row stands in [`Registrar::by_flow`].
    fn place(&self) -> Option<(FlowId, String, String)> {
        let binding = &self.binding;
        let flow = binding.peer.flow?;
        Some((flow, binding.account.clone(), binding.contact.clone()))
    }
}

impl Registrar {
    /// The account's contacts, the most wanted first (q), then the newest.
    pub(crate) fn bindings(&self, account: &str) -> impl Iterator<Item = &Binding> {
        let rows = self.bindings.get(account).into_iter().flatten();
        rows.map(|row| &row.binding)
    }

    /// Those of them that a request can reach: a contact whose connection broke is not tried.
    pub(crate) fn reachable(&self, account: &str) -> impl Iterator<Item = &Binding> {
        let rows = self.bindings.get(account).into_iter().flatten();
        rows.filter(|row| !row.unreachable).map(|row| &row.binding)
    }

    /// All contacts, each with the whole seconds that are left of it.
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
        self.reachable(account)
            .filter(|binding| binding.instance.as_deref() == Some(instance))
            .collect()
    }

    /// Adds or refreshes a contact: the same URI, or the same instance and reg-id (RFC 5626 section 6), replaces.
    fn put(&mut self, row: Row) {
        let binding = &row.binding;
        self.due = Some(self.due.map_or(row.until, |due| due.min(row.until)));
        let rows = self.bindings.entry(binding.account.clone()).or_default();
        let mut gone = Vec::new();
        for old in rows.extract_if(.., |old| is_same(&old.binding, binding)) {
            if let Some(place) = old.place() {
                self.by_flow.remove(&place);
            }
            gone.extend(old.binding.instance);
        }
        // A device that came back under another name leaves no temporary addresses behind.
        gone.retain(|instance| binding.instance.as_ref() != Some(instance));
        gone.retain(|instance| !names(rows, instance));
        for instance in gone {
            self.temporary.forget(&binding.account, &instance);
        }
        self.by_flow.extend(row.place());
        rows.insert(0, row);
        rows.sort_by_key(|row| std::cmp::Reverse(row.binding.q));
    }

    /// Puts back what the last process left. No connection survived it: see [`Registrar::flow_closed`], whose result this
    /// is too.
    fn restore(&mut self, bindings: Vec<Binding>, now: Now) -> Vec<Binding> {
        let mut gone = Vec::new();
        for mut binding in bindings.into_iter().rev() {
            binding.peer.flow = None;
            let by_stream = binding.peer.transport.is_reliable();
            if by_stream && keeps_its_flow(&binding) {
                gone.push(binding);
                continue;
            }
            let left = binding.expires.duration_since(now.wall).unwrap_or_default();
            let until = now.monotonic.checked_add(left).unwrap_or(now.monotonic);
            let mut row = Row::new(binding, until);
            if by_stream {
                row.lose_flow();
            }
            self.put(row);
        }
        gone
    }

    /// Takes away the contacts that have run out.
    pub(crate) fn expire(&mut self, now: Instant) -> Vec<Binding> {
        let mut gone = Vec::new();
        for rows in self.bindings.values_mut() {
            let ended = rows.extract_if(.., |row| row.until <= now);
            for row in ended {
                if let Some(place) = row.place() {
                    self.by_flow.remove(&place);
                }
                gone.push(row.binding);
            }
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

    /// Takes away the contacts of accounts that are no more.
    fn keep(&mut self, known: impl Fn(&str) -> bool) -> Vec<Binding> {
        let rows = self.bindings.values().flatten();
        let gone = rows.filter(|row| !known(&row.binding.account));
        let gone: Vec<Binding> = gone.map(|row| row.binding.clone()).collect();
        let contacts = gone.into_iter();
        let removed = contacts.filter_map(|gone| self.remove(&gone.account, &gone.contact));
        removed.collect()
    }

    /// When to look for contacts that ran out.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.due.filter(|_| !self.bindings.is_empty())
    }

    fn remove(&mut self, account: &str, contact: &str) -> Option<Binding> {
        let rows = self.bindings.get_mut(account)?;
        let is_it = |row: &Row| row.binding.contact == contact;
        let index = rows.iter().position(is_it)?;
        let row = rows.remove(index);
        if let Some(place) = row.place() {
            self.by_flow.remove(&place);
        }
        let gone = row.binding;
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
    pub(crate) fn uses(&self, flow: FlowId) -> bool {
        let first = (flow, String::new(), String::new());
        let next = self.by_flow.range(first..).next();
        next.is_some_and(|(used, _, _)| *used == flow)
    }

    /// A connection is gone. A phone that keeps its flow (RFC 5626) can be reached by that flow alone: its contact ends
    /// now, and it registers again when it notices. Any other listens where its Contact says, if that is the host which
    /// registered; behind a NAT nothing leads there. Gives back the contacts that ended.
    fn flow_closed(&mut self, flow: FlowId) -> Vec<Binding> {
        let first = (flow, String::new(), String::new());
        let of_flow = self.by_flow.range(first..);
        let of_flow = of_flow.take_while(|(used, _, _)| *used == flow);
        let places: Vec<_> = of_flow.cloned().collect();
        let mut gone = Vec::new();
        for (_, account, contact) in &places {
            let rows = self.bindings.get_mut(account).into_iter().flatten();
            let Some(row) = rows.into_iter().find(|row| row.binding.contact == *contact) else {
                continue;
            };
            if keeps_its_flow(&row.binding) {
                gone.extend(self.remove(account, contact));
            } else {
                row.lose_flow();
            }
        }
        for place in &places {
            self.by_flow.remove(place);
        }
        gone
    }

    /// No connection could be made to there: the contacts are not tried at each call, but left alone until they register
    /// again.
    pub(crate) fn nobody_listens(&mut self, at: &Peer) {
        let there = |peer: &Peer| {
            peer.flow.is_none() && peer.transport == at.transport && peer.remote == at.remote
        };
        for row in self.bindings.values_mut().flatten() {
            row.unreachable = row.unreachable || there(&row.binding.peer);
        }
    }

    /// How many contacts there are.
    pub(crate) fn len(&self) -> usize {
        self.bindings.values().map(Vec::len).sum()
    }
}

impl Row {
    /// The connection of a phone that keeps none is gone.
    fn lose_flow(&mut self) {
        self.binding.peer.flow = None;
        let source = self.binding.peer.remote.ip();
        match listens_at(&self.binding.contact).filter(|at| at.ip() == source) {
            Some(at) => self.binding.peer.remote = at,
            None => self.unreachable = true,
        }
    }
}

/// Whether a phone said that it keeps its connection open for us (RFC 5626 section 4.2).
fn keeps_its_flow(binding: &Binding) -> bool {
    binding.instance.is_some() && binding.reg_id.is_some()
}

/// Where a contact says that it takes connections.
fn listens_at(contact: &str) -> Option<SocketAddr> {
    sip::uri::address_of(contact)
}

/// Whether one of these contacts is of the device with this instance.
fn names(rows: &[Row], instance: &str) -> bool {
    let of = |row: &Row| row.binding.instance.as_deref() == Some(instance);
    rows.iter().any(of)
}

/// Whether two bindings are of the same device.
fn is_same(a: &Binding, b: &Binding) -> bool {
    let instance = a.instance.is_some() && a.instance == b.instance && a.reg_id == b.reg_id;
    // A phone that registers again mostly says the same.
    instance || a.contact == b.contact || is_equivalent(&a.contact, &b.contact)
}

fn is_equivalent(a: &str, b: &str) -> bool {
    let (a, b) = (sip::Uri::parse(a), sip::Uri::parse(b));
    a.is_ok_and(|a| b.is_ok_and(|b| a.equivalent(&b)))
}
