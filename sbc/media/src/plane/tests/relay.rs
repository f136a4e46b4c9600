//! Two parties talk: who hears what, through codecs, losses and disorder.

use super::*;
use crate::rtcp::{OutgoingReport, write_report};

#[test]
fn each_hears_the_other_and_not_itself_whatever_the_codecs() {
    for (a, b) in [Codec::Pcma, Codec::Pcmu, Codec::G722]
        .into_iter()
        .flat_map(|a| [Codec::Pcma, Codec::Pcmu, Codec::G722].map(|b| (a, b)))
    {
        let mut world = World::bridge(a, b);
        let (mut alice, mut bob) = (Phone::new(A, a, 500.0), Phone::new(B, b, 1250.0));
        talk(&mut world, &mut [&mut alice, &mut bob], 100);
        for (id, codec, theirs, own) in [(A, a, 1250.0, 500.0), (B, b, 500.0, 1250.0)] {
            let sound = world.sound_of(id, codec);
            let sound = &sound[sound.len() / 4..];
            assert!(
                (level(sound, theirs, codec) + 10.3).abs() < 1.0,
                "{a:?} {b:?}: {}",
                level(sound, theirs, codec)
            );
            assert!(
                level(sound, own, codec) < -50.0,
                "{a:?} {b:?}: {}",
                level(sound, own, codec)
            );
            assert_eq!(world.heard_by(id).count(), 100);
            world.assert_one_run(id);
        }
    }
}

#[test]
fn who_is_its_own_other_party_hears_an_echo_and_nothing_more_after_it() {
    let mut world = World::new();
    world.open(A);
    world.connect(A, 1, stream(phone(A), Codec::Pcma));
    world.hear(A, 1, Source::Endpoint(A));
    let mut alice = Phone::new(A, Codec::Pcma, 500.0);
    talk(&mut world, &mut [&mut alice], 100);
    let sound = world.sound_of(A, Codec::Pcma);
    let echo = level(&sound[sound.len() / 4..], 500.0, Codec::Pcma);
    assert!((echo + 10.3).abs() < 1.0, "{echo}");
    world.assert_one_run(A);
    world.hear(A, 2, Source::Silence);
    let before = world.heard_by(A).count();
    talk(&mut world, &mut [&mut alice], 50);
    let after = world.sound_of(A, Codec::Pcma);
    let rest = level(&after[before * 160..], 500.0, Codec::Pcma);
    assert!(rest < -50.0, "{rest}");
}

#[test]
fn a_relayed_packet_leaves_where_it_came_in_without_a_copy() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    let mut bytes = Phone::new(A, Codec::Pcma, 500.0).packet();
    let range = bytes.as_ptr_range();
    let sent = world
        .plane
        .packet(world.now, A, Channel::Rtp, phone(A), &mut bytes);
    let Some(PlaneOutput::Send {
        endpoint: B,
        channel: Channel::Rtp,
        to,
        bytes,
    }) = sent
    else {
        panic!("{sent:?}")
    };
    assert_eq!((to, bytes.as_ptr_range()), (phone(B), range));
}

#[test]
fn loss_and_disorder_stay_as_they_were_and_copies_stay_copies() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    let mut alice = Phone::new(A, Codec::Pcma, 500.0);
    let packets: Vec<_> = (0..12).map(|_| alice.packet()).collect();
    for n in [0, 1, 4, 3, 5, 5, 9, 8, 11] {
        world.arrive(A, Channel::Rtp, phone(A), &packets[n]);
        world.pass(FRAME);
    }
    let headers: Vec<Header> = world.heard_by(B).map(Sent::rtp).collect();
    let order: Vec<u16> = headers
        .iter()
        .map(|h| h.sequence.wrapping_sub(headers[0].sequence))
        .collect();
    assert_eq!(order, [0, 1, 4, 3, 5, 5, 9, 8, 11]);
    for header in &headers {
        let n = u32::from(header.sequence.wrapping_sub(headers[0].sequence));
        assert_eq!(header.timestamp.wrapping_sub(headers[0].timestamp), 160 * n);
    }
    assert_eq!(
        world.plane.report(A).unwrap().lost,
        3,
        "numbers 2, 6, 7 and 10, less the copy of 5"
    );
}

#[test]
fn what_was_not_negotiated_is_dropped_and_comfort_noise_is_a_sign_of_life() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    world.arrive(A, Channel::Rtp, phone(A), &rtp(1, 0, 5, 18, &[0; 20]));
    world.arrive(A, Channel::Rtp, phone(A), &[0x80, 8, 0]);
    assert!(world.events.is_empty() && world.sent.is_empty());
    world.arrive(A, Channel::Rtp, phone(A), &rtp(1, 0, 5, 13, &[60]));
    assert_eq!(world.events, [MediaEvent::Heard { endpoint: A }]);
    assert!(world.sent.is_empty());
    assert_eq!(world.plane.report(A).unwrap().discarded_packet, 2);
}

#[test]
fn a_held_party_is_neither_sent_to_nor_passed_on() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    let (mut alice, mut bob) = (
        Phone::new(A, Codec::Pcma, 500.0),
        Phone::new(B, Codec::Pcma, 1250.0),
    );
    talk(&mut world, &mut [&mut alice, &mut bob], 5);
    world.connect(
        A,
        2,
        Stream {
            send: false,
            receive_audio: false,
            ..stream(phone(A), Codec::Pcma)
        },
    );
    let before = world.heard_by(A).count();
    talk(&mut world, &mut [&mut bob], 200);
    assert_eq!(world.heard_by(A).count(), before);
    let before = world.heard_by(B).count();
    alice.say(&mut world);
    assert_eq!(world.heard_by(B).count(), before);
    world.connect(A, 3, stream(phone(A), Codec::Pcma));
    talk(&mut world, &mut [&mut alice, &mut bob], 5);
    assert!(world.heard_by(A).last().unwrap().rtp().timestamp != 0);
    world.assert_one_run(A);
    world.assert_one_run(B);
}

#[test]
fn a_party_that_falls_silent_is_told_once_and_its_return_too() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    let mut alice = Phone::new(A, Codec::Pcma, 500.0);
    alice.say(&mut world);
    world.events.clear();
    world.pass(Duration::from_millis(29_990));
    assert!(world.events.is_empty());
    world.pass(Duration::from_secs(60));
    assert_eq!(
        world.events,
        [A, B].map(|endpoint| MediaEvent::Silent { endpoint })
    );
    world.events.clear();
    alice.say(&mut world);
    assert_eq!(world.events, [MediaEvent::Heard { endpoint: A }]);
    world.connect(
        B,
        2,
        Stream {
            receive_audio: false,
            ..stream(phone(B), Codec::Pcma)
        },
    );
    world.pass(Duration::from_secs(31));
    assert_eq!(
        world.events[1..],
        [MediaEvent::Silent { endpoint: A }],
        "B is held: nothing expected"
    );
}

#[test]
fn a_talk_that_pauses_keeps_the_way_open() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    let mut alice = Phone::new(A, Codec::Pcma, 500.0);
    talk(&mut world, &mut [&mut alice], 10);
    world.pass(Duration::from_secs(10));
    let quiet = world.heard_by(B).count() - 10;
    assert!((9..=11).contains(&quiet), "{quiet} packets in 10 s");
    talk(&mut world, &mut [&mut alice], 10);
    world.assert_one_run(B);
    let last: Vec<&Sent> = world.heard_by(B).collect();
    assert!(last[last.len() - 10].rtp().marker, "speech begins again");
}

#[test]
fn several_hear_one() {
    let mut world = World::bridge(Codec::Pcma, Codec::G722);
    world.open(C);
    world.connect(C, 1, stream(phone(C), Codec::Pcmu));
    world.hear(C, 1, Source::Endpoint(A));
    talk(
        &mut world,
        &mut [&mut Phone::new(A, Codec::Pcma, 500.0)],
        50,
    );
    for (id, codec) in [(B, Codec::G722), (C, Codec::Pcmu)] {
        assert!(level(&world.sound_of(id, codec)[1000..], 500.0, codec) > -11.5);
        assert_eq!(world.heard_by(id).count(), 50);
    }
}

#[test]
fn ten_in_one_mix_hear_all_others() {
    let mut world = World::new();
    let ids: Arc<[EndpointId]> = (1..=10).map(EndpointId).collect();
    for &id in ids.iter() {
        world.open(id);
        world.connect(
            id,
            1,
            stream(
                phone(id),
                if id.0 % 2 == 0 {
                    Codec::G722
                } else {
                    Codec::Pcma
                },
            ),
        );
        world.hear(id, 1, Source::Mix(ids.clone()));
    }
    let mut alice = Phone::new(A, Codec::Pcma, 500.0);
    let mut bob = Phone::new(B, Codec::G722, 1250.0);
    talk(&mut world, &mut [&mut alice, &mut bob], 100);
    for (id, codec, hears) in [
        (A, Codec::Pcma, [false, true]),
        (B, Codec::G722, [true, false]),
        (C, Codec::Pcma, [true, true]),
    ] {
        let sound = world.sound_of(id, codec);
        let sound = &sound[sound.len() / 2..];
        for (frequency, hears) in [500.0, 1250.0].into_iter().zip(hears) {
            let found = level(sound, frequency, codec);
            assert_eq!(found > -13.0, hears, "{id:?} {frequency}: {found}");
            assert!(hears || found < -45.0, "{id:?} {frequency}: {found}");
        }
        world.assert_one_run(id);
    }
}

#[test]
fn a_muted_party_whose_reports_come_is_not_silent() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    let mut alice = Phone::new(A, Codec::Pcma, 500.0);
    alice.say(&mut world);
    world.events.clear();
    let mut report = Vec::new();
    let facts = OutgoingReport {
        ssrc: 7,
        cname: "a",
        sender: None,
        reception: None,
    };
    write_report(&mut report, &facts);
    for _ in 0..12 {
        world.pass(Duration::from_secs(10));
        let from = SocketAddr::new(phone(A).ip(), phone(A).port() + 1);
        world.arrive(A, Channel::Rtcp, from, &report);
    }
    assert_eq!(world.events, [MediaEvent::Silent { endpoint: B }]);
    world.pass(Duration::from_secs(31));
    assert_eq!(
        world.events.last(),
        Some(&MediaEvent::Silent { endpoint: A })
    );
}
