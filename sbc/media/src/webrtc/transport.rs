//! One browser's transport as a value: what is done with a datagram, and how a packet of the plane leaves.

use super::{dtls::Dtls, ice::Agent, keys::Terms, kind::Kind, report, srtp::Srtp, wire::Edge};
use crate::rtp::is_rtcp;
use std::net::SocketAddr;
use std::time::Instant;

/// A datagram to send.
pub(crate) type Send<'a> = dyn FnMut(SocketAddr, &[u8]) + 'a;

/// A browser's way to us.
#[derive(Debug)]
pub(crate) struct Transport {
    terms: Terms,
    agent: Agent,
    dtls: Dtls,
    srtp: Option<Srtp>,
    edge: Edge,
}

/// What a datagram was.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Arrived {
    /// A part of the transport's own affairs.
    Nothing,
    /// The last part of the handshake: sound can flow.
    Agreed,
    /// RTP for the plane.
    Rtp(Vec<u8>),
    /// RTCP for the plane.
    Rtcp(Vec<u8>),
    /// From a stranger, or forged, or not agreed.
    Refused,
}

impl Transport {
    pub(crate) fn new(terms: Terms) -> Transport {
        Transport {
            agent: Agent::new(terms.local.clone(), &terms.remote_ufrag),
            dtls: Dtls::new(&terms),
            srtp: None,
            edge: Edge::new(terms.wire.clone()),
            terms,
        }
    }

    /// The browser comes again. One that shows the same certificate has kept its keys, or its half of the handshake (an ICE restart,
    /// RFC 8842 section 4.4): then so do we, and sound flows over the old path until there is a new one. Gives whether there are keys.
    /// A new browser counts our packets from its first one, so they begin low again.
    pub(crate) fn attach(&mut self, terms: Terms) -> bool {
        if terms == self.terms {
            return self.srtp.is_some();
        }
        let keeps = terms.fingerprint == self.terms.fingerprint && self.dtls.lives();
        if keeps {
            self.agent.restart(terms.local.clone(), &terms.remote_ufrag);
        } else {
            self.agent = Agent::new(terms.local.clone(), &terms.remote_ufrag);
            self.dtls = Dtls::new(&terms);
            self.srtp = None;
            self.edge.renumber();
        }
        if terms.wire != self.terms.wire || !keeps {
            self.edge.rewire(terms.wire.clone());
        }
        self.terms = terms;
        self.srtp.is_some()
    }

    /// Takes a datagram that came to the port.
    pub(crate) fn packet(
        &mut self,
        now: Instant,
        from: SocketAddr,
        bytes: &[u8],
        send: &mut Send<'_>,
    ) -> Arrived {
        match Kind::of(bytes) {
            Some(Kind::Stun) => match self.agent.take(now, from, bytes) {
                Some(answer) => {
                    send(from, &answer);
                    Arrived::Nothing
                }
                None => Arrived::Refused,
            },
            Some(kind) if self.agent.knows(now, from) => match kind {
                Kind::Dtls => self.handshake(now, from, bytes, send),
                Kind::Rtp => self.rtp(from, bytes).map_or(Arrived::Refused, Arrived::Rtp),
                _ => self.rtcp(bytes).map_or(Arrived::Refused, Arrived::Rtcp),
            },
            _ => Arrived::Refused,
        }
    }

    fn handshake(
        &mut self,
        now: Instant,
        from: SocketAddr,
        bytes: &[u8],
        send: &mut Send<'_>,
    ) -> Arrived {
        let keys = self.dtls.take(now, bytes);
        while let Some(datagram) = self.dtls.poll() {
            send(from, &datagram);
        }
        match keys {
            Some(keys) => {
                self.srtp = Some(keys);
                Arrived::Agreed
            }
            None => Arrived::Nothing,
        }
    }

    fn rtp(&mut self, from: SocketAddr, bytes: &[u8]) -> Option<Vec<u8>> {
        let plain = self.srtp.as_mut()?.open_rtp(bytes)?;
        self.agent.heard(from);
        self.edge.inward(&plain)
    }

    fn rtcp(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut plain = self.srtp.as_mut()?.open_rtcp(bytes)?.to_vec();
        report::slower(&mut plain, self.edge.ratio());
        Some(plain)
    }

    /// Sends a packet of the plane, RTP or RTCP; nothing before there are keys and a path.
    pub(crate) fn seal(&mut self, now: Instant, bytes: &[u8], send: &mut Send<'_>) {
        let (Some(srtp), Some(path)) = (&mut self.srtp, self.agent.path(now)) else {
            return;
        };
        if is_rtcp(bytes) {
            let mut plain = bytes.to_vec();
            report::faster(&mut plain, self.edge.ratio());
            if let Some(sealed) = srtp.seal_rtcp(&plain) {
                send(path, &sealed);
            }
            return;
        }
        for packet in self.edge.outward(bytes) {
            if let Some(sealed) = srtp.seal_rtp(&packet) {
                send(path, &sealed);
            }
        }
    }

    /// Repeats what the handshake waits for.
    pub(crate) fn tick(&mut self, now: Instant, send: &mut Send<'_>) {
        self.dtls.tick(now);
        while let Some(datagram) = self.dtls.poll() {
            if let Some(path) = self.agent.path(now) {
                send(path, &datagram);
            }
        }
    }

    /// When to call [`Transport::tick`].
    pub(crate) fn next(&self) -> Option<Instant> {
        self.dtls.next()
    }
}
