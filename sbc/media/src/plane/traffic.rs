//! A datagram comes in: whose it is, what it says, and who is to hear it.

use std::{net::SocketAddr, time::Instant};

use smallvec::SmallVec;

use super::{
    Plane,
    command::EndpointId,
    endpoint::{Endpoint, Voice},
    event::{Channel, MediaEvent, PlaneOutput},
    incoming::{Content, Taken},
    keys::Pressed,
};
use crate::{
    dtmf::{Digit, DigitBy},
    rtp::is_rtcp,
};

impl Plane {
    /// Takes a datagram that arrived at an endpoint's socket. A relayed packet is rewritten in `bytes` and given back to be
    /// sent at once; what else follows (events, copies for further listeners) waits in [`Plane::poll`].
    /// `from` is compared as it is: give an IPv4 peer as IPv4, not mapped into IPv6.
    pub fn packet<'b>(
        &mut self,
        now: Instant,
        endpoint: EndpointId,
        channel: Channel,
        from: SocketAddr,
        bytes: &'b mut [u8],
    ) -> Option<PlaneOutput<'b>> {
        if self.table.get(endpoint)?.browser.is_some() {
            self.browser_packet(now, endpoint, from, bytes);
            return None;
        }
        self.opened(now, endpoint, channel, from, bytes)
    }

    /// A packet that anybody can read: of a phone as it came, of a browser once opened.
    pub(super) fn opened<'b>(
        &mut self,
        now: Instant,
        endpoint: EndpointId,
        channel: Channel,
        from: SocketAddr,
        bytes: &'b mut [u8],
    ) -> Option<PlaneOutput<'b>> {
        let party = self.table.get_mut(endpoint)?;
        if channel == Channel::Rtcp || is_rtcp(bytes) {
            party.rtcp_packet(now, channel, from, bytes);
            return None;
        }
        let (taken, passes_on) = party.rtp_packet(now, from, bytes)?;
        let keys = party.keys_in(now, &taken, bytes);
        let listeners = party.listeners.clone();
        if taken.first {
            self.studio.outbox.event(MediaEvent::Heard { endpoint });
            self.arm(now, endpoint);
        }
        for (digit, by) in keys {
            self.key(now, (endpoint, digit, by), &listeners);
        }
        if !passes_on {
            return None;
        }
        let (&last, others) = listeners.split_last()?;
        for &listener in others {
            self.copy(now, (endpoint, listener), &taken, bytes);
        }
        let listener = self.table.get_mut(last)?;
        let (to, bytes) = listener.forward(now, endpoint, &taken, bytes)?;
        if listener.browser.is_some() {
            let outbox = &mut self.studio.outbox;
            listener.transmit(now, outbox, (Channel::Rtp, to), bytes);
            return None;
        }
        Some(PlaneOutput::Send {
            endpoint: last,
            channel: Channel::Rtp,
            to,
            bytes,
        })
    }

    /// A second listener needs a packet of its own.
    fn copy(
        &mut self,
        now: Instant,
        (from, to): (EndpointId, EndpointId),
        taken: &Taken,
        bytes: &[u8],
    ) {
        let Some(listener) = self.table.get_mut(to) else {
            return;
        };
        let mut copy: SmallVec<[u8; 256]> = SmallVec::from_slice(bytes);
        if let Some((address, packet)) = listener.forward(now, from, taken, &mut copy) {
            let outbox = &mut self.studio.outbox;
            listener.transmit(now, outbox, (Channel::Rtp, address), packet);
        }
    }

    /// A key was pressed: told once, and pressed again for those who hear the party and cannot take it the way it came.
    fn key(
        &mut self,
        now: Instant,
        (endpoint, digit, by): (EndpointId, Digit, DigitBy),
        listeners: &[EndpointId],
    ) {
        self.studio.outbox.event(MediaEvent::Digit {
            endpoint,
            digit,
            by,
        });
        for &id in listeners {
            let Some(listener) = self.table.get_mut(id) else {
                continue;
            };
            let events = listener
                .stream
                .as_ref()
                .is_some_and(|stream| stream.telephone_event.is_some());
            if listener.relays() && events == (by == DigitBy::InBand) {
                listener.keys.press(digit, RELAYED_PRESS_MS);
                self.wake(now, id);
            }
        }
    }
}

/// Length of a key press that changes its form on the way: long enough for every receiver (ITU-T Q.24 asks for 40 ms).
const RELAYED_PRESS_MS: u16 = 100;

impl Endpoint {
    fn rtcp_packet(&mut self, now: Instant, channel: Channel, from: SocketAddr, bytes: &[u8]) {
        let shared = channel == Channel::Rtp;
        let believed = match &self.stream {
            Some(stream) => self.incoming.lock.believes_rtcp(stream, from, shared),
            None => false,
        };
        if believed {
            self.incoming.reported = Some(now);
            self.feedback(now, bytes);
        } else {
            self.incoming.discarded_source = self.incoming.discarded_source.saturating_add(1);
        }
    }

    /// Takes RTP; also tells whether listeners are to get it.
    fn rtp_packet(
        &mut self,
        now: Instant,
        from: SocketAddr,
        bytes: &[u8],
    ) -> Option<(Taken, bool)> {
        let Some(stream) = &self.stream else {
            self.incoming.discarded_source = self.incoming.discarded_source.saturating_add(1);
            return None;
        };
        let taken = self.incoming.rtp(now, self.opened, stream, from, bytes)?;
        Some((taken, stream.receive_audio))
    }

    /// The keys that this packet begins.
    fn keys_in(&mut self, now: Instant, taken: &Taken, bytes: &[u8]) -> Pressed {
        let payload = bytes.get(taken.packet.payload.clone()).unwrap_or_default();
        let keys = match taken.content {
            Content::Sound(codec) => self.keys.sound(now, codec, payload),
            Content::TelephoneEvent => self.keys.event(now, &taken.packet.header, payload),
            Content::Comfort => Pressed::new(),
        };
        self.reporting.digits = self.reporting.digits.saturating_add(keys.len() as u32);
        keys
    }

    /// Whether the party hears another one as it is.
    fn relays(&self) -> bool {
        matches!(self.hearing.voice, Voice::Relay { .. })
    }
}
