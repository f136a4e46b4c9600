//! Opus (RFC 6716, RFC 7587) at 16 kHz, mono: everything we connect a browser to is at most that wide. The codec itself is `ropus`.

use ropus::{Application, Bitrate, Channels, DecodeMode};

/// Samples a second on our side; on the wire the clock is always 48 kHz (RFC 7587 section 4.1).
pub const SAMPLE_RATE: u32 = 16_000;
/// RTP ticks of Opus in one of the 8 kHz ticks all our other codecs count in.
pub const CLOCK_RATIO: u32 = 6;
/// Samples in 20 ms, which is what we send.
pub const FRAME_SAMPLES: usize = 320;

/// The longest packet: 120 ms.
const MAX_SAMPLES: usize = 1920;
/// The longest frame the format allows, in octets.
const MAX_OCTETS: usize = 1275;
/// Wideband speech is transparent from here on.
const BITS: u32 = 32_000;

/// Makes Opus of samples.
pub struct OpusEncoder {
    codec: ropus::Encoder,
}

/// Makes samples of Opus.
pub struct OpusDecoder {
    codec: ropus::Decoder,
}

impl OpusEncoder {
    /// An encoder at rest; `None` never, unless the codec itself is broken.
    pub fn new() -> Option<OpusEncoder> {
        let codec = ropus::Encoder::builder(SAMPLE_RATE, Channels::Mono, Application::Voip)
            .bitrate(Bitrate::Bits(BITS))
            .complexity(5)
            .build()
            .ok()?;
        Some(OpusEncoder { codec })
    }

    /// Replaces `payload` by the code of [`FRAME_SAMPLES`] samples; empty when it is another number.
    pub fn encode(&mut self, samples: &[i16], payload: &mut Vec<u8>) {
        payload.clear();
        payload.resize(MAX_OCTETS, 0);
        let octets = self.codec.encode(samples, payload).unwrap_or(0);
        payload.truncate(octets);
    }
}

impl OpusDecoder {
    /// A decoder at rest; `None` as for the encoder.
    pub fn new() -> Option<OpusDecoder> {
        let codec = ropus::Decoder::new(SAMPLE_RATE, Channels::Mono).ok()?;
        Some(OpusDecoder { codec })
    }

    /// Replaces `samples` by the sound of a packet, at most 120 ms; none when it is not Opus.
    pub fn decode(&mut self, payload: &[u8], samples: &mut Vec<i16>) {
        samples.clear();
        // An empty packet would mean loss to the codec; from the network it means nothing.
        if payload.is_empty() {
            return;
        }
        samples.resize(MAX_SAMPLES, 0);
        let count = self.codec.decode(payload, samples, DecodeMode::Normal);
        samples.truncate(count.unwrap_or(0));
    }
}

impl std::fmt::Debug for OpusEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpusEncoder")
    }
}

impl std::fmt::Debug for OpusDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpusDecoder")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtmf::goertzel::power;

    fn tone(hz: f64, frames: usize) -> Vec<i16> {
        let sample = |n| (8000.0 * (n as f64 * hz * std::f64::consts::TAU / 16_000.0).sin()) as i16;
        (0..frames * FRAME_SAMPLES).map(sample).collect()
    }

    #[test]
    fn a_tone_survives_and_nothing_else_is_heard() {
        let (mut encoder, mut decoder) = (OpusEncoder::new().unwrap(), OpusDecoder::new().unwrap());
        for hz in [440.0, 1010.0, 3000.0, 6000.0] {
            let (mut payload, mut samples, mut heard) = (vec![], vec![], vec![]);
            for frame in tone(hz, 100).chunks(FRAME_SAMPLES) {
                encoder.encode(frame, &mut payload);
                assert!((1..200).contains(&payload.len()), "{}", payload.len());
                decoder.decode(&payload, &mut samples);
                assert_eq!(samples.len(), FRAME_SAMPLES);
                heard.extend_from_slice(&samples);
            }
            let steady = &heard[heard.len() / 2..];
            let level = power(steady, hz, 16_000.0) / 3.2e7;
            assert!((10.0 * level.log10()).abs() < 3.0, "{hz} Hz: {level}");
            let whole =
                steady.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / steady.len() as f64;
            assert!(
                whole / 3.2e7 / level < 1.15,
                "{hz} Hz: something else is heard"
            );
        }
    }

    #[test]
    fn rubbish_gives_at_most_a_packet_of_sound() {
        let mut decoder = OpusDecoder::new().unwrap();
        let mut samples = Vec::new();
        decoder.decode(&[], &mut samples);
        assert!(samples.is_empty());
        let mut seed = 1u32;
        for length in 1..400 {
            let mut octet = || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 24) as u8
            };
            let packet: Vec<u8> = (0..length).map(|_| octet()).collect();
            decoder.decode(&packet, &mut samples);
            assert!(samples.len() <= MAX_SAMPLES);
        }
    }
}
