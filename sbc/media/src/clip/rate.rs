//! Whole sounds from one sample rate to another, by rubato's windowed sinc.
//!
//! Where the rates have a small common ratio, as all usual ones do, the filter is computed exactly at every position that occurs, and
//! nothing is interpolated.

use super::ClipError;
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    Async, FixedAsync, Resampler, SincInterpolationParameters, SincInterpolationType,
    WindowFunction,
};

/// Length of the filter in samples of the lower rate: everything 300 Hz above half of it is 60 dB down.
const LENGTH: usize = 160;
/// Most positions between two samples that are computed exactly.
const EXACT: u32 = 640;
/// Samples processed at once.
const CHUNK: usize = 4096;

/// Samples at `from` Hz as samples at `to` Hz, full scale 1, neither delayed nor longer.
pub(super) fn resample(samples: &[f32], from: u32, to: u32) -> Result<Vec<f32>, ClipError> {
    let positions = to / gcd(from, to);
    let (oversampling_factor, interpolation) = match positions {
        0..=EXACT => (positions as usize, SincInterpolationType::Nearest),
        _ => (256, SincInterpolationType::Cubic),
    };
    let parameters = SincInterpolationParameters {
        sinc_len: LENGTH * (from.div_ceil(to) as usize),
        f_cutoff: None,
        oversampling_factor,
        interpolation,
        window: WindowFunction::BlackmanHarris2,
    };
    let failed = |why: &dyn std::fmt::Display| {
        ClipError::Unreadable(format!("it cannot be resampled: {why}"))
    };
    let ratio = f64::from(to) / f64::from(from);
    let mut resampler =
        Async::<f32>::new_sinc(ratio, 1.0, &parameters, CHUNK, 1, FixedAsync::Input)
            .map_err(|error| failed(&error))?;
    let input = InterleavedSlice::new(samples, 1, samples.len()).map_err(|error| failed(&error))?;
    let output = resampler
        .process_all(&input, samples.len(), None)
        .map_err(|error| failed(&error))?;
    Ok(output.take_data())
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
