//! A party's sound: real RTP (RFC 3550) with its own tone, keys by RFC 4733 or in-band, and an ear for the last moments.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use media::Codec;
use media::codec::{Decoder, Encoder};

use crate::sounds;

/// One packet.
const FRAME: Duration = Duration::from_millis(20);
/// How far back the ear remembers.
const MEMORY: Duration = Duration::from_millis(200);
/// A key is held for five frames, then three end packets (RFC 4733 2.5.1.4).
const KEY_FRAMES: u16 = 5;
/// Between two keys.
const KEY_PAUSE: u16 = 5;

/// What a party heard of late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sound {
    /// Nothing.
    Silence,
    /// These: parties by their label, prompts by their name, `ringing`, `music`.
    Heard(Vec<String>),
}

#[derive(Debug)]
struct Heard {
    at: Duration,
    codec: Codec,
    payload: Vec<u8>,
}

/// The sound of one call of a party.
#[derive(Debug)]
pub(crate) struct Audio {
    pub(crate) port: u16,
    /// Where its RTP goes, once agreed.
    pub(crate) remote: Option<SocketAddr>,
    pub(crate) codec: Codec,
    /// Payload type for keys, once agreed.
    pub(crate) events: Option<u8>,
    /// Whether it may speak.
    pub(crate) sends: bool,
    /// What it wants: `sendrecv`, `sendonly`, `inactive`.
    pub(crate) direction: &'static str,
    pub(crate) version: u32,
    /// Keys of the other side, by RFC 4733.
    pub(crate) keys_heard: String,
    /// Broken promises about the stream it is sent.
    pub(crate) faults: Vec<String>,
    tone: u32,
    frame: Vec<u8>,
    wide: Option<(Encoder, Vec<i16>)>,
    next: Option<Duration>,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    keys: VecDeque<char>,
    /// Frames done of the key under way, and its timestamp.
    key: Option<(char, u16, u32)>,
    heard: VecDeque<Heard>,
    stream: Option<(u32, u16)>,
    last_event: Option<u32>,
}

impl Audio {
    pub(crate) fn new(port: u16, tone: u32) -> Audio {
        Audio {
            port,
            remote: None,
            codec: Codec::Pcma,
            events: None,
            sends: true,
            direction: "sendrecv",
            version: 1,
            keys_heard: String::new(),
            faults: Vec::new(),
            tone,
            frame: Vec::new(),
            wide: None,
            next: None,
            sequence: port,
            timestamp: u32::from(port) * 7,
            ssrc: u32::from(port) << 8 | tone,
            keys: VecDeque::new(),
            key: None,
            heard: VecDeque::new(),
            stream: None,
            last_event: None,
        }
    }

    /// The other side is known: speak from now on.
    pub(crate) fn connect(&mut self, now: Duration, remote: SocketAddr, codec: Codec) {
        self.remote = Some(remote);
        if self.frame.is_empty() || codec != self.codec {
            self.codec = codec;
            self.frame.clear();
            self.wide = match codec {
                Codec::G722 => Some((Encoder::new(codec), sounds::sine(self.tone, 16_000, 320))),
                _ => {
                    Encoder::new(codec)
                        .encode(&sounds::sine(self.tone, 8_000, 160), &mut self.frame);
                    None
                }
            };
        }
        self.next.get_or_insert(now);
    }

    pub(crate) fn stop(&mut self) {
        self.next = None;
        self.keys.clear();
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.next
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.extend(keys.chars());
    }

    pub(crate) fn is_pressing(&self) -> bool {
        self.key.is_some() || !self.keys.is_empty()
    }

    /// The next packet that is due.
    pub(crate) fn speak(&mut self, now: Duration) -> Option<(SocketAddr, Vec<u8>)> {
        let at = self.next.filter(|at| *at <= now)?;
        // After a silence of its own it begins now, not with what it did not say.
        self.next = Some((at + FRAME).max(now));
        self.timestamp = self.timestamp.wrapping_add(160);
        let remote = self.remote.filter(|remote| !remote.ip().is_unspecified())?;
        if self.key.is_none() {
            self.key = self.keys.pop_front().map(|key| (key, 0, self.timestamp));
        }
        if let Some((key, frame, began)) = self.key {
            let all = KEY_FRAMES + 3 + KEY_PAUSE;
            self.key = (frame + 1 < all).then_some((key, frame + 1, began));
            return match self.events {
                Some(events) if frame < KEY_FRAMES + 3 => {
                    Some((remote, self.event(events, key, frame, began)))
                }
                None if frame < KEY_FRAMES => Some((remote, self.in_band(key, frame))),
                // Between two keys in the sound there is sound.
                None => Some(self.tone_packet(remote)),
                _ => None,
            };
        }
        if !self.sends {
            return None;
        }
        Some(self.tone_packet(remote))
    }

    /// 20 ms of its own tone.
    fn tone_packet(&mut self, remote: SocketAddr) -> (SocketAddr, Vec<u8>) {
        let payload = match &mut self.wide {
            Some((encoder, samples)) => {
                let mut payload = Vec::new();
                encoder.encode(samples, &mut payload);
                payload
            }
            None => self.frame.clone(),
        };
        let timestamp = self.timestamp;
        (
            remote,
            self.packet(self.codec.static_pt(), false, timestamp, &payload),
        )
    }

    fn packet(&mut self, kind: u8, marker: bool, timestamp: u32, payload: &[u8]) -> Vec<u8> {
        self.sequence = self.sequence.wrapping_add(1);
        let mut bytes = vec![0x80, kind | if marker { 0x80 } else { 0 }];
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(timestamp.to_be_bytes());
        bytes.extend(self.ssrc.to_be_bytes());
        bytes.extend(payload);
        bytes
    }

    fn event(&mut self, kind: u8, key: char, frame: u16, began: u32) -> Vec<u8> {
        let code = "0123456789*#ABCD".find(key).expect("a key of a telephone");
        let end = frame >= KEY_FRAMES;
        let duration = 160 * (frame + 1).min(KEY_FRAMES);
        let [high, low] = duration.to_be_bytes();
        let payload = [
            u8::try_from(code).expect("16 keys"),
            if end { 0x8a } else { 0x0a },
            high,
            low,
        ];
        self.packet(kind, frame == 0, began, &payload)
    }

    fn in_band(&mut self, key: char, frame: u16) -> Vec<u8> {
        let place = "123A456B789C*0#D".find(key).expect("a key of a telephone");
        let (row, column) = (
            [697.0, 770.0, 852.0, 941.0][place / 4],
            [1209.0, 1336.0, 1477.0, 1633.0][place % 4],
        );
        let samples: Vec<i16> = (0..160)
            .map(|n| {
                let t = f64::from(u32::from(frame) * 160 + n) / 8_000.0 * std::f64::consts::TAU;
                (((t * row).sin() + (t * column).sin()) * 6_000.0) as i16
            })
            .collect();
        let mut payload = Vec::new();
        Encoder::new(self.codec).encode(&samples, &mut payload);
        let timestamp = self.timestamp;
        self.packet(self.codec.static_pt(), false, timestamp, &payload)
    }

    /// A packet came.
    pub(crate) fn arrived(&mut self, now: Duration, bytes: &[u8]) {
        if bytes.len() < 12 || matches!(bytes[1], 192..=223) {
            return;
        }
        let kind = bytes[1] & 0x7f;
        let sequence = u16::from_be_bytes([bytes[2], bytes[3]]);
        let timestamp = u32::from_be_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
        let ssrc = u32::from_be_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
        // One SSRC and one run of numbers, whatever the source is (RFC 3550; DESIGN: one continuous stream).
        match self.stream {
            Some((known, _)) if known != ssrc => {
                self.faults.push(format!("SSRC changed at {now:?}"))
            }
            Some((_, last))
                if sequence.wrapping_sub(last).min(last.wrapping_sub(sequence)) > 200 =>
            {
                self.faults.push(format!(
                    "sequence jumped from {last} to {sequence} at {now:?}"
                ));
            }
            _ => {}
        }
        self.stream = Some((ssrc, sequence));
        if Some(kind) == self.events && self.last_event != Some(timestamp) {
            self.last_event = Some(timestamp);
            let code = usize::from(bytes.get(12).copied().unwrap_or(0xff));
            self.keys_heard.extend("0123456789*#ABCD".chars().nth(code));
        }
        let Some(codec) = Codec::from_static_pt(kind) else {
            return;
        };
        self.heard.push_back(Heard {
            at: now,
            codec,
            payload: bytes[12..].to_vec(),
        });
        while self
            .heard
            .front()
            .is_some_and(|heard| heard.at + MEMORY < now)
        {
            self.heard.pop_front();
        }
    }

    /// What was heard in the last 200 ms, at 8 kHz. Too few packets are silence.
    pub(crate) fn samples(&self, now: Duration) -> Vec<i16> {
        let recent: Vec<&Heard> = self
            .heard
            .iter()
            .filter(|heard| heard.at + MEMORY > now)
            .collect();
        if recent.len() < 6 {
            return Vec::new();
        }
        let mut samples = Vec::new();
        let mut decoder = None;
        for heard in recent {
            let decoder = decoder.get_or_insert_with(|| Decoder::new(heard.codec));
            let mut part = Vec::new();
            decoder.decode(&heard.payload, &mut part);
            match heard.codec {
                Codec::G722 => samples.extend(part.iter().step_by(2)),
                _ => samples.extend(part),
            }
        }
        samples
    }
}
