//! Prompts and music: decoded once, resampled once, encoded once per codec, shared by every call that plays them.

mod encoded;

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

impl Clip {
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

impl fmt::Debug for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clip({} ms)", self.narrow.len() / 8)
    }
}
