//! RTP bleed and injection: strangers spray an endpoint while parties talk (RELIABILITY faults 14, 15, 17, 25).

use super::*;

/// RTP with the right payload type and a believable look, RTCP of every kind, short rubbish.
fn spray(world: &mut World, n: u16) {
    let payload = [0x55; 160];
    let forged = [
        rtp(n, u32::from(n) * 160, 0xaa01, 8, &payload),
        rtp(n, u32::from(n) * 160, 0x6666, 101, &[5, 10, 0, 160]),
        vec![0x80, 201, 0, 0],
        vec![0x80, 200, 0, 6, 0, 0, 0xaa, 1],
        vec![0x81, 203, 0, 1, 0, 0, 0xaa, 1],
        vec![0x80],
    ];
    for bytes in forged {
        for channel in [Channel::Rtp, Channel::Rtcp] {
            world.arrive(A, channel, stranger(), &bytes);
        }
    }
}

fn taken_from_stranger(world: &World, genuine: usize) -> usize {
    world
        .heard_by(B)
        .filter(|sent| sent.payload() == [0x55; 160])
        .count()
        .max((world.plane.report(A).unwrap().packets_received as usize).saturating_sub(genuine))
}

#[test]
fn nothing_leaks_and_nothing_is_injected_when_the_source_is_signalled() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    let (mut alice, mut bob) = (
        Phone::new(A, Codec::Pcma, 500.0),
        Phone::new(B, Codec::Pcma, 1250.0),
    );
    for n in 0..500 {
        spray(&mut world, n);
        talk(&mut world, &mut [&mut alice, &mut bob], 1);
    }
    assert_eq!(taken_from_stranger(&world, 500), 0);
    assert_eq!(
        world
            .sent
            .iter()
            .filter(|sent| sent.to.ip() == stranger().ip())
            .count(),
        0
    );
    assert_eq!(world.heard_by(B).count(), 500);
    let report = world.plane.report(A).unwrap();
    assert_eq!(
        (report.discarded_source, report.lost, report.digits),
        (6000, 0, 0)
    );
}

#[test]
fn a_source_that_is_learnt_lets_at_most_five_through() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    world.connect(
        A,
        2,
        Stream {
            source: SourcePolicy::Learn,
            ..stream(phone(A), Codec::Pcma)
        },
    );
    let (mut alice, mut bob) = (
        Phone::new(A, Codec::Pcma, 500.0),
        Phone::new(B, Codec::Pcma, 1250.0),
    );
    // Behind a NAT: the right host, another port. The spray is there first.
    alice.from.set_port(61_234);
    for n in 0..10 {
        spray(&mut world, n);
        talk(&mut world, &mut [&mut bob], 1);
    }
    for n in 10..500 {
        spray(&mut world, n);
        talk(&mut world, &mut [&mut alice, &mut bob], 1);
    }
    assert!(
        taken_from_stranger(&world, 490) <= 5,
        "{}",
        taken_from_stranger(&world, 490)
    );
    assert_eq!(
        world
            .sent
            .iter()
            .filter(|sent| sent.to.ip() == stranger().ip())
            .count(),
        0
    );
    assert_eq!(world.heard_by(A).last().unwrap().to, alice.from);
}

#[test]
fn forged_rtcp_from_the_right_address_changes_figures_only() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    let (mut alice, mut bob) = (
        Phone::new(A, Codec::Pcma, 500.0),
        Phone::new(B, Codec::Pcma, 1250.0),
    );
    talk(&mut world, &mut [&mut alice, &mut bob], 10);
    let rtcp = SocketAddr::new(phone(A).ip(), phone(A).port() + 1);
    for bytes in [
        vec![0x80, 201, 0, 0],
        vec![0x81, 203, 0, 1, 0, 0, 0xaa, 1],
        vec![0x80, 200, 255, 255],
        vec![],
    ] {
        world.arrive(A, Channel::Rtcp, rtcp, &bytes);
        world.arrive(A, Channel::Rtp, phone(A), &bytes);
    }
    for bad in 0..100 {
        world.arrive(A, Channel::Rtp, phone(A), &[0x80, 8, bad]);
    }
    talk(&mut world, &mut [&mut alice, &mut bob], 10);
    assert_eq!(
        (world.heard_by(A).count(), world.heard_by(B).count()),
        (20, 20)
    );
    world.assert_one_run(B);
}

#[test]
fn a_new_address_forgets_the_old_one() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    let (mut alice, mut bob) = (
        Phone::new(A, Codec::Pcma, 500.0),
        Phone::new(B, Codec::Pcma, 1250.0),
    );
    for source in [
        SourcePolicy::Signalled,
        SourcePolicy::Learn,
        SourcePolicy::Loopback,
    ] {
        let old = alice.from;
        alice.from.set_port(old.port() + 10);
        world.connect(
            A,
            2,
            Stream {
                source,
                ..stream(alice.from, Codec::Pcma)
            },
        );
        world.events.clear();
        talk(&mut world, &mut [&mut alice, &mut bob], 3);
        assert_eq!(
            world.heard_by(A).last().unwrap().to,
            alice.from,
            "{source:?}"
        );
        assert!(world.events.contains(&MediaEvent::Heard { endpoint: A }));
        let before = world.plane.report(A).unwrap().packets_received;
        if source != SourcePolicy::Learn {
            world.arrive(A, Channel::Rtp, old, &alice.packet());
        }
        assert_eq!(
            world.plane.report(A).unwrap().packets_received,
            before,
            "{source:?}"
        );
    }
}

#[test]
fn nothing_is_believed_before_the_first_connect() {
    let mut world = World::new();
    world.open(A);
    let mut alice = Phone::new(A, Codec::Pcma, 500.0);
    talk(&mut world, &mut [&mut alice], 3);
    assert!(world.events.is_empty() && world.sent.is_empty());
    assert_eq!(world.plane.report(A).unwrap().discarded_source, 3);
}
