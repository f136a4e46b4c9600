//! Who is believed, who displaces whom, and where our packets go meanwhile.

use smallvec::smallvec;

use super::*;
use crate::codec::Codec;

fn at(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn stream(source: SourcePolicy, remote: &str, rtcp: Rtcp) -> Stream {
    Stream {
        remote: at(remote),
        rtcp,
        source,
        codec: Codec::Pcma,
        send_pt: 8,
        receive: smallvec![(8, Codec::Pcma)],
        telephone_event: None,
        telephone_event_receive: smallvec![],
        send: true,
        receive_audio: true,
        inband_dtmf: false,
        ptime: 20,
    }
}

const MS: Duration = Duration::from_millis(1);

#[test]
fn signalled_takes_nothing_from_elsewhere_and_sends_nothing_there() {
    let stream = stream(SourcePolicy::Signalled, "192.0.2.1:4000", Rtcp::Mux);
    let (mut lock, now) = (Lock::default(), Instant::now());
    for from in ["192.0.2.1:4001", "192.0.2.2:4000", "127.0.0.1:4000"] {
        assert!(!lock.believes(now, &stream, at(from)));
        assert!(!lock.believes_rtcp(&stream, at(from), true));
        assert_eq!(lock.destination(&stream), stream.remote);
    }
    assert!(lock.believes(now, &stream, stream.remote));
}

#[test]
fn loopback_believes_the_signalled_port_once_and_for_all() {
    let stream = stream(SourcePolicy::Loopback, "192.168.1.7:4000", Rtcp::Mux);
    let (mut lock, now) = (Lock::default(), Instant::now());
    assert_eq!(lock.destination(&stream), at("127.0.0.1:4000"));
    assert!(!lock.believes(now, &stream, at("127.0.0.1:4001")));
    assert!(!lock.believes(now, &stream, at("192.168.1.8:4000")));
    assert!(lock.believes(now, &stream, at("192.168.1.7:4000")));
    assert_eq!(lock.destination(&stream), at("192.168.1.7:4000"));
    assert!(!lock.believes(now, &stream, at("127.0.0.1:4000")), "locked");
    let own = self::stream(SourcePolicy::Loopback, "127.0.0.5:4000", Rtcp::Mux);
    assert_eq!(Lock::default().destination(&own), at("127.0.0.5:4000"));
}

#[test]
fn learning_takes_the_same_host_on_another_port_at_once() {
    let stream = stream(SourcePolicy::Learn, "198.51.100.9:4000", Rtcp::Mux);
    let (mut lock, now) = (Lock::default(), Instant::now());
    assert!(lock.believes(now, &stream, at("198.51.100.9:61000")));
    assert_eq!(lock.destination(&stream), at("198.51.100.9:61000"));
    assert!(!lock.believes(now, &stream, at("198.51.100.9:61001")));
    assert!(!lock.believes(now, &stream, at("203.0.113.6:6000")));
    assert!(
        lock.believes(now, &stream, stream.remote),
        "the signalled one is better still"
    );
    assert_eq!(lock.destination(&stream), stream.remote);
}

#[test]
fn a_stranger_is_on_trial_and_gives_way_to_the_real_one() {
    let stream = stream(SourcePolicy::Learn, "198.51.100.9:4000", Rtcp::Mux);
    let (mut lock, start) = (Lock::default(), Instant::now());
    let stranger = at("203.0.113.6:6000");
    let taken = (0..100)
        .filter(|ms| lock.believes(start + MS * *ms, &stream, stranger))
        .count();
    assert_eq!(taken, 5);
    assert_eq!(
        lock.destination(&stream),
        stream.remote,
        "nothing leaks during the trial"
    );
    assert!(lock.believes(start + MS * 100, &stream, at("198.51.100.9:61000")));
    assert!(!lock.believes(start + MS * 101, &stream, stranger));
}

#[test]
fn a_stranger_that_nobody_disputes_is_the_party_behind_its_nat() {
    let stream = stream(SourcePolicy::Learn, "192.168.1.7:4000", Rtcp::Mux);
    let (mut lock, start) = (Lock::default(), Instant::now());
    let party = at("203.0.113.6:6000");
    (0..20).for_each(|n| {
        assert_eq!(
            lock.believes(start + MS * 20 * n, &stream, party),
            !(5..15).contains(&n)
        )
    });
    assert_eq!(lock.destination(&stream), party);
    assert!(!lock.believes(start + MS * 400, &stream, at("203.0.113.7:6000")));
}

#[test]
fn a_nat_that_rebinds_is_followed_after_silence_only() {
    let stream = stream(SourcePolicy::Learn, "198.51.100.9:4000", Rtcp::Mux);
    let (mut lock, start) = (Lock::default(), Instant::now());
    assert!(lock.believes(start, &stream, at("198.51.100.9:61000")));
    assert!(!lock.believes(start + MS * 1999, &stream, at("198.51.100.9:61001")));
    assert!(lock.believes(start + MS * 2000, &stream, at("198.51.100.9:61001")));
    assert!(
        !lock.believes(start + MS * 9000, &stream, at("203.0.113.6:61001")),
        "another host never"
    );
}

#[test]
fn rtcp_is_believed_where_rtp_would_be_and_moves_nothing() {
    let rtcp = Rtcp::Port(at("198.51.100.9:4001"));
    let learn = stream(SourcePolicy::Learn, "198.51.100.9:4000", rtcp);
    let (mut lock, now) = (Lock::default(), Instant::now());
    assert!(
        !lock.believes_rtcp(&learn, at("198.51.100.9:4001"), false),
        "RTP first"
    );
    assert!(lock.believes(now, &learn, at("198.51.100.9:61000")));
    assert!(!lock.believes_rtcp(&learn, at("203.0.113.6:1"), false));
    assert!(lock.believes_rtcp(&learn, at("198.51.100.9:61002"), false));
    assert!(!lock.believes_rtcp(&learn, at("198.51.100.9:61003"), false));
    assert!(
        !lock.believes_rtcp(&learn, at("198.51.100.9:61002"), true),
        "not on the RTP port"
    );
    assert_eq!(lock.destination(&learn), at("198.51.100.9:61000"));
    let signalled = stream(SourcePolicy::Signalled, "198.51.100.9:4000", rtcp);
    assert!(Lock::default().believes_rtcp(&signalled, at("198.51.100.9:4001"), false));
    assert!(!Lock::default().believes_rtcp(&signalled, at("198.51.100.9:4002"), false));
    let mut forgotten = lock;
    forgotten.reset();
    assert_eq!(forgotten.destination(&learn), learn.remote);
}
