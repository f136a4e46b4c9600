//! A sound as ready RTP payloads: 20 ms frames of one codec.

use crate::Codec;
use crate::codec::Encoder;

/// A sound encoded once for one codec; the last frame is filled up with silence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedClip {
    codec: Codec,
    payload: Box<[u8]>,
}

impl EncodedClip {
    /// Encodes mono samples at the codec's own sample rate, the encoder's state running through the whole sound.
    pub fn encode(codec: Codec, samples: &[i16]) -> EncodedClip {
        let frames = samples.len().div_ceil(codec.frame_samples());
        let filled = samples
            .iter()
            .copied()
            .chain(std::iter::repeat(0))
            .take(frames * codec.frame_samples());
        let samples: Vec<i16> = filled.collect();
        let mut payload = Vec::with_capacity(frames * codec.frame_bytes());
        Encoder::new(codec).encode(&samples, &mut payload);
        EncodedClip {
            codec,
            payload: payload.into_boxed_slice(),
        }
    }

    /// The codec of the frames.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// Number of 20 ms frames.
    pub fn len(&self) -> usize {
        self.payload.len() / self.codec.frame_bytes()
    }

    /// Whether there is no frame at all.
    pub fn is_empty(&self) -> bool {
        self.payload.is_empty()
    }

    /// The payload of one frame, 160 bytes; `None` past the end.
    pub fn frame(&self, index: usize) -> Option<&[u8]> {
        let start = index.checked_mul(self.codec.frame_bytes())?;
        let end = start.checked_add(self.codec.frame_bytes())?;
        self.payload.get(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::g711;

    #[test]
    fn frames_are_20_ms_and_the_last_one_is_filled_with_silence() {
        let clip = EncodedClip::encode(Codec::Pcma, &[1000; 161]);
        assert_eq!(clip.len(), 2);
        let last = clip.frame(1).unwrap();
        assert_eq!(last.len(), 160);
        assert_eq!(g711::alaw_decode(last[0]), 1008);
        assert_eq!(last[1..], [0xD5; 159]);
        assert_eq!(clip.frame(2), None);
    }
}
