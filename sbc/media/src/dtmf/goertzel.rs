//! The Goertzel algorithm: the power of one frequency in a block of samples.

use std::f64::consts::TAU;

/// One frequency's resonator, `2 cos(ω)`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resonator {
    coefficient: f64,
}

impl Resonator {
    /// For a frequency in Hz at a sample rate in Hz.
    pub(crate) fn new(frequency: f64, sample_rate: f64) -> Resonator {
        Resonator {
            coefficient: 2.0 * (TAU * frequency / sample_rate).cos(),
        }
    }

    /// Mean power of the frequency in the block: a sine of amplitude A gives A²/2, whatever the length.
    pub(crate) fn power(&self, samples: impl ExactSizeIterator<Item = f64>) -> f64 {
        let length = samples.len() as f64;
        let (mut last, mut before) = (0.0, 0.0);
        for sample in samples {
            let next = sample + self.coefficient * last - before;
            before = last;
            last = next;
        }
        let magnitude = last * last + before * before - self.coefficient * last * before;
        if length > 0.0 {
            2.0 * magnitude / (length * length)
        } else {
            0.0
        }
    }
}

/// Mean power of one frequency in samples of 16 bits.
#[cfg(test)]
pub(crate) fn power(samples: &[i16], frequency: f64, sample_rate: f64) -> f64 {
    Resonator::new(frequency, sample_rate).power(samples.iter().map(|s| f64::from(*s)))
}
