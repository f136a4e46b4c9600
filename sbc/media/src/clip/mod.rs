//! Prompts and music: decoded once, resampled once, encoded once per codec, shared by every call that plays them.

mod decode;
mod encoded;
mod rate;
mod recording;
#[cfg(test)]
mod tests;

pub use decode::{MAX_BYTES, MAX_SECONDS};
pub use encoded::EncodedClip;
pub use recording::Recording;

use crate::Codec;
use std::fmt;
use std::sync::Arc;

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

/// A sound in the 20 ms frames of every codec: what is kept of a [`Recording`], 24 KB a second.
pub struct Clip {
    frames: [EncodedClip; 3],
}

impl Clip {
    /// Encodes a sound for every codec.
    pub fn of(recording: &Recording) -> Clip {
        let encoded = |codec| EncodedClip::encode(codec, recording.samples(codec));
        Clip {
            frames: [Codec::Pcmu, Codec::Pcma, Codec::G722].map(encoded),
        }
    }

    /// Reads a sound file and encodes it: [`Recording::decode`], then [`Clip::of`].
    ///
    /// # Errors
    /// As [`Recording::decode`].
    pub fn decode(bytes: &[u8]) -> Result<Clip, ClipError> {
        Ok(Clip::of(&Recording::decode(bytes)?))
    }

    /// The sound in 20 ms frames of a codec.
    pub fn frames(&self, codec: Codec) -> &EncodedClip {
        let [pcmu, pcma, g722] = &self.frames;
        match codec {
            Codec::Pcmu => pcmu,
            Codec::Pcma => pcma,
            Codec::G722 => g722,
        }
    }
}

impl fmt::Debug for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clip({} ms)", self.frames(Codec::Pcma).len() * 20)
    }
}
