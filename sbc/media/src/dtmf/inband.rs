//! Keys heard in the sound itself (ITU-T Q.23, Q.24), for parties without telephone-event.
//!
//! Windows of 17 ms every 4.25 ms, eight Goertzel resonators. A window counts when one low and one high frequency stand out, are
//! level with each other, and hold nearly all the power: speech seldom does, and hardly ever five times in a row. Five windows make a
//! key; six without it end it, so that a dropout of 10 ms does not press twice.
//!
//! Every relayed packet of such a party is listened to, and nearly none holds a key. While no key is about, only each fifth window
//! is looked at: five in a row cannot miss it, and when it holds one the four before it are looked at after all. Single precision
//! is plenty for powers that are told apart by decibels, and lets the processor turn four resonators at once.

use super::Digit;
use smallvec::SmallVec;
use std::f32::consts::TAU;
use std::sync::LazyLock;

/// Samples of one window. With Hamming's weights it tells 697 from 770 Hz, and the row does not leak into the columns.
const WINDOW: usize = 136;
/// Samples from one window to the next.
const STEP: usize = 34;
/// Windows in a row that make a key: 34 ms, and even a key of 40 ms holds five whole ones.
const MAKES: u8 = 5;
/// Windows in a row without the key that end it.
const ENDS: u8 = 6;
/// Windows that are passed over at first while no key is about.
const PASSED: usize = MAKES as usize - 1;
/// Resonators that work side by side.
const LANES: usize = 8;
/// The samples of one window and of those passed over before it.
const KEPT: usize = WINDOW + PASSED * STEP;

/// Hamming's weights, and what they do to the power of noise and of a tone.
struct Weights {
    each: [f32; WINDOW],
    squares: f32,
    gain: f32,
}

static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| {
    let each: [f32; WINDOW] =
        std::array::from_fn(|n| 0.54 - 0.46 * (TAU * (n as f32 + 0.5) / WINDOW as f32).cos());
    Weights {
        squares: each.iter().map(|w| w * w).sum(),
        gain: each.iter().sum::<f32>() / WINDOW as f32,
        each,
    }
});

/// The frequencies of the rows and columns in Hz (Q.23).
pub(super) const ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
pub(super) const COLUMNS: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
/// All of them.
const TONES: [f32; 8] = [697.0, 770.0, 852.0, 941.0, 1209.0, 1336.0, 1477.0, 1633.0];
/// The keys, row by row.
const PAD: [[char; 4]; 4] = [
    ['1', '2', '3', 'A'],
    ['4', '5', '6', 'B'],
    ['7', '8', '9', 'C'],
    ['*', '0', '#', 'D'],
];

/// The weakest tone that counts, as mean power: a sine of about -34 dBm0.
const WEAKEST: f32 = 1.0e5;
/// How much stronger the row may be: 8 dB and a little, as lines lose the high tone (Q.24 annex A).
const ROW_STRONGER: f32 = 7.0;
/// How much stronger the column may be: 5 dB.
const COLUMN_STRONGER: f32 = 3.2;
/// How far a frequency stands above the others of its group: 6 dB.
const STANDS_OUT: f32 = 4.0;
/// The share of the whole power that both tones hold at their best tuning. Noise at 15 dB leaves them 0.95.
const SHARE: f32 = 0.85;
/// Detunings tried for the share, so that tones 1.5 % off lose nothing (Q.24) and those 3.5 % off fail.
const TUNINGS: [f32; 3] = [0.988, 1.0, 1.012];

/// One party's ear for tones.
#[derive(Debug, Clone)]
pub struct Detector {
    tones: Bank,
    samples: [i16; KEPT],
    filled: usize,
    /// Whole windows at the beginning of `samples` that nobody has looked at.
    passed: usize,
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
        Detector {
            tones: Bank::new(TONES),
            samples: [0; KEPT],
            filled: WINDOW - STEP,
            passed: 0,
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
            .get_mut(self.filled..WINDOW + self.passed * STEP)
            .filter(|_| !rest.is_empty())
        {
            let (now, later) = rest.split_at(rest.len().min(free.len()));
            free.iter_mut()
                .zip(now)
                .for_each(|(slot, sample)| *slot = *sample);
            self.filled = self.filled.saturating_add(now.len());
            rest = later;
            if self.filled >= WINDOW + self.passed * STEP {
                self.window(&mut keys);
            }
        }
        keys
    }

    /// A window is full.
    fn window(&mut self, keys: &mut SmallVec<[Digit; 2]>) {
        let is_quiet = self.last.is_none() && self.pressed.is_none();
        if is_quiet && self.passed < PASSED {
            self.passed += 1;
            return;
        }
        let newest = self.key_in(self.passed);
        if newest.is_some() {
            for passed in 0..self.passed {
                let held = self.key_in(passed);
                keys.extend(self.step(held));
            }
        }
        keys.extend(self.step(newest));
        self.samples.copy_within((self.passed + 1) * STEP.., 0);
        self.filled = WINDOW - STEP;
        self.passed = 0;
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

    /// The key in one of the windows that are kept.
    fn key_in(&self, window: usize) -> Option<Digit> {
        let samples = self.samples.get(window * STEP..)?.first_chunk::<WINDOW>()?;
        let weights = &*WEIGHTS;
        let mut weighted = weights.each;
        for (weight, sample) in weighted.iter_mut().zip(samples) {
            *weight *= f32::from(*sample);
        }
        let whole = square_sum(&weighted) / weights.squares;
        if whole < 2.0 * WEAKEST {
            return None;
        }
        let [r0, r1, r2, r3, c0, c1, c2, c3] = self.tones.powers(&weighted);
        let (row, low) = strongest([r0, r1, r2, r3])?;
        let (column, high) = strongest([c0, c1, c2, c3])?;
        let strong = low > WEAKEST && high > WEAKEST;
        let level = low < high * ROW_STRONGER && high < low * COLUMN_STRONGER;
        if !strong || !level {
            return None;
        }
        let (row_hz, column_hz) = (ROWS.get(row)?, COLUMNS.get(column)?);
        let tuned = |hz: &f32| TUNINGS.map(|by| hz * by);
        let ([l0, l1, l2], [h0, h1, h2]) = (tuned(row_hz), tuned(column_hz));
        let [l0, l1, l2, h0, h1, h2, ..] =
            Bank::new([l0, l1, l2, h0, h1, h2, 0.0, 0.0]).powers(&weighted);
        let pure = l0.max(l1).max(l2) + h0.max(h1).max(h2) > whole * SHARE;
        let key = PAD.get(row).and_then(|row| row.get(column)).copied();
        key.filter(|_| pure).and_then(Digit::from_char)
    }
}

/// One value for each resonator. Lanes are counted and not zipped: only so the compiler makes vectors of them in every profile.
type Lanes = [f32; LANES];

/// The sum of squares, in as many sums as the processor adds at once.
#[allow(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "a lane is always inside"
)]
fn square_sum(weighted: &[f32; WINDOW]) -> f32 {
    let mut sums: Lanes = [0.0; LANES];
    for samples in weighted.as_chunks::<LANES>().0 {
        for lane in 0..LANES {
            sums[lane] += samples[lane] * samples[lane];
        }
    }
    sums.iter().sum()
}

/// Eight resonators side by side. Whole arrays take the place of the ones before them, so that they stay in registers.
#[derive(Debug, Clone)]
struct Bank {
    coefficients: Lanes,
}

impl Bank {
    fn new(hz: Lanes) -> Bank {
        Bank {
            coefficients: hz.map(|hz| 2.0 * (TAU * hz / 8000.0).cos()),
        }
    }

    /// Mean power at each frequency (Goertzel), the weights made up for.
    #[allow(
        clippy::indexing_slicing,
        clippy::needless_range_loop,
        reason = "a lane is always inside"
    )]
    fn powers(&self, weighted: &[f32; WINDOW]) -> Lanes {
        let by = &self.coefficients;
        let (mut newer, mut older): (Lanes, Lanes) = ([0.0; LANES], [0.0; LANES]);
        for sample in weighted {
            let mut next = [*sample; LANES];
            for lane in 0..LANES {
                next[lane] += by[lane] * newer[lane] - older[lane];
            }
            (newer, older) = (next, newer);
        }
        let scale = 2.0 / (WINDOW * WINDOW) as f32 / (WEIGHTS.gain * WEIGHTS.gain);
        let mut powers = [scale; LANES];
        for lane in 0..LANES {
            let (newer, older) = (newer[lane], older[lane]);
            powers[lane] *= newer * newer + older * older - by[lane] * newer * older;
        }
        powers
    }
}

/// The strongest of a group, if it stands out.
fn strongest(powers: [f32; 4]) -> Option<(usize, f32)> {
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
    let (low, high) = pairs
        .find(|(k, _)| *k == key)
        .map_or((ROWS[3], COLUMNS[1]), |(_, pair)| pair);
    (f64::from(low), f64::from(high))
}
