//! Held bit by bit against an independent implementation, and against what the ear wants.

use super::*;
use crate::dtmf::goertzel::power;
use ezk_g722::libg722::{
    Bitrate, decoder::Decoder as OtherDecoder, encoder::Encoder as OtherEncoder,
};

/// A cheap noise, the same every time.
fn noise(seed: u32) -> impl Iterator<Item = u32> {
    std::iter::successors(Some(seed), |x| {
        Some(x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223))
    })
}

/// Sound with everything in it: silence, quiet and loud noise, full-scale square waves, single clicks.
fn difficult_sound() -> Vec<i16> {
    let mut sound = vec![0i16; 4000];
    sound.extend(noise(1).take(20_000).map(|x| (x >> 16) as i16 / 64));
    sound.extend(noise(2).take(20_000).map(|x| (x >> 16) as i16));
    sound.extend((0..20_000).map(|n| {
        if (n / 37) % 2 == 0 {
            i16::MAX
        } else {
            i16::MIN
        }
    }));
    sound.extend((0..4000).map(|n| if n % 1000 == 0 { i16::MIN } else { 0 }));
    sound
}

/// The other implementation starts with scale factors of zero, which the Recommendation does not: so do we here.
fn encoder_like_the_other() -> G722Encoder {
    G722Encoder {
        low: Band::starting_at(0),
        high: Band::starting_at(0),
        ..G722Encoder::new()
    }
}

fn encode(encoder: &mut G722Encoder, sound: &[i16]) -> Vec<u8> {
    sound
        .as_chunks()
        .0
        .iter()
        .map(|pair| encoder.encode(*pair))
        .collect()
}

#[test]
fn the_encoder_gives_the_same_bits_as_another_implementation() {
    let sound = difficult_sound();
    let theirs = OtherEncoder::new(Bitrate::Mode1_64000, false, false).encode(&sound);
    assert!(encode(&mut encoder_like_the_other(), &sound) == theirs);
}

#[test]
fn the_decoder_gives_the_same_samples_as_another_implementation() {
    let mut codes = encode(&mut G722Encoder::new(), &difficult_sound());
    codes.extend(noise(3).take(50_000).map(|x| (x >> 24) as u8));
    codes.extend((0..=255u8).flat_map(|code| [code; 64]));
    let theirs = OtherDecoder::new(Bitrate::Mode1_64000, false, false).decode(&codes);
    let mut decoder = G722Decoder {
        low: Band::starting_at(0),
        high: Band::starting_at(0),
        ..G722Decoder::new()
    };
    let ours: Vec<i16> = codes
        .iter()
        .flat_map(|code| decoder.decode(*code))
        .collect();
    assert!(ours == theirs);
}

#[test]
fn a_tone_comes_back_as_the_same_tone_and_little_else() {
    for hz in [300.0, 1000.0, 2500.0, 5000.0, 6500.0] {
        let tone =
            |n: i32| (8000.0 * (f64::from(n) * hz * std::f64::consts::TAU / 16000.0).sin()) as i16;
        let sound: Vec<i16> = (0..16_000).map(tone).collect();
        let codes = encode(&mut G722Encoder::new(), &sound);
        let mut decoder = G722Decoder::new();
        let back: Vec<i16> = codes
            .iter()
            .flat_map(|code| decoder.decode(*code))
            .collect();
        let (sent, heard) = (
            power(&sound[8000..], hz, 16000.0),
            power(&back[8000..], hz, 16000.0),
        );
        assert!(
            (heard / sent).log10().abs() < 0.05,
            "{hz} Hz: level changed by {} dB",
            10.0 * (heard / sent).log10()
        );
        let whole: f64 = back[8000..]
            .iter()
            .map(|s| f64::from(*s).powi(2))
            .sum::<f64>()
            / 8000.0;
        let rest = 10.0 * ((whole - heard) / heard).log10();
        assert!(
            rest < if hz < 4000.0 { -25.0 } else { -15.0 },
            "{hz} Hz: noise at {rest} dB"
        );
    }
}

#[test]
fn silence_begins_without_a_click() {
    let codes = encode(&mut G722Encoder::new(), &[0; 3200]);
    let mut decoder = G722Decoder::new();
    let loudest = codes
        .iter()
        .flat_map(|code| decoder.decode(*code))
        .map(i16::unsigned_abs)
        .max()
        .unwrap();
    assert!(loudest <= 8, "silence decodes to {loudest}");
}
