//! Tones: made as WAV files, and looked for in what somebody heard (Goertzel's algorithm).

use std::path::Path;

const RATE: u32 = 8_000;
/// Samples in a piece that is judged alone: 100 ms.
const PIECE: usize = 800;
/// Below this a piece counts as silence; full scale is 1.
const SILENCE: f64 = 0.005;

/// Writes `seconds` of a sine of `hz`; of silence without.
pub(crate) fn make(path: &Path, hz: Option<f64>, seconds: u32) {
    let count = RATE * seconds;
    let bytes = count * 2;
    let mut wav = Vec::with_capacity(44 + bytes as usize);
    wav.extend(b"RIFF");
    wav.extend((36 + bytes).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    wav.extend(1_u16.to_le_bytes());
    wav.extend(1_u16.to_le_bytes());
    wav.extend(RATE.to_le_bytes());
    wav.extend((RATE * 2).to_le_bytes());
    wav.extend(2_u16.to_le_bytes());
    wav.extend(16_u16.to_le_bytes());
    wav.extend(b"data");
    wav.extend(bytes.to_le_bytes());
    for index in 0..count {
        let angle = std::f64::consts::TAU * hz.unwrap_or(0.0) * f64::from(index) / f64::from(RATE);
        wav.extend(((angle.sin() * 12_000.0) as i16).to_le_bytes());
    }
    std::fs::write(path, wav).unwrap();
}

/// What somebody heard.
pub(crate) struct Heard {
    samples: Vec<f64>,
}

impl Heard {
    /// Reads recordings of mono 16-bit PCM of 8 kHz, one after the other.
    pub(crate) fn read(recordings: &[impl AsRef<Path>]) -> Heard {
        let mut samples = Vec::new();
        for path in recordings {
            let wav = std::fs::read(path).unwrap();
            assert_eq!(
                (&wav[22..24], &wav[24..28]),
                (&1_u16.to_le_bytes()[..], &RATE.to_le_bytes()[..]),
                "{} is not mono of 8 kHz",
                path.as_ref().display()
            );
            let data = wav.windows(4).position(|four| four == b"data").unwrap() + 8;
            let sample = |two: &[u8]| f64::from(i16::from_le_bytes([two[0], two[1]])) / 32_768.0;
            samples.extend(wav[data..].chunks_exact(2).map(sample));
        }
        Heard { samples }
    }

    /// How long the recording is, in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(RATE)
    }

    /// For how many seconds there was more than silence.
    pub(crate) fn sound(&self) -> f64 {
        self.count(|piece| level(piece) > SILENCE)
    }

    /// For how many seconds `hz` alone was heard: more than half of the power of a piece.
    pub(crate) fn tone(&self, hz: f64) -> f64 {
        self.count(|piece| level(piece) > SILENCE && share(piece, hz) > 0.5)
    }

    /// For how many seconds there was sound that is neither of these tones: speech, music.
    pub(crate) fn other_than(&self, tones: &[f64]) -> f64 {
        self.count(|piece| level(piece) > SILENCE && tones.iter().all(|hz| share(piece, *hz) < 0.5))
    }

    /// For how many seconds `hz` alone was heard after the last sound that is none of these tones: after music, say.
    pub(crate) fn tone_after_other(&self, hz: f64, tones: &[f64]) -> f64 {
        let is_other = |piece: &[f64]| {
            level(piece) > SILENCE && tones.iter().all(|tone| share(piece, *tone) < 0.5)
        };
        let last = self.samples.chunks_exact(PIECE).rposition(is_other);
        let after = last.map_or(0, |piece| (piece + 1) * PIECE);
        let rest = Heard {
            samples: self.samples[after..].to_vec(),
        };
        rest.tone(hz)
    }

    fn count(&self, judge: impl Fn(&[f64]) -> bool) -> f64 {
        let pieces = self.samples.chunks_exact(PIECE);
        pieces.filter(|piece| judge(piece)).count() as f64 * PIECE as f64 / f64::from(RATE)
    }
}

/// Root mean square.
fn level(piece: &[f64]) -> f64 {
    (piece.iter().map(|sample| sample * sample).sum::<f64>() / piece.len() as f64).sqrt()
}

/// The part of the power of `piece` that is at `hz`.
fn share(piece: &[f64], hz: f64) -> f64 {
    let factor = 2.0 * (std::f64::consts::TAU * hz / f64::from(RATE)).cos();
    let (mut one, mut two) = (0.0, 0.0);
    for sample in piece {
        (one, two) = (sample + factor * one - two, one);
    }
    let power = one * one + two * two - factor * one * two;
    let total: f64 = piece.iter().map(|sample| sample * sample).sum();
    power / (total * piece.len() as f64 / 2.0)
}

#[test]
fn a_tone_is_found_and_another_is_not() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("tone.wav");
    make(&file, Some(620.0), 3);
    let heard = Heard::read(&[&file]);
    assert_eq!((heard.seconds(), heard.tone(620.0)), (3.0, 3.0));
    assert_eq!((heard.tone(450.0), heard.other_than(&[450.0])), (0.0, 3.0));
    make(&file, None, 3);
    let heard = Heard::read(&[&file]);
    assert_eq!((heard.sound(), heard.tone(620.0)), (0.0, 0.0));
}
