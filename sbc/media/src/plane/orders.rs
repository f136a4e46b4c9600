//! Orders of the signalling side, one function each, and the moves of endpoints between planes.

use std::time::Instant;

use super::{
    Plane,
    command::{EndpointId, Generation, MediaCommand, Source, Stream},
    endpoint::{Endpoint, Hearing, MAX_LISTENERS, Pending, Voice, heard_by},
    event::MediaEvent,
    incoming::Incoming,
    keys::Keys,
    library::Tone,
    mixer::{MAX_PARTIES, Mixer},
    player::Player,
    relay::Relay,
    reporting::Reporting,
    sender::Sender,
    tick::FLUSH,
};
use crate::dtmf::tones;

/// One arm per order.
pub(super) fn carry_out(plane: &mut Plane, now: Instant, command: MediaCommand) {
    match command {
        MediaCommand::Open {
            endpoint,
            rtp,
            rtcp,
            ssrc,
            sequence,
            timestamp,
        } => {
            plane.open(
                now,
                endpoint,
                (rtp, rtcp),
                Sender::new(ssrc, sequence, timestamp),
            );
        }
        MediaCommand::Attach {
            endpoint,
            generation,
            terms,
        } => plane.attach(now, endpoint, generation, *terms),
        MediaCommand::Connect {
            endpoint,
            generation,
            stream,
        } => {
            plane.connect(now, endpoint, generation, stream);
        }
        MediaCommand::Hear {
            endpoint,
            generation,
            source,
        } => {
            plane.hear(now, endpoint, generation, source);
        }
        MediaCommand::Press {
            endpoint,
            digit,
            duration_ms,
        } => {
            if let Some(pressed) = plane.table.get_mut(endpoint) {
                pressed.keys.press(digit, duration_ms);
                plane.wake(now, endpoint);
            }
        }
        MediaCommand::Close { endpoint } => plane.close(now, endpoint),
    }
}

impl Plane {
    pub(super) fn failed(&mut self, endpoint: EndpointId, generation: Generation) {
        self.studio.outbox.event(MediaEvent::Failed {
            endpoint,
            generation,
        });
    }

    fn open(&mut self, now: Instant, id: EndpointId, ports: (u16, Option<u16>), sender: Sender) {
        if self.table.get(id).is_some() {
            return;
        }
        if self.table.len() >= self.limits.endpoints {
            return self.failed(id, Generation(0));
        }
        let endpoint = Endpoint {
            id,
            rtp: ports.0,
            rtcp: ports.1,
            opened: now,
            stream: None,
            incoming: Incoming::default(),
            sender,
            hearing: Hearing {
                generation: Generation(0),
                source: Source::Silence,
                voice: Voice::Quiet(FLUSH),
            },
            keys: Keys::default(),
            listeners: self.absent.remove(&id).unwrap_or_default(),
            due: None,
            begins: true,
            reporting: Reporting::new(self.random.cname()),
            browser: None,
            pending: Pending::default(),
        };
        self.table.insert(Box::new(endpoint));
    }

    fn connect(&mut self, now: Instant, id: EndpointId, generation: Generation, stream: Stream) {
        let Some(endpoint) = self.table.get_mut(id) else {
            return self.failed(id, generation);
        };
        let before = endpoint.stream.as_ref();
        if before == Some(&stream) {
            return;
        }
        let goes_on = before.is_some_and(|before| {
            let same_way = before.remote == stream.remote && before.send == stream.send;
            same_way && before.codec == stream.codec
        });
        endpoint.incoming.connected(now, before, &stream);
        endpoint.keys.connected(stream.inband_dtmf);
        endpoint.stream = Some(stream);
        if !goes_on {
            endpoint.change();
            if let Voice::Quiet(left) = &mut endpoint.hearing.voice {
                *left = FLUSH;
            }
        }
        self.arm(now, id);
        self.wake(now, id);
    }

    fn hear(&mut self, now: Instant, id: EndpointId, generation: Generation, source: Source) {
        let Some(endpoint) = self.table.get_mut(id) else {
            return self.failed(id, generation);
        };
        let hearing = &mut endpoint.hearing;
        // A prompt said again is played again; all else just goes on.
        let anew = matches!(source, Source::Play { repeat: false, .. });
        if hearing.source == source && (!anew || hearing.generation == generation) {
            hearing.generation = generation;
            return;
        }
        let heard = heard_by(&source, id);
        let full = heard.iter().any(|&heard| self.listeners_full(heard, id));
        if full || heard.len() > MAX_PARTIES {
            return self.failed(id, generation);
        }
        let voice = self.voice(id, &source);
        self.unlink(id);
        if let Some(endpoint) = self.table.get_mut(id) {
            endpoint.hearing = Hearing {
                generation,
                source,
                voice,
            };
            endpoint.change();
        }
        self.link(id);
        self.wake(now, id);
    }

    fn voice(&mut self, id: EndpointId, source: &Source) -> Voice {
        let (tone, country) = match source {
            Source::Silence => return Voice::Quiet(FLUSH),
            Source::Endpoint(_) => {
                return Voice::Relay {
                    relay: Relay::default(),
                    interpreter: None,
                };
            }
            Source::Mix(_) => {
                return Voice::Mix(Box::new(Mixer::new(heard_by(source, id).into_iter())));
            }
            Source::Play { sounds, repeat } => {
                return Voice::Player(Player::sounds(sounds.clone(), *repeat, &mut self.studio));
            }
            Source::RingbackOver { country, sounds } => {
                let bell = self.studio.library.tone(Tone::Ringback, *country);
                let sounds = Player::sounds(sounds.clone(), true, &mut self.studio);
                return Voice::Player(sounds.under(bell, tones::ringback_frames(*country)));
            }
            Source::Ringback(country) => (Tone::Ringback, *country),
            Source::Busy(country) => (Tone::Busy, *country),
            Source::Congestion(country) => (Tone::Congestion, *country),
        };
        Voice::Player(Player::endless(self.studio.library.tone(tone, country)))
    }

    fn close(&mut self, now: Instant, id: EndpointId) {
        self.unlink(id);
        let Some(mut endpoint) = self.take(id) else {
            return;
        };
        if endpoint.was_there()
            && let Some((channel, to)) = endpoint.rtcp_route()
        {
            let mut goodbye = Vec::new();
            endpoint.write_goodbye(now, &mut goodbye);
            endpoint.transmit(now, &mut self.studio.outbox, (channel, to), &goodbye);
        }
        self.studio.outbox.event(MediaEvent::Closed {
            endpoint: id,
            rtp: endpoint.rtp,
            rtcp: endpoint.rtcp,
            report: endpoint.report(),
        });
    }

    /// Takes an endpoint out, to be inserted into another plane. What it hears and who hears it is resumed when all are
    /// in one plane again.
    pub fn remove(&mut self, id: EndpointId) -> Option<Endpoint> {
        self.unlink(id);
        let mut endpoint = self.take(id)?;
        self.ticking.retain(|ticking| *ticking != id);
        endpoint.due = None;
        endpoint.pending = Pending::default();
        Some(*endpoint)
    }

    /// Puts an endpoint in that another plane gave up. If the plane is full it comes back.
    pub fn insert(&mut self, now: Instant, mut endpoint: Endpoint) -> Result<(), Box<Endpoint>> {
        let id = endpoint.id;
        if self.table.len() >= self.limits.endpoints || self.table.get(id).is_some() {
            return Err(Box::new(endpoint));
        }
        endpoint.listeners = self.absent.remove(&id).unwrap_or_default();
        self.table.insert(Box::new(endpoint));
        self.link(id);
        self.arm(now, id);
        self.watch_browser(now, id);
        self.wake(now, id);
        Ok(())
    }

    /// Out of the table; those who hear it wait for it.
    fn take(&mut self, id: EndpointId) -> Option<Box<Endpoint>> {
        let mut endpoint = self.table.remove(id)?;
        let listeners = std::mem::take(&mut endpoint.listeners);
        if !listeners.is_empty() {
            self.absent.insert(id, listeners);
        }
        Some(endpoint)
    }

    fn listeners_full(&self, heard: EndpointId, listener: EndpointId) -> bool {
        let listeners = match self.table.get(heard) {
            Some(endpoint) => Some(&endpoint.listeners),
            None => self.absent.get(&heard),
        };
        listeners.is_some_and(|l| l.len() >= MAX_LISTENERS && !l.contains(&listener))
    }

    /// Enters a listener with all that it hears.
    fn link(&mut self, listener: EndpointId) {
        let Some(endpoint) = self.table.get(listener) else {
            return;
        };
        for heard in heard_by(&endpoint.hearing.source, listener) {
            let listeners = match self.table.get_mut(heard) {
                Some(endpoint) => &mut endpoint.listeners,
                None => self.absent.entry(heard).or_default(),
            };
            if !listeners.contains(&listener) {
                listeners.push(listener);
            }
        }
    }

    /// Takes a listener out wherever it is entered.
    fn unlink(&mut self, listener: EndpointId) {
        let Some(endpoint) = self.table.get(listener) else {
            return;
        };
        for heard in heard_by(&endpoint.hearing.source, listener) {
            if let Some(endpoint) = self.table.get_mut(heard) {
                endpoint.listeners.retain(|l| *l != listener);
            } else if let Some(listeners) = self.absent.get_mut(&heard) {
                listeners.retain(|l| *l != listener);
                if listeners.is_empty() {
                    self.absent.remove(&heard);
                }
            }
        }
    }
}
