//! Tones we make: keys for parties without telephone-event (ITU-T Q.23), and the call progress tones of a country (ITU-T E.180
//! supplement 2).

use super::Digit;
use super::inband::frequencies;
use crate::clip::Recording;
use crate::plane::Country;
use std::f64::consts::{PI, TAU};

/// Amplitude of a sine of 0 dBm0, when +3.14 dBm0 is full scale (G.711 table 5).
const ZERO_DBM0: f64 = 22_827.0;
/// Time in which a tone rises and falls, so that it does not click.
const RAMP_S: f64 = 0.005;
/// Level of the call progress tones.
const PROGRESS_DBM0: f64 = -10.0;
/// Levels of the low and high tone of a key; the high one is stronger because lines lose it.
const KEY_DBM0: (f64, f64) = (-9.0, -7.0);

/// The tone of a key, to be mixed into a stream packet by packet.
#[derive(Debug, Clone)]
pub struct KeyTone {
    rate: f64,
    low: (f64, f64),
    high: (f64, f64),
    next: u32,
    length: u32,
}

impl KeyTone {
    /// A tone of at least 50 ms and at most 5 s, at a sample rate in Hz.
    pub fn new(digit: Digit, duration_ms: u16, sample_rate: u32) -> KeyTone {
        let (low, high) = frequencies(digit);
        let length = u32::from(duration_ms.clamp(50, 5000)).saturating_mul(sample_rate) / 1000;
        let voice = |hz: f64, dbm0| (TAU * hz / f64::from(sample_rate), amplitude(dbm0));
        KeyTone {
            rate: f64::from(sample_rate),
            low: voice(low, KEY_DBM0.0),
            high: voice(high, KEY_DBM0.1),
            next: 0,
            length,
        }
    }

    /// Replaces `samples` by the next part of the tone, then silence. False when it was over before.
    pub fn fill(&mut self, samples: &mut [i16]) -> bool {
        let sounding = self.next < self.length;
        for sample in samples {
            *sample = self.sample();
        }
        sounding
    }

    fn sample(&mut self) -> i16 {
        if self.next >= self.length {
            return 0;
        }
        let time = f64::from(self.next);
        let value =
            (time * self.low.0).sin() * self.low.1 + (time * self.high.0).sin() * self.high.1;
        let shaped = value * ramp(time / self.rate, f64::from(self.length) / self.rate);
        self.next = self.next.saturating_add(1);
        shaped as i16
    }
}

/// A call progress tone: one frequency, so long on, so long off.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cadence {
    hz: f64,
    on_ms: u32,
    off_ms: u32,
}

/// One period of the ringing tone a caller hears, to be repeated.
pub fn ringback(country: Country) -> Recording {
    ringing(country).recording()
}

/// For how many frames of its period, from the first, the ringing tone sounds.
pub fn ringback_frames(country: Country) -> usize {
    ringing(country).on_ms as usize / 20
}

fn ringing(country: Country) -> Cadence {
    match country {
        Country::Be => Cadence {
            hz: 425.0,
            on_ms: 1000,
            off_ms: 3000,
        },
        Country::Fr => Cadence {
            hz: 440.0,
            on_ms: 1500,
            off_ms: 3500,
        },
    }
}

/// One period of the busy tone, to be repeated.
pub fn busy(country: Country) -> Recording {
    match country {
        Country::Be => Cadence {
            hz: 425.0,
            on_ms: 500,
            off_ms: 500,
        },
        Country::Fr => Cadence {
            hz: 440.0,
            on_ms: 500,
            off_ms: 500,
        },
    }
    .recording()
}

/// One period of the congestion tone, to be repeated.
pub fn congestion(country: Country) -> Recording {
    match country {
        // 167 ms in the supplement; 160 keeps whole packets.
        Country::Be => Cadence {
            hz: 425.0,
            on_ms: 160,
            off_ms: 160,
        },
        Country::Fr => Cadence {
            hz: 440.0,
            on_ms: 250,
            off_ms: 250,
        },
    }
    .recording()
}

impl Cadence {
    fn recording(self) -> Recording {
        Recording::from_samples(self.samples(8000), self.samples(16000))
    }

    fn samples(self, rate: u32) -> Vec<i16> {
        let count = |ms: u32| ms.saturating_mul(rate / 1000);
        let on = count(self.on_ms);
        let amplitude = amplitude(PROGRESS_DBM0);
        let sample = |n| {
            let time = f64::from(n) / f64::from(rate);
            ((TAU * self.hz * time).sin() * amplitude * ramp(time, f64::from(self.on_ms) / 1000.0))
                as i16
        };
        (0..on)
            .map(sample)
            .chain((0..count(self.off_ms)).map(|_| 0))
            .collect()
    }
}

fn amplitude(dbm0: f64) -> f64 {
    ZERO_DBM0 * 10f64.powf(dbm0 / 20.0)
}

/// From 0 to 1 at the beginning and back at the end, as half a cosine.
fn ramp(time: f64, length: f64) -> f64 {
    let edge = time.min(length - time).clamp(0.0, RAMP_S);
    0.5 - 0.5 * (PI * edge / RAMP_S).cos()
}
