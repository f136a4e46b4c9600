//! A leg's sound: its endpoint in the media plane, its offer/answer state (RFC 3264, RFC 6337) and what it hears.
//!
//! Each leg negotiates with us alone, never with the other leg: that is why hold, menu and transfer need no re-INVITE.

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use media::offer_answer::{self, BrowserAgreement, LocalMedia, Negotiated, Refusal};
use media::plane::{EndpointId, Generation, SourcePolicy, Stream};
use media::sdp::{Direction, SessionDescription};
use media::{Codec, Digit, MediaCommand, Source};
use sip::StatusCode;

use super::Leg;
use crate::id::LegId;
use crate::snapshot::{Habits, SymmetricRtp};
use crate::stack::Stack;

/// How long a key lasts that we send, milliseconds.
const PRESS_MS: u16 = 120;

/// Why a page's offer got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// It is none that we can answer.
    Offer,
    /// No port is ready.
    Full,
    /// This exchange takes no pages: it was given no certificate.
    Closed,
}

/// Where offer and answer stand.
#[derive(Debug, Default)]
enum Offer {
    /// Nothing was said yet.
    #[default]
    None,
    /// The peer's offer waits for our answer.
    Received(Box<SessionDescription>),
    /// Our offer waits for the peer's answer.
    Sent,
    /// Agreed.
    Stable,
}

/// A leg's sound.
#[derive(Debug, Default)]
pub(crate) struct Sound {
    endpoint: Option<EndpointId>,
    /// The only codecs this party takes; empty: all that the settings name.
    allowed: Vec<Codec>,
    /// Where we say that we are; a page is told the settings' address.
    told: Option<IpAddr>,
    port: u16,
    ssrc: u32,
    session_id: u64,
    offer: Offer,
    sent: Option<LocalMedia>,
    sent_sdp: Bytes,
    negotiated: Option<Negotiated>,
    /// The codec of the conversation, kept while the peer holds us.
    spoken: Option<Codec>,
    connects: u32,
    hears: u32,
    hearing: Option<Source>,
    reporting: bool,
}

impl Sound {
    /// Sound for a party that takes only these codecs (all when there are none) and is told that we are at `address`.
    pub(super) fn of(allowed: &[Codec], address: IpAddr) -> Sound {
        Sound {
            allowed: allowed.to_vec(),
            told: Some(address),
            ..Sound::default()
        }
    }

    fn ours<'a>(&'a self, stack: &'a Stack) -> &'a [Codec] {
        if self.allowed.is_empty() {
            &stack.settings().codecs
        } else {
            &self.allowed
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.negotiated.is_some() && self.endpoint.is_some()
    }

    pub(super) fn is_reporting(&self) -> bool {
        self.reporting
    }

    pub(super) fn is_held(&self) -> bool {
        self.negotiated
            .as_ref()
            .is_some_and(|negotiated| negotiated.held_by_peer)
    }

    pub(super) fn endpoint(&self) -> Option<EndpointId> {
        self.endpoint
    }

    /// Our last description, as it was sent.
    pub(super) fn sent_sdp(&self) -> Bytes {
        self.sent_sdp.clone()
    }

    pub(super) fn has_offer(&self) -> bool {
        matches!(self.offer, Offer::Received(_))
    }

    pub(super) fn awaits_answer(&self) -> bool {
        matches!(self.offer, Offer::Sent)
    }

    pub(super) fn codecs(&self) -> Vec<Codec> {
        match (&self.negotiated, &self.offer) {
            (Some(negotiated), _) => vec![negotiated.codec],
            (None, Offer::Received(offer)) => offered(offer),
            _ => Vec::new(),
        }
    }

    pub(super) fn hears(&self) -> Option<Source> {
        self.hearing.clone()
    }

    /// The peer offers; what it offered before is forgotten.
    pub(super) fn take_offer(&mut self, offer: Box<SessionDescription>) {
        self.offer = Offer::Received(offer);
    }

    /// A port and an endpoint, unless there is one already. `false`: no port is ready.
    pub(super) fn open(&mut self, stack: &mut Stack, leg: LegId, emergency: bool) -> bool {
        if self.endpoint.is_some() {
            return true;
        }
        let Some(port) = stack.ports.take(emergency) else {
            return false;
        };
        let endpoint = stack.next_endpoint();
        let (ssrc, sequence, timestamp) =
            (stack.random.u32(), stack.random.u16(), stack.random.u32());
        stack.media(MediaCommand::Open {
            endpoint,
            rtp: port,
            rtcp: None,
            ssrc,
            sequence,
            timestamp,
        });
        stack.endpoints.insert(endpoint, leg);
        self.endpoint = Some(endpoint);
        (self.port, self.ssrc) = (port, ssrc);
        if self.session_id == 0 {
            self.session_id = stack.random.u64() >> 2;
        }
        if let Some(source) = self.hearing.take() {
            self.hear(stack, source);
        }
        true
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    pub(super) fn session_id(&self) -> u64 {
        self.session_id
    }

    /// A page's offer was answered so: the endpoint gets its browser and its stream.
    pub(super) fn take_page(&mut self, stack: &mut Stack, agreement: BrowserAgreement) {
        let Some(endpoint) = self.endpoint else {
            return;
        };
        let BrowserAgreement { terms, stream } = agreement;
        self.connects = self.connects.saturating_add(1);
        let generation = Generation(self.connects);
        self.negotiated = Some(Negotiated {
            remote: stream.remote,
            rtcp: stream.rtcp,
            codec: stream.codec,
            send_pt: stream.send_pt,
            receive: stream.receive.clone(),
            telephone_event: stream.telephone_event,
            telephone_event_receive: stream.telephone_event_receive.clone(),
            direction: Direction::of(stream.send, stream.receive_audio),
            ptime: stream.ptime,
            held_by_peer: false,
            private_address: false,
        });
        stack.media(MediaCommand::Attach {
            endpoint,
            generation,
            terms: Box::new(terms),
        });
        stack.media(MediaCommand::Connect {
            endpoint,
            generation,
            stream,
        });
    }

    /// What we are willing to, with these codecs first.
    fn local(&self, stack: &Stack, prefer: &[Codec]) -> LocalMedia {
        let (settings, ours) = (stack.settings(), self.ours(stack));
        let mut codecs: Vec<Codec> = prefer
            .iter()
            .copied()
            .filter(|codec| ours.contains(codec))
            .collect();
        let others = ours.iter().copied();
        codecs.extend(others.filter(|codec| !prefer.contains(codec)));
        LocalMedia {
            session_id: self.session_id,
            version: 1,
            address: self.told.unwrap_or(settings.media_address),
            port: self.port,
            rtcp_port: None,
            codecs,
            telephone_event: true,
            direction: Direction::SendRecv,
            ptime: 20,
        }
    }

    /// Our offer. Needs an open endpoint.
    pub(super) fn make_offer(&mut self, stack: &Stack, prefer: &[Codec]) -> Bytes {
        let local = self.local(stack, prefer);
        let before = SessionDescription::parse(&self.sent_sdp).ok();
        let fresh = before.map_or_else(
            || offer_answer::offer(&local),
            |before| offer_answer::revise(&self.sent_sdp, offer_answer::reoffer(&before, &local)),
        );
        self.sent = Some(local);
        self.sent_sdp = Bytes::from(fresh);
        self.offer = Offer::Sent;
        self.sent_sdp.clone()
    }

    /// Our answer to the offer that waits; the endpoint is connected. Needs an open endpoint.
    pub(super) fn make_answer(
        &mut self,
        stack: &mut Stack,
        prefer: &[Codec],
        link: Link,
    ) -> Result<Bytes, Refusal> {
        let Offer::Received(offer) = &self.offer else {
            return Ok(self.sent_sdp.clone());
        };
        // The codec in use stays in use as long as the peer still offers it.
        let current = self.negotiated.as_ref().map(|agreed| agreed.codec);
        let wanted: Vec<Codec> = match current {
            // A phone that changed the codec to hold us gets back, when it resumes, what was spoken before.
            Some(current) => self.spoken.into_iter().chain([current]).collect(),
            None => prefer.to_vec(),
        };
        let order = agreed_order(self.ours(stack), offer, &wanted);
        let local = LocalMedia {
            codecs: order,
            ..self.local(stack, &[])
        };
        let (sdp, negotiated) = offer_answer::answer(offer, &local)?;
        let sdp = if self.sent_sdp.is_empty() {
            sdp
        } else {
            offer_answer::revise(&self.sent_sdp, sdp)
        };
        self.sent = Some(local);
        self.sent_sdp = Bytes::from(sdp);
        self.offer = Offer::Stable;
        self.agree(negotiated);
        self.connect(stack, link);
        Ok(self.sent_sdp.clone())
    }

    /// Why the offer that waits can never be answered, if so: known before anybody is rung.
    pub(super) fn hopeless(&self, stack: &Stack) -> Option<Refusal> {
        let Offer::Received(offer) = &self.offer else {
            return None;
        };
        offer_answer::check(offer, &self.local(stack, &[])).err()
    }

    /// The peer's answer to our offer; also a later one of another fork, which then counts.
    pub(super) fn take_answer(
        &mut self,
        stack: &mut Stack,
        answer: &SessionDescription,
        link: Link,
    ) -> Result<(), Refusal> {
        let Some(sent) = &self.sent else {
            return Err(Refusal::NoAudio);
        };
        let negotiated = offer_answer::accept(answer, sent)?;
        self.offer = Offer::Stable;
        self.agree(negotiated);
        self.connect(stack, link);
        Ok(())
    }

    fn agree(&mut self, negotiated: Negotiated) {
        if !negotiated.held_by_peer {
            self.spoken = Some(negotiated.codec);
        }
        self.negotiated = Some(negotiated);
    }

    /// An offer of ours was refused: what was agreed before stands (RFC 3264 section 8).
    pub(super) fn offer_refused(&mut self) {
        self.offer = if self.negotiated.is_some() {
            Offer::Stable
        } else {
            Offer::None
        };
    }

    /// The peer's new offer was refused by us: what was agreed before stands.
    pub(super) fn refuse_offer(&mut self) {
        self.offer_refused();
    }

    /// Tells the media plane what was agreed.
    pub(super) fn connect(&mut self, stack: &mut Stack, link: Link) {
        let (Some(endpoint), Some(negotiated)) = (self.endpoint, &self.negotiated) else {
            return;
        };
        self.connects = self.connects.saturating_add(1);
        let sends = matches!(
            negotiated.direction,
            Direction::SendRecv | Direction::SendOnly
        );
        let receives = matches!(
            negotiated.direction,
            Direction::SendRecv | Direction::RecvOnly
        );
        let stream = Stream {
            remote: link.remote(stack, negotiated),
            rtcp: negotiated.rtcp,
            source: link.policy(stack, negotiated),
            codec: negotiated.codec,
            send_pt: negotiated.send_pt,
            receive: negotiated.receive.clone(),
            telephone_event: negotiated.telephone_event,
            telephone_event_receive: negotiated.telephone_event_receive.clone(),
            send: sends,
            receive_audio: receives,
            inband_dtmf: negotiated.telephone_event.is_none() && !link.habits.dtmf_info,
            ptime: negotiated.ptime,
        };
        // SBC-13: who looks for the reason why a menu hears no keys finds it from the first moment.
        let silent = stream.inband_dtmf && self.connects == 1;
        let remote = stream.remote;
        stack.media(MediaCommand::Connect {
            endpoint,
            generation: Generation(self.connects),
            stream,
        });
        if silent {
            let text = "it agreed to no telephone-event (RFC 4733): its keys are looked for in its sound, and taken by INFO";
            stack.warn("no-telephone-event", Some(remote), text.to_owned());
        }
    }

    /// Lets the party hear this, unless it already does.
    pub(super) fn hear(&mut self, stack: &mut Stack, source: Source) {
        if self.hearing.as_ref() != Some(&source) {
            self.hear_anew(stack, source);
        }
    }

    /// Lets the party hear this from its beginning. Without an endpoint it is remembered.
    pub(super) fn hear_anew(&mut self, stack: &mut Stack, source: Source) {
        if let Some(endpoint) = self.endpoint {
            self.hears = self.hears.saturating_add(1);
            let generation = Generation(self.hears);
            stack.media(MediaCommand::Hear {
                endpoint,
                generation,
                source: source.clone(),
            });
        }
        self.hearing = Some(source);
    }

    /// Whether the end of a sound speaks of what is heard now.
    pub(super) fn is_current(&self, generation: Generation) -> bool {
        generation == Generation(self.hears)
    }

    pub(super) fn press(&mut self, stack: &mut Stack, digit: Digit) {
        if let Some(endpoint) = self.endpoint {
            stack.media(MediaCommand::Press {
                endpoint,
                digit,
                duration_ms: PRESS_MS,
            });
        }
    }

    /// The endpoint ends; its report is awaited.
    pub(super) fn close(&mut self, stack: &mut Stack) {
        if let Some(endpoint) = self.endpoint.filter(|_| !self.reporting) {
            stack.media(MediaCommand::Close { endpoint });
            self.reporting = true;
        }
    }

    /// The report came, or will never come.
    pub(super) fn closed(&mut self, stack: &mut Stack) {
        if let Some(endpoint) = self.endpoint.take() {
            stack.endpoints.remove(&endpoint);
            stack.ports.closed();
        }
        self.reporting = false;
    }

    /// The endpoint failed in the media plane: forget it, so that the next `open` makes a new one.
    pub(super) fn lost(&mut self, stack: &mut Stack) {
        if let Some(endpoint) = self.endpoint.take() {
            stack.media(MediaCommand::Close { endpoint });
            stack.endpoints.remove(&endpoint);
            stack.ports.closed();
        }
    }

    /// Whether RFC 4733 keys were agreed on.
    pub(super) fn has_events(&self) -> bool {
        self.negotiated
            .as_ref()
            .is_some_and(|negotiated| negotiated.telephone_event.is_some())
    }
}

/// What decides whose packets are believed and how keys come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    /// The party is a trunk.
    pub(super) trunk: bool,
    /// Keys by INFO, sound from elsewhere.
    pub(super) habits: Habits,
    /// Where its signalling comes from.
    pub(super) signalling: IpAddr,
}

impl Link {
    pub(super) fn of(leg: &Leg) -> Link {
        Link {
            trunk: leg.trunk,
            habits: leg.habits,
            signalling: leg.peer.remote.ip(),
        }
    }

    /// A loopback address is nobody's but the sender's own: from another host it says nothing, and our sound must not go
    /// to whoever has that port here.
    fn is_behind_nat(self, negotiated: &Negotiated) -> bool {
        let nobody = negotiated.remote.ip().is_loopback() && !self.signalling.is_loopback();
        nobody || negotiated.private_address && !offer_answer::is_private(self.signalling)
    }

    /// Where our sound goes until the first packet came: behind a NAT the host that signals is the best guess.
    fn remote(self, stack: &Stack, negotiated: &Negotiated) -> SocketAddr {
        match self.policy(stack, negotiated) {
            SourcePolicy::Learn => SocketAddr::new(self.signalling, negotiated.remote.port()),
            _ => negotiated.remote,
        }
    }

    /// SBC-9: whoever signals a private address from a public source is behind NAT and is learnt once, unless the
    /// configuration says never or always; on a demo host every address of the host is loopback for phones.
    fn policy(self, stack: &Stack, negotiated: &Negotiated) -> SourcePolicy {
        match self.habits.symmetric_rtp {
            SymmetricRtp::Off => SourcePolicy::Signalled,
            SymmetricRtp::On => SourcePolicy::Learn,
            SymmetricRtp::Auto if stack.settings().loopback_media && !self.trunk => {
                SourcePolicy::Loopback
            }
            SymmetricRtp::Auto if self.is_behind_nat(negotiated) => SourcePolicy::Learn,
            SymmetricRtp::Auto => SourcePolicy::Signalled,
        }
    }
}

/// The codecs of an offer that we know, in the peer's order.
fn offered(offer: &SessionDescription) -> Vec<Codec> {
    let Some(audio) = offer
        .media
        .iter()
        .find(|media| media.kind == "audio" && media.port != 0)
    else {
        return Vec::new();
    };
    let mut codecs = Vec::new();
    for pt in audio.payload_types() {
        let named = audio
            .rtpmap(pt)
            .and_then(|map| Codec::from_name(map.name, map.clock_rate));
        let codec = named.or_else(|| Codec::from_static_pt(pt));
        codecs.extend(codec.filter(|codec| !codecs.contains(codec)));
    }
    codecs
}

/// Why there is no sound, as a status: always 488 (RFC 3261 21.4.26).
pub(super) fn refusal_status(_refusal: Refusal) -> StatusCode {
    StatusCode::NOT_ACCEPTABLE_HERE
}

/// The same for a person who looks for the reason: the Warning of the refusal (RFC 3261 20.43).
pub(super) fn warning(stack: &Stack, refusal: Refusal) -> String {
    let code = match refusal {
        Refusal::Address | Refusal::AddressFamily => 301,
        Refusal::Profile => 302,
        Refusal::NoAudio => 304,
        Refusal::NoCommonCodec => 305,
    };
    format!("{code} {} \"{refusal}\"", stack.settings().realm)
}

/// The order in which we answer: what the other party speaks first, then the peer's own order. So two parties with a
/// codec in common need no transcoder.
fn agreed_order(ours: &[Codec], offer: &SessionDescription, prefer: &[Codec]) -> Vec<Codec> {
    let theirs = offered(offer);
    let mut order: Vec<Codec> = prefer
        .iter()
        .copied()
        .filter(|codec| ours.contains(codec))
        .collect();
    order.extend(
        theirs
            .into_iter()
            .filter(|codec| ours.contains(codec) && !prefer.contains(codec)),
    );
    if order.is_empty() {
        ours.to_vec()
    } else {
        order
    }
}
