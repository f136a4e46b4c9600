//! All transactions of one core: finds a message's transaction (RFC 3261 sections 17.1.3 and 17.2.3), carries out what
//! the machines say, and queues what there is to do for [`Transactions::poll`].

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::action::{Action, ClientEvent, ServerEvent};
use super::deadlines::{Clock, Deadlines};
use super::record::{Event, Machine, Record};
use super::{
    Arrival, ClientTx, Incoming, ServerTx, Timers, TransactionEvent, ack, client, invite_client,
    invite_server, matching, server,
};
use crate::message::Message;
use crate::{FlowId, Method, Peer, StatusCode};

/// The transactions of one core. Outputs are drained with [`Transactions::poll`] after each call.
///
/// The maps are only looked up, never walked, so the order of their random hash shows nowhere.
#[derive(Debug)]
pub struct Transactions {
    timers: Timers,
    limit: usize,
    last_id: u64,
    latest: Option<Instant>,
    records: HashMap<u64, Record>,
    servers: HashMap<Arc<str>, u64>,
    clients: HashMap<Arc<str>, u64>,
    flows: BTreeSet<(FlowId, u64)>,
    deadlines: Deadlines,
    events: VecDeque<TransactionEvent>,
    key: String,
}

/// What the user or the network brings along with an event.
enum Brought<'a> {
    Nothing,
    /// A response to a request of ours.
    Response(&'a Message),
    /// A response the user sends.
    Answer(Bytes),
}

impl Transactions {
    /// An empty table. At `limit` transactions a new request is [`Arrival::Full`]; requests inside a dialog, CANCEL and
    /// [`Transactions::urgent_request`] may use an eighth more, and our own requests are not counted against it.
    pub fn new(timers: Timers, limit: usize) -> Transactions {
        Transactions {
            timers,
            limit,
            last_id: 0,
            latest: None,
            records: HashMap::new(),
            servers: HashMap::new(),
            clients: HashMap::new(),
            flows: BTreeSet::new(),
            deadlines: Deadlines::default(),
            events: VecDeque::new(),
            key: String::new(),
        }
    }

    /// A request arrived.
    pub fn request(&mut self, now: Instant, request: &Message, from: &Peer) -> Arrival {
        let inside = request.to_tag().is_some();
        self.admit(now, request, from, inside)
    }

    /// A request arrived that must not be turned away while there is any reserve: an emergency call.
    pub fn urgent_request(&mut self, now: Instant, request: &Message, from: &Peer) -> Arrival {
        self.admit(now, request, from, true)
    }

    fn admit(&mut self, now: Instant, request: &Message, from: &Peer, reserve: bool) -> Arrival {
        let mut key = mem::take(&mut self.key);
        let arrival = match request.method() {
            Method::Ack => self.acknowledge(now, request, from, &mut key),
            Method::Cancel => {
                matching::server_key(&mut key, request, from, &Method::Invite);
                let invite = self.servers.get(key.as_str()).copied().map(ServerTx);
                matching::server_key(&mut key, request, from, &Method::Cancel);
                match self.arrive(now, &key, server_start(&Method::Cancel), from, true) {
                    Arrival::New(tx) => Arrival::Cancel { tx, invite },
                    other => other,
                }
            }
            method => {
                matching::server_key(&mut key, request, from, method);
                self.arrive(now, &key, server_start(method), from, reserve)
            }
        };
        self.key = key;
        self.tidy();
        arrival
    }

    /// 17.2.3 for a request that is no ACK: a repetition, or a new transaction.
    fn arrive(
        &mut self,
        now: Instant,
        key: &str,
        start: (Machine, &'static [Action]),
        from: &Peer,
        reserve: bool,
    ) -> Arrival {
        if let Some(&id) = self.servers.get(key) {
            self.drive(
                now,
                id,
                Event::Server(ServerEvent::Request),
                Brought::Nothing,
            );
            return Arrival::Absorbed;
        }
        let extra = if reserve { self.limit.div_ceil(8) } else { 0 };
        if self.servers.len() >= self.limit.saturating_add(extra) {
            return Arrival::Full;
        }
        let id = self.insert(now, key, start, Bytes::new(), *from);
        Arrival::New(ServerTx(id))
    }

    /// 17.2.3 for an ACK: the INVITE's transaction takes it unless its response was a 2xx.
    fn acknowledge(
        &mut self,
        now: Instant,
        ack: &Message,
        from: &Peer,
        key: &mut String,
    ) -> Arrival {
        matching::server_key(key, ack, from, &Method::Invite);
        let mut found = self.servers.get(key.as_str()).copied();
        if found.is_none() && matching::untagged_key(key, ack, from, &Method::Invite) {
            found = self.servers.get(key.as_str()).copied();
        }
        match found {
            Some(id) if !self.drive(now, id, Event::Server(ServerEvent::Ack), Brought::Nothing) => {
                Arrival::Absorbed
            }
            Some(_) | None => Arrival::Ack,
        }
    }

    /// A response arrived (17.1.3: the branch of the top Via and the method of CSeq). Where it came from is no part of
    /// the match: a peer may answer from another address, and it cannot guess a branch.
    pub fn response(&mut self, now: Instant, response: &Message, _from: &Peer) -> Incoming {
        let mut key = mem::take(&mut self.key);
        let found = match matching::response_branch(response) {
            Some(branch) => {
                matching::client_key(&mut key, branch, &response.cseq().method);
                self.clients.get(key.as_str()).copied()
            }
            None => None,
        };
        self.key = key;
        let Some(id) = found else {
            return Incoming::Stray;
        };
        let event = Event::Client(client_event(response.status()));
        let incoming = if self.drive(now, id, event, Brought::Response(response)) {
            Incoming::Matched(ClientTx(id))
        } else {
            Incoming::Absorbed
        };
        self.tidy();
        incoming
    }

    /// Sends a response and remembers it as long as it may be asked for again. A 2xx to an INVITE is sent once: the
    /// user repeats it until the ACK ([`crate::accept::Repeat2xx`]). After the final response nothing is sent.
    pub fn respond(&mut self, now: Instant, tx: ServerTx, status: StatusCode, bytes: Bytes) {
        let event = match client_event(status) {
            ClientEvent::Provisional => ServerEvent::Provisional,
            ClientEvent::Success => ServerEvent::Success,
            _ => ServerEvent::Failure,
        };
        self.drive(now, tx.0, Event::Server(event), Brought::Answer(bytes));
        self.tidy();
    }

    /// Sends a request of ours whose top Via has this branch. An ACK for a 2xx is no transaction: transmit it.
    pub fn send(
        &mut self,
        now: Instant,
        method: &Method,
        branch: &str,
        bytes: Bytes,
        to: Peer,
    ) -> ClientTx {
        let start = match method {
            Method::Invite => {
                let (state, actions) = invite_client::START;
                (Machine::InviteClient(state), actions)
            }
            _ => {
                let (state, actions) = client::START;
                (Machine::Client(state), actions)
            }
        };
        let mut key = mem::take(&mut self.key);
        matching::client_key(&mut key, branch, method);
        let id = self.insert(now, &key, start, bytes, to);
        self.key = key;
        self.tidy();
        ClientTx(id)
    }

    /// The request could not be sent, or its connection could not be opened.
    pub fn unreachable(&mut self, now: Instant, tx: ClientTx) {
        self.drive(
            now,
            tx.0,
            Event::Client(ClientEvent::Unreachable),
            Brought::Nothing,
        );
        self.tidy();
    }

    /// A connection is gone: requests on it that nobody answered are unreachable. Server transactions stay, for their
    /// response may travel over another connection (18.2.2).
    pub fn flow_closed(&mut self, now: Instant, flow: FlowId) {
        let on_it: Vec<u64> = self
            .flows
            .range((flow, 0)..=(flow, u64::MAX))
            .map(|(_, id)| *id)
            .collect();
        for id in on_it {
            self.drive(
                now,
                id,
                Event::Client(ClientEvent::Unreachable),
                Brought::Nothing,
            );
        }
        self.tidy();
    }

    /// Drops a server transaction without a word and without an event: its user is gone.
    pub fn forget_server(&mut self, tx: ServerTx) {
        self.remove(tx.0);
        self.tidy();
    }

    /// Drops a client transaction without a word and without an event: its user is gone, late responses are stray.
    pub fn forget_client(&mut self, tx: ClientTx) {
        self.remove(tx.0);
        self.tidy();
    }

    /// Fires every timer that is due.
    pub fn expire(&mut self, now: Instant) {
        while let Some(due) = self.deadlines.take_due(now) {
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
        self.tidy();
    }

    /// When [`Transactions::expire`] has something to do.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.earliest().map(|deadline| deadline.at)
    }

    /// The next thing to do, in the order it came up.
    pub fn poll(&mut self) -> Option<TransactionEvent> {
        self.events.pop_front()
    }

    /// How many transactions there are, of both sides.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// How many started timers are queued, stopped ones that wait to be dropped included.
    #[cfg(test)]
    pub(super) fn queued_deadlines(&self) -> usize {
        self.deadlines.entries()
    }

    /// How many bytes a transaction keeps for repetition.
    #[cfg(test)]
    pub(super) fn kept_bytes(&self, id: u64) -> usize {
        self.records.get(&id).map_or(0, |record| record.bytes.len())
    }

    /// Whether nothing is left: no transaction, no deadline, nothing to poll.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.deadlines.entries() == 0 && self.events.is_empty()
    }

    fn insert(
        &mut self,
        now: Instant,
        key: &str,
        (machine, actions): (Machine, &'static [Action]),
        bytes: Bytes,
        peer: Peer,
    ) -> u64 {
        self.last_id = self.last_id.wrapping_add(1);
        let id = self.last_id;
        let key: Arc<str> = key.into();
        let index = if machine.is_client() {
            &mut self.clients
        } else {
            &mut self.servers
        };
        index.insert(Arc::clone(&key), id);
        if let (Some(flow), true) = (peer.flow, machine.is_client()) {
            self.flows.insert((flow, id));
        }
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
    fn drive(&mut self, now: Instant, id: u64, event: Event, brought: Brought<'_>) -> bool {
        let now = self.clock(now);
        let Some(record) = self.records.get_mut(&id) else {
            return false;
        };
        let (machine, actions) = record.machine.step(event);
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

    fn remove(&mut self, id: u64) -> Option<Record> {
        let record = self.records.remove(&id)?;
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
    fn tidy(&mut self) {
        let records = &self.records;
        let live = |deadline: &super::deadlines::Deadline| {
            records
                .get(&deadline.id)
                .is_some_and(|record| record.awaits(deadline))
        };
        self.deadlines.drop_stale(live);
        self.deadlines.compact(records.len(), live);
    }
}

/// The machine of a request that arrives.
fn server_start(method: &Method) -> (Machine, &'static [Action]) {
    match method {
        Method::Invite => {
            let (state, actions) = invite_server::START;
            (Machine::InviteServer(state), actions)
        }
        _ => {
            let (state, actions) = server::START;
            (Machine::Server(state), actions)
        }
    }
}

/// The event of a response with this status.
fn client_event(status: StatusCode) -> ClientEvent {
    match status.0 {
        0..=199 => ClientEvent::Provisional,
        200..=299 => ClientEvent::Success,
        _ => ClientEvent::Failure,
    }
}
