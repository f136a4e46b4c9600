//! RTCP and the account of a call: what we tell, what we believe, and what is left at the end.

use super::*;
use crate::rtcp::{Feedback, OutgoingReport, SenderFacts, write_report};

fn rtcp_address(id: EndpointId) -> SocketAddr {
    SocketAddr::new(phone(id).ip(), phone(id).port() + 1)
}

/// Alice loses every tenth packet on her way, and answers our reports 30 ms after we sent them.
fn impaired_call(rtcp: Rtcp) -> World {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    world.connect(
        A,
        2,
        Stream {
            rtcp,
            ..stream(phone(A), Codec::Pcma)
        },
    );
    let (mut alice, mut bob) = (
        Phone::new(A, Codec::Pcma, 500.0),
        Phone::new(B, Codec::Pcma, 1250.0),
    );
    let mut answered = 0;
    for n in 0..3000 {
        let packet = alice.packet();
        if n % 10 != 5 {
            world.arrive(A, Channel::Rtp, phone(A), &packet);
        }
        talk(&mut world, &mut [&mut bob], 1);
        let reports = world.rtcp_to(A);
        for report in &reports[answered..] {
            let ours = Feedback::parse(&report.bytes, alice.ssrc).unwrap();
            let Some(sender) = ours.sender else { continue };
            let late =
                Duration::from_millis(30).saturating_sub((world.now - world.start) - report.at);
            world.pass(late);
            let block = crate::rtp::Block {
                ssrc: sender.ssrc,
                fraction_lost: 0,
                cumulative_lost: 15,
                highest: 0,
                jitter: 40,
            };
            let mut bytes = Vec::new();
            let facts = SenderFacts {
                ntp: 7 << 32,
                timestamp: 0,
                packets: 1,
                octets: 160,
            };
            let reception = Some((block, sender.ntp_middle, 0));
            write_report(
                &mut bytes,
                &OutgoingReport {
                    ssrc: alice.ssrc,
                    cname: "alice",
                    sender: Some(facts),
                    reception,
                },
            );
            match rtcp {
                Rtcp::Mux => world.arrive(A, Channel::Rtp, phone(A), &bytes),
                Rtcp::Port(from) => world.arrive(A, Channel::Rtcp, from, &bytes),
            }
        }
        answered = reports.len();
    }
    world
}

#[test]
fn the_account_of_an_impaired_call() {
    for rtcp in [Rtcp::Mux, Rtcp::Port(rtcp_address(A))] {
        let mut world = impaired_call(rtcp);
        let (channel, to) = match rtcp {
            Rtcp::Mux => (Channel::Rtp, phone(A)),
            Rtcp::Port(port) => (Channel::Rtcp, port),
        };
        let reports = world.rtcp_to(A);
        assert!(
            (10..=30).contains(&reports.len()),
            "{} in a minute",
            reports.len()
        );
        assert!(
            reports
                .iter()
                .all(|sent| sent.channel == channel && sent.to == to)
        );
        let theirs = Feedback::parse(&reports[3].bytes, 0xaa01)
            .unwrap()
            .about_us
            .unwrap();
        assert!(
            (20..=30).contains(&theirs.fraction_lost),
            "{}: a tenth in 256ths",
            theirs.fraction_lost
        );
        assert_eq!(theirs.last_sr, 7 << 16);
        world.command(MediaCommand::Close { endpoint: A });
        let Some(MediaEvent::Closed {
            endpoint: A,
            rtp: 20_002,
            rtcp: Some(20_003),
            report,
        }) = world.events.last()
        else {
            panic!("{:?}", world.events.last())
        };
        assert_eq!((report.packets_received, report.lost), (2700, 300));
        assert_eq!((report.packets_sent, report.octets_sent), (3000, 480_000));
        let round_trip = report.round_trip_ms.unwrap();
        assert!((29.0..=50.0).contains(&round_trip), "{round_trip}");
        assert_eq!(report.delay_ms, Some(round_trip / 2.0));
        assert!((report.remote_loss.unwrap() - 0.005).abs() < 0.0001);
        assert_eq!(report.remote_jitter_ms, Some(5.0));
        let mos = report.mos.unwrap();
        assert!((3.0..3.6).contains(&mos), "10 % loss: {mos}");
        let bye = world.rtcp_to(A).pop().unwrap();
        assert!(Feedback::parse(&bye.bytes, 0xaa01).unwrap().bye);
    }
}

#[test]
fn jitter_is_measured_by_the_clock_that_is_passed_in() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    let mut alice = Phone::new(A, Codec::Pcma, 500.0);
    for n in 0..500 {
        alice.say(&mut world);
        world.pass(Duration::from_millis(if n % 2 == 0 { 10 } else { 30 }));
    }
    let report = world.plane.report(A).unwrap();
    assert!(
        (report.jitter_ms - 10.0).abs() < 0.3,
        "{}",
        report.jitter_ms
    );
    assert_eq!(report.lost, 0);
}

#[test]
fn the_other_side_is_told_what_it_lost_only_as_loss() {
    // A relay adds nothing: what B is sent has Alice's gaps and no others, though B's report is its own.
    let world = impaired_call(Rtcp::Mux);
    let headers: Vec<Header> = world.heard_by(B).map(Sent::rtp).collect();
    let span = headers[headers.len() - 1]
        .sequence
        .wrapping_sub(headers[0].sequence);
    assert_eq!((headers.len(), span), (2700, 2999));
}

#[test]
fn a_party_that_was_never_spoken_to_gets_no_goodbye() {
    let mut world = World::new();
    world.open(A);
    world.connect(
        A,
        1,
        Stream {
            send: false,
            ..stream(phone(A), Codec::Pcma)
        },
    );
    world.command(MediaCommand::Close { endpoint: A });
    assert!(world.sent.is_empty());
    let Some(MediaEvent::Closed { report, .. }) = world.events.last() else {
        panic!()
    };
    assert_eq!(*report, Report::default());
}

#[test]
fn names_in_reports_tell_nothing_and_differ() {
    let mut world = World::bridge(Codec::Pcma, Codec::Pcma);
    world.pass(Duration::from_secs(10));
    let name = |id| {
        world.rtcp_to(id)[0]
            .bytes
            .windows(24)
            .find(|w| w.iter().all(u8::is_ascii_hexdigit))
            .map(<[u8]>::to_vec)
    };
    assert!(name(A).is_some() && name(A) != name(B));
}
