//! One SSRC, one run of numbers, one clock towards a party, and a marker at every change.

use super::*;

#[test]
fn prompt_music_person_prompt_are_one_stream_with_a_marker_at_each_change() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcmu);
    let mut bob = Phone::new(B, Codec::Pcmu, 1250.0);
    world.loaded("nl/one", Some(clip(500.0, 500)));
    world.sent.clear();
    let mut changes = Vec::new();
    for (generation, source) in [
        (2, Some("nl/one")),
        (3, None),
        (4, Some("nl/one")),
        (5, None),
    ] {
        changes.push(world.heard_by(A).count());
        match source {
            Some(sound) => world.play(A, generation, &[sound], true),
            None => world.hear(A, generation, Source::Endpoint(B)),
        }
        talk(&mut world, &mut [&mut bob], 20);
    }
    world.assert_one_run(A);
    let markers: Vec<usize> = world
        .heard_by(A)
        .enumerate()
        .filter(|(_, sent)| sent.rtp().marker)
        .map(|(n, _)| n)
        .collect();
    assert_eq!(markers, changes);
    assert!(
        world
            .heard_by(A)
            .all(|sent| sent.rtp().ssrc == 0xc0_0001 && sent.rtp().payload_type == 8)
    );
    // The clock is the clock: 1.6 s of it went by, whoever spoke.
    let first = world.heard_by(A).next().unwrap().rtp().timestamp;
    let last = world.heard_by(A).last().unwrap().rtp().timestamp;
    let passed = last.wrapping_sub(first);
    assert!((160 * 78..=160 * 82).contains(&passed), "{passed}");
}

#[test]
fn a_peer_that_changes_its_ssrc_or_jumps_is_the_same_stream_to_the_other() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    let mut alice = Phone::new(A, Codec::Pcma, 500.0);
    talk(&mut world, &mut [&mut alice], 10);
    (alice.ssrc, alice.sequence, alice.timestamp) = (99, 7, 7);
    talk(&mut world, &mut [&mut alice], 10);
    alice.timestamp = alice.timestamp.wrapping_add(3_000_000);
    talk(&mut world, &mut [&mut alice], 10);
    alice.sequence = alice.sequence.wrapping_add(20_000);
    talk(&mut world, &mut [&mut alice], 10);
    world.assert_one_run(B);
    let markers: Vec<usize> = world
        .heard_by(B)
        .enumerate()
        .filter(|(_, sent)| sent.rtp().marker)
        .map(|(n, _)| n)
        .collect();
    assert_eq!(markers, [0, 10, 20, 30]);
    // Of a jump in numbers the first packet is not believed (RFC 3550 A.1): the second proves it.
    assert_eq!(world.heard_by(B).count(), 39);
    assert_eq!(world.plane.report(A).unwrap().lost, 0);
}

#[test]
fn a_clock_that_runs_fast_is_followed_and_never_runs_backwards() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    let mut alice = Phone::new(A, Codec::Pcma, 500.0);
    world.loaded("nl/one", Some(clip(500.0, 50)));
    for round in 0..5 {
        for _ in 0..500 {
            alice.say(&mut world);
            world.pass(Duration::from_micros(19_500));
        }
        world.play(B, 10 + round, &["nl/one"], false);
        world.pass(Duration::from_secs(2));
        world.hear(B, 100 + round, Source::Endpoint(A));
    }
    world.assert_one_run(B);
}

#[test]
fn packets_from_before_a_change_do_not_come_after_it() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    let mut alice = Phone::new(A, Codec::Pcma, 500.0);
    talk(&mut world, &mut [&mut alice], 10);
    let late = alice.packet();
    world.hear(B, 2, Source::Silence);
    world.pass(FRAME * 5);
    world.hear(B, 3, Source::Endpoint(A));
    talk(&mut world, &mut [&mut alice], 5);
    let before = world.heard_by(B).count();
    world.arrive(A, Channel::Rtp, phone(A), &late);
    assert_eq!(world.heard_by(B).count(), before);
    world.assert_one_run(B);
}

#[test]
fn a_change_of_codec_in_the_call_keeps_the_run() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    let mut alice = Phone::new(A, Codec::Pcma, 500.0);
    talk(&mut world, &mut [&mut alice], 10);
    world.connect(B, 2, stream(phone(B), Codec::G722));
    talk(&mut world, &mut [&mut alice], 50);
    world.assert_one_run(B);
    assert!(level(&world.sound_of(B, Codec::G722)[1000..], 500.0, Codec::G722) > -11.5);
    assert_eq!(
        world.heard_by(B).filter(|sent| sent.rtp().marker).count(),
        2
    );
}

#[test]
fn what_is_not_passed_on_leaves_no_gap_in_the_numbers() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    let mut alice = Phone::new(A, Codec::Pcma, 500.0);
    for _ in 0..5 {
        talk(&mut world, &mut [&mut alice], 5);
        let noise = rtp(alice.sequence, alice.timestamp, alice.ssrc, 13, &[60]);
        alice.sequence = alice.sequence.wrapping_add(1);
        world.arrive(A, Channel::Rtp, alice.from, &noise);
        world.pass(FRAME);
    }
    assert_eq!(world.heard_by(B).count(), 25);
    world.assert_one_run(B);
}
