//! Prompts and music: in step with the clock, one after the other, and never stuck.

use super::*;

/// A world with one connected party and these sounds on offer.
fn listener(codec: Codec) -> World {
    let mut world = World::new();
    world.open(A);
    world.connect(A, 1, stream(phone(A), codec));
    // Let the opening silence pass, so that what follows is the player's alone.
    world.pass(FRAME * 20);
    world.sent.clear();
    world
}

fn played(world: &World) -> Vec<u32> {
    let generation = |event: &MediaEvent| match event {
        MediaEvent::Played { generation, .. } => Some(generation.0),
        _ => None,
    };
    world.events.iter().filter_map(generation).collect()
}

#[test]
fn an_hour_of_music_has_every_packet_at_its_time() {
    let mut world = listener(Codec::Pcma);
    world.play(A, 1, &["music/default"], true);
    world.loaded("music/default", Some(clip(440.0, 50 * 7)));
    world.pass(Duration::from_secs(1));
    world.sent.clear();
    let start = world.now - world.start;
    world.pass(Duration::from_secs(3600));
    let packets: Vec<&Sent> = world.heard_by(A).collect();
    assert_eq!(packets.len(), 180_000);
    world.assert_one_run(A);
    let first = packets[0].rtp();
    assert!(packets[0].at - start <= FRAME);
    for (n, packet) in packets.iter().enumerate() {
        assert_eq!(packet.at - packets[0].at, FRAME * n as u32);
        assert_eq!(
            packet.rtp().timestamp.wrapping_sub(first.timestamp),
            160 * n as u32
        );
        assert!(!packet.rtp().marker);
    }
}

#[test]
fn sounds_follow_each_other_without_a_gap_and_the_end_is_told_once() {
    for codec in [Codec::Pcma, Codec::Pcmu, Codec::G722] {
        let mut world = listener(codec);
        world.play(A, 3, &["nl/one", "nl/two"], false);
        assert_eq!(world.loads, ["nl/one", "nl/two"].map(SoundId::from));
        world.loaded("nl/one", Some(clip(500.0, 10)));
        world.loaded("nl/two", Some(clip(1250.0, 15)));
        world.pass(FRAME * 24);
        assert!(played(&world).is_empty());
        world.pass(FRAME * 2);
        assert_eq!(played(&world), [3]);
        world.pass(Duration::from_secs(5));
        assert_eq!(played(&world), [3]);
        let sound = world.sound_of(A, codec);
        let (one, two) = sound.split_at(10 * codec.frame_samples());
        assert!(level(&one[400..], 500.0, codec) > -11.5);
        let found = level(&two[400..15 * codec.frame_samples()], 1250.0, codec);
        // G.722 needs some time after a cut from tone to tone; sounds that begin and end in silence show none of it.
        assert!(found > -13.0, "{codec:?}: {found}");
        assert!(world.heard_by(A).next().unwrap().rtp().marker);
        world.assert_one_run(A);
        // What was loaded is not asked for again.
        world.play(A, 4, &["nl/one"], false);
        assert_eq!(world.loads.len(), 2);
    }
}

#[test]
fn a_missing_sound_is_told_and_the_next_is_played() {
    let mut world = listener(Codec::Pcma);
    world.play(A, 1, &["nl/gone", "nl/here", "nl/late"], false);
    world.loaded("nl/gone", None);
    world.loaded("nl/here", Some(clip(500.0, 10)));
    world.pass(Duration::from_secs(10));
    let missing = |sound: &str| MediaEvent::Missing {
        endpoint: A,
        sound: SoundId::from(sound),
    };
    let told: Vec<_> = world
        .events
        .iter()
        .filter(|e| **e != MediaEvent::Heard { endpoint: A })
        .cloned()
        .collect();
    let played = MediaEvent::Played {
        endpoint: A,
        generation: Generation(1),
    };
    assert_eq!(told, [missing("nl/gone"), missing("nl/late"), played]);
    assert!(level(&world.sound_of(A, Codec::Pcma)[..1600], 500.0, Codec::Pcma) > -11.5);
    // The next `Hear` asks for the missing one again: perhaps somebody put it there.
    world.loads.clear();
    world.play(A, 2, &["nl/gone"], false);
    assert_eq!(world.loads, [SoundId::from("nl/gone")]);
}

#[test]
fn music_that_cannot_be_had_is_silence_and_costs_nothing() {
    let mut world = listener(Codec::Pcma);
    world.play(A, 1, &["music/gone", "music/lost"], true);
    world.loaded("music/gone", None);
    world.loaded("music/lost", None);
    world.pass(Duration::from_secs(60));
    assert!(played(&world).is_empty());
    let missing = world
        .events
        .iter()
        .filter(|e| matches!(e, MediaEvent::Missing { .. }))
        .count();
    assert_eq!(missing, 2);
    assert!(world.heard_by(A).count() < 80);
}

#[test]
fn no_sounds_at_all_are_over_at_once() {
    let mut world = listener(Codec::Pcma);
    world.play(A, 9, &[], false);
    world.pass(FRAME);
    assert_eq!(played(&world), [9]);
}

#[test]
fn what_was_replaced_never_tells_its_end() {
    let mut world = listener(Codec::Pcma);
    for name in ["nl/one", "nl/two"] {
        world.play(A, 1, &[name], false);
        world.loaded(name, Some(clip(500.0, 10)));
    }
    world.play(A, 2, &["nl/one"], false);
    world.pass(FRAME * 5);
    world.play(A, 3, &["nl/two"], false);
    world.pass(FRAME * 5);
    // The same order again changes nothing; the same sound with a new number begins again.
    world.play(A, 3, &["nl/two"], false);
    world.pass(FRAME * 8);
    assert_eq!(played(&world), [3]);
    world.play(A, 4, &["nl/two"], false);
    world.pass(FRAME * 12);
    assert_eq!(played(&world), [3, 4]);
}

#[test]
fn music_goes_on_when_it_is_ordered_again() {
    let mut world = listener(Codec::Pcma);
    world.loaded("music/default", Some(clip(440.0, 500)));
    world.play(A, 1, &["music/default"], true);
    world.pass(Duration::from_secs(1));
    world.play(A, 2, &["music/default"], true);
    world.pass(Duration::from_secs(1));
    let markers = world.heard_by(A).filter(|sent| sent.rtp().marker).count();
    assert_eq!(markers, 1);
}

#[test]
fn a_late_tick_is_caught_up_two_by_two_and_a_long_sleep_is_not() {
    let mut world = listener(Codec::Pcma);
    world.loaded("music/default", Some(clip(440.0, 5000)));
    world.play(A, 1, &["music/default"], true);
    world.pass(FRAME * 10);
    world.sent.clear();
    for (sleep, at_once) in [(100, 2), (3000, 1)] {
        world.now += Duration::from_millis(sleep);
        world.plane.tick(world.now);
        world.drain();
        assert_eq!(world.heard_by(A).count(), at_once, "after {sleep} ms");
        world.pass(FRAME * 50);
        let due = (sleep / 20) as i64 + 50;
        let sent = world.heard_by(A).count() as i64;
        if sleep < 200 {
            assert!((sent - due).abs() <= 1, "{sent} of {due}");
        } else {
            assert!((50..=52).contains(&sent), "{sent}");
        }
        world.sent.clear();
    }
    let begin = world.heard_by(A).count();
    world.pass(FRAME * 50);
    assert_eq!(world.heard_by(A).count() - begin, 50);
    world.assert_one_run(A);
}

#[test]
fn all_players_share_one_tick_and_a_silent_house_has_no_tick() {
    let mut world = World::new();
    world.loaded("music/default", Some(clip(440.0, 500)));
    for n in 1..=50 {
        world.open(EndpointId(n));
        world.connect(EndpointId(n), 1, stream(phone(EndpointId(n)), Codec::Pcma));
        world.play(EndpointId(n), 1, &["music/default"], true);
        world.pass(Duration::from_millis(7));
    }
    world.sent.clear();
    world.pass(Duration::from_secs(1));
    let mut times: Vec<Duration> = (1..=50)
        .flat_map(|n| {
            world
                .heard_by(EndpointId(n))
                .map(|s| s.at)
                .collect::<Vec<_>>()
        })
        .collect();
    times.sort();
    times.dedup();
    assert_eq!(times.len(), 50);
    for n in 1..=50 {
        world.command(MediaCommand::Close {
            endpoint: EndpointId(n),
        });
    }
    world.pass(Duration::from_secs(60));
    assert_eq!((world.plane.next_deadline(), world.plane.len()), (None, 0));
}

#[test]
fn a_party_that_holds_us_still_gets_to_the_end_of_the_prompt() {
    let mut world = listener(Codec::Pcma);
    world.loaded("nl/one", Some(clip(500.0, 10)));
    world.connect(
        A,
        2,
        Stream {
            send: false,
            ..stream(phone(A), Codec::Pcma)
        },
    );
    world.sent.clear();
    world.play(A, 5, &["nl/one"], false);
    world.pass(Duration::from_secs(1));
    assert_eq!((played(&world), world.heard_by(A).count()), (vec![5], 0));
}

#[test]
fn packets_are_as_long_as_the_party_asked() {
    let mut world = listener(Codec::Pcma);
    world.connect(
        A,
        2,
        Stream {
            ptime: 60,
            ..stream(phone(A), Codec::Pcma)
        },
    );
    world.loaded("nl/one", Some(clip(500.0, 10)));
    world.pass(FRAME * 20);
    world.sent.clear();
    world.play(A, 5, &["nl/one"], false);
    world.pass(FRAME * 9);
    let lengths: Vec<usize> = world.heard_by(A).map(|sent| sent.payload().len()).collect();
    assert_eq!(lengths, [480, 480, 480, 160]);
    world.pass(FRAME);
    world.assert_one_run(A);
}

#[test]
fn ringing_tone_with_music_in_its_pauses_is_never_silent() {
    for (country, frequency, on, off) in
        [(Country::Be, 425.0, 50, 150), (Country::Fr, 440.0, 75, 175)]
    {
        let codec = Codec::Pcma;
        let mut world = listener(codec);
        let sounds: Arc<[SoundId]> = Arc::from([SoundId::from("music/default")]);
        world.hear(A, 1, Source::RingbackOver { country, sounds });
        world.loaded("music/default", Some(clip(1250.0, 35)));
        world.pass(Duration::from_secs(15));
        world.assert_one_run(A);
        let sound = world.sound_of(A, codec);
        let frame = codec.frame_samples();
        for (n, part) in sound.chunks_exact(5 * frame).enumerate() {
            let rings = n * 5 % (on + off) < on;
            let (heard, not) = match rings {
                true => (frequency, 1250.0),
                false => (1250.0, frequency),
            };
            assert!(level(part, heard, codec) > -15.0, "{n}: {rings}");
            assert!(level(part, not, codec) < -30.0, "{n}: {rings}");
        }
    }
}

#[test]
fn ringing_tone_goes_on_when_its_music_cannot_be_had() {
    let mut world = listener(Codec::Pcma);
    let sounds: Arc<[SoundId]> = Arc::from([SoundId::from("music/gone")]);
    let country = Country::Be;
    world.hear(A, 1, Source::RingbackOver { country, sounds });
    world.loaded("music/gone", None);
    world.pass(Duration::from_secs(9));
    world.assert_one_run(A);
    let sound = world.sound_of(A, Codec::Pcma);
    for begins in [0, 4, 8] {
        let part = &sound[8000 * begins..][..800];
        assert!(level(part, 425.0, Codec::Pcma) > -20.0, "{begins}");
    }
    assert!(played(&world).is_empty());
}

#[test]
fn tones_of_the_country() {
    for (source, frequency) in [
        (Source::Ringback(Country::Be), 425.0),
        (Source::Busy(Country::Fr), 440.0),
        (Source::Congestion(Country::Be), 425.0),
    ] {
        let mut world = listener(Codec::G722);
        world.hear(A, 1, source.clone());
        world.pass(Duration::from_secs(30));
        assert_eq!(world.heard_by(A).count(), 1501);
        let sound = world.sound_of(A, Codec::G722);
        assert!(
            level(&sound[..2560], frequency, Codec::G722) > -20.0,
            "{source:?}"
        );
        assert!(played(&world).is_empty());
    }
}
