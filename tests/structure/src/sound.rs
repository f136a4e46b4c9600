//! Measures a sound the way a listener would complain about it: too soft, too loud, clipped, cut off, slow to begin.

/// Samples per second of everything measured here.
pub const RATE: usize = 16_000;
const FRAME: usize = RATE / 50;
/// Frames softer than this are silence to a caller, in dBFS.
const SILENT: f64 = -50.0;

/// What was found in a sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Whole length in seconds.
    pub seconds: f64,
    /// RMS in dBFS over the 20 ms frames within 30 dB of the loudest one.
    pub level: f64,
    /// Highest sample in dBFS.
    pub peak: f64,
    /// Mean of the samples, as a part of full scale.
    pub offset: f64,
    /// Silence before the first sound, in seconds.
    pub lead_in: f64,
    /// Silence after the last sound, in seconds.
    pub lead_out: f64,
    /// Longest silence between two sounds, in seconds.
    pub pause: f64,
    /// How sharp the bend is where the end meets the beginning, over the sharpest bend inside: above 1 it clicks when repeated.
    pub seam: f64,
}

/// Measures mono samples at [`RATE`].
pub fn measure(samples: &[i16]) -> Measured {
    let scaled: Vec<f64> = samples.iter().map(|&s| f64::from(s) / 32768.0).collect();
    let frames: Vec<f64> = scaled
        .chunks_exact(FRAME)
        .map(|frame| (frame.iter().map(|s| s * s).sum::<f64>() / FRAME as f64).sqrt())
        .collect();
    let gate = frames.iter().copied().fold(0.0, f64::max) * 10_f64.powf(-30.0 / 20.0);
    let held: Vec<f64> = frames
        .iter()
        .filter(|f| **f > gate)
        .map(|f| f * f)
        .collect();
    let sounding: Vec<usize> = (0..frames.len())
        .filter(|i| frames.get(*i).is_some_and(|f| decibels(*f) > SILENT))
        .collect();
    let step = FRAME as f64 / RATE as f64;
    let first = sounding.first().copied().unwrap_or(frames.len());
    let last = sounding.last().map_or(0, |last| last + 1);
    let pauses = sounding
        .iter()
        .zip(sounding.iter().skip(1))
        .map(|(a, b)| b - a - 1);
    Measured {
        seconds: samples.len() as f64 / RATE as f64,
        level: decibels((held.iter().sum::<f64>() / held.len().max(1) as f64).sqrt()),
        peak: decibels(scaled.iter().fold(0.0, |peak, s| s.abs().max(peak))),
        offset: scaled.iter().sum::<f64>() / samples.len().max(1) as f64,
        lead_in: first as f64 * step,
        lead_out: (frames.len() - last) as f64 * step,
        pause: pauses.max().unwrap_or(0) as f64 * step,
        seam: seam(&scaled),
    }
}

fn decibels(value: f64) -> f64 {
    20.0 * value.max(1e-9).log10()
}

/// See [`Measured::seam`].
fn seam(samples: &[f64]) -> f64 {
    let bend = |w: &[f64]| match w {
        [a, b, c] => (a - 2.0 * b + c).abs(),
        _ => 0.0,
    };
    let inside = samples.windows(3).map(bend).fold(1e-9, f64::max);
    let tail = samples.iter().rev().take(2).rev();
    let joint: Vec<f64> = tail.chain(samples.iter().take(2)).copied().collect();
    joint.windows(3).map(bend).fold(0.0, f64::max) / inside
}

/// What is wrong with a spoken prompt of so many characters.
pub fn speech_complaints(m: &Measured, characters: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut within = |what: &str, value: f64, low: f64, high: f64| {
        if !(low..=high).contains(&value) {
            wrong.push(format!("{what} {value:.2} is not within {low} to {high}"));
        }
    };
    within("length (s)", m.seconds, 0.4, 30.0);
    within("level (dBFS)", m.level, -20.0, -18.0);
    within("peak (dBFS)", m.peak, -16.0, -3.0);
    within("offset", m.offset.abs(), 0.0, 0.002);
    within("silence before (s)", m.lead_in, 0.04, 0.2);
    within("silence after (s)", m.lead_out, 0.1, 0.3);
    within("longest pause (s)", m.pause, 0.0, 0.9);
    // Slow speech is 8 to 16 characters a second; a cut-off file or a voice that spells letters falls out of this.
    let spoken = m.seconds - m.lead_in - m.lead_out;
    if characters >= 20 {
        within(
            "characters a second",
            characters as f64 / spoken.max(0.01),
            7.0,
            18.0,
        );
    }
    wrong
}

/// What is wrong with music that is repeated while somebody waits.
pub fn music_complaints(m: &Measured) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut within = |what: &str, value: f64, low: f64, high: f64| {
        if !(low..=high).contains(&value) {
            wrong.push(format!("{what} {value:.2} is not within {low} to {high}"));
        }
    };
    within("length (s)", m.seconds, 40.0, 60.0);
    within("level (dBFS)", m.level, -25.0, -23.0);
    within("peak (dBFS)", m.peak, -20.0, -6.0);
    within("silence before (s)", m.lead_in, 0.0, 0.2);
    within("silence after (s)", m.lead_out, 0.0, 0.2);
    within("longest pause (s)", m.pause, 0.0, 0.3);
    within("seam", m.seam, 0.0, 1.0);
    wrong
}
