//! From samples to payloads, from payloads to samples, and from one codec's payloads to another's. After the first packet of a size
//! nothing is allocated.

use super::Codec;
use super::g711;
use super::g722::{G722Decoder, G722Encoder};
use super::resample::{Resampler, Way};

/// The RTP payload type of comfort noise (RFC 3389 section 4). We take such a packet for silence and never send one.
pub const COMFORT_NOISE_PT: u8 = 13;

/// A codec's encoder with its state.
#[derive(Debug, Clone)]
pub enum Encoder {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
    /// G.722.
    G722(Box<G722Encoder>),
}

/// A codec's decoder with its state.
#[derive(Debug, Clone)]
pub enum Decoder {
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
    /// G.722.
    G722(Box<G722Decoder>),
}

impl Encoder {
    /// An encoder at rest.
    pub fn new(codec: Codec) -> Encoder {
        match codec {
            Codec::Pcmu => Encoder::Pcmu,
            Codec::Pcma => Encoder::Pcma,
            Codec::G722 => Encoder::G722(Box::default()),
        }
    }

    /// Replaces `payload` by the code of `samples`, which are at the codec's sample rate. An odd last sample of G.722 is left out.
    pub fn encode(&mut self, samples: &[i16], payload: &mut Vec<u8>) {
        payload.clear();
        match self {
            Encoder::Pcmu => payload.extend(samples.iter().map(|s| g711::ulaw_encode(*s))),
            Encoder::Pcma => payload.extend(samples.iter().map(|s| g711::alaw_encode(*s))),
            Encoder::G722(state) => {
                payload.extend(samples.as_chunks().0.iter().map(|pair| state.encode(*pair)))
            }
        }
    }
}

impl Decoder {
    /// A decoder at rest.
    pub fn new(codec: Codec) -> Decoder {
        match codec {
            Codec::Pcmu => Decoder::Pcmu,
            Codec::Pcma => Decoder::Pcma,
            Codec::G722 => Decoder::G722(Box::default()),
        }
    }

    /// Replaces `samples` by the sound of `payload`, at the codec's sample rate.
    pub fn decode(&mut self, payload: &[u8], samples: &mut Vec<i16>) {
        samples.clear();
        match self {
            Decoder::Pcmu => samples.extend(payload.iter().map(|code| g711::ulaw_decode(*code))),
            Decoder::Pcma => samples.extend(payload.iter().map(|code| g711::alaw_decode(*code))),
            Decoder::G722(state) => {
                samples.extend(payload.iter().flat_map(|code| state.decode(*code)))
            }
        }
    }
}

/// One direction of a call whose parties share no codec.
#[derive(Debug, Clone)]
pub struct Transcoder {
    from: Codec,
    to: Codec,
    decoder: Decoder,
    resampler: Option<Resampler>,
    encoder: Encoder,
    decoded: Vec<i16>,
    resampled: Vec<i16>,
}

impl Transcoder {
    /// A transcoder after silence. Between the two laws of G.711 nothing is filtered.
    pub fn new(from: Codec, to: Codec) -> Transcoder {
        let resampler = match (from.sample_rate(), to.sample_rate()) {
            (8000, 16000) => Some(Resampler::new(Way::Up)),
            (16000, 8000) => Some(Resampler::new(Way::Down)),
            _ => None,
        };
        Transcoder {
            from,
            to,
            decoder: Decoder::new(from),
            resampler,
            encoder: Encoder::new(to),
            decoded: Vec::new(),
            resampled: Vec::new(),
        }
    }

    /// The codec of what goes in.
    pub fn from(&self) -> Codec {
        self.from
    }

    /// The codec of what comes out.
    pub fn to(&self) -> Codec {
        self.to
    }

    /// Replaces `output` by `payload` in the other codec: as many bytes, as all our codecs have 64 kbit/s.
    pub fn transcode(&mut self, payload: &[u8], output: &mut Vec<u8>) {
        self.decoder.decode(payload, &mut self.decoded);
        let samples = match &mut self.resampler {
            Some(resampler) => {
                resampler.process(&self.decoded, &mut self.resampled);
                &self.resampled
            }
            None => &self.decoded,
        };
        self.encoder.encode(samples, output);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtmf::goertzel::power;

    fn tone(hz: f64, codec: Codec) -> Vec<i16> {
        let rate = f64::from(codec.sample_rate());
        let sample = |n| (8000.0 * (f64::from(n) * hz * std::f64::consts::TAU / rate).sin()) as i16;
        (0..codec.sample_rate()).map(sample).collect()
    }

    #[test]
    fn a_tone_survives_between_every_two_codecs() {
        for (from, to) in Codec::ALL
            .into_iter()
            .flat_map(|a| Codec::ALL.map(|b| (a, b)))
        {
            let (mut encoder, mut transcoder) = (Encoder::new(from), Transcoder::new(from, to));
            let mut decoder = Decoder::new(to);
            let (mut sent, mut changed, mut samples, mut heard) = (vec![], vec![], vec![], vec![]);
            for packet in tone(1010.0, from).chunks(from.frame_samples()) {
                encoder.encode(packet, &mut sent);
                transcoder.transcode(&sent, &mut changed);
                assert_eq!(changed.len(), to.frame_bytes());
                decoder.decode(&changed, &mut samples);
                heard.extend_from_slice(&samples);
            }
            let steady = &heard[heard.len() / 2..];
            let level = power(steady, 1010.0, f64::from(to.sample_rate())) / 3.2e7;
            assert!(
                (10.0 * level.log10()).abs() < 0.3,
                "{from:?} to {to:?}: {level}"
            );
            let whole =
                steady.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / steady.len() as f64;
            assert!(
                whole / 3.2e7 / level < 1.01,
                "{from:?} to {to:?}: something else is heard"
            );
        }
    }

    #[test]
    fn nothing_grows_after_the_first_packet() {
        let mut transcoder = Transcoder::new(Codec::G722, Codec::Pcma);
        let mut output = Vec::new();
        let sizes = |t: &Transcoder, output: &Vec<u8>| {
            [
                t.decoded.capacity(),
                t.resampled.capacity(),
                output.capacity(),
            ]
        };
        transcoder.transcode(&[0x55; 160], &mut output);
        let first = sizes(&transcoder, &output);
        (0..100).for_each(|_| transcoder.transcode(&[0x55; 160], &mut output));
        assert_eq!(sizes(&transcoder, &output), first);
    }
}
