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

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone that swells four times a second, as speech does, with silence around it.
    fn spoken(seconds: f64, loud: f64, before: usize, after: usize) -> Vec<i16> {
        let count = (seconds * RATE as f64) as usize;
        let voice = (0..count).map(|i| {
            let t = i as f64 / RATE as f64;
            let swell = 0.6 + 0.4 * (t * 25.0).sin();
            (loud * swell * (t * 1900.0).sin() * 32767.0).clamp(-32768.0, 32767.0) as i16
        });
        let quiet = |n: usize| std::iter::repeat_n(0_i16, n);
        quiet(before).chain(voice).chain(quiet(after)).collect()
    }

    #[test]
    fn a_good_prompt_passes_and_each_fault_is_named() {
        let about = |samples: Vec<i16>, characters| {
            speech_complaints(&measure(&samples), characters).join("; ")
        };
        assert_eq!(about(spoken(3.0, 0.235, 1280, 2400), 36), "");
        for (samples, characters, fault) in [
            (spoken(3.0, 0.1, 1280, 2400), 36, "level"),
            (spoken(3.0, 1.2, 1280, 2400), 36, "peak"),
            (spoken(3.0, 0.235, 0, 2400), 36, "silence before"),
            (spoken(3.0, 0.235, 1280, 16_000), 36, "silence after"),
            (spoken(0.2, 0.235, 0, 0), 4, "length"),
            (spoken(1.0, 0.235, 1280, 2400), 60, "characters a second"),
            (vec![0; 40_000], 36, "level"),
            (
                [
                    spoken(1.0, 0.235, 1280, 0),
                    spoken(1.0, 0.235, 16_000, 2400),
                ]
                .concat(),
                30,
                "pause",
            ),
        ] {
            let found = about(samples, characters);
            assert!(found.contains(fault), "{fault}: {found}");
        }
    }

    #[test]
    fn music_that_clicks_at_its_joint_is_refused() {
        // 0.1 s of whole turns joins smoothly; a quarter turn more jumps.
        let tone = |count: usize| -> Vec<i16> {
            let turn = std::f64::consts::TAU * 440.0 / RATE as f64;
            (0..count)
                .map(|i| ((i as f64 * turn).sin() * 3000.0) as i16)
                .collect()
        };
        assert!(measure(&tone(1600)).seam <= 1.1);
        assert!(measure(&tone(1609)).seam > 2.0);
        assert!(
            music_complaints(&measure(&tone(16_000)))
                .join("; ")
                .contains("length")
        );
    }
}
