//! A scripted party: a desk phone, a softphone behind NAT, or the operator's trunk. A whole user agent of its own (RFC
//! 3261), which repeats, acknowledges and answers by itself; the scenario decides when it calls, answers and hangs up.

mod audio;
mod call;
mod caller;
mod client;
mod registering;
mod sdp;
mod server;
mod transfers;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use media::Codec;
use sip::FlowId;

use crate::message::Said;
use crate::network::Nat;
pub(crate) use audio::Audio;
pub use audio::Sound;
pub(crate) use call::Call;
pub use call::State;
use client::Client;

/// Timer T1 of the parties (RFC 3261 17.1.1.1).
pub(crate) const T1: Duration = Duration::from_millis(500);
/// Timer T2.
pub(crate) const T2: Duration = Duration::from_secs(4);
/// 64*T1: when a request or an answer is given up.
pub(crate) const GIVE_UP: Duration = Duration::from_secs(32);

/// What a caller says of reliable provisional responses (RFC 3262).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reliably {
    /// Nothing.
    No,
    /// `Supported: 100rel`.
    Supported,
    /// `Require: 100rel`.
    Required,
}

/// How a party behaves by itself.
#[derive(Clone, Debug)]
pub struct Habits {
    /// It says 180 so long after an INVITE.
    pub rings_after: Option<Duration>,
    /// It answers so long after an INVITE; `None`: when the scenario says so.
    pub answers_after: Option<Duration>,
    /// It answers by itself when the INVITE asks with the header that its maker reads (RFC 5373 and its forerunners).
    pub obeys: Option<(&'static str, &'static str)>,
    /// It refuses so long after an INVITE, with this status.
    pub refuses: Option<(Duration, u16)>,
    /// It hangs up so long after the call is up.
    pub hangs_up_after: Option<Duration>,
    /// It acknowledges 2xx.
    pub acks: bool,
    /// It reads nothing and says nothing, as if unplugged.
    pub deaf: bool,
    /// New INVITEs reach it.
    pub hears_invites: bool,
    /// Codecs, in its order.
    pub codecs: Vec<Codec>,
    /// Payload type of RFC 4733 keys; `None`: it presses in-band.
    pub events: Option<u8>,
    /// As a caller.
    pub reliably: Reliably,
    /// It acknowledges reliable provisional responses.
    pub pracks: bool,
    /// It lists UPDATE in Allow.
    pub takes_update: bool,
    /// It speaks of session timers (RFC 4028): seconds, and the refresher it names.
    pub session: Option<(u32, &'static str)>,
    /// The smallest interval it accepts; below it 422.
    pub min_se: Option<u32>,
    /// It refreshes when that is its part.
    pub refreshes: bool,
    /// Its INVITE has no offer.
    pub offerless: bool,
    /// It hangs up when it is told that its transfer succeeded.
    pub leaves: bool,
    /// It knows its own transfers: NOTIFY is answered with 200, else with 481.
    pub takes_reports: bool,
    /// It lists from-change in Supported (RFC 4916).
    pub from_change: bool,
    /// It sends no RTP.
    pub mute: bool,
    /// It sends music of its own while it holds: its tone.
    pub plays_on_hold: bool,
    /// Headers added to its INVITE.
    pub extra: Vec<(String, String)>,
}

impl Default for Habits {
    fn default() -> Habits {
        Habits {
            rings_after: Some(Duration::from_millis(20)),
            answers_after: None,
            obeys: None,
            refuses: None,
            hangs_up_after: None,
            acks: true,
            deaf: false,
            hears_invites: true,
            codecs: vec![Codec::Pcma],
            events: Some(101),
            reliably: Reliably::No,
            pracks: true,
            takes_update: true,
            session: None,
            min_se: None,
            refreshes: true,
            offerless: false,
            leaves: true,
            takes_reports: true,
            from_change: false,
            mute: false,
            plays_on_hold: false,
            extra: Vec::new(),
        }
    }
}

/// A datagram or a stream's message that leaves a party.
#[derive(Debug)]
pub(crate) struct Packet {
    pub(crate) from: u16,
    pub(crate) to: SocketAddr,
    pub(crate) bytes: Vec<u8>,
    pub(crate) sip: bool,
}

/// Something a party does later by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Todo {
    Ring(usize),
    Answer(usize),
    Refuse(usize, u16),
    HangUp(usize),
    Refresh(usize),
    /// Try a re-INVITE again after 491.
    Again(usize),
}

/// One party.
#[derive(Debug)]
pub(crate) struct Phone {
    pub(crate) label: String,
    /// Account, or the number a trunk's caller has.
    pub(crate) user: String,
    pub(crate) address: SocketAddr,
    pub(crate) trunk: bool,
    pub(crate) tcp: bool,
    pub(crate) flow: Option<FlowId>,
    pub(crate) nat: Option<Nat>,
    pub(crate) habits: Habits,
    pub(crate) tone: u32,
    pub(crate) calls: Vec<Call>,
    pub(crate) out: Vec<Packet>,
    /// Every SIP message it was sent, the newest last.
    pub(crate) mail: Vec<Said>,
    /// Final status of its last REGISTER.
    pub(crate) registered: u16,
    /// The algorithms it was challenged with, as last seen.
    pub(crate) challenged: Vec<String>,
    pub(crate) todo: Vec<(Duration, Todo)>,
    clients: Vec<Client>,
    /// What was answered to each request, for its repetitions.
    answered: BTreeMap<(String, String), Vec<u8>>,
    register_id: String,
    register_seq: u32,
    register_seconds: u32,
    minted: u32,
}

impl Phone {
    pub(crate) fn new(label: &str, user: &str, address: SocketAddr, tone: u32) -> Phone {
        Phone {
            label: label.to_owned(),
            user: user.to_owned(),
            address,
            trunk: false,
            tcp: false,
            flow: None,
            nat: None,
            habits: Habits::default(),
            tone,
            calls: Vec::new(),
            out: Vec::new(),
            mail: Vec::new(),
            registered: 0,
            challenged: Vec::new(),
            todo: Vec::new(),
            clients: Vec::new(),
            answered: BTreeMap::new(),
            register_id: format!("reg-{label}"),
            register_seq: 0,
            register_seconds: 0,
            minted: 0,
        }
    }

    /// A name that this party has not used yet.
    fn mint(&mut self, what: &str) -> String {
        self.minted += 1;
        format!("{what}-{}-{}", self.label, self.minted)
    }

    fn contact(&self) -> String {
        let transport = if self.tcp { ";transport=tcp" } else { "" };
        format!("<sip:{}@{}{transport}>", self.user, self.address)
    }

    fn via(&self, branch: &str) -> String {
        let transport = if self.tcp { "TCP" } else { "UDP" };
        format!(
            "SIP/2.0/{transport} {};branch=z9hG4bK{branch};rport",
            self.address
        )
    }

    fn send(&mut self, bytes: Vec<u8>) {
        let to = crate::town::sip_address();
        self.out.push(Packet {
            from: self.address.port(),
            to,
            bytes,
            sip: true,
        });
    }

    /// A SIP message arrived.
    pub(crate) fn hear(&mut self, now: Duration, bytes: &[u8]) {
        if self.habits.deaf || bytes.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        let said = Said::read(bytes);
        if said.is_request() && said.method == "INVITE" && !self.habits.hears_invites {
            return;
        }
        self.mail.push(said.clone());
        if said.is_request() {
            self.asked(now, &said)
        } else {
            self.told(now, &said)
        }
    }

    /// An RTP packet arrived at one of its media ports.
    pub(crate) fn listen(&mut self, now: Duration, port: u16, bytes: &[u8]) {
        if let Some(call) = self
            .calls
            .iter_mut()
            .rev()
            .find(|call| call.audio.port == port)
        {
            call.audio.arrived(now, bytes);
        }
    }

    /// When it wants to do something by itself.
    pub(crate) fn next_deadline(&self) -> Option<Duration> {
        let todo = self.todo.iter().map(|(at, _)| *at);
        let clients = self.clients.iter().map(Client::deadline);
        let calls = self.calls.iter().filter_map(Call::deadline);
        let audio = self
            .calls
            .iter()
            .filter(|call| self.may_speak(call))
            .filter_map(|call| call.audio.deadline());
        todo.chain(clients).chain(calls).chain(audio).min()
    }

    /// Does all that is due.
    pub(crate) fn due(&mut self, now: Duration) {
        let due: Vec<Todo> = self
            .todo
            .iter()
            .filter(|(at, _)| *at <= now)
            .map(|(_, todo)| *todo)
            .collect();
        self.todo.retain(|(at, _)| *at > now);
        for todo in due {
            match todo {
                Todo::Ring(call) => self.ring(now, call),
                Todo::Answer(call) => self.answer(now, call),
                Todo::Refuse(call, status) => self.refuse(now, call, status),
                Todo::HangUp(call) => self.hang_up(now, call),
                Todo::Refresh(call) => self.refresh(now, call),
                Todo::Again(call) => self.modify_again(now, call),
            }
        }
        self.repeat_requests(now);
        self.repeat_answers(now);
        self.speak(now);
    }

    /// A mute party sends nothing but the keys it presses.
    fn may_speak(&self, call: &Call) -> bool {
        !self.habits.deaf && (!self.habits.mute || call.audio.is_pressing())
    }

    fn speak(&mut self, now: Duration) {
        for index in 0..self.calls.len() {
            if !self.may_speak(&self.calls[index]) {
                continue;
            }
            let audio = &mut self.calls[index].audio;
            while let Some((to, bytes)) = audio.speak(now) {
                let from = audio.port;
                let sip = false;
                self.out.push(Packet {
                    from,
                    to,
                    bytes,
                    sip,
                });
            }
        }
    }

    /// Whether anything is unfinished.
    pub(crate) fn unfinished(&self) -> Option<String> {
        if let Some(client) = self.clients.iter().find(|client| !client.is_over()) {
            return Some(format!(
                "{} waits for an answer to {}",
                self.label, client.method
            ));
        }
        let call = self.calls.iter().find(|call| call.state != State::Over)?;
        Some(format!(
            "{} has a call in state {:?}",
            self.label, call.state
        ))
    }
}
