//! What the signalling side tells the media plane. Commands are absolute: the last one holds, and
//! repeating one is harmless, so a moved or restored endpoint is repaired by saying everything again.

use std::{net::SocketAddr, sync::Arc};

use smallvec::SmallVec;

use crate::{clip::SoundId, codec::Codec, dtmf::Digit, webrtc::Terms};

/// One party's media: one RTP port and everything that is sent from and received at it. Chosen by
/// the signalling side, never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EndpointId(pub u64);

/// Which `Connect` or `Hear` an event answers. The signalling side counts up for each change; an
/// event that carries an older number speaks of the past.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Generation(pub u32);

/// One order to the plane. An order for an endpoint that is not here gives [`Failed`] (`Connect`
/// and `Hear`) or nothing (`Press` and `Close`).
///
/// [`Failed`]: super::MediaEvent::Failed
#[derive(Clone, Debug, PartialEq)]
pub enum MediaCommand {
    /// An endpoint begins to exist; it sends and believes nothing until it is connected.
    Open {
        /// The new endpoint.
        endpoint: EndpointId,
        /// The local RTP port, already bound.
        rtp: u16,
        /// The local RTCP port, already bound; `None` when RTCP shares the RTP port (RFC 5761).
        rtcp: Option<u16>,
        /// The one SSRC of everything we send to this party (RFC 3550 section 8: random).
        ssrc: u32,
        /// The first sequence number (RFC 3550 section 5.1: random).
        sequence: u16,
        /// The first timestamp, in units of the codec's RTP clock (random likewise).
        timestamp: u32,
    },
    /// The party is a browser: how it proves itself, and what its packets hold. Its `Connect` names
    /// [`NOWHERE`](crate::webrtc::NOWHERE), with RTCP multiplexed. Said again with other terms, another page (or the same one after
    /// its network changed) takes the browser's place; what the party hears and who hears it goes on.
    Attach {
        /// Which endpoint.
        endpoint: EndpointId,
        /// Number of this order; `Attached` and `Failed` carry it.
        generation: Generation,
        /// What the descriptions said.
        terms: Box<Terms>,
    },
    /// Where the party is and how it wants to be spoken to: the outcome of an offer and answer.
    Connect {
        /// Which endpoint.
        endpoint: EndpointId,
        /// Number of this order.
        generation: Generation,
        /// The negotiated stream.
        stream: Stream,
    },
    /// What the party hears from now on.
    Hear {
        /// Which endpoint.
        endpoint: EndpointId,
        /// Number of this order; `Played` and `Failed` carry it.
        generation: Generation,
        /// The sound.
        source: Source,
    },
    /// Sends one key press to the party, in its own way: RFC 4733 when negotiated, else as a tone.
    /// Presses queue up (at most 32), 50 ms apart.
    Press {
        /// Which endpoint.
        endpoint: EndpointId,
        /// The key.
        digit: Digit,
        /// How long it is held, milliseconds; held to 40 to 5000.
        duration_ms: u16,
    },
    /// The endpoint ends: RTCP BYE, then `Closed` with the port and the report.
    Close {
        /// Which endpoint.
        endpoint: EndpointId,
    },
}

impl MediaCommand {
    /// The endpoint this order is for; the shell routes by it.
    pub fn endpoint(&self) -> EndpointId {
        match self {
            Self::Open { endpoint, .. }
            | Self::Attach { endpoint, .. }
            | Self::Connect { endpoint, .. }
            | Self::Hear { endpoint, .. }
            | Self::Press { endpoint, .. }
            | Self::Close { endpoint } => *endpoint,
        }
    }
}

/// A negotiated audio stream, from our side (RFC 3264).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Where the party said it receives RTP. A new address here forgets a learnt one.
    pub remote: SocketAddr,
    /// Where RTCP goes.
    pub rtcp: Rtcp,
    /// Whose packets are believed.
    pub source: SourcePolicy,
    /// What we send.
    pub codec: Codec,
    /// The payload type we send it with.
    pub send_pt: u8,
    /// What we accept, by payload type; anything else is dropped.
    pub receive: SmallVec<[(u8, Codec); 4]>,
    /// Payload type of the telephone-event (RFC 4733) we send; `None` when not negotiated.
    pub telephone_event: Option<u8>,
    /// Payload types under which telephone-event may arrive: ours, and the party's where it differs.
    pub telephone_event_receive: SmallVec<[u8; 2]>,
    /// Whether the party wants to hear us: false while it holds us (`a=sendonly` from it) and when inactive.
    pub send: bool,
    /// Whether sound from the party is expected and passed on: false while it is on hold.
    pub receive_audio: bool,
    /// Whether to listen for keys in the sound itself: for parties without telephone-event.
    pub inband_dtmf: bool,
    /// Packet length asked by the party, milliseconds (`a=ptime`); what we make ourselves comes in
    /// multiples of 20 up to 60, what we relay keeps its length.
    pub ptime: u16,
}

/// Where RTCP for a stream goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rtcp {
    /// On the RTP port (RFC 5761).
    Mux,
    /// To this address: the RTP port plus one, or `a=rtcp` (RFC 3605).
    Port(SocketAddr),
}

/// Whose packets count as the party's (RFC 7362 section 4 calls the learning kind latching). What
/// RTCP says or where it comes from never changes this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourcePolicy {
    /// Only the signalled address and port; nothing is ever sent or taken elsewhere.
    Signalled,
    /// A party on this host that signalled one of the host's addresses: it counts as 127.0.0.1. The
    /// first packet from the signalled *port*, from loopback or the signalled address, is believed
    /// and locks the source.
    Loopback,
    /// A party behind NAT: the first packet locks the source. Only a source that fits the signalled
    /// address better can displace it, and the same host on a new port once the old one fell silent.
    Learn,
}

/// What a party hears.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Source {
    /// Nothing: some silence to flush the party's buffer, then a packet a second to keep NATs open.
    #[default]
    Silence,
    /// The other party of the bridge; oneself: an echo.
    Endpoint(EndpointId),
    /// Sounds in this order. Without `repeat`, `Played` follows the last one.
    Play {
        /// What to play; one that cannot be had is told by `Missing` and skipped.
        sounds: Arc<[SoundId]>,
        /// Begin again after the last: music on hold.
        repeat: bool,
    },
    /// Ringing tone.
    Ringback(Country),
    /// Ringing tone with these sounds in its pauses, again and again: whoever was transferred hears that it rings, and no silence.
    RingbackOver {
        /// Whose tone.
        country: Country,
        /// The music.
        sounds: Arc<[SoundId]>,
    },
    /// Busy tone.
    Busy(Country),
    /// Congestion tone: no way to the number now.
    Congestion(Country),
    /// Several parties at once, at most ten; oneself is left out.
    Mix(Arc<[EndpointId]>),
}

/// Whose tones are played (ITU-T E.180 supplement 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Country {
    /// Belgium.
    Be,
    /// France.
    Fr,
}
