//! The Goertzel algorithm, for tests: the power of one frequency in a block of samples.

use std::f64::consts::TAU;

/// Mean power of one frequency in samples of 16 bits: a sine of amplitude A gives A²/2, whatever the length.
pub(crate) fn power(samples: &[i16], frequency: f64, sample_rate: f64) -> f64 {
    let coefficient = 2.0 * (TAU * frequency / sample_rate).cos();
    let length = samples.len() as f64;
    let (mut last, mut before) = (0.0, 0.0);
    for sample in samples {
        let next = f64::from(*sample) + coefficient * last - before;
        before = last;
        last = next;
    }
    let magnitude = last * last + before * before - coefficient * last * before;
    if length > 0.0 {
        2.0 * magnitude / (length * length)
    } else {
        0.0
    }
}
