//! A sound file to mono samples: WAV, FLAC, Ogg Vorbis, MP3, through rodio's decoder.

use super::ClipError;
use rodio::{Decoder, Source};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Largest file we look at, in bytes: ten minutes of 48 kHz mono WAV.
pub const MAX_BYTES: usize = 60 * 1024 * 1024;
/// Longest sound, in seconds.
pub const MAX_SECONDS: u32 = 600;
/// Sample rates we take, in Hz.
const RATES: std::ops::RangeInclusive<u32> = 8000..=192_000;
/// Most channels mixed down.
const MAX_CHANNELS: u16 = 8;

/// Mono samples at the file's own rate.
pub(super) struct Decoded {
    /// Full scale is 1.
    pub(super) samples: Vec<f32>,
    /// In Hz.
    pub(super) rate: u32,
}

/// Decodes a whole file.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, ClipError> {
    if bytes.len() > MAX_BYTES {
        return Err(ClipError::TooLarge {
            bytes: bytes.len(),
            limit: MAX_BYTES,
        });
    }
    // The decoders were written by many hands; a file that makes one of them panic is one more unreadable file.
    catch_unwind(AssertUnwindSafe(|| read(bytes.to_vec())))
        .unwrap_or_else(|_| Err(unreadable("the decoder failed on it")))
}

fn read(bytes: Vec<u8>) -> Result<Decoded, ClipError> {
    let length = bytes.len() as u64;
    let mut sound = Decoder::builder()
        .with_data(Cursor::new(bytes))
        .with_byte_len(length)
        .build()
        .map_err(|error| ClipError::Unreadable(error.to_string()))?;
    let (rate, channels) = (sound.sample_rate().get(), sound.channels().get());
    if !RATES.contains(&rate) {
        return Err(unreadable("its sample rate is not between 8 and 192 kHz"));
    }
    if channels > MAX_CHANNELS {
        return Err(unreadable("it has more than 8 channels"));
    }
    let limit = rate as usize * MAX_SECONDS as usize;
    let mut samples = Vec::new();
    while let Some(first) = sound.next() {
        if (sound.sample_rate().get(), sound.channels().get()) != (rate, channels) {
            return Err(unreadable("it changes its sample rate or channels midway"));
        }
        let others: f32 = sound
            .by_ref()
            .take(usize::from(channels.saturating_sub(1)))
            .sum();
        if samples.len() >= limit {
            return Err(ClipError::TooLong {
                limit_s: MAX_SECONDS,
            });
        }
        samples.push((first + others) / f32::from(channels));
    }
    if samples.is_empty() {
        return Err(ClipError::Empty);
    }
    Ok(Decoded { samples, rate })
}

fn unreadable(why: &str) -> ClipError {
    ClipError::Unreadable(why.into())
}
