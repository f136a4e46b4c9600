//! A small world around a plane: a clock, phones that speak in tones, and what each of them was sent.

mod keys;
mod moves;
mod numbers;
mod player;
mod relay;
mod reports;
mod source;

use std::{
    f64::consts::TAU,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use smallvec::smallvec;

use super::*;
use crate::{
    codec::{Codec, Decoder, Encoder},
    dtmf::goertzel,
    rtp::{Header, Packet},
};

pub(super) const A: EndpointId = EndpointId(1);
pub(super) const B: EndpointId = EndpointId(2);
pub(super) const C: EndpointId = EndpointId(3);
pub(super) const FRAME: Duration = Duration::from_millis(20);

/// A datagram that the plane sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) at: Duration,
    pub(super) endpoint: EndpointId,
    pub(super) channel: Channel,
    pub(super) to: SocketAddr,
    pub(super) bytes: Vec<u8>,
}

impl Sent {
    pub(super) fn rtp(&self) -> Header {
        Packet::parse(&self.bytes).unwrap().header
    }

    pub(super) fn payload(&self) -> &[u8] {
        &self.bytes[12..]
    }
}

pub(super) struct World {
    pub(super) plane: Plane,
    pub(super) start: Instant,
    pub(super) now: Instant,
    pub(super) sent: Vec<Sent>,
    pub(super) events: Vec<MediaEvent>,
    pub(super) loads: Vec<SoundId>,
}

/// Address of the phone of an endpoint.
pub(super) fn phone(id: EndpointId) -> SocketAddr {
    format!("192.0.2.{}:4000", id.0).parse().unwrap()
}

pub(super) fn stranger() -> SocketAddr {
    "203.0.113.66:6666".parse().unwrap()
}

/// A stream as most phones negotiate it.
pub(super) fn stream(remote: SocketAddr, codec: Codec) -> Stream {
    Stream {
        remote,
        rtcp: Rtcp::Port(SocketAddr::new(remote.ip(), remote.port() + 1)),
        source: SourcePolicy::Signalled,
        codec,
        send_pt: codec.static_pt(),
        receive: smallvec![(codec.static_pt(), codec)],
        telephone_event: Some(101),
        telephone_event_receive: smallvec![101],
        send: true,
        receive_audio: true,
        inband_dtmf: false,
        ptime: 20,
    }
}

pub(super) fn rtp(
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    payload_type: u8,
    payload: &[u8],
) -> Vec<u8> {
    let header = Header {
        marker: false,
        payload_type,
        sequence,
        timestamp,
        ssrc,
    };
    [&header.to_bytes(), payload].concat()
}

impl World {
    pub(super) fn new() -> Self {
        let start = Instant::now();
        Self {
            plane: Plane::new(Limits::default(), 7),
            start,
            now: start,
            sent: Vec::new(),
            events: Vec::new(),
            loads: Vec::new(),
        }
    }

    /// Two phones with these codecs that hear each other.
    pub(super) fn bridge(a: Codec, b: Codec) -> Self {
        let mut world = Self::new();
        for (id, codec) in [(A, a), (B, b)] {
            world.open(id);
            world.connect(id, 1, stream(phone(id), codec));
        }
        world.hear(A, 1, Source::Endpoint(B));
        world.hear(B, 1, Source::Endpoint(A));
        world
    }

    pub(super) fn command(&mut self, command: MediaCommand) {
        self.plane.command(self.now, command);
        self.drain();
    }

    pub(super) fn open(&mut self, endpoint: EndpointId) {
        let rtp = 20_000 + 2 * endpoint.0 as u16;
        self.command(MediaCommand::Open {
            endpoint,
            rtp,
            rtcp: Some(rtp + 1),
            ssrc: 0xc0_0000 + endpoint.0 as u32,
            sequence: 65_530,
            timestamp: u32::MAX - 400,
        });
    }

    pub(super) fn connect(&mut self, endpoint: EndpointId, generation: u32, stream: Stream) {
        let generation = Generation(generation);
        self.command(MediaCommand::Connect {
            endpoint,
            generation,
            stream,
        });
    }

    pub(super) fn hear(&mut self, endpoint: EndpointId, generation: u32, source: Source) {
        let generation = Generation(generation);
        self.command(MediaCommand::Hear {
            endpoint,
            generation,
            source,
        });
    }

    pub(super) fn play(
        &mut self,
        endpoint: EndpointId,
        generation: u32,
        sounds: &[&str],
        repeat: bool,
    ) {
        let sounds = sounds.iter().map(|sound| SoundId::from(*sound)).collect();
        self.hear(endpoint, generation, Source::Play { sounds, repeat });
    }

    /// A datagram arrives at an endpoint now.
    pub(super) fn arrive(
        &mut self,
        endpoint: EndpointId,
        channel: Channel,
        from: SocketAddr,
        bytes: &[u8],
    ) {
        let mut bytes = bytes.to_vec();
        let at = self.now - self.start;
        let out = self
            .plane
            .packet(self.now, endpoint, channel, from, &mut bytes);
        if let Some(PlaneOutput::Send {
            endpoint,
            channel,
            to,
            bytes,
        }) = out
        {
            self.sent.push(Sent {
                at,
                endpoint,
                channel,
                to,
                bytes: bytes.to_vec(),
            });
        }
        self.drain();
    }

    fn drain(&mut self) {
        let at = self.now - self.start;
        while let Some(output) = self.plane.poll() {
            match output {
                PlaneOutput::Send {
                    endpoint,
                    channel,
                    to,
                    bytes,
                } => {
                    self.sent.push(Sent {
                        at,
                        endpoint,
                        channel,
                        to,
                        bytes: bytes.to_vec(),
                    });
                }
                PlaneOutput::Load(sound) => self.loads.push(sound),
                PlaneOutput::Event(event) => self.events.push(event),
            }
        }
    }

    /// Lets time pass, ticking exactly when asked.
    pub(super) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(next) = self.plane.next_deadline().filter(|next| *next <= until) {
            self.now = self.now.max(next);
            self.plane.tick(self.now);
            self.drain();
        }
        self.now = until;
    }

    pub(super) fn loaded(&mut self, sound: &str, clip: Option<Clip>) {
        self.plane
            .loaded(SoundId::from(sound), clip.map(Arc::new).ok_or(()));
        self.drain();
    }

    /// RTP that this endpoint's party was sent, in order.
    pub(super) fn heard_by(&self, endpoint: EndpointId) -> impl Iterator<Item = &Sent> {
        let rtp =
            move |sent: &&Sent| sent.endpoint == endpoint && !crate::rtp::is_rtcp(&sent.bytes);
        self.sent.iter().filter(rtp)
    }

    pub(super) fn rtcp_to(&self, endpoint: EndpointId) -> Vec<Sent> {
        let rtcp = |sent: &&Sent| sent.endpoint == endpoint && crate::rtp::is_rtcp(&sent.bytes);
        self.sent.iter().filter(rtcp).cloned().collect()
    }

    /// The sound of all that, decoded as the phone would.
    pub(super) fn sound_of(&self, endpoint: EndpointId, codec: Codec) -> Vec<i16> {
        let mut decoder = Decoder::new(codec);
        let (mut all, mut samples) = (Vec::new(), Vec::new());
        for sent in self
            .heard_by(endpoint)
            .filter(|sent| sent.rtp().payload_type == codec.static_pt())
        {
            decoder.decode(sent.payload(), &mut samples);
            all.extend_from_slice(&samples);
        }
        all
    }

    /// Asserts that numbers and timestamps of what a party was sent form one run.
    pub(super) fn assert_one_run(&self, endpoint: EndpointId) {
        let headers: Vec<Header> = self.heard_by(endpoint).map(Sent::rtp).collect();
        for pair in headers.windows(2) {
            assert_eq!(pair[1].ssrc, pair[0].ssrc);
            assert_eq!(
                pair[1].sequence,
                pair[0].sequence.wrapping_add(1),
                "{pair:?}"
            );
            let step = pair[1].timestamp.wrapping_sub(pair[0].timestamp) as i32;
            assert!((0..80_000).contains(&step), "{step}: {pair:?}");
        }
    }
}

/// Level of a frequency in dB below full scale.
pub(super) fn level(samples: &[i16], frequency: f64, codec: Codec) -> f64 {
    let power = goertzel::power(samples, frequency, f64::from(codec.sample_rate()));
    10.0 * (power / f64::from(i16::MAX).powi(2) * 2.0)
        .max(1e-12)
        .log10()
}

/// A phone that says one tone.
pub(super) struct Phone {
    pub(super) id: EndpointId,
    pub(super) codec: Codec,
    pub(super) from: SocketAddr,
    pub(super) ssrc: u32,
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    frequency: f64,
    phase: usize,
    encoder: Encoder,
}

impl Phone {
    pub(super) fn new(id: EndpointId, codec: Codec, frequency: f64) -> Self {
        Self {
            id,
            codec,
            from: phone(id),
            ssrc: 0xaa00 + id.0 as u32,
            sequence: 65_000,
            timestamp: 4_294_960_000,
            frequency,
            phase: 0,
            encoder: Encoder::new(codec),
        }
    }

    /// The next 20 ms as a packet.
    pub(super) fn packet(&mut self) -> Vec<u8> {
        let rate = f64::from(self.codec.sample_rate());
        let samples: Vec<i16> = (self.phase..self.phase + self.codec.frame_samples())
            .map(|n| (10_000.0 * (TAU * self.frequency * n as f64 / rate).sin()) as i16)
            .collect();
        self.phase += samples.len();
        let mut payload = Vec::new();
        self.encoder.encode(&samples, &mut payload);
        let packet = rtp(
            self.sequence,
            self.timestamp,
            self.ssrc,
            self.codec.static_pt(),
            &payload,
        );
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(160);
        packet
    }

    pub(super) fn say(&mut self, world: &mut World) {
        let packet = self.packet();
        world.arrive(self.id, Channel::Rtp, self.from, &packet);
    }
}

/// All phones talk for so many frames.
pub(super) fn talk(world: &mut World, phones: &mut [&mut Phone], frames: usize) {
    for _ in 0..frames {
        for phone in phones.iter_mut() {
            phone.say(world);
        }
        world.pass(FRAME);
    }
}

/// A sound of so many frames with one tone in it.
pub(super) fn clip(frequency: f64, frames: usize) -> Clip {
    let at_rate = |rate: usize| {
        let sample =
            |n: usize| (10_000.0 * (TAU * frequency * n as f64 / rate as f64).sin()) as i16;
        (0..frames * rate / 50).map(sample).collect()
    };
    Clip::of(&crate::Recording::from_samples(
        at_rate(8000),
        at_rate(16_000),
    ))
}
