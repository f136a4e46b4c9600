//! All transactions of one core: finds a message's transaction (RFC 3261 sections 17.1.3 and 17.2.3) and feeds it.

use std::mem;
use std::time::Instant;

use bytes::Bytes;

use super::action::{Action, ClientEvent, ServerEvent};
use super::live::{Brought, Live};
use super::record::{Event, Machine};
use super::{
    Arrival, ClientTx, Incoming, ServerTx, Timers, TransactionEvent, client, invite_client,
    invite_server, matching, server,
};
use crate::message::Message;
use crate::{FlowId, Method, Peer, StatusCode};

/// The transactions of one core. Outputs are drained with [`Transactions::poll`] after each call.
#[derive(Debug)]
pub struct Transactions {
    limit: usize,
    live: Live,
    /// Where keys are written, so that a look-up allocates nothing.
    key: Vec<u8>,
}

impl Transactions {
    /// An empty table. At `limit` transactions a new request is [`Arrival::Full`]; requests inside a dialog, CANCEL and
    /// [`Transactions::urgent_request`] may use an eighth more, and our own requests are not counted against it.
    pub fn new(timers: Timers, limit: usize) -> Transactions {
        Transactions {
            limit,
            live: Live::new(timers),
            key: Vec::new(),
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
                let invite = self.live.servers.get(key.as_slice()).copied().map(ServerTx);
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
        self.live.tidy();
        arrival
    }

    /// 17.2.3 for a request that is no ACK: a repetition, or a new transaction.
    fn arrive(
        &mut self,
        now: Instant,
        key: &[u8],
        start: (Machine, &'static [Action]),
        from: &Peer,
        reserve: bool,
    ) -> Arrival {
        if let Some(&id) = self.live.servers.get(key) {
            self.live.drive(
                now,
                id,
                Event::Server(ServerEvent::Request),
                Brought::Nothing,
            );
            return Arrival::Absorbed;
        }
        let extra = if reserve { self.limit.div_ceil(8) } else { 0 };
        if self.live.servers.len() >= self.limit.saturating_add(extra) {
            return Arrival::Full;
        }
        let id = self.live.insert(now, key, start, Bytes::new(), *from);
        Arrival::New(ServerTx(id))
    }

    /// 17.2.3 for an ACK: the INVITE's transaction takes it unless its response was a 2xx.
    fn acknowledge(
        &mut self,
        now: Instant,
        ack: &Message,
        from: &Peer,
        key: &mut Vec<u8>,
    ) -> Arrival {
        matching::server_key(key, ack, from, &Method::Invite);
        let mut found = self.live.servers.get(key.as_slice()).copied();
        if found.is_none() && matching::untagged_key(key, ack, from, &Method::Invite) {
            found = self.live.servers.get(key.as_slice()).copied();
        }
        match found {
            Some(id)
                if !self
                    .live
                    .drive(now, id, Event::Server(ServerEvent::Ack), Brought::Nothing) =>
            {
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
                self.live.clients.get(key.as_slice()).copied()
            }
            None => None,
        };
        self.key = key;
        let Some(id) = found else {
            return Incoming::Stray;
        };
        let event = Event::Client(client_event(response.status()));
        let incoming = if self.live.drive(now, id, event, Brought::Response(response)) {
            Incoming::Matched(ClientTx(id))
        } else {
            Incoming::Absorbed
        };
        self.live.tidy();
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
        self.live
            .drive(now, tx.0, Event::Server(event), Brought::Answer(bytes));
        self.live.tidy();
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
        let id = self.live.insert(now, &key, start, bytes, to);
        self.key = key;
        self.live.tidy();
        ClientTx(id)
    }

    /// The request could not be sent, or its connection could not be opened.
    pub fn unreachable(&mut self, now: Instant, tx: ClientTx) {
        self.live.drive(
            now,
            tx.0,
            Event::Client(ClientEvent::Unreachable),
            Brought::Nothing,
        );
        self.live.tidy();
    }

    /// A connection is gone: requests on it that nobody answered are unreachable. Server transactions stay, for their
    /// response may travel over another connection (18.2.2).
    pub fn flow_closed(&mut self, now: Instant, flow: FlowId) {
        let on_it: Vec<u64> = self
            .live
            .flows
            .range((flow, 0)..=(flow, u64::MAX))
            .map(|(_, id)| *id)
            .collect();
        for id in on_it {
            self.live.drive(
                now,
                id,
                Event::Client(ClientEvent::Unreachable),
                Brought::Nothing,
            );
        }
        self.live.tidy();
    }

    /// Drops a server transaction without a word and without an event: its user is gone.
    pub fn forget_server(&mut self, tx: ServerTx) {
        self.live.remove(tx.0);
        self.live.tidy();
    }

    /// Drops a client transaction without a word and without an event: its user is gone, late responses are stray.
    pub fn forget_client(&mut self, tx: ClientTx) {
        self.live.remove(tx.0);
        self.live.tidy();
    }

    /// Fires every timer that is due.
    pub fn expire(&mut self, now: Instant) {
        if self.live.expire(now) {
            self.live.tidy();
        }
    }

    /// When [`Transactions::expire`] has something to do.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.live.deadlines.earliest().map(|deadline| deadline.at)
    }

    /// When to call [`Transactions::expire`] if nothing else happens before: a repetition is due then, or a state ended a
    /// quarter of a second ago. Each message fires what is due; to be woken for the end of each transaction would cost more
    /// than all of its clocks.
    pub fn next_wake(&self) -> Option<Instant> {
        self.live.deadlines.next_wake()
    }

    /// The next thing to do, in the order it came up.
    pub fn poll(&mut self) -> Option<TransactionEvent> {
        self.live.events.pop_front()
    }

    /// Whether a peer still owes a final response, or the ACK of a refusal. All that is left otherwise lingers to absorb
    /// repetitions.
    pub fn is_owed(&self) -> bool {
        self.live.owed > 0
    }

    /// How many transactions there are, of both sides.
    pub fn len(&self) -> usize {
        self.live.records.len()
    }

    /// How many started timers are queued, stopped ones that wait to be dropped included.
    #[cfg(test)]
    pub(super) fn queued_deadlines(&self) -> usize {
        self.live.deadlines.entries()
    }

    /// How many bytes a transaction keeps for repetition.
    #[cfg(test)]
    pub(super) fn kept_bytes(&self, id: u64) -> usize {
        self.live
            .records
            .get(&id)
            .map_or(0, |record| record.bytes.len())
    }

    /// Whether nothing is left: no transaction, no key, no deadline, nothing to poll.
    pub fn is_empty(&self) -> bool {
        self.live.is_empty()
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
