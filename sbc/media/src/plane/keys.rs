//! Key presses of a party: heard in what it sends, and pressed towards it in its own way.

use std::{collections::VecDeque, time::Instant};

use smallvec::SmallVec;

use super::{
    coding::{NarrowDecoder, silence},
    endpoint::{Endpoint, Outgoing},
    sender::{FRAME, Run},
    studio::Studio,
};
use crate::{
    codec::{Codec, Encoder},
    dtmf::{
        Digit, DigitBy, Once,
        inband::Detector,
        rfc4733::{EventPacket, Receiver, Sender},
        tones::KeyTone,
    },
    rtp::Header,
};

/// The keys that one packet may begin: a long packet of sound may hold two.
pub(super) type Pressed = SmallVec<[(Digit, DigitBy); 2]>;

/// Presses that may wait; more are nobody's fingers.
const MAX_WAITING: usize = 32;
/// Frames between two presses: at least 50 ms, so that the same key twice is two keys (ITU-T Q.24 asks for 40 ms).
const PAUSE: u8 = 3;
/// Samples of 20 ms at most: G.722 has 320.
const MAX_SAMPLES: usize = 320;
/// Shortest and longest press, milliseconds.
const PRESS_MS: std::ops::RangeInclusive<u16> = 40..=5000;

/// Both directions of one party's keys.
#[derive(Debug, Default)]
pub(super) struct Keys {
    receiver: Receiver,
    ear: Option<Box<Ear>>,
    waiting: VecDeque<(Digit, u16)>,
    pressing: Option<Pressing>,
}

/// Listens for tones in the sound.
#[derive(Debug)]
struct Ear {
    decoder: NarrowDecoder,
    detector: Detector,
    samples: Vec<i16>,
    /// A party that sends its keys both ways presses once.
    once: Once,
}

/// A press that is being sent.
#[derive(Debug)]
enum Pressing {
    Event {
        sender: Sender,
        packets: u32,
    },
    Tone {
        codec: Codec,
        tone: KeyTone,
        encoder: Encoder,
    },
    Pause(u8),
}

impl Keys {
    /// A new stream: whether to listen for tones from now on.
    pub(super) fn connected(&mut self, inband: bool) {
        if !inband {
            self.ear = None;
        } else if self.ear.is_none() {
            self.ear = Some(Box::new(Ear {
                decoder: NarrowDecoder::new(Codec::Pcma),
                detector: Detector::default(),
                samples: Vec::new(),
                once: Once::new(Once::WINDOW),
            }));
        }
    }

    /// Sound of the party; gives the keys whose tones became certain in it.
    pub(super) fn sound(&mut self, now: Instant, codec: Codec, payload: &[u8]) -> Pressed {
        let Some(ear) = &mut self.ear else {
            return Pressed::new();
        };
        if ear.decoder.codec != codec {
            ear.decoder = NarrowDecoder::new(codec);
        }
        ear.decoder.decode(payload, &mut ear.samples);
        let Ear {
            detector,
            samples,
            once,
            ..
        } = &mut **ear;
        let heard = detector
            .listen(samples)
            .into_iter()
            .map(|digit| (digit, DigitBy::InBand));
        heard
            .filter(|(digit, by)| once.admit(now, *digit, *by))
            .collect()
    }

    /// A telephone-event packet of the party; gives the key that it begins.
    pub(super) fn event(&mut self, now: Instant, header: &Header, payload: &[u8]) -> Pressed {
        let by = DigitBy::Rfc4733;
        let digit = self.receiver.packet(now, header.timestamp, payload);
        let news = digit.filter(|digit| {
            self.ear
                .as_mut()
                .is_none_or(|ear| ear.once.admit(now, *digit, by))
        });
        news.map(|digit| (digit, by)).into_iter().collect()
    }

    /// Puts a press in the queue.
    pub(super) fn press(&mut self, digit: Digit, duration_ms: u16) {
        if self.waiting.len() < MAX_WAITING {
            let duration_ms = duration_ms.clamp(*PRESS_MS.start(), *PRESS_MS.end());
            self.waiting.push_back((digit, duration_ms));
        }
    }

    /// Whether a press is being sent or about to be; other sound waits meanwhile.
    pub(super) fn pressing(&self) -> bool {
        self.pressing.is_some() || !self.waiting.is_empty()
    }
}

impl Pressing {
    /// In the way the party understands.
    fn begin(outgoing: Outgoing, digit: Digit, duration_ms: u16) -> Self {
        let codec = outgoing.codec;
        match outgoing.telephone_event {
            Some(_) => Self::Event {
                sender: Sender::new(digit, duration_ms),
                packets: 0,
            },
            None => Self::Tone {
                codec,
                tone: KeyTone::new(digit, duration_ms, codec.sample_rate()),
                encoder: Encoder::new(codec),
            },
        }
    }
}

impl Endpoint {
    /// 20 ms of pressing. A party that does not want to hear us gets no keys either.
    pub(super) fn press_on(
        &mut self,
        now: Instant,
        outgoing: Option<Outgoing>,
        studio: &mut Studio,
    ) {
        let Some(outgoing) = outgoing else {
            self.keys.waiting.clear();
            self.keys.pressing = None;
            return;
        };
        let pressing = self.keys.pressing.take().or_else(|| {
            let (digit, duration_ms) = self.keys.waiting.pop_front()?;
            self.change();
            Some(Pressing::begin(outgoing, digit, duration_ms))
        });
        self.keys.pressing = match pressing {
            Some(Pressing::Event {
                mut sender,
                packets,
            }) => match sender.next() {
                Some(event) => {
                    self.send_event(now, outgoing, event, packets, studio);
                    Some(Pressing::Event {
                        sender,
                        packets: packets + 1,
                    })
                }
                None => Some(Pressing::Pause(PAUSE)),
            },
            Some(Pressing::Tone {
                codec,
                mut tone,
                mut encoder,
            }) => {
                let mut samples = [0; MAX_SAMPLES];
                let samples = samples.get_mut(..codec.frame_samples()).unwrap_or_default();
                let sounding = tone.fill(samples) && codec == outgoing.codec;
                let mut payload = Vec::new();
                encoder.encode(samples, &mut payload);
                let payload = if sounding {
                    &*payload
                } else {
                    silence(outgoing.codec)
                };
                self.send_own(now, 0, outgoing, payload, studio);
                Some(if sounding {
                    Pressing::Tone {
                        codec,
                        tone,
                        encoder,
                    }
                } else {
                    Pressing::Pause(PAUSE - 1)
                })
            }
            Some(Pressing::Pause(left)) => {
                if outgoing.telephone_event.is_none() {
                    self.send_own(now, 0, outgoing, silence(outgoing.codec), studio);
                }
                (left > 1).then_some(Pressing::Pause(left - 1))
            }
            None => None,
        };
        if self.keys.pressing.is_none() {
            self.change();
        }
    }

    /// One packet of a press: its own numbers, one timestamp.
    fn send_event(
        &mut self,
        now: Instant,
        outgoing: Outgoing,
        event: EventPacket,
        packets: u32,
        studio: &mut Studio,
    ) {
        let Some(payload_type) = outgoing.telephone_event else {
            return;
        };
        let held = (packets + 1).saturating_mul(FRAME);
        let header = if packets == 0 {
            self.begins = false;
            self.sender.stamp(now, Run::Begin, payload_type, FRAME)
        } else {
            self.sender.repeat(payload_type, held)
        };
        let header = Header {
            marker: event.marker,
            ..header
        };
        self.sender.count(event.payload.len());
        self.send_packet(now, outgoing, (header, &event.payload), studio);
    }
}
