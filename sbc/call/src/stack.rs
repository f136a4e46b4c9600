//! The tables under the calls: transactions, deadlines, ports, connections, registrations, lines. Legs and calls are
//! handed this by reference; nothing in it knows a call.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use media::MediaCommand;
use media::plane::EndpointId;
use media::webrtc::Identity;
use sip::digest::Challenger;
use sip::transaction::{ClientTx, ServerTx, Timers, Transactions};
use sip::value::text;
use sip::{FlowId, Method, Peer, StatusCode, Transport};

use crate::border::callback::Callbacks;
use crate::call::arm::Arms;
use crate::call::feature::park::Parking;
use crate::command::{CommandId, CommandResult};
use crate::core::Fault;
use crate::deadlines::{Deadlines, Timer};
use crate::effect::{Effect, LegEvent};
use crate::flows::{Flows, Riders};
use crate::heard::Heard;
use crate::id::{CallId, LegId};
use crate::io::{Level, Note, Now, Output};
use crate::journal::{Binding, Entry, Fact, JourneyId};
use crate::languages::Languages;
use crate::leg::Late;
use crate::limits;
use crate::ports::Ports;
use crate::queue::Queues;
use crate::random::Random;
use crate::registrar::{self, Registrar};
use crate::snapshot::{Listener, Settings, Snapshot};
use crate::station::Stations;
use crate::trunk::Channels;
use crate::watch::Watch;

/// Who gets the responses of a request of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    /// The leg's first INVITE.
    Invite(LegId),
    /// A re-INVITE or UPDATE of the leg.
    Modify(LegId),
    /// A PRACK, INFO or the like: only a dead dialog matters.
    Minor(LegId),
    /// A NOTIFY about a transfer: only the subscription depends on it.
    Report(LegId),
    /// Nobody waits.
    Nobody,
}

/// Everything but the legs and the calls.
pub(crate) struct Stack {
    pub(crate) now: Now,
    pub(crate) snapshot: Snapshot,
    pub(crate) tx: Transactions,
    pub(crate) timers: Timers,
    pub(crate) askers: BTreeMap<ClientTx, Asker>,
    /// INVITEs whose leg is gone, and whose peer has not said that it has them.
    pub(crate) late: BTreeMap<ClientTx, Late>,
    /// INVITEs that a leg still has to answer.
    pub(crate) invites: BTreeMap<ServerTx, LegId>,
    /// INVITEs that began a call, as long as a copy may come by another way.
    pub(crate) heard: Heard,
    /// Our tag → leg. A tag is 80 random bits of ours; Call-ID and the peer's tag are compared by the leg.
    pub(crate) dialogs: BTreeMap<String, LegId>,
    pub(crate) endpoints: BTreeMap<EndpointId, LegId>,
    pub(crate) deadlines: Deadlines,
    pub(crate) ports: Ports,
    pub(crate) flows: Flows,
    pub(crate) riders: Riders,
    pub(crate) random: Random,
    pub(crate) challenger: Challenger,
    pub(crate) registrar: Registrar,
    pub(crate) channels: Channels,
    /// Whom calls back after an emergency call are for.
    pub(crate) callbacks: Callbacks,
    pub(crate) parking: Parking,
    pub(crate) languages: Languages,
    pub(crate) queues: Queues,
    pub(crate) stations: Stations,
    pub(crate) arms: Arms,
    /// What the desk has still to be told.
    pub(crate) watch: Watch,
    pub(crate) effects: VecDeque<Effect>,
    pub(crate) out: VecDeque<Output>,
    pub(crate) draining: bool,
    /// New calls come faster than they can be served ([`crate::Input::Crowded`]).
    pub(crate) crowded: bool,
    /// The journey of the call or leg that is at work just now, for the log.
    pub(crate) about: Option<JourneyId>,
    /// Our certificate towards browsers; without one no page is taken.
    pub(crate) browsers: Option<Identity>,
    /// What panics next: only tests of the fence set it.
    pub(crate) fault: Option<Fault>,
    /// Calls of trunks to numbers that are not ours.
    pub(crate) unknown_numbers: u64,
    last_leg: u64,
    last_call: u64,
    last_endpoint: u64,
}

impl Stack {
    pub(crate) fn new(now: Now, snapshot: Snapshot, seed: [u8; 32]) -> Stack {
        let mut random = Random::new(seed);
        let timers = Timers::default();
        let secret = random.secret();
        Stack {
            now,
            snapshot,
            tx: Transactions::new(timers, limits::TRANSACTIONS),
            timers,
            askers: BTreeMap::new(),
            late: BTreeMap::new(),
            invites: BTreeMap::new(),
            heard: Heard::default(),
            dialogs: BTreeMap::new(),
            endpoints: BTreeMap::new(),
            deadlines: Deadlines::default(),
            ports: Ports::default(),
            flows: Flows::default(),
            riders: Riders::default(),
            challenger: Challenger::new(secret, now.monotonic, limits::NONCES),
            registrar: Registrar::default(),
            channels: Channels::default(),
            callbacks: Callbacks::default(),
            parking: Parking::default(),
            languages: Languages::default(),
            queues: Queues::default(),
            stations: Stations::default(),
            arms: Arms::default(),
            watch: Watch::default(),
            effects: VecDeque::new(),
            out: VecDeque::new(),
            draining: false,
            crowded: false,
            about: None,
            browsers: None,
            fault: None,
            unknown_numbers: 0,
            random,
            last_leg: 0,
            last_call: 0,
            last_endpoint: 0,
        }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.snapshot.settings
    }

    /// The id of the next leg; [`Stack::next_leg`] until the leg takes it is the same id.
    pub(crate) fn next_leg(&mut self) -> LegId {
        self.last_leg = self.last_leg.saturating_add(1);
        LegId(self.last_leg)
    }

    pub(crate) fn next_call(&mut self) -> CallId {
        self.last_call = self.last_call.saturating_add(1);
        CallId(self.last_call)
    }

    pub(crate) fn next_endpoint(&mut self) -> EndpointId {
        self.last_endpoint = self.last_endpoint.saturating_add(1);
        EndpointId(self.last_endpoint)
    }

    /// A fact for the journal, as of now.
    pub(crate) fn journal(&mut self, fact: Fact) {
        let at = self.now.wall;
        if let Fact::BindingSet(Binding { account, .. }) | Fact::BindingGone { account, .. } = &fact
        {
            self.watch.account(account);
        }
        self.out.push_back(Output::Journal(Entry { at, fact }));
    }

    pub(crate) fn media(&mut self, command: MediaCommand) {
        self.out.push_back(Output::Media(command));
    }

    pub(crate) fn reply(&mut self, command: CommandId, result: CommandResult) {
        self.out.push_back(Output::Reply { command, result });
    }

    fn note(&mut self, level: Level, kind: &'static str, source: Option<SocketAddr>, text: String) {
        self.out.push_back(Output::Log(Note {
            level,
            kind,
            source,
            journey: self.about,
            text,
        }));
    }

    pub(crate) fn warn(&mut self, kind: &'static str, source: Option<SocketAddr>, text: String) {
        self.note(Level::Warn, kind, source, text);
    }

    pub(crate) fn error(&mut self, kind: &'static str, source: Option<SocketAddr>, text: String) {
        self.note(Level::Error, kind, source, text);
    }

    /// A leg tells its call.
    pub(crate) fn tell(&mut self, leg: LegId, event: LegEvent) {
        self.effects.push_back(Effect::Leg(leg, event));
    }

    /// The leg is no part of its call any more.
    pub(crate) fn release(&mut self, leg: LegId) {
        self.effects.push_back(Effect::Release(leg));
    }

    /// The call may be over.
    pub(crate) fn settle(&mut self, call: CallId) {
        self.effects.push_back(Effect::Settle(call));
    }

    /// Sets a deadline some time from now.
    pub(crate) fn after(&mut self, timer: Timer, wait: std::time::Duration) {
        let at = self
            .now
            .monotonic
            .checked_add(wait)
            .unwrap_or(self.now.monotonic);
        self.deadlines.set(timer, at);
    }

    /// Sends a message that no transaction repeats: an ACK for a 2xx, a stateless answer, a repetition of our own.
    pub(crate) fn transmit(&mut self, to: Peer, bytes: Bytes) {
        if let Some(full) = self.flows.transmit(&mut self.out, to, bytes) {
            let text = "too much waits for a connection that is still being made: it is given up";
            self.warn("flows", Some(to.remote), text.to_owned());
            self.close(full);
        }
    }

    /// Ends a connection, or gives one up that is still being made.
    pub(crate) fn close(&mut self, flow: FlowId) {
        if self.flows.is_alive(flow) {
            self.out.push_back(Output::Close { flow });
            self.flow_gone(flow);
        }
    }

    /// A connection is gone, or was never made: what waited on it is unreachable, and so is who registered over it.
    pub(crate) fn flow_gone(&mut self, flow: FlowId) {
        self.deadlines.cancel(Timer::Flow(flow));
        let Some(gone) = self.flows.remove(flow) else {
            return;
        };
        self.tx.flow_closed(self.now.monotonic, flow);
        registrar::flow_closed(self, flow);
        if !gone.is_made() {
            self.registrar.nobody_listens(&gone.peer);
        }
    }

    /// Sends a request of ours through a transaction. `branch` is that of its top Via.
    pub(crate) fn request(
        &mut self,
        asker: Asker,
        method: &Method,
        branch: &str,
        bytes: Bytes,
        to: Peer,
    ) -> ClientTx {
        let to = self.connect(to);
        let tx = self.tx.send(self.now.monotonic, method, branch, bytes, to);
        self.askers.insert(tx, asker);
        tx
    }

    /// The peer with a connection, opened if there is none.
    pub(crate) fn connect(&mut self, to: Peer) -> Peer {
        if to.transport == Transport::Udp || to.flow.is_some_and(|flow| self.flows.is_alive(flow)) {
            return to;
        }
        let (peer, fresh) = self.flows.to(Peer { flow: None, ..to });
        if let (true, Some(flow)) = (fresh, peer.flow) {
            self.after(Timer::Flow(flow), limits::CONNECT);
            self.out.push_back(Output::Connect { to: peer });
        }
        peer
    }

    /// Answers a request through its transaction.
    pub(crate) fn respond(&mut self, tx: ServerTx, status: StatusCode, bytes: Bytes) {
        self.tx.respond(self.now.monotonic, tx, status, bytes);
        if status.is_final() {
            self.invites.remove(&tx);
        }
    }

    /// The listener that a peer reaches us at; for a connection of ours, one at the same address, or at least of its transport.
    fn listener(&self, peer: &Peer) -> Option<&Listener> {
        let listeners = &self.settings().listeners;
        let alike = |l: &&Listener| l.transport == peer.transport;
        let exact = |l: &&Listener| alike(l) && l.local == peer.local;
        let near = |l: &&Listener| alike(l) && l.local.ip() == peer.local.ip();
        let found = listeners.iter().find(exact);
        let found = found.or_else(|| listeners.iter().find(near));
        found.or_else(|| listeners.iter().find(alike))
    }

    /// What Via and Contact say for the socket that a message leaves from.
    pub(crate) fn advertised(&self, peer: &Peer) -> SocketAddr {
        let listener = self.listener(peer);
        listener.map_or(peer.local, |listener| listener.advertised)
    }

    /// What SDP says to this peer.
    pub(crate) fn media_address(&self, peer: &Peer) -> IpAddr {
        let listener = self.listener(peer);
        listener.map_or(self.settings().media_address, |listener| listener.media)
    }

    /// A fresh Via value and its branch for a request to this peer.
    pub(crate) fn via(&mut self, peer: &Peer) -> (String, String) {
        let branch = self.random.branch();
        let via = self.via_with(peer, &branch);
        (via, branch)
    }

    /// A Via value with a given branch: CANCEL repeats its INVITE's.
    pub(crate) fn via_with(&self, peer: &Peer, branch: &str) -> String {
        let at = self.advertised(peer);
        text((
            "SIP/2.0/",
            peer.transport,
            " ",
            at,
            ";branch=",
            branch,
            ";rport",
        ))
    }

    /// Our Contact value in a dialog: it names the leg by its tag and tells nothing else.
    pub(crate) fn contact(&self, peer: &Peer, tag: &str) -> String {
        let at = self.advertised(peer);
        match peer.transport {
            Transport::Udp => text(("<sip:", tag, "@", at, ">")),
            other => {
                let transport = other.as_str().to_ascii_lowercase();
                text(("<sip:", tag, "@", at, ";transport=", transport, ">"))
            }
        }
    }

    /// Forgets the leg in every table of ours.
    pub(crate) fn sweep_leg(&mut self, leg: LegId, tag: &str) {
        self.deadlines.sweep_leg(leg);
        self.dialogs.remove(tag);
    }
}
