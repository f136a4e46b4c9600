//! The live transactions: their machines stepped, their actions carried out, their clocks started and fired.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::action::Action;
use super::deadlines::{Clock, Deadline, Deadlines};
use super::record::{Event, Machine, Record};
use super::{ClientTx, ServerTx, Timers, TransactionEvent, ack};
use crate::message::Message;
use crate::{FlowId, Peer};

/// The transactions by number, by key and by connection, their deadlines, and what they have to say.
///
/// The maps are only looked up, never walked, so the order of their random hash shows nowhere.
#[derive(Debug)]
pub(super) struct Live {
    timers: Timers,
    last_id: u64,
    latest: Option<Instant>,
    pub(super) records: HashMap<u64, Record, BuildHasherDefault<Counted>>,
    pub(super) servers: HashMap<Arc<[u8]>, u64>,
    pub(super) clients: HashMap<Arc<[u8]>, u64>,
    pub(super) flows: BTreeSet<(FlowId, u64)>,
    pub(super) deadlines: Deadlines,
    pub(super) events: VecDeque<TransactionEvent>,
    /// How many wait for something that the peer owes ([`Machine::is_owed`]).
    pub(super) owed: usize,
}

/// The hash of a number that we count up ourselves: nobody outside chooses it, so spreading it is enough.
#[derive(Debug, Default)]
pub(super) struct Counted(u64);

impl Hasher for Counted {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(self.0 ^ u64::from(*byte));
        }
    }
}

/// What the user or the network brings along with an event.
pub(super) enum Brought<'a> {
    Nothing,
    /// A response to a request of ours.
    Response(&'a Message),
    /// A response the user sends.
    Answer(Bytes),
}

impl Live {
    pub(super) fn new(timers: Timers) -> Live {
        Live {
            timers,
            last_id: 0,
            latest: None,
            records: HashMap::default(),
            servers: HashMap::new(),
            clients: HashMap::new(),
            flows: BTreeSet::new(),
            deadlines: Deadlines::default(),
            events: VecDeque::new(),
            owed: 0,
        }
    }

    /// Fires every timer that is due; whether there was one.
    pub(super) fn expire(&mut self, now: Instant) -> bool {
        let mut fired = false;
        while let Some(due) = self.deadlines.take_due(now) {
            fired = true;
            let Some(record) = self.records.get_mut(&due.id) else {
                continue;
            };
            if !record.awaits(&due) {
                continue;
            }
            match due.clock {
                Clock::Repeat => record.repeat = None,
                Clock::Expire => record.expire = None,
            }
            self.drive(now, due.id, Event::Clock(due.clock), Brought::Nothing);
        }
        fired
    }

    /// Adds a transaction and does what its figure begins with.
    pub(super) fn insert(
        &mut self,
        now: Instant,
        key: &[u8],
        (machine, actions): (Machine, &'static [Action]),
        bytes: Bytes,
        peer: Peer,
    ) -> u64 {
        self.last_id = self.last_id.wrapping_add(1);
        let id = self.last_id;
        let key: Arc<[u8]> = key.into();
        let index = if machine.is_client() {
            &mut self.clients
        } else {
            &mut self.servers
        };
        index.insert(Arc::clone(&key), id);
        if let (Some(flow), true) = (peer.flow, machine.is_client()) {
            self.flows.insert((flow, id));
        }
        self.owed = self.owed.saturating_add(usize::from(machine.is_owed()));
        let record = Record {
            key,
            machine,
            peer,
            bytes,
            interval: Duration::ZERO,
            repeat: None,
            expire: None,
        };
        self.records.insert(id, record);
        let now = self.clock(now);
        for action in actions {
            self.act(now, id, *action, &Brought::Nothing);
        }
        id
    }

    /// Feeds one event to one machine; whether its message is for the user. An unknown transaction is a normal outcome:
    /// it ended while its user was busy.
    pub(super) fn drive(
        &mut self,
        now: Instant,
        id: u64,
        event: Event,
        brought: Brought<'_>,
    ) -> bool {
        let now = self.clock(now);
        let Some(record) = self.records.get_mut(&id) else {
            return false;
        };
        let (machine, actions) = record.machine.step(event);
        let owed = usize::from(machine.is_owed());
        let before = usize::from(record.machine.is_owed());
        self.owed = self.owed.saturating_add(owed).saturating_sub(before);
        record.machine = machine;
        let mut over = false;
        for action in actions {
            over |= self.act(now, id, *action, &brought);
        }
        if over {
            // A wait of zero (table 4, reliable transports) ends at once.
            self.drive(now, id, Event::Clock(Clock::Expire), Brought::Nothing);
        } else if machine.is_terminated() {
            self.end(id);
        }
        actions.contains(&Action::Deliver)
    }

    /// Carries out one action; whether it was a wait of zero.
    fn act(&mut self, now: Instant, id: u64, action: Action, brought: &Brought<'_>) -> bool {
        let Some(record) = self.records.get_mut(&id) else {
            return false;
        };
        let to = record.peer;
        match action {
            Action::Send => self.transmit(id),
            Action::SendNew => {
                if let Brought::Answer(bytes) = brought {
                    record.bytes = bytes.clone();
                }
                self.transmit(id);
            }
            Action::SendOnce => {
                record.bytes = Bytes::new();
                if let Brought::Answer(bytes) = brought {
                    let bytes = bytes.clone();
                    self.events
                        .push_back(TransactionEvent::Transmit { to, bytes });
                }
            }
            Action::Acknowledge => {
                if let Brought::Response(response) = brought {
                    record.bytes = ack::for_failure(&record.bytes, response).unwrap_or_default();
                }
                self.transmit(id);
            }
            Action::DropBytes => record.bytes = Bytes::new(),
            Action::Deliver => {}
            Action::RepeatIn(pace) => {
                if let Some(after) = record.pace(&self.timers, pace) {
                    record.interval = after;
                    record.repeat = Some(self.deadlines.start(now, after, id, Clock::Repeat));
                }
            }
            Action::StopRepeat => record.repeat = None,
            Action::ExpireIn(wait) => match record.wait(&self.timers, wait) {
                Some(after) => {
                    record.expire = Some(self.deadlines.start(now, after, id, Clock::Expire))
                }
                None => {
                    record.expire = None;
                    return true;
                }
            },
            Action::StopExpire => record.expire = None,
            Action::TimedOut => self
                .events
                .push_back(TransactionEvent::TimedOut(ClientTx(id))),
            Action::Unreachable => self
                .events
                .push_back(TransactionEvent::Unreachable(ClientTx(id))),
            Action::AckMissing => self
                .events
                .push_back(TransactionEvent::AckMissing(ServerTx(id))),
        }
        false
    }

    /// Transmits the kept bytes, if there are any: an INVITE that got no 1xx yet has none.
    fn transmit(&mut self, id: u64) {
        if let Some(record) = self.records.get(&id)
            && !record.bytes.is_empty()
        {
            let (to, bytes) = (record.peer, record.bytes.clone());
            self.events
                .push_back(TransactionEvent::Transmit { to, bytes });
        }
    }

    fn end(&mut self, id: u64) {
        if let Some(record) = self.remove(id) {
            self.events.push_back(if record.machine.is_client() {
                TransactionEvent::ClientEnded(ClientTx(id))
            } else {
                TransactionEvent::ServerEnded(ServerTx(id))
            });
        }
    }

    /// Takes a transaction out without an event.
    pub(super) fn remove(&mut self, id: u64) -> Option<Record> {
        let record = self.records.remove(&id)?;
        self.owed = self
            .owed
            .saturating_sub(usize::from(record.machine.is_owed()));
        let index = if record.machine.is_client() {
            &mut self.clients
        } else {
            &mut self.servers
        };
        // A user that sends twice with one branch has moved the key to the second transaction.
        if index.get(&record.key) == Some(&id) {
            index.remove(&record.key);
        }
        if let Some(flow) = record.peer.flow {
            self.flows.remove(&(flow, id));
        }
        Some(record)
    }

    /// The queues rely on a clock that does not go back.
    fn clock(&mut self, now: Instant) -> Instant {
        let now = self.latest.map_or(now, |latest| latest.max(now));
        self.latest = Some(now);
        now
    }

    /// Keeps the earliest deadline a live one and the stale ones few.
    pub(super) fn tidy(&mut self) {
        let records = &self.records;
        let live = |deadline: &Deadline| {
            records
                .get(&deadline.id)
                .is_some_and(|record| record.awaits(deadline))
        };
        self.deadlines.drop_stale(live);
        self.deadlines.compact(records.len(), live);
    }

    /// Whether nothing is left in any of the indexes.
    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
            && self.servers.is_empty()
            && self.clients.is_empty()
            && self.flows.is_empty()
            && self.owed == 0
            && self.deadlines.entries() == 0
            && self.events.is_empty()
    }
}
