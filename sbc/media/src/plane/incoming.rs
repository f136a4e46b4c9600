//! What comes in from a party: is it the party, is it sound we agreed on, and what does it say about the network.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use super::{
    command::{EndpointId, Stream},
    event::MediaEvent,
    lock::Lock,
    outbox::Outbox,
    sender::ticks,
};
use crate::{
    codec::{COMFORT_NOISE_PT, Codec},
    rtp::{Arrived, Packet, Reception},
};

/// A party that is expected to speak and sends nothing so long is silent.
pub(super) const SILENCE: Duration = Duration::from_secs(30);

/// Reception side of an endpoint.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    pub(super) lock: Lock,
    pub(super) reception: Reception,
    /// RTP was believed since the last `Heard` became due.
    heard: bool,
    /// Since when sound is expected; `None` while the party is held.
    expected: Option<Instant>,
    last: Option<Instant>,
    /// When RTCP of the party last came: it lives, though it may be muted and suppress silence.
    pub(super) reported: Option<Instant>,
    /// `Silent` went out for this silence.
    told: bool,
    pub(super) discarded_source: u64,
    pub(super) discarded_packet: u64,
}

/// What a believed packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Sound(Codec),
    TelephoneEvent,
    /// Comfort noise (RFC 3389): a sign of life, never passed on.
    Comfort,
}

/// A packet that was taken.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) packet: Packet,
    pub(super) content: Content,
    /// The party is heard for the first time, or again.
    pub(super) first: bool,
}

impl Incoming {
    /// Takes an RTP packet or drops it.
    pub(super) fn rtp(
        &mut self,
        now: Instant,
        opened: Instant,
        stream: &Stream,
        from: SocketAddr,
        bytes: &[u8],
    ) -> Option<Taken> {
        let Some((packet, content)) = read(stream, bytes) else {
            // A stranger's rubbish is a stranger's: both counts tell who misbehaves.
            let counter = if from.ip() == stream.remote.ip() {
                &mut self.discarded_packet
            } else {
                &mut self.discarded_source
            };
            *counter = counter.saturating_add(1);
            return None;
        };
        if !self.lock.believes(now, stream, from) {
            self.discarded_source = self.discarded_source.saturating_add(1);
            return None;
        }
        let arrival = ticks(now.saturating_duration_since(opened));
        let timed = matches!(content, Content::Sound(_));
        let arrived = self
            .reception
            .packet(&packet.header, packet.payload.len(), arrival, timed);
        if arrived == Arrived::Wild {
            self.discarded_packet = self.discarded_packet.saturating_add(1);
            return None;
        }
        self.last = Some(now);
        self.told = false;
        let first = !std::mem::replace(&mut self.heard, true);
        Some(Taken {
            packet,
            content,
            first,
        })
    }

    /// A new stream is in force.
    pub(super) fn connected(&mut self, now: Instant, before: Option<&Stream>, stream: &Stream) {
        if before.is_none_or(|b| b.remote != stream.remote || b.source != stream.source) {
            self.lock.reset();
            self.heard = false;
        }
        self.told = false;
        self.expected = stream.receive_audio.then_some(now);
    }

    /// When the party counts as silent if nothing comes; `None` when nothing is expected, or it was told.
    pub(super) fn silent_at(&self) -> Option<Instant> {
        let expected = self.expected.filter(|_| !self.told)?;
        let signs = self.last.max(self.reported);
        let since = signs.map_or(expected, |sign| sign.max(expected));
        Some(since + SILENCE)
    }

    /// The silence is told; the next packet is a first one.
    pub(super) fn silent(&mut self, endpoint: EndpointId, outbox: &mut Outbox) {
        self.heard = false;
        self.told = true;
        outbox.event(MediaEvent::Silent { endpoint });
    }
}

fn read(stream: &Stream, bytes: &[u8]) -> Option<(Packet, Content)> {
    let packet = Packet::parse(bytes).ok()?;
    let payload_type = packet.header.payload_type;
    let codec = stream.receive.iter().find(|(pt, _)| *pt == payload_type);
    let content = match codec {
        Some((_, codec)) => Content::Sound(*codec),
        None if stream.telephone_event_receive.contains(&payload_type) => Content::TelephoneEvent,
        None if payload_type == COMFORT_NOISE_PT => Content::Comfort,
        None => return None,
    };
    Some((packet, content))
}
