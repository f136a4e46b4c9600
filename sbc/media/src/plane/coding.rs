//! Sound between codecs and 8000 samples a second, which is what mixing and key tones work with. All our codecs take one octet
//! for one RTP tick, so at this rate a sample, a tick and an octet are the same number.

use std::sync::LazyLock;

use crate::{
    clip::EncodedClip,
    codec::{Codec, Decoder, Encoder, Resampler, Way},
};

/// Octets, and samples at 8 kHz, in 20 ms of every codec.
pub(super) const FRAME_OCTETS: usize = 160;

static QUIET: LazyLock<[[u8; FRAME_OCTETS]; 3]> = LazyLock::new(|| {
    [Codec::Pcmu, Codec::Pcma, Codec::G722].map(|codec| {
        // The third frame, when an adaptive coder has come to rest.
        let quiet = EncodedClip::encode(codec, &vec![0; 3 * codec.frame_samples()]);
        quiet
            .frame(2)
            .and_then(|frame| frame.try_into().ok())
            .unwrap_or([0xff; FRAME_OCTETS])
    })
});

/// 20 ms of silence.
pub(super) fn silence(codec: Codec) -> &'static [u8; FRAME_OCTETS] {
    let [pcmu, pcma, g722] = &*QUIET;
    match codec {
        Codec::Pcmu => pcmu,
        Codec::Pcma => pcma,
        Codec::G722 => g722,
    }
}

/// From a codec to 8 kHz, in the middle of a stream.
#[derive(Clone, Debug)]
pub(super) struct NarrowDecoder {
    pub(super) codec: Codec,
    decoder: Decoder,
    resampler: Option<Resampler>,
    wide: Vec<i16>,
}

impl NarrowDecoder {
    pub(super) fn new(codec: Codec) -> Self {
        let resampler = (codec.sample_rate() == 16_000).then(|| Resampler::new(Way::Down));
        Self {
            codec,
            decoder: Decoder::new(codec),
            resampler,
            wide: Vec::new(),
        }
    }

    /// Replaces `samples` by the sound of `payload`.
    pub(super) fn decode(&mut self, payload: &[u8], samples: &mut Vec<i16>) {
        match &mut self.resampler {
            None => self.decoder.decode(payload, samples),
            Some(resampler) => {
                self.decoder.decode(payload, &mut self.wide);
                resampler.process(&self.wide, samples);
            }
        }
    }
}

/// From 8 kHz to a codec, in the middle of a stream.
#[derive(Clone, Debug)]
pub(super) struct NarrowEncoder {
    pub(super) codec: Codec,
    encoder: Encoder,
    resampler: Option<Resampler>,
    wide: Vec<i16>,
}

impl NarrowEncoder {
    pub(super) fn new(codec: Codec) -> Self {
        let resampler = (codec.sample_rate() == 16_000).then(|| Resampler::new(Way::Up));
        Self {
            codec,
            encoder: Encoder::new(codec),
            resampler,
            wide: Vec::new(),
        }
    }

    /// Replaces `payload` by the code of `samples`.
    pub(super) fn encode(&mut self, samples: &[i16], payload: &mut Vec<u8>) {
        match &mut self.resampler {
            None => self.encoder.encode(samples, payload),
            Some(resampler) => {
                resampler.process(samples, &mut self.wide);
                self.encoder.encode(&self.wide, payload);
            }
        }
    }
}
