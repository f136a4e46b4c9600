//! One press is one key, whichever way it comes and whichever way it has to leave (SBC-13).

use super::*;
use crate::dtmf::{Digit, rfc4733::Sender, tones::KeyTone};

fn digit(key: char) -> Digit {
    Digit::from_char(key).unwrap()
}

/// The key as seen by a core: who pressed what, and how.
fn pressed(world: &World, by: EndpointId) -> Vec<(char, DigitBy)> {
    let key = |event: &MediaEvent| match event {
        MediaEvent::Digit {
            endpoint,
            digit,
            by: how,
        } if *endpoint == by => Some((digit.to_char(), *how)),
        _ => None,
    };
    world.events.iter().filter_map(key).collect()
}

/// The phone presses a key by RFC 4733 for 100 ms, losing the packets in `lost`.
fn press_event(world: &mut World, phone: &mut Phone, key: char, lost: &[usize]) {
    let timestamp = phone.timestamp;
    for (n, event) in Sender::new(digit(key), 100).enumerate() {
        let mut packet = rtp(phone.sequence, timestamp, phone.ssrc, 101, &event.payload);
        packet[1] |= u8::from(event.marker) << 7;
        phone.sequence = phone.sequence.wrapping_add(1);
        phone.timestamp = phone.timestamp.wrapping_add(160);
        if !lost.contains(&n) {
            world.arrive(phone.id, Channel::Rtp, phone.from, &packet);
        }
        world.pass(FRAME);
    }
}

/// The phone presses a key as a tone for 100 ms.
fn press_tone(world: &mut World, phone: &mut Phone, key: char) {
    let mut tone = KeyTone::new(digit(key), 100, phone.codec.sample_rate());
    let mut samples = vec![0; phone.codec.frame_samples()];
    for _ in 0..8 {
        tone.fill(&mut samples);
        let mut payload = Vec::new();
        phone.encoder.encode(&samples, &mut payload);
        let pt = phone.codec.static_pt();
        let packet = rtp(phone.sequence, phone.timestamp, phone.ssrc, pt, &payload);
        phone.sequence = phone.sequence.wrapping_add(1);
        phone.timestamp = phone.timestamp.wrapping_add(160);
        world.arrive(phone.id, Channel::Rtp, phone.from, &packet);
        world.pass(FRAME);
    }
}

/// The keys that a party was sent as telephone-event: first packet to last, (key, timestamp) once each.
fn events_sent(world: &World, to: EndpointId, payload_type: u8) -> String {
    let mut seen: Vec<(u32, u8)> = Vec::new();
    for sent in world
        .heard_by(to)
        .filter(|sent| sent.rtp().payload_type == payload_type)
    {
        let press = (sent.rtp().timestamp, sent.payload()[0]);
        if !seen.contains(&press) {
            seen.push(press);
        }
    }
    seen.iter()
        .map(|(_, event)| Digit::from_event(*event).unwrap().to_char())
        .collect()
}

/// The keys that a party was sent as tones.
fn tones_sent(world: &World, to: EndpointId, codec: Codec) -> String {
    let mut sound = world.sound_of(to, codec);
    if codec == Codec::G722 {
        sound = sound.into_iter().step_by(2).collect();
    }
    crate::dtmf::inband::Detector::new()
        .listen(&sound)
        .into_iter()
        .map(Digit::to_char)
        .collect()
}

fn no_events(id: EndpointId, codec: Codec) -> Stream {
    Stream {
        telephone_event: None,
        telephone_event_receive: smallvec![],
        inband_dtmf: true,
        ..stream(phone(id), codec)
    }
}

#[test]
fn an_event_is_passed_on_with_the_other_partys_payload_type() {
    let mut world = World::bridge(Codec::Pcma, Codec::G722);
    world.connect(
        B,
        2,
        Stream {
            telephone_event: Some(96),
            telephone_event_receive: smallvec![96, 101],
            ..stream(phone(B), Codec::G722)
        },
    );
    let mut alice = Phone::new(A, Codec::Pcma, 500.0);
    talk(&mut world, &mut [&mut alice], 5);
    for key in "1550#*0".chars() {
        press_event(&mut world, &mut alice, key, &[]);
        talk(&mut world, &mut [&mut alice], 3);
    }
    let keys: String = pressed(&world, A).iter().map(|(key, _)| *key).collect();
    assert_eq!(
        (&*keys, &*events_sent(&world, B, 96)),
        ("1550#*0", "1550#*0")
    );
    assert!(
        pressed(&world, A)
            .iter()
            .all(|(_, by)| *by == DigitBy::Rfc4733)
    );
    assert_eq!(world.plane.report(A).unwrap().digits, 7);
    world.assert_one_run(B);
}

#[test]
fn lost_event_packets_lose_no_key_and_make_none() {
    for lost in [&[0][..], &[0, 1, 2], &[5, 6], &[4, 5, 6], &[0, 2, 4, 6]] {
        let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
        let mut alice = Phone::new(A, Codec::Pcma, 500.0);
        talk(&mut world, &mut [&mut alice], 5);
        press_event(&mut world, &mut alice, '7', lost);
        talk(&mut world, &mut [&mut alice], 5);
        press_event(&mut world, &mut alice, '7', lost);
        assert_eq!(pressed(&world, A), [('7', DigitBy::Rfc4733); 2], "{lost:?}");
    }
}

#[test]
fn an_event_becomes_a_tone_for_a_party_without_events() {
    for codec in [Codec::Pcma, Codec::Pcmu, Codec::G722] {
        let mut world = World::bridge(Codec::Pcma, codec);
        world.connect(B, 2, no_events(B, codec));
        let mut alice = Phone::new(A, Codec::Pcma, 400.0);
        talk(&mut world, &mut [&mut alice], 10);
        let keys = "47";
        for key in keys.chars() {
            press_event(&mut world, &mut alice, key, &[]);
            talk(&mut world, &mut [&mut alice], 15);
        }
        assert_eq!(tones_sent(&world, B, codec), keys, "{codec:?}");
        assert_eq!(pressed(&world, A).len(), 2);
        world.assert_one_run(B);
    }
}

#[test]
fn a_tone_is_heard_and_becomes_an_event_for_a_party_with_events() {
    for codec in [Codec::Pcma, Codec::Pcmu, Codec::G722] {
        let mut world = World::bridge(codec, Codec::Pcma);
        world.connect(A, 2, no_events(A, codec));
        let mut alice = Phone::new(A, codec, 400.0);
        talk(&mut world, &mut [&mut alice], 10);
        for key in "8*8".chars() {
            press_tone(&mut world, &mut alice, key);
            talk(&mut world, &mut [&mut alice], 10);
        }
        let expected = [
            ('8', DigitBy::InBand),
            ('*', DigitBy::InBand),
            ('8', DigitBy::InBand),
        ];
        assert_eq!(pressed(&world, A), expected, "{codec:?}");
        assert_eq!(events_sent(&world, B, 101), "8*8");
        world.assert_one_run(B);
    }
}

#[test]
fn a_party_that_sends_both_ways_presses_once() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    world.connect(
        A,
        2,
        Stream {
            inband_dtmf: true,
            ..stream(phone(A), Codec::Pcma)
        },
    );
    let mut alice = Phone::new(A, Codec::Pcma, 400.0);
    talk(&mut world, &mut [&mut alice], 10);
    press_event(&mut world, &mut alice, '3', &[]);
    press_tone(&mut world, &mut alice, '3');
    assert_eq!(pressed(&world, A), [('3', DigitBy::Rfc4733)]);
}

#[test]
fn presses_that_are_ordered_go_out_in_the_partys_way_one_after_the_other() {
    for (id, events) in [(A, true), (B, false)] {
        let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
        world.connect(B, 2, no_events(B, Codec::Pcma));
        let mut other = Phone::new(if events { B } else { A }, Codec::Pcma, 400.0);
        talk(&mut world, &mut [&mut other], 10);
        for key in "42".chars() {
            world.command(MediaCommand::Press {
                endpoint: id,
                digit: digit(key),
                duration_ms: 100,
            });
        }
        talk(&mut world, &mut [&mut other], 40);
        let sent = if events {
            events_sent(&world, id, 101)
        } else {
            tones_sent(&world, id, Codec::Pcma)
        };
        assert_eq!(sent, "42");
        world.assert_one_run(id);
        // The other one is heard again afterwards.
        let sound = world.sound_of(id, Codec::Pcma);
        assert!(level(&sound[sound.len() - 1600..], 400.0, Codec::Pcma) > -11.5);
    }
}

#[test]
fn a_press_in_a_prompt_waits_for_nothing_and_the_prompt_goes_on() {
    let mut world = World::new();
    world.open(A);
    world.connect(A, 1, stream(phone(A), Codec::Pcma));
    world.loaded("nl/one", Some(clip(500.0, 50)));
    world.play(A, 1, &["nl/one"], false);
    world.pass(FRAME * 10);
    world.command(MediaCommand::Press {
        endpoint: A,
        digit: digit('9'),
        duration_ms: 100,
    });
    world.pass(Duration::from_secs(3));
    assert_eq!(events_sent(&world, A, 101), "9");
    let frames = world
        .heard_by(A)
        .filter(|s| s.rtp().payload_type == 8 && s.payload() != silence())
        .count();
    assert_eq!(frames, 50);
    assert!(world.events.contains(&MediaEvent::Played {
        endpoint: A,
        generation: Generation(1)
    }));
    world.assert_one_run(A);
}

fn silence() -> &'static [u8] {
    coding::silence(Codec::Pcma)
}

#[test]
fn presses_have_an_end() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    for _ in 0..1000 {
        world.command(MediaCommand::Press {
            endpoint: A,
            digit: digit('1'),
            duration_ms: 60_000,
        });
    }
    world.connect(
        A,
        2,
        Stream {
            send: false,
            ..stream(phone(A), Codec::Pcma)
        },
    );
    world.pass(FRAME * 2);
    world.sent.clear();
    world.connect(A, 3, stream(phone(A), Codec::Pcma));
    world.pass(Duration::from_secs(2));
    assert_eq!(
        events_sent(&world, A, 101),
        "",
        "a party that held us gets no old keys"
    );
}
