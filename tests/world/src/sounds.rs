//! What the world sounds like: a sine for each party and each prompt, and the ear that tells them apart (Goertzel).

use std::collections::BTreeMap;
use std::f64::consts::TAU;
use std::sync::Arc;

use media::{Clip, Recording, SoundId};

/// Every tone is a multiple of this, so that 20 ms hold whole periods and 200 ms tell two of them apart.
const STEP: u32 = 50;
/// The first party's tone; ringing tones (425, 440 Hz) stay below.
const FIRST_PARTY: u32 = 500;
/// The first prompt's tone.
const FIRST_SOUND: u32 = 1_000;
/// How long a prompt lasts, in samples at 8 kHz.
const PROMPT: usize = 2_400;

/// The tone of the nth party. There are ten.
pub(crate) fn party_tone(index: usize) -> u32 {
    FIRST_PARTY + STEP * u32::try_from(index % 10).expect("small")
}

/// `samples` of a sine at a sample rate.
pub(crate) fn sine(hertz: u32, rate: u32, samples: usize) -> Vec<i16> {
    let step = TAU * f64::from(hertz) / f64::from(rate);
    (0..samples)
        .map(|n| ((n as f64 * step).sin() * 8_000.0) as i16)
        .collect()
}

/// The prompts heard so far, each with its tone.
#[derive(Default)]
pub(crate) struct Library {
    tones: BTreeMap<String, u32>,
}

impl Library {
    /// The sound of this name, made up at its first use.
    pub(crate) fn load(&mut self, sound: &SoundId) -> Arc<Clip> {
        let next = FIRST_SOUND + STEP * u32::try_from(self.tones.len()).expect("few sounds");
        assert!(next <= 3_400, "more sounds than tones");
        let hertz = *self.tones.entry(sound.as_str().to_owned()).or_insert(next);
        let recording =
            Recording::from_samples(sine(hertz, 8_000, PROMPT), sine(hertz, 16_000, 2 * PROMPT));
        Arc::new(Clip::of(&recording))
    }

    /// Name and tone of every sound loaded so far.
    pub(crate) fn tones(&self) -> impl Iterator<Item = (&str, u32)> {
        self.tones.iter().map(|(name, tone)| (name.as_str(), *tone))
    }
}

/// The part of the energy of these samples (8 kHz) that one tone has: 1.0 for a pure tone. Hann window, Goertzel.
pub(crate) fn share(samples: &[i16], hertz: u32) -> f64 {
    let count = samples.len() as f64;
    let window = |n: usize| 0.5 - 0.5 * (TAU * n as f64 / count).cos();
    let coefficient = 2.0 * (TAU * f64::from(hertz) / 8_000.0).cos();
    let (mut last, mut before, mut energy) = (0.0, 0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let value = f64::from(*sample) * window(n);
        energy += value * value;
        let next = value + coefficient * last - before;
        before = last;
        last = next;
    }
    if energy <= 0.0 {
        return 0.0;
    }
    let power = last * last + before * before - coefficient * last * before;
    // A windowed sine of amplitude A: power = (A N/4)², energy = A² N 3/16.
    power * 3.0 / (energy * count)
}

/// Root mean square, to tell sound from silence.
pub(crate) fn loudness(samples: &[i16]) -> f64 {
    let energy: f64 = samples
        .iter()
        .map(|sample| f64::from(*sample).powi(2))
        .sum();
    (energy / samples.len().max(1) as f64).sqrt()
}
