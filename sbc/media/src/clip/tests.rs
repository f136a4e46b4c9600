//! Files of each kind, tones that must not fold down, and what is refused.

use super::*;
use crate::dtmf::goertzel::power;
use std::f64::consts::TAU;

/// A 16-bit WAV file of interleaved samples.
fn wav(rate: u32, channels: u16, samples: &[i16]) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    let block = channels * 2;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    file.extend([1u16, channels].iter().flat_map(|v| v.to_le_bytes()));
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(block)).to_le_bytes());
    file.extend([block, 16].iter().flat_map(|v| v.to_le_bytes()));
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

fn tone(hz: f64, rate: u32, ms: u32) -> Vec<i16> {
    let sample = |n| (16_000.0 * (f64::from(n) * hz * TAU / f64::from(rate)).sin()).round() as i16;
    (0..rate * ms / 1000).map(sample).collect()
}

/// Level of a frequency against the tone put in, in dB, away from the edges.
fn decibels(samples: &[i16], hz: f64, rate: f64) -> f64 {
    let tenth = samples.len() / 10;
    10.0 * (power(&samples[tenth..samples.len() - tenth], hz, rate) / 1.28e8).log10()
}

#[test]
fn tones_pass_and_high_ones_do_not_fold_down_from_any_usual_rate() {
    for rate in [16_000, 22_050, 24_000, 32_000, 44_100, 48_000] {
        for hz in [200.0, 1000.0, 3000.0, 3400.0] {
            let clip = Recording::decode(&wav(rate, 1, &tone(hz, rate, 500))).unwrap();
            let (narrow, wide) = (clip.samples(Codec::Pcma), clip.samples(Codec::G722));
            assert_eq!((narrow.len(), wide.len()), (4000, 8000), "{rate} Hz");
            assert!(
                decibels(narrow, hz, 8000.0).abs() < 0.1,
                "{hz} Hz at {rate}: {}",
                decibels(narrow, hz, 8000.0)
            );
            assert!(decibels(wide, hz, 16000.0).abs() < 0.1, "{hz} Hz at {rate}");
        }
        for hz in [4400.0, 5000.0, 5500.0, 6000.0, 7000.0] {
            let clip = Recording::decode(&wav(rate, 1, &tone(hz, rate, 500))).unwrap();
            let narrow = clip.samples(Codec::Pcma);
            let folded = decibels(narrow, 8000.0 - hz, 8000.0);
            assert!(folded < -60.0, "{hz} Hz at {rate} folds to {folded} dB");
            let loudest = narrow[400..3600]
                .iter()
                .map(|s| s.unsigned_abs())
                .max()
                .unwrap();
            assert!(loudest <= 16, "{hz} Hz at {rate} leaves {loudest}");
        }
    }
    for hz in [8500.0, 10_000.0, 14_000.0] {
        let clip = Recording::decode(&wav(48_000, 1, &tone(hz, 48_000, 1000))).unwrap();
        let folded = decibels(
            clip.samples(Codec::G722),
            (16_000.0f64 - hz).abs(),
            16_000.0,
        );
        assert!(folded < -60.0, "{hz} Hz folds to {folded} dB at 16 kHz");
    }
}

#[test]
fn a_narrow_file_stays_as_it_is_and_is_raised_without_images() {
    let sound = [vec![0; 80], tone(1000.0, 8000, 980), vec![0; 80]].concat();
    let clip = Recording::decode(&wav(8000, 1, &sound)).unwrap();
    assert_eq!(clip.samples(Codec::Pcmu), sound);
    let wide = clip.samples(Codec::G722);
    assert_eq!(wide.len(), 16_000);
    assert!(decibels(wide, 1000.0, 16_000.0).abs() < 0.1);
    assert!(decibels(wide, 7000.0, 16_000.0) < -60.0);
}

#[test]
fn channels_are_mixed_and_odd_rates_taken() {
    let stereo: Vec<i16> = tone(1000.0, 11_025, 1000)
        .into_iter()
        .flat_map(|s| [s, 0])
        .collect();
    let clip = Recording::decode(&wav(11_025, 2, &stereo)).unwrap();
    assert!((decibels(clip.samples(Codec::Pcma), 1000.0, 8000.0) + 6.02).abs() < 0.1);
    let clip = Recording::decode(&wav(44_056, 1, &tone(1000.0, 44_056, 1000))).unwrap();
    assert!(decibels(clip.samples(Codec::Pcma), 1000.0, 8000.0).abs() < 0.1);
}

#[test]
fn flac_ogg_and_mp3_are_read() {
    let files: [(&str, &[u8]); 3] = [
        ("flac", include_bytes!("../../tests/sounds/tone.flac")),
        ("ogg", include_bytes!("../../tests/sounds/tone.ogg")),
        ("mp3", include_bytes!("../../tests/sounds/tone.mp3")),
    ];
    for (kind, bytes) in files {
        let clip = Recording::decode(bytes).unwrap_or_else(|error| panic!("{kind}: {error}"));
        let narrow = clip.samples(Codec::Pcma);
        assert!(
            narrow.len().abs_diff(4000) < 500,
            "{kind} has {} samples",
            narrow.len()
        );
        let level = decibels(narrow, 1000.0, 8000.0);
        assert!(level.abs() < 1.0, "{kind} at {level} dB");
        // A file cut short is what there is of it, or unreadable.
        for end in (0..bytes.len()).step_by(499) {
            if let Ok(cut) = Recording::decode(&bytes[..end]) {
                assert!(cut.samples(Codec::Pcma).len() <= narrow.len());
            }
        }
    }
}

#[test]
fn what_is_no_sound_is_refused_with_a_reason() {
    assert!(matches!(
        Recording::decode(b""),
        Err(ClipError::Unreadable(_))
    ));
    assert!(matches!(
        Recording::decode(b"Not a sound at all, but long enough to be looked at."),
        Err(ClipError::Unreadable(_))
    ));
    assert!(matches!(
        Recording::decode(&wav(8000, 1, &[])),
        Err(ClipError::Empty | ClipError::Unreadable(_))
    ));
    assert!(matches!(
        Recording::decode(&wav(4000, 1, &[1; 100])),
        Err(ClipError::Unreadable(_))
    ));
    assert!(matches!(
        Recording::decode(&wav(0, 1, &[1; 100])),
        Err(ClipError::Unreadable(_))
    ));
    assert!(matches!(
        Recording::decode(&wav(8000, 9, &[1; 900])),
        Err(ClipError::Unreadable(_))
    ));
    let long = vec![0; 8000 * 601];
    assert_eq!(
        Recording::decode(&wav(8000, 1, &long)).unwrap_err(),
        ClipError::TooLong { limit_s: 600 }
    );
    assert!(matches!(
        Recording::decode(&vec![0; MAX_BYTES + 1]),
        Err(ClipError::TooLarge { .. })
    ));
}

#[test]
fn edges_are_softened_unless_the_sound_joins_itself() {
    let clip = Recording::decode(&wav(8000, 1, &[12_000; 1000])).unwrap();
    let narrow = clip.samples(Codec::Pcma);
    assert!(narrow[0] < 400 && narrow[999] < 400 && narrow[500] == 12_000);
    // 50 whole frames and 1000 whole waves: repeated as it is.
    let ring = tone(1000.0, 8000, 1000);
    let clip = Recording::decode(&wav(8000, 1, &ring)).unwrap();
    assert_eq!(clip.samples(Codec::Pcma), ring);
}

#[test]
fn a_clip_has_the_frames_of_every_codec() {
    let clip = Clip::decode(&wav(16_000, 1, &tone(1000.0, 16_000, 1010))).unwrap();
    for codec in Codec::ALL {
        let frames = clip.frames(codec);
        assert_eq!((frames.codec(), frames.len()), (codec, 51));
        let mut decoder = crate::codec::Decoder::new(codec);
        let (mut heard, mut packet) = (Vec::new(), Vec::new());
        for index in 0..50 {
            decoder.decode(frames.frame(index).unwrap(), &mut packet);
            heard.extend_from_slice(&packet);
        }
        assert!(
            decibels(&heard, 1000.0, f64::from(codec.sample_rate())).abs() < 0.3,
            "{codec:?}"
        );
    }
}
