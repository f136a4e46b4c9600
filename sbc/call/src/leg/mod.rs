//! A leg: one party's side of a call, a SIP dialog with its sound. We are its UAS ([`uas`]) or its UAC ([`uac`]).
//!
//! A leg tells its call what happened as [`LegEvent`]s and takes orders as methods; it never looks at another leg.

mod farewell;
mod modify;
mod refresh;
mod reliable;
mod request;
mod sound;
mod uac;
mod uas;

use std::net::SocketAddr;

use media::plane::EndpointId;
use media::{Codec, Digit, Source};
use sip::dialog::Dialog;
use sip::session_timer::SessionTimer;
use sip::{HeaderName, Message, Peer, StatusCode, Writer};

use crate::id::{CallId, LegId};
use crate::journal::{Cause, JourneyId, LegRef};
use crate::stack::Stack;
pub(crate) use refresh::POLICY;
pub(crate) use request::unsupported;
pub(crate) use sound::{Screened, screen};
pub(crate) use uac::Outbound;
pub(crate) use uas::Inbound;

/// Methods that we take inside a dialog, for Allow (RFC 3261 20.5). Never the peer's list (SBC-3).
pub(crate) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK";
/// Extensions that we speak.
pub(crate) const SUPPORTED: &str = "timer, 100rel";

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
    account: Option<String>,
    /// A trunk's leg: the signalled addresses count, strictly.
    trunk: bool,
    dtmf_info: bool,
    emergency: bool,
    pub(crate) peer: Peer,
    tag: String,
    dialog: Option<Dialog>,
    sound: sound::Sound,
    uas: Option<uas::Uas>,
    uac: Option<uac::Uac>,
    modify: modify::Modify,
    session: Option<SessionTimer>,
    /// The peer said that it takes UPDATE.
    takes_update: bool,
    digits: media::dtmf::Once,
    cause: Option<Cause>,
}

impl Leg {
    /// Account, number or trunk, for records.
    pub(crate) fn party(&self) -> &str {
        &self.party
    }

    /// The account whose device it is.
    pub(crate) fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// Whether a 2xx went out or came in.
    pub(crate) fn is_answered(&self) -> bool {
        matches!(self.state, State::Accepted | State::Up)
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

    /// Whether the party holds us: whoever is connected to it hears music.
    pub(crate) fn holds_us(&self) -> bool {
        self.sound.is_held()
    }

    /// Whether its keys come by SIP INFO.
    pub(crate) fn digits_by_info(&self) -> bool {
        self.dtmf_info
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
        let Some(dialog) = &self.dialog else {
            return false;
        };
        let id = dialog.id();
        id.call_id.as_str() == message.call_id()
            && id.remote.as_str() == message.from_tag().unwrap_or_default()
    }

    /// The key that a merged copy of its INVITE would have (RFC 3261 8.2.2.2).
    pub(crate) fn invited_as(&self, message: &Message) -> bool {
        self.uas.as_ref().is_some_and(|uas| {
            uas.request.call_id() == message.call_id()
                && uas.request.from_tag() == message.from_tag()
                && uas.request.cseq().seq == message.cseq().seq
        })
    }

    /// A response to a request of the peer, with what every response of ours has.
    fn response(&self, request: &Message, status: StatusCode) -> Writer {
        Writer::response(request, self.source(), status, None, Some(&self.tag))
    }

    /// Where responses to the peer's requests go by `received` and `rport`: the address they come from.
    fn source(&self) -> SocketAddr {
        self.peer.remote
    }

    /// Adds what a dialog-forming message of ours has: Contact, Allow, Supported.
    fn introduce(&self, stack: &Stack, writer: Writer) -> Writer {
        writer
            .header(HeaderName::Contact, stack.contact(&self.peer, &self.tag))
            .header(HeaderName::Allow, ALLOW)
            .header(HeaderName::Supported, SUPPORTED)
    }

    /// Notes what a message of the peer says about its abilities.
    fn learn(&mut self, message: &Message) {
        if message.has(&HeaderName::Allow) {
            self.takes_update = message.allow().any(|method| method == "UPDATE");
        }
    }

    /// Where requests inside the dialog go (RFC 3261 12.2.1.1). A phone's go where it was last heard (RFC 3581, RFC
    /// 5626): its Contact may be an address behind NAT. A trunk's go to its Route or Contact when that is an address.
    fn next_hop(&self) -> Peer {
        if !self.trunk {
            return self.peer;
        }
        let hop = self
            .dialog
            .as_ref()
            .and_then(|dialog| sip::Uri::parse(dialog.next_hop()).ok());
        let Some(remote) =
            hop.and_then(|uri| Some(SocketAddr::new(uri.host.ip()?, uri.port.unwrap_or(5060))))
        else {
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

    /// One key for the party, in its own way. A key that came by RFC 4733 or in-band and leaves so was already passed on
    /// inside the media plane.
    pub(crate) fn press(&mut self, stack: &mut Stack, digit: Digit, came_by_info: bool) {
        if self.dtmf_info {
            self.send_info(stack, digit);
        } else if came_by_info {
            self.sound.press(stack, digit);
        }
    }
}
