//! Keys heard in the sound itself (ITU-T Q.23, Q.24), for parties without telephone-event.
//!
//! Windows of 17 ms every 4.25 ms, eight Goertzel resonators. A window counts when one low and one high frequency stand out, are
//! level with each other, and hold nearly all the power: speech seldom does, and hardly ever five times in a row. Five windows make a
//! key; six without it end it, so that a dropout of 10 ms does not press twice.

use super::Digit;
use super::goertzel::Resonator;
use smallvec::SmallVec;
use std::f64::consts::TAU;
use std::sync::LazyLock;

/// Samples of one window. With Hamming's weights it tells 697 from 770 Hz, and the row does not leak into the columns.
const WINDOW: usize = 136;
/// Samples from one window to the next.
const STEP: usize = 34;
/// Windows in a row that make a key: 34 ms, and even a key of 40 ms holds five whole ones.
const MAKES: u8 = 5;
/// Windows in a row without the key that end it.
const ENDS: u8 = 6;

/// Hamming's weights.
static WEIGHTS: LazyLock<[f64; WINDOW]> = LazyLock::new(|| {
    std::array::from_fn(|n| 0.54 - 0.46 * (TAU * (n as f64 + 0.5) / WINDOW as f64).cos())
});

/// The frequencies of the rows and columns in Hz (Q.23).
pub(super) const ROWS: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
pub(super) const COLUMNS: [f64; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
/// The keys, row by row.
const PAD: [[char; 4]; 4] = [
    ['1', '2', '3', 'A'],
    ['4', '5', '6', 'B'],
    ['7', '8', '9', 'C'],
    ['*', '0', '#', 'D'],
];

/// The weakest tone that counts, as mean power: a sine of about -34 dBm0.
const WEAKEST: f64 = 1.0e5;
/// How much stronger the row may be: 8 dB and a little, as lines lose the high tone (Q.24 annex A).
const ROW_STRONGER: f64 = 7.0;
/// How much stronger the column may be: 5 dB.
const COLUMN_STRONGER: f64 = 3.2;
/// How far a frequency stands above the others of its group: 6 dB.
const STANDS_OUT: f64 = 4.0;
/// The share of the whole power that both tones hold at their best tuning. Noise at 15 dB leaves them 0.95.
const SHARE: f64 = 0.85;
/// Detunings tried for the share, so that tones 1.5 % off lose nothing (Q.24) and those 3.5 % off fail.
const TUNINGS: [f64; 3] = [0.988, 1.0, 1.012];

/// One party's ear for tones.
#[derive(Debug, Clone)]
pub struct Detector {
    rows: [Resonator; 4],
    columns: [Resonator; 4],
    samples: [i16; WINDOW],
    filled: usize,
    /// What the last window held.
    last: Option<Digit>,
    /// For how many windows.
    run: u8,
    /// The key being pressed.
    pressed: Option<Digit>,
    /// Windows since it was last heard.
    missing: u8,
}

impl Default for Detector {
    fn default() -> Detector {
        Detector::new()
    }
}

impl Detector {
    /// A detector after silence.
    pub fn new() -> Detector {
        let resonators = |group: [f64; 4]| group.map(|hz| Resonator::new(hz, 8000.0));
        Detector {
            rows: resonators(ROWS),
            columns: resonators(COLUMNS),
            samples: [0; WINDOW],
            filled: WINDOW - STEP,
            last: None,
            run: 0,
            pressed: None,
            missing: 0,
        }
    }

    /// Listens to samples at 8000 Hz, in pieces of any length; gives each key once, about 36 ms after it began.
    pub fn listen(&mut self, samples: &[i16]) -> SmallVec<[Digit; 2]> {
        let mut keys = SmallVec::new();
        let mut rest = samples;
        while let Some(free) = self
            .samples
            .get_mut(self.filled..)
            .filter(|_| !rest.is_empty())
        {
            let (now, later) = rest.split_at(rest.len().min(free.len()));
            free.iter_mut()
                .zip(now)
                .for_each(|(slot, sample)| *slot = *sample);
            self.filled = self.filled.saturating_add(now.len());
            rest = later;
            if self.filled >= WINDOW {
                let held = self.key_in_window();
                keys.extend(self.step(held));
                self.samples.copy_within(STEP.., 0);
                self.filled = WINDOW - STEP;
            }
        }
        keys
    }

    /// One window further: the key if it begins to count now.
    fn step(&mut self, held: Option<Digit>) -> Option<Digit> {
        self.run = if held == self.last {
            self.run.saturating_add(1)
        } else {
            1
        };
        self.last = held;
        self.missing = if held == self.pressed {
            0
        } else {
            self.missing.saturating_add(1)
        };
        if self.missing >= ENDS {
            self.pressed = None;
        }
        if held.is_none() || held == self.pressed || self.run < MAKES {
            return None;
        }
        self.missing = 0;
        self.pressed = held;
        held
    }

    fn key_in_window(&self) -> Option<Digit> {
        let whole = self
            .samples
            .iter()
            .zip(WEIGHTS.iter())
            .map(|(s, w)| (f64::from(*s) * w).powi(2))
            .sum::<f64>()
            / WEIGHTS.iter().map(|w| w * w).sum::<f64>();
        if whole < 2.0 * WEAKEST {
            return None;
        }
        let (row, low) = strongest(self.rows.map(|r| self.power(r)))?;
        let (column, high) = strongest(self.columns.map(|r| self.power(r)))?;
        let strong = low > WEAKEST && high > WEAKEST;
        let level = low < high * ROW_STRONGER && high < low * COLUMN_STRONGER;
        if !strong || !level {
            return None;
        }
        let best = |hz: Option<&f64>| {
            let tuned = TUNINGS
                .iter()
                .zip(hz.into_iter().cycle())
                .map(|(by, hz)| self.power(Resonator::new(hz * by, 8000.0)));
            tuned.fold(0.0, f64::max)
        };
        let pure = best(ROWS.get(row)) + best(COLUMNS.get(column)) > whole * SHARE;
        let key = PAD.get(row).and_then(|row| row.get(column)).copied();
        key.filter(|_| pure).and_then(Digit::from_char)
    }

    /// Mean power at a resonator's frequency, the weights made up for.
    fn power(&self, resonator: Resonator) -> f64 {
        let gain = WEIGHTS.iter().sum::<f64>() / WINDOW as f64;
        resonator.power(
            self.samples
                .iter()
                .zip(WEIGHTS.iter())
                .map(|(s, w)| f64::from(*s) * w),
        ) / (gain * gain)
    }
}

/// The strongest of a group, if it stands out.
fn strongest(powers: [f64; 4]) -> Option<(usize, f64)> {
    let (place, power) = powers
        .into_iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    let alone = powers
        .iter()
        .enumerate()
        .all(|(other, p)| other == place || p * STANDS_OUT < power);
    alone.then_some((place, power))
}

/// The row and column frequency of a key, in Hz.
pub(super) fn frequencies(digit: Digit) -> (f64, f64) {
    let key = digit.to_char();
    let mut pairs = PAD.iter().zip(ROWS).flat_map(|(row, low)| {
        row.iter()
            .zip(COLUMNS)
            .map(move |(k, high)| (*k, (low, high)))
    });
    pairs
        .find(|(k, _)| *k == key)
        .map_or((ROWS[3], COLUMNS[1]), |(_, pair)| pair)
}
