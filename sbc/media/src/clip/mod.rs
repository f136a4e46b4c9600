//! Prompts and music: decoded once, resampled once, encoded once per codec, shared by every call that plays them.

mod decode;
mod encoded;
mod rate;
#[cfg(test)]
mod tests;

pub use decode::{MAX_BYTES, MAX_SECONDS};
pub use encoded::EncodedClip;

use crate::Codec;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// The name of a sound, for instance `nl/welcome` or `music/default`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SoundId(pub Arc<str>);

impl SoundId {
    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for SoundId {
    fn from(name: &str) -> SoundId {
        SoundId(name.into())
    }
}

impl From<String> for SoundId {
    fn from(name: String) -> SoundId {
        SoundId(name.into())
    }
}

impl fmt::Display for SoundId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a file is refused as a sound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClipError {
    /// More bytes than we are willing to look at.
    #[error("the file has {bytes} bytes, more than the {limit} allowed")]
    TooLarge {
        /// Size of the file.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// More sound than we are willing to keep decoded.
    #[error("the sound lasts longer than the {limit_s} s allowed")]
    TooLong {
        /// The limit in seconds.
        limit_s: u32,
    },
    /// Not WAV, FLAC, Ogg Vorbis or MP3, or damaged.
    #[error("not a sound file we can read: {0}")]
    Unreadable(String),
    /// A file without one audible sample.
    #[error("the sound is empty")]
    Empty,
}

/// A decoded mono sound at the two sample rates of our codecs.
pub struct Clip {
    narrow: Box<[i16]>,
    wide: Box<[i16]>,
    encoded: [OnceLock<EncodedClip>; 3],
}

/// Samples at 8 and 16 kHz over which the edges of a sound rise and fall: 5 ms.
const EDGE: [usize; 2] = [40, 80];

impl Clip {
    /// Reads a sound file: WAV, FLAC, Ogg Vorbis or MP3, any usual rate, channels mixed down. This takes some milliseconds for each second
    /// of sound: not for a thread that must not wait.
    ///
    /// # Errors
    /// [`ClipError`] when the file is no such sound, or larger or longer than we keep.
    pub fn decode(bytes: &[u8]) -> Result<Clip, ClipError> {
        let decoded = decode::decode(bytes)?;
        let wide = rate::resample(&decoded.samples, decoded.rate, 16000)?;
        let narrow = match decoded.rate {
            8000 => decoded.samples,
            _ => rate::resample(&wide, 16000, 8000)?,
        };
        let [narrow_edge, wide_edge] = EDGE;
        Ok(Clip::from_samples(
            finish(&narrow, narrow_edge),
            finish(&wide, wide_edge),
        ))
    }

    /// A clip of samples that are already mono: `narrow` at 8000 Hz, `wide` the same sound at 16000 Hz.
    pub fn from_samples(narrow: Vec<i16>, wide: Vec<i16>) -> Clip {
        Clip {
            narrow: narrow.into(),
            wide: wide.into(),
            encoded: Default::default(),
        }
    }

    /// The samples at 8000 or 16000 Hz, as the codec takes them.
    pub fn samples(&self, codec: Codec) -> &[i16] {
        match codec {
            Codec::Pcmu | Codec::Pcma => &self.narrow,
            Codec::G722 => &self.wide,
        }
    }

    /// The sound in 20 ms frames of a codec. The first call for each codec encodes; the others, on any thread, share the result.
    pub fn frames(&self, codec: Codec) -> &EncodedClip {
        let [pcmu, pcma, g722] = &self.encoded;
        let slot = match codec {
            Codec::Pcmu => pcmu,
            Codec::Pcma => pcma,
            Codec::G722 => g722,
        };
        slot.get_or_init(|| EncodedClip::encode(codec, self.samples(codec)))
    }
}

/// To 16 bits, without a click at the edges.
fn finish(samples: &[f32], edge: usize) -> Vec<i16> {
    let full_scale = f32::from(i16::MAX);
    // A cast from float saturates.
    let mut samples: Vec<i16> = samples
        .iter()
        .map(|s| (s * full_scale).round() as i16)
        .collect();
    if !joins_itself(&samples, edge * 4) {
        soften(&mut samples, edge);
    }
    samples
}

/// Whether the sound can be repeated as it is: whole 20 ms frames, and from its end to its beginning no larger step than within it.
fn joins_itself(samples: &[i16], frame: usize) -> bool {
    let step = |pair: &[i16]| match pair {
        [a, b] => a.abs_diff(*b),
        _ => 0,
    };
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
        return true;
    };
    let near_the_ends = samples
        .windows(2)
        .take(frame)
        .chain(samples.windows(2).rev().take(frame));
    samples.len().is_multiple_of(frame)
        && step(&[*last, *first]) <= near_the_ends.map(step).max().unwrap_or(0)
}

/// Lets the sound rise from nothing and fall to nothing.
fn soften(samples: &mut [i16], edge: usize) {
    let gain = |n: usize| (n as f32 + 0.5) / edge as f32;
    let scale = |(n, sample): (usize, &mut i16)| *sample = (f32::from(*sample) * gain(n)) as i16;
    samples.iter_mut().take(edge).enumerate().for_each(scale);
    samples
        .iter_mut()
        .rev()
        .take(edge)
        .enumerate()
        .for_each(scale);
}

impl fmt::Debug for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clip({} ms)", self.narrow.len() / 8)
    }
}
