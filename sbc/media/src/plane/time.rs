//! What time brings: the shared 20 ms tick, reports, silence, and packets that keep a NAT open.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use super::{
    Plane,
    command::{EndpointId, Rtcp},
    deadline::Due,
    endpoint::Endpoint,
    event::Channel,
    tick::TICK,
};
use crate::rtcp::interval;

/// When we sent nothing for so long, we send one frame of silence (RFC 6263 section 4.1 asks for at most 15 s;
/// some carriers hang up earlier).
const KEEP_ALIVE: Duration = Duration::from_secs(1);

impl Plane {
    /// Does what is due. Being late is harmless: sound catches up without a burst.
    pub fn tick(&mut self, now: Instant) {
        if let Some(tick) = self.next_tick.filter(|tick| *tick <= now) {
            let Self {
                ticking,
                table,
                studio,
                ..
            } = self;
            ticking.retain(|id| {
                let Some(endpoint) = table.get_mut(*id) else {
                    return false;
                };
                endpoint.tick(now, studio);
                endpoint.due.is_some()
            });
            let late = now.saturating_duration_since(tick);
            let whole = (late.as_nanos() / TICK.as_nanos()) as u32;
            let next = tick + TICK * whole.saturating_add(1);
            self.next_tick = (!self.ticking.is_empty()).then_some(next);
        }
        while let Some((at, id, due)) = self.deadlines.take(now) {
            self.due(now, at, id, due);
        }
    }

    /// Joins the tick if there is sound to be made.
    pub(super) fn wake(&mut self, now: Instant, id: EndpointId) {
        let Some(endpoint) = self.table.get_mut(id) else {
            return;
        };
        if endpoint.due.is_some() || !endpoint.makes_sound() {
            return;
        }
        let tick = *self.next_tick.get_or_insert(now);
        endpoint.due = Some(tick);
        endpoint.begins = true;
        self.ticking.push(id);
    }

    /// Sets the deadlines that a connected endpoint needs and does not have.
    pub(super) fn arm(&mut self, now: Instant, id: EndpointId) {
        let Some(endpoint) = self.table.get_mut(id).filter(|e| e.stream.is_some()) else {
            return;
        };
        if endpoint.pending.report.is_none() {
            let at = now + interval(self.random.next() as u32, !endpoint.was_there());
            endpoint.pending.report = Some(at);
            self.deadlines.add(at, id, Due::Report);
        }
        if endpoint.pending.keep_alive.is_none() {
            let at = now + KEEP_ALIVE;
            endpoint.pending.keep_alive = Some(at);
            self.deadlines.add(at, id, Due::KeepAlive);
        }
        if endpoint.pending.silence.is_none()
            && let Some(at) = endpoint.incoming.silent_at()
        {
            endpoint.pending.silence = Some(at);
            self.deadlines.add(at, id, Due::Silence);
        }
    }

    fn due(&mut self, now: Instant, at: Instant, id: EndpointId, due: Due) {
        let Some(endpoint) = self.table.get_mut(id) else {
            return;
        };
        // A deadline from before a move counts no more.
        let pending = endpoint.pending.of(due);
        if *pending != Some(at) {
            return;
        }
        *pending = None;
        let next = match due {
            Due::Report => {
                if let Some((channel, to)) = endpoint.rtcp_route() {
                    let mut report = Vec::new();
                    endpoint.write_report(now, &mut report);
                    let outbox = &mut self.studio.outbox;
                    endpoint.transmit(now, outbox, (channel, to), &report);
                }
                Some(now + interval(self.random.next() as u32, false))
            }
            Due::KeepAlive => {
                let quiet_since = endpoint.sender.last_sent();
                let next = quiet_since.map_or(now, |sent| sent + KEEP_ALIVE);
                if next > now {
                    Some(next)
                } else {
                    if !endpoint.makes_sound() {
                        endpoint.keep_alive(now, &mut self.studio);
                    }
                    Some(now + KEEP_ALIVE)
                }
            }
            Due::Browser => endpoint.tick_browser(now, &mut self.studio.outbox),
            Due::Silence => match endpoint.incoming.silent_at() {
                Some(silent_at) if silent_at <= now => {
                    endpoint.incoming.silent(id, &mut self.studio.outbox);
                    None
                }
                later => later,
            },
        };
        *endpoint.pending.of(due) = next;
        if let Some(next) = next {
            self.deadlines.add(next, id, due);
        }
    }
}

impl Endpoint {
    /// By which socket and where to RTCP goes; `None` when there is no way.
    pub(super) fn rtcp_route(&self) -> Option<(Channel, SocketAddr)> {
        let stream = self.stream.as_ref()?;
        let (channel, to) = match stream.rtcp {
            Rtcp::Mux => (Channel::Rtp, self.incoming.lock.destination(stream)),
            Rtcp::Port(signalled) => {
                self.rtcp?;
                (
                    Channel::Rtcp,
                    self.incoming.lock.rtcp_destination(stream, signalled),
                )
            }
        };
        (to.port() != 0 && !to.ip().is_unspecified()).then_some((channel, to))
    }
}
