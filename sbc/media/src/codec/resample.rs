//! Between 8 and 16 kHz, packet by packet, for calls whose parties share no codec.
//!
//! One linear-phase low-pass filter serves both ways: flat to 3.4 kHz, at least 60 dB down from 4.3 kHz on the way down (what would fold
//! under 3.7 kHz) and for the images on the way up. It delays 3 ms. Files are resampled by `clip`, at leisure and better.

use std::f64::consts::PI;
use std::sync::LazyLock;

/// Length of the filter at 16 kHz; even, so that each phase of the interpolator has half.
const TAPS: usize = 96;
/// Middle of the transition, in Hz.
const CUTOFF: f64 = 3850.0;
/// Shape of the Kaiser window: about 65 dB.
const BETA: f64 = 6.2;

/// The filter and its two phases, each summing to one.
struct Filter {
    whole: [f32; TAPS],
    phases: [[f32; TAPS / 2]; 2],
}

static FILTER: LazyLock<Filter> = LazyLock::new(|| {
    let centre = (TAPS as f64 - 1.0) / 2.0;
    let tap = |n: usize| {
        let x = n as f64 - centre;
        let sinc = (2.0 * PI * CUTOFF / 16000.0 * x).sin() / (PI * x);
        (sinc * bessel(BETA * (1.0 - (x / (centre + 0.5)).powi(2)).sqrt()) / bessel(BETA)) as f32
    };
    let whole: [f32; TAPS] = std::array::from_fn(tap);
    // A window over samples in order of time meets the taps in reverse; the filter is symmetric, its phases mirror each other.
    let phase = |odd: usize| std::array::from_fn(|n| 2.0 * tap(2 * (TAPS / 2 - 1 - n) + odd));
    Filter {
        whole,
        phases: [phase(0), phase(1)],
    }
});

/// The modified Bessel function of order zero.
fn bessel(x: f64) -> f64 {
    let terms = (1..40).scan(1.0, |term, k| {
        *term *= (x / 2.0 / f64::from(k)).powi(2);
        Some(*term)
    });
    1.0 + terms.sum::<f64>()
}

/// The change of rate, with the sound it still remembers.
#[derive(Debug, Clone)]
pub struct Resampler {
    way: Way,
    /// The end of the last packet, then the new one.
    work: Vec<f32>,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// 8 to 16 kHz.
    Up,
    /// 16 to 8 kHz.
    Down,
}

impl Resampler {
    /// A resampler after silence.
    pub fn new(way: Way) -> Resampler {
        Resampler {
            way,
            work: vec![0.0; way.memory()],
        }
    }

    /// Replaces `output` by `input` at the other rate. On the way down an odd last sample is left out; our codecs never make one.
    pub fn process(&mut self, input: &[i16], output: &mut Vec<i16>) {
        self.work.extend(input.iter().map(|s| f32::from(*s)));
        output.clear();
        match self.way {
            Way::Up => output.extend(self.work.windows(TAPS / 2).skip(1).flat_map(|window| {
                let [first, second] = &FILTER.phases;
                [limited(dot(window, first)), limited(dot(window, second))]
            })),
            Way::Down => output.extend(
                self.work
                    .windows(TAPS)
                    .skip(2)
                    .step_by(2)
                    .map(|window| limited(dot(window, &FILTER.whole))),
            ),
        }
        let done = self.work.len().saturating_sub(self.way.memory());
        self.work.drain(..done);
    }
}

impl Way {
    /// Samples of the past that the next output needs.
    const fn memory(self) -> usize {
        match self {
            Way::Up => TAPS / 2,
            Way::Down => TAPS,
        }
    }
}

fn limited(value: f32) -> i16 {
    // A cast from float saturates.
    value.round() as i16
}

/// A sum in eight lanes, which the compiler turns into vector instructions.
fn dot(samples: &[f32], taps: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 8];
    for (samples, taps) in samples
        .as_chunks::<8>()
        .0
        .iter()
        .zip(taps.as_chunks::<8>().0)
    {
        for (lane, (sample, tap)) in lanes.iter_mut().zip(samples.iter().zip(taps)) {
            *lane += sample * tap;
        }
    }
    lanes.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtmf::goertzel::power;

    fn tone(hz: f64, rate: f64, count: u32) -> Vec<i16> {
        let sample = |n| (10_000.0 * (f64::from(n) * hz * 2.0 * PI / rate).sin()) as i16;
        (0..count).map(sample).collect()
    }

    /// Feeds 20 ms at a time, as calls do.
    fn resample(way: Way, input: &[i16]) -> Vec<i16> {
        let (mut resampler, mut output, mut all) = (Resampler::new(way), Vec::new(), Vec::new());
        for packet in input.chunks(if way == Way::Up { 160 } else { 320 }) {
            resampler.process(packet, &mut output);
            all.extend_from_slice(&output);
        }
        all
    }

    fn decibels(ratio: f64) -> f64 {
        10.0 * ratio.log10()
    }

    #[test]
    fn speech_passes_both_ways_unchanged() {
        for hz in [100.0, 1000.0, 3000.0, 3400.0] {
            let down = resample(Way::Down, &tone(hz, 16000.0, 16000));
            assert_eq!(down.len(), 8000);
            assert!(
                decibels(power(&down[800..], hz, 8000.0) / 5e7).abs() < 0.2,
                "{hz} Hz down"
            );
            let up = resample(Way::Up, &tone(hz, 8000.0, 8000));
            assert_eq!(up.len(), 16000);
            assert!(
                decibels(power(&up[1600..], hz, 16000.0) / 5e7).abs() < 0.2,
                "{hz} Hz up"
            );
        }
    }

    #[test]
    fn nothing_folds_down_and_no_image_rises() {
        for hz in [4400.0, 5000.0, 5500.0, 6000.0, 7900.0] {
            let down = resample(Way::Down, &tone(hz, 16000.0, 16000));
            let heard = decibels(power(&down[800..], 8000.0 - hz, 8000.0) / 5e7);
            assert!(heard < -60.0, "{hz} Hz folds at {heard} dB");
        }
        for hz in [300.0, 2000.0, 3400.0] {
            let up = resample(Way::Up, &tone(hz, 8000.0, 8000));
            let heard = decibels(power(&up[1600..], 8000.0 - hz, 16000.0) / 5e7);
            assert!(heard < -60.0, "{hz} Hz has an image at {heard} dB");
        }
    }
}
