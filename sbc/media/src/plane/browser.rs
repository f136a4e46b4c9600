//! A party that is a browser: its packets are opened before the plane looks at them and sealed after it wrote them, and whether
//! it is there is told by its sound alone.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use super::{
    Plane,
    command::{EndpointId, Generation},
    deadline::Due,
    endpoint::Endpoint,
    event::{Channel, MediaEvent, PlaneOutput},
    outbox::Outbox,
};
use crate::webrtc::{Arrived, NOWHERE, Terms, Transport};

/// Without sound for so long a browser counts as lost: what it says in the socket or in ICE is no comfort to who listens.
pub(super) const LOST: Duration = Duration::from_secs(2);

/// The browser of an endpoint.
#[derive(Debug)]
pub(super) struct Browser {
    transport: Transport,
    /// The `Attach` that is in force; events carry it.
    generation: Generation,
    presence: Presence,
}

/// Whether the browser is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    /// The handshake of the first attachment goes on; whoever ordered it waits.
    Awaited,
    /// Sound was due from then on, or came then.
    There(Instant),
    /// `Lost` was told.
    Lost,
}

impl Plane {
    /// An endpoint gets a browser, or another one: what it hears and who hears it stays.
    pub(super) fn attach(
        &mut self,
        now: Instant,
        id: EndpointId,
        generation: Generation,
        terms: Terms,
    ) {
        let Some(endpoint) = self.table.get_mut(id) else {
            return self.failed(id, generation);
        };
        match &mut endpoint.browser {
            Some(browser) if browser.generation == generation => return,
            Some(browser) => {
                browser.generation = generation;
                if browser.transport.attach(terms) {
                    let outbox = &mut self.studio.outbox;
                    outbox.event(MediaEvent::Attached {
                        endpoint: id,
                        generation,
                    });
                }
            }
            none => {
                *none = Some(Box::new(Browser {
                    transport: Transport::new(terms),
                    generation,
                    presence: Presence::Awaited,
                }));
            }
        }
        self.watch_browser(now, id);
    }

    /// Takes a datagram that came to a browser's port.
    pub(super) fn browser_packet(
        &mut self,
        now: Instant,
        id: EndpointId,
        from: SocketAddr,
        bytes: &[u8],
    ) {
        let Some(endpoint) = self.table.get_mut(id) else {
            return;
        };
        let Some(browser) = &mut endpoint.browser else {
            return;
        };
        let outbox = &mut self.studio.outbox;
        let mut send = |to: SocketAddr, datagram: &[u8]| {
            outbox.send(id, Channel::Rtp, to, |out| out.extend_from_slice(datagram));
        };
        match browser.transport.packet(now, from, bytes, &mut send) {
            Arrived::Nothing => {}
            Arrived::Refused => {
                let refused = &mut endpoint.incoming.discarded_source;
                *refused = refused.saturating_add(1);
            }
            Arrived::Agreed => {
                if browser.presence == Presence::Awaited {
                    browser.presence = Presence::There(now);
                }
                let generation = browser.generation;
                self.studio.outbox.event(MediaEvent::Attached {
                    endpoint: id,
                    generation,
                });
            }
            Arrived::Rtp(mut plain) => {
                let before = browser.presence;
                browser.presence = Presence::There(now);
                if before == Presence::Lost {
                    self.studio.outbox.event(MediaEvent::Back { endpoint: id });
                }
                self.plain_packet(now, id, &mut plain);
            }
            Arrived::Rtcp(mut plain) => self.plain_packet(now, id, &mut plain),
        }
        self.watch_browser(now, id);
    }

    /// A packet of a browser, opened.
    fn plain_packet(&mut self, now: Instant, id: EndpointId, plain: &mut [u8]) {
        let relayed = self.opened(now, id, Channel::Rtp, NOWHERE, plain);
        if let Some(PlaneOutput::Send {
            endpoint,
            channel,
            to,
            bytes,
        }) = relayed
        {
            let outbox = &mut self.studio.outbox;
            outbox.send(endpoint, channel, to, |out| out.extend_from_slice(bytes));
        }
    }

    /// Sets the deadline a browser needs, unless an earlier one is set.
    pub(super) fn watch_browser(&mut self, now: Instant, id: EndpointId) {
        let Some(endpoint) = self.table.get_mut(id) else {
            return;
        };
        let Some(browser) = &endpoint.browser else {
            return;
        };
        let Some(at) = browser.next(now) else { return };
        if endpoint.pending.browser.is_none_or(|set| at < set) {
            endpoint.pending.browser = Some(at);
            self.deadlines.add(at, id, Due::Browser);
        }
    }
}

impl Browser {
    /// When to look again: a repetition of the handshake, or the moment the silence is too long.
    fn next(&self, now: Instant) -> Option<Instant> {
        let lost = match self.presence {
            Presence::There(since) => Some(since + LOST),
            Presence::Awaited | Presence::Lost => None,
        };
        // A time that has passed is looked at soon, never at once: whoever waits for it asks again and again.
        let soon = now + Duration::from_millis(5);
        [self.transport.next(), lost]
            .into_iter()
            .flatten()
            .min()
            .map(|at| at.max(soon))
    }
}

impl Endpoint {
    /// The browser's deadline came; gives the next one.
    pub(super) fn tick_browser(&mut self, now: Instant, outbox: &mut Outbox) -> Option<Instant> {
        let id = self.id;
        let browser = self.browser.as_mut()?;
        browser.transport.tick(now, &mut |to, datagram| {
            outbox.send(id, Channel::Rtp, to, |out| out.extend_from_slice(datagram));
        });
        if let Presence::There(since) = browser.presence
            && since + LOST <= now
        {
            browser.presence = Presence::Lost;
            outbox.event(MediaEvent::Lost { endpoint: id });
        }
        browser.next(now)
    }

    /// Queues a packet for the party, RTP or RTCP, sealed when it is a browser.
    pub(super) fn transmit(
        &mut self,
        now: Instant,
        outbox: &mut Outbox,
        (channel, to): (Channel, SocketAddr),
        bytes: &[u8],
    ) {
        let id = self.id;
        let mut send = |to: SocketAddr, datagram: &[u8]| {
            outbox.send(id, channel, to, |out| out.extend_from_slice(datagram));
        };
        match &mut self.browser {
            Some(browser) => browser.transport.seal(now, bytes, &mut send),
            None => send(to, bytes),
        }
    }
}
