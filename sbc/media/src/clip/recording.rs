//! A sound as samples, decoded and resampled: what a clip is encoded from, and then let go of.

use super::{ClipError, decode, rate as rates};
use crate::Codec;

/// A decoded mono sound at the two sample rates of our codecs: 48 KB a second.
#[derive(Debug)]
pub struct Recording {
    narrow: Box<[i16]>,
    wide: Box<[i16]>,
}

/// Samples at 8 and 16 kHz over which the edges of a sound rise and fall: 5 ms.
const EDGE: [usize; 2] = [40, 80];

impl Recording {
    /// Reads a sound file: WAV, FLAC, Ogg Vorbis or MP3, any usual rate, channels mixed down. This takes some milliseconds for each second
    /// of sound: not for a thread that must not wait.
    ///
    /// # Errors
    /// [`ClipError`] when the file is no such sound, or larger or longer than we keep.
    pub fn decode(bytes: &[u8]) -> Result<Recording, ClipError> {
        let decode::Decoded { samples, rate } = decode::decode(bytes)?;
        let (narrow, wide) = match rate {
            8000 => {
                let wide = rates::resample(&samples, 8000, 16000)?;
                (samples, wide)
            }
            16000 => (rates::resample(&samples, 16000, 8000)?, samples),
            _ => {
                let wide = rates::resample(&samples, rate, 16000)?;
                drop(samples);
                (rates::resample(&wide, 16000, 8000)?, wide)
            }
        };
        let [narrow_edge, wide_edge] = EDGE;
        Ok(Recording::from_samples(
            finish(&narrow, narrow_edge),
            finish(&wide, wide_edge),
        ))
    }

    /// A sound of samples that are already mono: `narrow` at 8000 Hz, `wide` the same sound at 16000 Hz.
    pub fn from_samples(narrow: Vec<i16>, wide: Vec<i16>) -> Recording {
        Recording {
            narrow: narrow.into(),
            wide: wide.into(),
        }
    }

    /// The samples at 8000 or 16000 Hz, as the codec takes them.
    pub fn samples(&self, codec: Codec) -> &[i16] {
        match codec {
            Codec::Pcmu | Codec::Pcma => &self.narrow,
            Codec::G722 => &self.wide,
        }
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
