//! A leg: one party's side of a call, a SIP dialog with its sound. We are its UAS ([`uas`]) or its UAC ([`uac`]).
//!
//! A leg tells its call what happened as [`LegEvent`]s and takes orders as methods; it never looks at another leg.

mod again;
mod auto_answer;
mod body;
mod cancel;
mod connected;
mod farewell;
mod large;
mod modify;
mod page;
mod refer;
mod refresh;
mod reliable;
mod request;
pub(crate) mod session_id;
mod sound;
mod uac;
mod uas;

use std::net::SocketAddr;

use bytes::Bytes;
use media::plane::EndpointId;
use media::{Codec, Digit, Source};
use sip::dialog::Dialog;
use sip::session_timer::SessionTimer;
use sip::{HeaderName, Message, Method, Peer, StatusCode, Writer};

use crate::id::{CallId, LegId};
use crate::journal::{Cause, JourneyId, LegRef};
use crate::snapshot::Habits;
use crate::stack::Stack;
pub(crate) use body::{ACCEPT, Screened, screen};
pub(crate) use cancel::Late;
pub(crate) use farewell::dismiss_stray;
pub(crate) use page::Page;
pub(crate) use refresh::POLICY;
pub(crate) use request::unsupported;
pub(crate) use sound::Unanswered;
pub(crate) use uac::Outbound;
pub(crate) use uas::Inbound;

/// Methods that we take inside a dialog, for Allow (RFC 3261 20.5). Never the peer's list (SBC-3).
const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER";
/// The same on a trunk, which may transfer nobody.
const ALLOW_TRUNK: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK";
/// Extensions that we speak.
const SUPPORTED: &str = "timer, 100rel, replaces, norefersub";
/// The same on a trunk.
const SUPPORTED_TRUNK: &str = "timer, 100rel";

/// How a party is shown to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Account, E.164 number, or `anonymous`.
    pub(crate) number: String,
    /// A name, when there is one.
    pub(crate) display: String,
}

/// What the dialog is doing (RFC 3261 sections 12 to 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// UAS: the INVITE waits for our answer. UAC: our INVITE waits for theirs.
    Inviting,
    /// UAS: our 2xx waits for its ACK.
    Accepted,
    /// UAS: the same, and our BYE waits with it: it may not come first (RFC 3261 section 15).
    Leaving,
    /// The session stands.
    Up,
    /// UAC: cancelled, the INVITE's final response is awaited.
    Cancelling,
    /// Nothing more is said; the media report may be awaited.
    Over,
}

/// One party's side.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) id: LegId,
    number: LegRef,
    journey: JourneyId,
    /// The call whose journey has this leg on record.
    pub(crate) recorded_in: CallId,
    /// The call it is part of; none once it was released.
    pub(crate) call: Option<CallId>,
    /// A station's resting place.
    pub(crate) home: Option<CallId>,
    state: State,
    inbound: bool,
    party: String,
    identity: Identity,
    account: Option<String>,
    /// A trunk's leg: the signalled addresses count, strictly.
    trunk: bool,
    habits: Habits,
    emergency: bool,
    pub(crate) peer: Peer,
    /// Where the last request came from.
    heard_from: SocketAddr,
    tag: String,
    dialog: Option<Dialog>,
    sound: sound::Sound,
    // A leg has one of the two: thousands of legs do not carry room for both.
    uas: Option<Box<uas::Uas>>,
    uac: Option<Box<uac::Uac>>,
    modify: modify::Modify,
    refers: refer::Refers,
    connected: connected::Connected,
    session: Option<SessionTimer>,
    pub(crate) session_id: session_id::SessionId,
    /// The peer said that it takes UPDATE.
    takes_update: bool,
    digits: media::dtmf::Once,
    /// The party is a web page, and whether it is there.
    page: Option<page::Presence>,
    /// How often a page has proven itself.
    pages: u32,
    /// The number that a trunk says answered (RFC 3325).
    answered_as: Option<String>,
    cause: Option<Cause>,
    /// Where a BYE goes, as the journal knows it: Request-URI and address.
    on_record: Option<(String, SocketAddr)>,
}

impl Leg {
    /// Account, number or trunk, for records.
    pub(crate) fn party(&self) -> &str {
        &self.party
    }

    /// The journey that has it on record.
    pub(crate) fn journey(&self) -> JourneyId {
        self.journey
    }

    /// The account whose device it is.
    pub(crate) fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// The number that a trunk says answered, as it wrote it.
    pub(crate) fn answered_as(&self) -> Option<&str> {
        self.answered_as.as_deref()
    }

    /// Whether the party is a trunk.
    pub(crate) fn is_trunk(&self) -> bool {
        self.trunk
    }

    /// The peer's Contact.
    pub(crate) fn contact(&self) -> Option<&str> {
        self.dialog.as_ref().map(Dialog::target)
    }

    /// Whether a 2xx went out or came in.
    pub(crate) fn is_answered(&self) -> bool {
        matches!(self.state, State::Accepted | State::Up)
    }

    /// Whether it is a station's and rests.
    pub(crate) fn is_resting(&self) -> bool {
        self.home.is_some() && self.home == self.call
    }

    /// Whether the party is in a call, or makes one: everything but being called.
    pub(crate) fn is_engaged(&self) -> bool {
        match self.state {
            State::Inviting => self.inbound,
            State::Accepted | State::Up => true,
            State::Leaving | State::Cancelling | State::Over => false,
        }
    }

    /// Whether the party is being called.
    pub(crate) fn is_ringing(&self) -> bool {
        self.state == State::Inviting && !self.inbound
    }

    /// Whether the session stands.
    pub(crate) fn is_up(&self) -> bool {
        self.state == State::Up
    }

    /// Whether nothing more is said.
    pub(crate) fn is_over(&self) -> bool {
        self.state == State::Over
    }

    /// Whether nothing at all is left of it.
    pub(crate) fn is_done(&self) -> bool {
        self.is_over() && !self.sound.is_reporting()
    }

    /// Whether sound is agreed on.
    pub(crate) fn has_sound(&self) -> bool {
        self.sound.is_connected()
    }

    /// Its endpoint in the media plane.
    pub(crate) fn endpoint(&self) -> Option<EndpointId> {
        self.sound.endpoint()
    }

    /// Whether the party holds us, or is a page that went missing: whoever is connected to it hears music.
    pub(crate) fn holds_us(&self) -> bool {
        self.sound.is_held() || self.is_missed()
    }

    /// Whether its keys come by SIP INFO.
    pub(crate) fn digits_by_info(&self) -> bool {
        self.habits.dtmf_info
    }

    /// Codecs that the party speaks, the one in use first: what another party should be offered first.
    pub(crate) fn preferred_codecs(&self) -> Vec<Codec> {
        self.sound.codecs()
    }

    /// What the party was last told to hear.
    pub(crate) fn hears(&self) -> Option<Source> {
        self.sound.hears()
    }

    /// Lets the party hear this, unless it already does.
    pub(crate) fn hear(&mut self, stack: &mut Stack, source: Source) {
        self.sound.hear(stack, source);
    }

    /// Lets the party hear this from its beginning.
    pub(crate) fn hear_anew(&mut self, stack: &mut Stack, source: Source) {
        self.sound.hear_anew(stack, source);
    }

    /// Whether this message belongs to the leg's dialog (RFC 3261 12.2.2): Call-ID and both tags.
    pub(crate) fn owns(&self, message: &Message) -> bool {
        let early = self.uac.iter().flat_map(|uac| uac.early_dialogs());
        self.dialog.iter().chain(early).any(|dialog| {
            let id = dialog.id();
            id.call_id.as_str() == message.call_id()
                && id.remote.as_str() == message.from_tag().unwrap_or_default()
        })
    }

    /// A response to a request of the peer, with what every response of ours has.
    pub(crate) fn response(&self, request: &Message, status: StatusCode) -> Writer {
        let inviting = self.uas.as_ref().filter(|uas| {
            *request.method() == Method::Invite && uas.request.cseq() == request.cseq()
        });
        let source = inviting.map_or(self.heard_from, |uas| uas.source);
        self.response_to(request, source, status)
    }

    /// The same to a request that came from `source`: what `received` and `rport` of its Via say (RFC 3261 18.2.1). Each
    /// request has its own: a trunk has several addresses, and a phone may have moved while its call rings.
    pub(crate) fn response_to(
        &self,
        request: &Message,
        source: SocketAddr,
        status: StatusCode,
    ) -> Writer {
        Writer::response(request, source, status, None, Some(&self.tag))
            .header(HeaderName::SessionId, self.session_id.value())
    }

    /// Adds what a dialog-forming message of ours has: Contact, Allow, Supported.
    fn introduce(&self, stack: &Stack, writer: Writer) -> Writer {
        writer
            .header(HeaderName::Contact, stack.contact(&self.peer, &self.tag))
            .header(HeaderName::Allow, self.allowed())
            .header(
                HeaderName::Supported,
                if self.trunk {
                    SUPPORTED_TRUNK
                } else {
                    SUPPORTED
                },
            )
    }

    /// The methods that this peer may use.
    fn allowed(&self) -> &'static str {
        if self.trunk { ALLOW_TRUNK } else { ALLOW }
    }

    /// Notes what a message of the peer says about its abilities.
    fn learn(&mut self, message: &Message) {
        if message.has(&HeaderName::Allow) {
            self.takes_update = message.allow().any(|method| method == "UPDATE");
        }
        if message.has(&HeaderName::Supported) {
            let mut supported = message.supported();
            self.connected.from_change =
                supported.any(|tag| tag.eq_ignore_ascii_case("from-change"));
        }
        self.session_id.learn(message);
    }

    /// Where requests inside the dialog go (RFC 3261 12.2.1.1). A phone's go where it was last heard (RFC 3581, RFC
    /// 5626): its Contact may be an address behind NAT. A trunk's go to its Route or Contact when that is an address.
    fn next_hop(&self) -> Peer {
        match &self.dialog {
            Some(dialog) => self.hop_in(dialog),
            None => self.peer,
        }
    }

    /// The same in a dialog that may not be the leg's own (yet): an early one, or a fork's.
    fn hop_in(&self, dialog: &Dialog) -> Peer {
        if !self.trunk {
            return self.peer;
        }
        let Some(remote) = sip::uri::address_of(dialog.next_hop()) else {
            return self.peer;
        };
        if remote == self.peer.remote {
            self.peer
        } else {
            Peer {
                remote,
                flow: None,
                ..self.peer
            }
        }
    }

    /// The next hop with a connection. A phone whose own is gone is looked for where it registered since.
    fn reachable(&self, stack: &mut Stack) -> Peer {
        let hop = self.next_hop();
        let lost = hop.flow.is_some_and(|flow| !stack.flows.is_alive(flow));
        let account = self.account.as_deref().filter(|_| lost);
        let newer = account.and_then(|account| {
            let same_host = |peer: &Peer| peer.remote.ip() == hop.remote.ip();
            let mut peers = stack
                .registrar
                .reachable(account)
                .map(|binding| binding.peer);
            peers.find(same_host)
        });
        stack.connect(newer.unwrap_or(hop))
    }

    /// The next request of ours in the dialog, begun: its headers, its branch and where it goes.
    fn begin_request(
        &mut self,
        stack: &mut Stack,
        method: &Method,
    ) -> Option<(Writer, String, Peer)> {
        let hop = self.reachable(stack);
        let (via, branch) = stack.via(&hop);
        let session_id = self.session_id.value();
        let dialog = self.dialog.as_mut()?;
        let writer = dialog.next_request(method, via);
        Some((
            writer.header(HeaderName::SessionId, session_id),
            branch,
            hop,
        ))
    }

    /// The ACK of a 2xx to our INVITE with this number, and where it goes (RFC 3261 13.2.2.4).
    fn write_ack(&self, stack: &mut Stack, cseq: u32) -> Option<(Bytes, Peer)> {
        let hop = self.reachable(stack);
        let (via, _) = stack.via(&hop);
        let writer = self.dialog.as_ref()?.ack(cseq, via);
        let writer = writer.header(HeaderName::SessionId, self.session_id.value());
        Some((writer.finish(), hop))
    }

    /// One key for the party, in its own way. A key that came by RFC 4733 or in-band and leaves so was already passed on
    /// inside the media plane.
    pub(crate) fn press(&mut self, stack: &mut Stack, digit: Digit, came_by_info: bool) {
        if self.habits.dtmf_info {
            self.send_info(stack, digit);
        } else if came_by_info {
            self.sound.press(stack, digit);
        }
    }
}
