//! Sound of our own making: what one party hears is due every 20 ms, on a grid that all players of a plane share.

use std::time::{Duration, Instant};

use super::{
    coding::silence,
    endpoint::{Endpoint, Outgoing, Voice},
    event::{Channel, MediaEvent},
    player::Step,
    sender::{FRAME, Run},
    studio::Studio,
};
use crate::rtp::{HEADER, Header};

/// The grid.
pub(super) const TICK: Duration = Duration::from_millis(20);
/// After a late tick so many packets at once catch up; the rest follows at the next ones.
const CATCH_UP: usize = 2;
/// Further behind than this is not caught up: the clock jumps (a machine that slept).
const TOO_LATE: Duration = Duration::from_millis(200);
/// A party that hears nothing gets this many frames of silence, and then one a second.
pub(super) const FLUSH: u8 = 10;
/// The longest packet we make, in frames.
const MAX_FRAMES: u32 = 3;

impl Endpoint {
    /// Whether sound of our own is to be made at each tick.
    pub(super) fn makes_sound(&self) -> bool {
        let voice = match &self.hearing.voice {
            Voice::Quiet(left) => *left > 0,
            Voice::Relay { .. } => false,
            Voice::Player(_) | Voice::Mix(_) => true,
        };
        self.stream.is_some() && (voice || self.keys.pressing())
    }

    /// Sends what is due. Afterwards `due` says when to come again.
    pub(super) fn tick(&mut self, now: Instant, studio: &mut Studio) {
        let Some(mut due) = self.due else { return };
        let mut skipped = 0;
        let behind = now.saturating_duration_since(due);
        if behind > TOO_LATE {
            let lost = (behind.as_nanos() / TICK.as_nanos()) as u32;
            skipped = lost.wrapping_mul(FRAME);
            due += TICK * lost;
        }
        for _ in 0..CATCH_UP {
            if due > now || !self.makes_sound() {
                break;
            }
            let frames = self.sound(now, skipped, studio);
            skipped = 0;
            due += TICK * frames.max(1);
        }
        self.due = self.makes_sound().then_some(due);
        self.begins |= self.due.is_none();
    }

    /// Makes and sends one packet; gives the frames of time it took.
    fn sound(&mut self, now: Instant, skipped: u32, studio: &mut Studio) -> u32 {
        let outgoing = self.outgoing();
        if self.keys.pressing() {
            self.press_on(now, outgoing, studio);
            return 1;
        }
        let mut payload = std::mem::take(&mut studio.payload);
        payload.clear();
        let frames = self.make(now, studio, &mut payload);
        match outgoing {
            Some(outgoing) if frames > 0 => {
                self.send_own(now, skipped, outgoing, &payload, studio);
            }
            _ => self.begins = true,
        }
        studio.payload = payload;
        frames
    }

    /// Appends the next packet's sound to `payload`; gives its frames, 0 when there is nothing now.
    fn make(&mut self, now: Instant, studio: &mut Studio, payload: &mut Vec<u8>) -> u32 {
        let Some(stream) = &self.stream else {
            return 0;
        };
        let (codec, wanted) = (
            stream.codec,
            u32::from(stream.ptime / 20).clamp(1, MAX_FRAMES),
        );
        let generation = self.hearing.generation;
        match &mut self.hearing.voice {
            Voice::Relay { .. } => 0,
            Voice::Quiet(left) => {
                *left = left.saturating_sub(1);
                payload.extend_from_slice(silence(codec));
                1
            }
            Voice::Mix(mixer) => {
                (0..wanted).for_each(|_| mixer.mix(codec, payload));
                wanted
            }
            Voice::Player(player) => {
                let mut frames = 0;
                while frames < wanted {
                    match player.next(now, codec, studio, payload) {
                        Step::Frame => frames += 1,
                        Step::Again => {}
                        Step::Missing(sound) => {
                            studio.outbox.event(MediaEvent::Missing {
                                endpoint: self.id,
                                sound,
                            });
                        }
                        Step::Wait => break,
                        Step::End if frames > 0 => break,
                        Step::End => {
                            if player.tells() {
                                studio.outbox.event(MediaEvent::Played {
                                    endpoint: self.id,
                                    generation,
                                });
                            }
                            self.hearing.voice = Voice::Quiet(FLUSH);
                            self.sender.change();
                            break;
                        }
                    }
                }
                frames
            }
        }
    }

    /// Sends a packet of our own sound.
    pub(super) fn send_own(
        &mut self,
        now: Instant,
        skipped: u32,
        outgoing: Outgoing,
        payload: &[u8],
        studio: &mut Studio,
    ) {
        let run = if std::mem::take(&mut self.begins) {
            Run::Begin
        } else {
            Run::On { skipped }
        };
        let length = payload.len() as u32;
        let header = self.sender.stamp(now, run, outgoing.payload_type, length);
        self.sender.count(payload.len());
        self.send_packet(now, outgoing, (header, payload), studio);
    }

    /// Queues an RTP packet of our own.
    pub(super) fn send_packet(
        &mut self,
        now: Instant,
        outgoing: Outgoing,
        (header, payload): (Header, &[u8]),
        studio: &mut Studio,
    ) {
        let write = |bytes: &mut Vec<u8>| {
            bytes.extend_from_slice(&header.to_bytes());
            bytes.extend_from_slice(payload);
        };
        if self.browser.is_none() {
            let outbox = &mut studio.outbox;
            return outbox.send(self.id, Channel::Rtp, outgoing.to, write);
        }
        let mut packet = Vec::with_capacity(HEADER + payload.len());
        write(&mut packet);
        self.transmit(
            now,
            &mut studio.outbox,
            (Channel::Rtp, outgoing.to),
            &packet,
        );
    }

    /// One frame of silence, when nothing was sent for a while.
    pub(super) fn keep_alive(&mut self, now: Instant, studio: &mut Studio) {
        let Some(outgoing) = self.outgoing() else {
            return;
        };
        self.change();
        self.send_own(now, 0, outgoing, silence(outgoing.codec), studio);
        self.begins = true;
    }
}
