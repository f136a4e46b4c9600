//! What the media plane gives back: packets to send, sounds to load, and events for the signalling side.

use std::net::SocketAddr;

use super::command::{EndpointId, Generation};
use crate::{
    clip::SoundId,
    dtmf::{Digit, DigitBy},
};

/// Which of an endpoint's sockets a packet came from or leaves by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// The RTP port (which also carries RTCP when multiplexed).
    Rtp,
    /// The RTCP port.
    Rtcp,
}

/// One thing for the shell to do. The bytes live in the receive buffer or in the plane: send them
/// before the plane is touched again.
#[derive(Debug, PartialEq)]
pub enum PlaneOutput<'a> {
    /// Send a datagram.
    Send {
        /// Whose socket.
        endpoint: EndpointId,
        /// Which of its sockets.
        channel: Channel,
        /// Destination.
        to: SocketAddr,
        /// The datagram.
        bytes: &'a [u8],
    },
    /// Load this sound (off this thread) and answer with [`Plane::loaded`](super::Plane::loaded).
    /// Asked once per sound, however many parties wait for it.
    Load(SoundId),
    /// Tell the signalling side.
    Event(MediaEvent),
}

/// What happened to an endpoint.
#[derive(Clone, Debug, PartialEq)]
pub enum MediaEvent {
    /// The party pressed a key: once per press.
    Digit {
        /// Who pressed.
        endpoint: EndpointId,
        /// The key.
        digit: Digit,
        /// How it came: in RTP or in the sound; INFO is the signalling side's.
        by: DigitBy,
    },
    /// The last sound of a `Play` without repeat was sent to its end.
    Played {
        /// Who heard it.
        endpoint: EndpointId,
        /// The `Hear` it ends.
        generation: Generation,
    },
    /// A sound could not be had; the player went on with the next.
    Missing {
        /// Who should have heard it.
        endpoint: EndpointId,
        /// The sound.
        sound: SoundId,
    },
    /// The first believed RTP packet since the endpoint was opened, was given a new address, or was `Silent`.
    Heard {
        /// Who is heard.
        endpoint: EndpointId,
    },
    /// Neither RTP nor RTCP for 30 s although sound is expected; told once per silence.
    Silent {
        /// Who is silent.
        endpoint: EndpointId,
    },
    /// A browser has proven itself and sound can flow: after `Attach`, and again after each later one.
    Attached {
        /// Which endpoint.
        endpoint: EndpointId,
        /// The `Attach` it answers.
        generation: Generation,
    },
    /// A browser that was attached has sent no sound for 2 s; told once.
    Lost {
        /// Which endpoint.
        endpoint: EndpointId,
    },
    /// A lost browser is heard again.
    Back {
        /// Which endpoint.
        endpoint: EndpointId,
    },
    /// The endpoint is gone; its ports may rest and be used again.
    Closed {
        /// Which endpoint.
        endpoint: EndpointId,
        /// Its RTP port.
        rtp: u16,
        /// Its RTCP port.
        rtcp: Option<u16>,
        /// What went over it.
        report: Report,
    },
    /// An order could not be carried out: the endpoint is not here, or the plane is full (for `Open`,
    /// generation 0).
    Failed {
        /// Which endpoint.
        endpoint: EndpointId,
        /// The order.
        generation: Generation,
    },
}

impl MediaEvent {
    /// Whom it is about.
    pub fn endpoint(&self) -> EndpointId {
        match self {
            Self::Digit { endpoint, .. }
            | Self::Played { endpoint, .. }
            | Self::Missing { endpoint, .. }
            | Self::Heard { endpoint }
            | Self::Silent { endpoint }
            | Self::Attached { endpoint, .. }
            | Self::Lost { endpoint }
            | Self::Back { endpoint }
            | Self::Closed { endpoint, .. }
            | Self::Failed { endpoint, .. } => *endpoint,
        }
    }
}

/// What went over an endpoint in its life, for the record of the call. Times in milliseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// RTP packets we sent to the party.
    pub packets_sent: u64,
    /// RTP payload octets we sent (RFC 3550 section 6.4.1 counts so).
    pub octets_sent: u64,
    /// RTP packets believed.
    pub packets_received: u64,
    /// Their payload octets.
    pub octets_received: u64,
    /// Packets expected and never received, over all SSRCs (RFC 3550 A.3); never below 0.
    pub lost: u64,
    /// Interarrival jitter at the end (RFC 3550 A.8).
    pub jitter_ms: f32,
    /// The highest jitter seen.
    pub jitter_max_ms: f32,
    /// The newest round trip, from RTCP (RFC 3550 section 6.4.1); `None` when the party sends no usable RTCP.
    pub round_trip_ms: Option<f32>,
    /// Estimate of the delay one way between the party and us: half the round trip.
    pub delay_ms: Option<f32>,
    /// Fraction of our packets that the party says it lost in all, 0 to 1.
    pub remote_loss: Option<f32>,
    /// Jitter that the party says it sees.
    pub remote_jitter_ms: Option<f32>,
    /// Estimated listening quality of what we received, 1.0 to 4.5 (E-model, ITU-T G.107 simplified);
    /// `None` when nothing was received.
    pub mos: Option<f32>,
    /// Packets dropped because they came from a source that is not the party's.
    pub discarded_source: u64,
    /// Packets dropped because they are malformed or of a payload type that was not negotiated.
    pub discarded_packet: u64,
    /// Keys the party pressed.
    pub digits: u32,
}
