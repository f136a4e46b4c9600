//! Between a browser's packets and the plane's: Opus at 48 kHz on one side, G.722 at 8 kHz ticks on the other; G.711 passes as it is.
//!
//! In the plane every codec has one octet for one tick (`plane/coding.rs`), which Opus cannot have. So Opus lives here, at the edge:
//! 16 kHz samples are what it and G.722 share, and G.722 at 64 kbit/s adds nothing that can be heard.

use super::fence::fenced;
use crate::codec::opus::{CLOCK_RATIO, FRAME_SAMPLES, OpusDecoder, OpusEncoder};
use crate::codec::{COMFORT_NOISE_PT, Codec, Decoder, Encoder};
use crate::rtp::{HEADER, Header, Packet};
use smallvec::SmallVec;

/// Payload types of a browser's packets, as its offer numbered them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wire {
    /// Opus; `None` when the browser has only G.711, which then passes as it is.
    pub opus: Option<u8>,
    /// telephone-event at the clock of Opus, 48 kHz.
    pub events_48k: Option<u8>,
    /// telephone-event at 8 kHz.
    pub events_8k: Option<u8>,
}

/// The payload type the plane knows a browser's keys by.
pub(crate) const EVENTS: u8 = crate::offer_answer::TELEPHONE_EVENT_PT;

/// Numbers under which sound begins: a lost beginning cannot confuse the rollover counter (RFC 3711 section 3.3.1).
const LOW: u16 = 0x7fff;

/// Both directions of one browser. It outlives a change of page: our numbers go on.
#[derive(Debug)]
pub(super) struct Edge {
    wire: Wire,
    inward: Inward,
    outward: Outward,
}

#[derive(Debug, Default)]
struct Inward {
    ssrc: Option<u32>,
    /// Newest number, and its time on both clocks.
    highest: u16,
    clock: Clock,
    /// Timestamp of the newest key that has a clock of its own, there and here.
    key: Option<(u32, u32)>,
    opus: Option<Box<OpusDecoder>>,
    g722: Option<Box<Encoder>>,
    samples: Vec<i16>,
    payload: Vec<u8>,
}

/// A 48 kHz timestamp in 8 kHz ticks, exact over the wrap.
#[derive(Debug, Default, Clone, Copy)]
struct Clock {
    there: u32,
    here: u32,
    /// Ticks of 48 kHz not yet counted here, less than [`CLOCK_RATIO`].
    rest: i32,
}

#[derive(Debug, Default)]
struct Outward {
    /// Our number on the wire, and the plane's number and timestamp it stands for.
    sequence: Option<u16>,
    plane: Option<(u16, u32)>,
    /// Sound that does not fill a packet yet, and when it begins in the plane's ticks.
    waiting: Vec<i16>,
    begins: u32,
    marker: bool,
    opus: Option<Box<OpusEncoder>>,
    g722: Option<Box<Decoder>>,
    samples: Vec<i16>,
    payload: Vec<u8>,
}

impl Edge {
    pub(super) fn new(wire: Wire) -> Edge {
        Edge {
            wire,
            inward: Inward::default(),
            outward: Outward::default(),
        }
    }

    /// Another page, perhaps with other numbers; what it hears goes on.
    pub(super) fn rewire(&mut self, wire: Wire) {
        self.wire = wire;
        self.inward = Inward::default();
    }

    /// New keys: our numbers begin in the lower half again, for the one who counts their overflows begins with the first packet that
    /// comes, and one that fell between what was sent and that one would make all of them unreadable (RFC 3711 section 3.3.1).
    pub(super) fn renumber(&mut self) {
        self.outward.sequence = self.outward.sequence.map(|number| number & LOW);
    }

    /// An RTP packet of the browser as the plane knows it; `None` for what was not agreed, came too late, or is not Opus.
    pub(super) fn inward(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let packet = Packet::parse(bytes).ok()?;
        let payload = bytes.get(packet.payload.clone())?;
        let inward = &mut self.inward;
        let pt = Some(packet.header.payload_type);
        if pt == self.wire.opus {
            let timestamp = inward.newest(&packet.header)?;
            inward.sound(payload)?;
            let header = Header {
                payload_type: Codec::G722.static_pt(),
                timestamp,
                ..packet.header
            };
            return Some(datagram(header, &inward.payload));
        }
        let mut header = packet.header;
        if pt == self.wire.events_48k {
            let &[event, end, d0, d1] = payload.first_chunk()?;
            let [d0, d1] = (u16::from_be_bytes([d0, d1]) / CLOCK_RATIO as u16).to_be_bytes();
            header.timestamp = inward.clock.at(header.timestamp);
            header.payload_type = EVENTS;
            inward.seen(&header);
            return Some(datagram(header, &[event, end, d0, d1]));
        }
        if pt == self.wire.events_8k {
            header.payload_type = EVENTS;
            if self.wire.opus.is_some() {
                header.timestamp = inward.beside_sound(header.timestamp);
                inward.seen(&header);
            }
            return Some(datagram(header, payload));
        }
        let plain = [
            Codec::Pcma.static_pt(),
            Codec::Pcmu.static_pt(),
            COMFORT_NOISE_PT,
        ];
        plain
            .contains(&header.payload_type)
            .then(|| datagram(header, payload))
    }

    /// A packet of the plane for the browser: none, one, or several when it is longer than 20 ms.
    pub(super) fn outward(&mut self, bytes: &[u8]) -> SmallVec<[Vec<u8>; 2]> {
        let Ok(packet) = Packet::parse(bytes) else {
            return SmallVec::new();
        };
        let payload = bytes.get(packet.payload.clone()).unwrap_or_default();
        match self.wire.opus {
            Some(pt) if packet.header.payload_type == Codec::G722.static_pt() => {
                self.outward.sound(pt, &packet.header, payload)
            }
            Some(_) => SmallVec::new(),
            None => {
                let number = self.outward.number(&packet.header);
                let header = Header {
                    sequence: number,
                    ..packet.header
                };
                SmallVec::from_iter([datagram(header, payload)])
            }
        }
    }

    /// Ticks of the browser's clock in one of ours.
    pub(super) fn ratio(&self) -> u32 {
        if self.wire.opus.is_some() {
            CLOCK_RATIO
        } else {
            1
        }
    }
}

impl Inward {
    /// The packet's time in our ticks, when it is newer than all before: a decoder with memory cannot go back.
    fn newest(&mut self, header: &Header) -> Option<u32> {
        if self.ssrc != Some(header.ssrc) {
            self.ssrc = Some(header.ssrc);
            self.clock = Clock {
                there: header.timestamp,
                ..self.clock
            };
            self.opus = None;
        } else if header.sequence.wrapping_sub(self.highest) as i16 <= 0 {
            return None;
        }
        self.highest = header.sequence;
        Some(self.clock.advance(header.timestamp))
    }

    /// The time of a key whose clock is not the sound's (Chromium's is 8 kHz beside Opus): that of the newest sound.
    fn beside_sound(&mut self, there: u32) -> u32 {
        match self.key {
            Some((known, here)) if known == there => here,
            _ => {
                let here = self.clock.here.wrapping_add(FRAME_SAMPLES as u32 / 2);
                self.key = Some((there, here));
                here
            }
        }
    }

    /// A key's packet takes part in the numbering.
    fn seen(&mut self, header: &Header) {
        if self.ssrc == Some(header.ssrc) && header.sequence.wrapping_sub(self.highest) as i16 > 0 {
            self.highest = header.sequence;
        }
    }

    /// Opus to G.722, into `payload`.
    fn sound(&mut self, opus: &[u8]) -> Option<()> {
        if self.opus.is_none() {
            self.opus = OpusDecoder::new().map(Box::new);
        }
        let decoder = self.opus.as_mut()?;
        let samples = &mut self.samples;
        if fenced(|| decoder.decode(opus, samples)).is_none() {
            self.opus = None;
            return None;
        }
        let encoder = self
            .g722
            .get_or_insert_with(|| Box::new(Encoder::new(Codec::G722)));
        encoder.encode(&self.samples, &mut self.payload);
        (!self.payload.is_empty()).then_some(())
    }
}

impl Clock {
    /// Goes on to a timestamp.
    fn advance(&mut self, there: u32) -> u32 {
        let (here, rest) = self.reckon(there);
        *self = Clock { there, here, rest };
        here
    }

    /// The time of a timestamp near the newest, which stays.
    fn at(&self, there: u32) -> u32 {
        self.reckon(there).0
    }

    fn reckon(&self, there: u32) -> (u32, i32) {
        let ratio = CLOCK_RATIO as i32;
        let passed = (there.wrapping_sub(self.there) as i32).saturating_add(self.rest);
        let here = self.here.wrapping_add(passed.div_euclid(ratio) as u32);
        (here, passed.rem_euclid(ratio))
    }
}

impl Outward {
    /// The next number on the wire; a gap in the plane's numbers stays one, so that the browser conceals it.
    fn number(&mut self, header: &Header) -> u16 {
        let step = match self.plane.replace((header.sequence, header.timestamp)) {
            Some((before, _)) => match header.sequence.wrapping_sub(before) as i16 {
                gap @ 2..=50 => gap as u16,
                _ => 1,
            },
            None => 1,
        };
        let before = self.sequence.unwrap_or(header.sequence & LOW);
        let number = before.wrapping_add(step);
        self.sequence = Some(number);
        number
    }

    /// G.722 to Opus packets of 20 ms.
    fn sound(&mut self, pt: u8, header: &Header, payload: &[u8]) -> SmallVec<[Vec<u8>; 2]> {
        let mut packets = SmallVec::new();
        if let Some((before, _)) = self.plane
            && header.sequence.wrapping_sub(before) as i16 <= 0
        {
            return packets;
        }
        let expected = self.begins.wrapping_add(self.waiting.len() as u32 / 2);
        if header.timestamp != expected || header.marker {
            self.waiting.clear();
            self.begins = header.timestamp;
        }
        self.marker |= header.marker;
        let mut number = self.number(header);
        let decoder = self
            .g722
            .get_or_insert_with(|| Box::new(Decoder::new(Codec::G722)));
        decoder.decode(payload, &mut self.samples);
        self.waiting.extend_from_slice(&self.samples);
        if self.opus.is_none() {
            self.opus = OpusEncoder::new().map(Box::new);
        }
        while let (Some(frame), Some(encoder)) = (self.waiting.get(..FRAME_SAMPLES), &mut self.opus)
        {
            encoder.encode(frame, &mut self.payload);
            let header = Header {
                marker: std::mem::take(&mut self.marker),
                payload_type: pt,
                sequence: number,
                timestamp: self.begins.wrapping_mul(CLOCK_RATIO),
                ssrc: header.ssrc,
            };
            packets.push(datagram(header, &self.payload));
            self.waiting.drain(..FRAME_SAMPLES);
            self.begins = self.begins.wrapping_add(FRAME_SAMPLES as u32 / 2);
            self.sequence = Some(number);
            number = number.wrapping_add(1);
        }
        if packets.is_empty() {
            // Nothing left with this number: the next packet takes it.
            self.sequence = Some(number.wrapping_sub(1));
        }
        packets
    }
}

fn datagram(header: Header, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + payload.len());
    bytes.extend_from_slice(&header.to_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtmf::goertzel::power;

    const WIRE: Wire = Wire {
        opus: Some(111),
        events_48k: Some(110),
        events_8k: Some(126),
    };

    fn header(payload_type: u8, sequence: u16, timestamp: u32) -> Header {
        Header {
            marker: false,
            payload_type,
            sequence,
            timestamp,
            ssrc: 7,
        }
    }

    fn tone(frames: usize) -> Vec<i16> {
        let sample =
            |n| (8000.0 * (n as f64 * 1010.0 * std::f64::consts::TAU / 16_000.0).sin()) as i16;
        (0..frames * FRAME_SAMPLES).map(sample).collect()
    }

    /// What a browser would send.
    fn speech(frames: usize) -> Vec<Vec<u8>> {
        let mut encoder = OpusEncoder::new().unwrap();
        let mut payload = Vec::new();
        let mut packet = |(n, frame): (usize, &[i16])| {
            encoder.encode(frame, &mut payload);
            let timestamp = (u32::MAX - 5000).wrapping_add(960 * n as u32);
            datagram(
                header(111, 65_530u16.wrapping_add(n as u16), timestamp),
                &payload,
            )
        };
        tone(frames)
            .chunks(FRAME_SAMPLES)
            .enumerate()
            .map(&mut packet)
            .collect()
    }

    fn loudness(samples: &[i16]) -> f64 {
        let steady = &samples[samples.len() / 2..];
        10.0 * (power(steady, 1010.0, 16_000.0) / 3.2e7).log10()
    }

    #[test]
    fn opus_becomes_g722_with_twenty_milliseconds_in_each_packet_over_every_wrap() {
        let mut edge = Edge::new(WIRE);
        let mut decoder = Decoder::new(Codec::G722);
        let (mut heard, mut samples) = (Vec::new(), Vec::new());
        let mut before: Option<Header> = None;
        for bytes in speech(100) {
            let plain = edge.inward(&bytes).unwrap();
            let packet = Packet::parse(&plain).unwrap();
            assert_eq!((packet.header.payload_type, packet.payload.len()), (9, 160));
            if let Some(before) = before.replace(packet.header) {
                assert_eq!(packet.header.timestamp.wrapping_sub(before.timestamp), 160);
                assert_eq!(packet.header.sequence.wrapping_sub(before.sequence), 1);
            }
            decoder.decode(&plain[12..], &mut samples);
            heard.extend_from_slice(&samples);
        }
        assert!(loudness(&heard).abs() < 2.0, "{}", loudness(&heard));
    }

    #[test]
    fn packets_out_of_order_and_of_no_agreement_are_dropped() {
        let mut edge = Edge::new(WIRE);
        let packets = speech(3);
        assert!(edge.inward(&packets[1]).is_some());
        assert!(edge.inward(&packets[0]).is_none(), "late");
        assert!(edge.inward(&packets[1]).is_none(), "twice");
        assert!(edge.inward(&packets[2]).is_some());
        for pt in [9, 96, 101, 127] {
            assert!(
                edge.inward(&datagram(header(pt, 9, 9), &[1; 160]))
                    .is_none(),
                "{pt}"
            );
        }
        assert!(
            edge.inward(&datagram(header(8, 10, 10), &[0xd5; 160]))
                .is_some()
        );
    }

    #[test]
    fn a_key_keeps_its_length_in_milliseconds() {
        let mut edge = Edge::new(WIRE);
        edge.inward(&speech(1)[0]).unwrap();
        let key = datagram(
            header(110, 65_531, (u32::MAX - 5000) + 960),
            &[5, 0x8a, 0x12, 0xc0],
        );
        let plain = edge.inward(&key).unwrap();
        let packet = Packet::parse(&plain).unwrap();
        assert_eq!(packet.header.payload_type, EVENTS);
        assert_eq!(packet.header.timestamp, 160);
        assert_eq!(
            plain[12..],
            [5, 0x8a, 0x03, 0x20],
            "4800 ticks of 48 kHz are 800 of 8 kHz"
        );
        for number in [65_532, 65_533] {
            let slow = datagram(header(126, number, 44), &[5, 0x8a, 0x03, 0x20]);
            let plain = edge.inward(&slow).unwrap();
            assert_eq!(Packet::parse(&plain).unwrap().header.timestamp, 160);
            assert_eq!(plain[12..], [5, 0x8a, 0x03, 0x20]);
        }
    }

    #[test]
    fn g722_of_any_length_becomes_opus_of_twenty_milliseconds() {
        for octets in [80usize, 160, 240, 480] {
            let mut edge = Edge::new(WIRE);
            let mut encoder = Encoder::new(Codec::G722);
            let (mut sent, mut numbers, mut payload) = (Vec::new(), Vec::new(), Vec::new());
            for (n, chunk) in tone(120).chunks(2 * octets).enumerate() {
                encoder.encode(chunk, &mut payload);
                let timestamp = 5000 + (n * octets) as u32;
                let plain = datagram(header(9, n as u16, timestamp), &payload);
                sent.extend(edge.outward(&plain));
            }
            let (mut decoder, mut samples, mut heard) =
                (OpusDecoder::new().unwrap(), vec![], vec![]);
            for (n, bytes) in sent.iter().enumerate() {
                let header = Packet::parse(bytes).unwrap().header;
                assert_eq!(header.payload_type, 111);
                assert_eq!(header.timestamp, (5000 + 160 * n as u32) * 6);
                numbers.push(header.sequence);
                decoder.decode(&bytes[12..], &mut samples);
                heard.extend_from_slice(&samples);
            }
            assert_eq!(sent.len(), 120, "{octets}");
            assert!(
                numbers.windows(2).all(|pair| pair[1] == pair[0] + 1),
                "{octets}: {numbers:?}"
            );
            assert!(
                loudness(&heard).abs() < 2.0,
                "{octets}: {}",
                loudness(&heard)
            );
        }
    }

    #[test]
    fn a_loss_before_us_is_a_loss_behind_us() {
        let mut edge = Edge::new(WIRE);
        let number = |edge: &mut Edge, n: u16| {
            let sent = edge.outward(&datagram(header(9, n, u32::from(n) * 160), &[0; 160]));
            sent.first()
                .map(|bytes| Packet::parse(bytes).unwrap().header.sequence)
        };
        let first = number(&mut edge, 40_000).unwrap();
        assert!(first < 0x8000);
        assert_eq!(number(&mut edge, 40_001), Some(first + 1));
        assert_eq!(number(&mut edge, 40_004), Some(first + 4));
        assert_eq!(number(&mut edge, 40_003), None, "late");
        assert_eq!(
            number(&mut edge, 10),
            Some(first + 5),
            "another numbering begins"
        );
    }
}
