//! Tones against the detector: every key as Q.24 demands, and nothing in what is not a key.

use super::goertzel::power;
use super::inband::{Detector, frequencies};
use super::tones::{KeyTone, busy, ringback};
use super::*;
use crate::plane::Country;
use std::f64::consts::TAU;

/// A cheap noise between -1 and 1, the same every time.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0 >> 8) / f64::from(1 << 23) - 1.0
    }
}

/// A key's two tones: amplitudes of row and column, both frequencies off by a factor.
fn tone(digit: Digit, row: f64, column: f64, off: f64, count: u32) -> Vec<f64> {
    let (low, high) = frequencies(digit);
    let wave = |n: u32, hz: f64| (f64::from(n) * hz * off * TAU / 8000.0).sin();
    (0..count)
        .map(|n| row * wave(n, low) + column * wave(n, high))
        .collect()
}

fn listen(sound: &[f64]) -> String {
    let samples: Vec<i16> = sound.iter().map(|s| *s as i16).collect();
    let mut detector = Detector::new();
    samples
        .chunks(160)
        .flat_map(|packet| detector.listen(packet))
        .map(Digit::to_char)
        .collect()
}

/// Every key once, 40 ms with 40 ms between them, shifted against the blocks.
fn row_of_keys(shift: usize, key: impl Fn(Digit) -> Vec<f64>) -> Vec<f64> {
    let pause = [0.0; 320];
    let keys = Digit::all().flat_map(|digit| [key(digit), pause.to_vec()].concat());
    std::iter::repeat_n(0.0, shift).chain(keys).collect()
}

const ALL: &str = "0123456789*#ABCD";

#[test]
fn every_key_of_40_ms_is_heard_once_wherever_it_falls() {
    // One step between two windows has all alignments.
    for shift in 0..34 {
        assert_eq!(
            listen(&row_of_keys(shift, |d| tone(d, 4000.0, 4000.0, 1.0, 320))),
            ALL,
            "shift {shift}"
        );
    }
}

#[test]
fn keys_are_heard_quiet_and_loud_twisted_off_tune_and_in_noise() {
    let heard = |row: f64, column: f64, off: f64| {
        listen(&row_of_keys(31, |d| tone(d, row, column, off, 400)))
    };
    assert_eq!(heard(15_000.0, 15_000.0, 1.0), ALL);
    assert_eq!(heard(600.0, 600.0, 1.0), ALL, "-32 dBm0");
    assert_eq!(
        heard(5000.0, 5000.0 * 0.42, 1.0),
        ALL,
        "row 7.5 dB stronger"
    );
    assert_eq!(
        heard(5000.0 * 0.65, 5000.0, 1.0),
        ALL,
        "column 3.7 dB stronger"
    );
    assert_eq!(
        (heard(4000.0, 4000.0, 1.015), heard(4000.0, 4000.0, 0.985)),
        (ALL.into(), ALL.into())
    );
    let mut noise = Noise(5);
    // Power of the two tones 1.6e7, of the noise 5e5: 15 dB.
    let noisy: Vec<f64> = row_of_keys(3, |d| tone(d, 4000.0, 4000.0, 1.0, 400))
        .iter()
        .map(|s| s + 1220.0 * noise.next())
        .collect();
    assert_eq!(listen(&noisy), ALL);
}

#[test]
fn what_is_no_key_is_not_heard() {
    let five = Digit::from_char('5').unwrap();
    assert_eq!(listen(&tone(five, 4000.0, 4000.0, 1.0, 160)), "", "20 ms");
    assert_eq!(
        listen(&tone(five, 4000.0, 4000.0, 1.035, 8000)),
        "",
        "3.5 % off"
    );
    assert_eq!(
        listen(&tone(five, 8000.0, 1600.0, 1.0, 8000)),
        "",
        "14 dB twist"
    );
    assert_eq!(
        listen(&tone(five, 4000.0, 0.0, 1.0, 8000)),
        "",
        "one tone alone"
    );
    assert_eq!(
        listen(&tone(five, 200.0, 200.0, 1.0, 8000)),
        "",
        "too quiet"
    );
    for country in [Country::Be, Country::Fr] {
        for clip in [ringback(country), busy(country)] {
            let sound: Vec<f64> = clip
                .samples(crate::Codec::Pcma)
                .iter()
                .map(|s| f64::from(*s))
                .collect();
            assert_eq!(listen(&sound), "");
        }
    }
}

#[test]
fn a_long_key_with_a_dropout_is_one_press_and_two_presses_are_two() {
    let five = Digit::from_char('5').unwrap();
    for start in 4000..4100 {
        let mut long = tone(five, 4000.0, 4000.0, 1.0, 8000);
        long[start..start + 80].fill(0.0);
        assert_eq!(listen(&long), "5");
    }
    for shift in 0..34 {
        let press = || tone(five, 4000.0, 4000.0, 1.0, 320);
        let two = [vec![0.0; shift], press(), vec![0.0; 320], press()].concat();
        assert_eq!(listen(&two), "55");
    }
}

/// A minute of a voice that never was: gliding pitch, three formants that jump between vowels, noise bursts and pauses.
#[test]
fn a_voice_presses_no_key() {
    let mut noise = Noise(77);
    let mut sound = Vec::new();
    let vowels = [
        [730.0, 1090.0, 2440.0],
        [270.0, 2290.0, 3010.0],
        [300.0, 870.0, 2240.0],
        [660.0, 1720.0, 2410.0],
        [850.0, 1610.0, 2500.0],
        [700.0, 1220.0, 2600.0],
    ];
    let mut phase = 0.0;
    while sound.len() < 60 * 8000 {
        let pick = ((noise.next() + 1.0) * 2.999) as usize;
        let (pitch, loud) = (160.0 + 80.0 * noise.next(), 6000.0 + 5000.0 * noise.next());
        let glide = 1.0 + 0.15 * noise.next();
        let length = 800 + ((noise.next() + 1.0) * 1000.0) as usize;
        for n in 0..length {
            let along = n as f64 / length as f64;
            let hz = pitch * (1.0 + (glide - 1.0) * along);
            phase += hz * TAU / 8000.0;
            let voice: f64 = (1..=20)
                .map(|h| formants(vowels[pick], hz * f64::from(h)) * (phase * f64::from(h)).sin())
                .sum();
            sound.push(loud * voice * (along * std::f64::consts::PI).sin() + 30.0 * noise.next());
        }
        let hiss = ((noise.next() + 1.0) * 400.0) as usize;
        sound.extend((0..hiss).map(|_| 3000.0 * noise.next()));
        sound.extend(std::iter::repeat_n(
            0.0,
            ((noise.next() + 1.0) * 800.0) as usize,
        ));
    }
    assert_eq!(listen(&sound), "");
}

/// Three resonances 90 Hz wide.
fn formants(vowel: [f64; 3], hz: f64) -> f64 {
    if hz > 3800.0 {
        return 0.0;
    }
    vowel
        .iter()
        .zip([1.0, 0.6, 0.3])
        .map(|(f, gain)| gain / (1.0 + ((hz - f) / 45.0).powi(2)).sqrt())
        .sum()
}

#[test]
fn a_tone_we_make_is_heard_at_both_rates_and_has_the_right_levels() {
    for digit in Digit::all() {
        let mut samples = vec![0; 1200];
        assert!(KeyTone::new(digit, 100, 8000).fill(&mut samples));
        assert_eq!(samples[800..], [0; 400]);
        let sound: Vec<f64> = samples.iter().map(|s| f64::from(*s)).collect();
        assert_eq!(listen(&sound), digit.to_char().to_string());
        let (low, high) = frequencies(digit);
        let dbm0 = |power: f64| 10.0 * (power / 0.5).log10() - 20.0 * 22_827f64.log10();
        let mut wide = vec![0; 3200];
        KeyTone::new(digit, 200, 16000).fill(&mut wide);
        for (hz, level) in [(low, -9.0), (high, -7.0)] {
            assert!(
                (dbm0(power(&samples[80..720], hz, 8000.0)) - level).abs() < 0.3,
                "{digit} at 8 kHz"
            );
            assert!(
                (dbm0(power(&wide[160..3040], hz, 16000.0)) - level).abs() < 0.3,
                "{digit} at 16 kHz"
            );
        }
    }
    let mut over = KeyTone::new(Digit::from_char('1').unwrap(), 60, 8000);
    assert!(over.fill(&mut [0; 480]) && !over.fill(&mut [0; 160]));
}

#[test]
fn progress_tones_have_the_frequency_and_cadence_of_the_country() {
    let (be, fr) = (ringback(Country::Be), ringback(Country::Fr));
    let (be, fr) = (
        be.samples(crate::Codec::Pcma),
        fr.samples(crate::Codec::G722),
    );
    assert_eq!((be.len(), fr.len()), (4 * 8000, 5 * 16000));
    assert!(power(&be[..8000], 425.0, 8000.0) > 2e7 && be[8000..].iter().all(|s| *s == 0));
    assert!(power(&fr[..24000], 440.0, 16000.0) > 2e7 && fr[24000..].iter().all(|s| *s == 0));
    assert_eq!(busy(Country::Be).samples(crate::Codec::Pcma).len(), 8000);
    // Repeated without a click: no step larger than the tone itself makes.
    let steps = be
        .iter()
        .chain(&be[..8000])
        .zip(be.iter().chain(&be[..8000]).skip(1));
    assert!(
        steps
            .map(|(a, b)| (i32::from(*a) - i32::from(*b)).abs())
            .max()
            .unwrap()
            < 2600
    );
}
