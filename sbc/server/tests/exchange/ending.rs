//! How it ends: new calls are refused while running ones go on, then BYE to everybody, and every fact is on the disk.

use std::time::{Duration, Instant};

use call::journal::Fact;
use server::{Ended, OrderError};

use crate::call::talk;
use crate::peer::Peer;
use crate::town::Town;

#[test]
fn an_exchange_without_calls_does_not_wait_for_old_transactions() {
    let mut peer = Peer::new("127.0.0.1");
    let town = Town::start(20, peer.address(), None);
    peer.send(
        town.udp,
        &peer.request("OPTIONS", &format!("sip:{}", town.udp), "o1", "o1", ""),
    );
    peer.expect("SIP/2.0 200");
    let began = Instant::now();
    town.handle.drain().unwrap();
    assert_eq!(town.handle.wait(), Ended::Asked);
    // The transaction of the OPTIONS alone would last 32 s.
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(town.handle.stop(), Err(OrderError::Ended));
}

#[test]
fn an_exchange_with_nothing_to_wait_for_ends_at_once() {
    let mut quickest = Duration::MAX;
    // A busy machine may be slow; one that waits on purpose is slow each time.
    for round in 0..8 {
        let mut peer = Peer::new("127.0.0.1");
        let town = Town::start(30 + round, peer.address(), None);
        // Its transaction lingers for 32 s, to absorb repetitions.
        let uri = format!("sip:stranger@{}", town.udp);
        let id = format!("q{round}");
        peer.send(town.udp, &peer.request("REGISTER", &uri, &id, &id, ""));
        peer.expect("SIP/2.0 ");
        let began = Instant::now();
        town.handle.drain().unwrap();
        assert_eq!(town.handle.wait(), Ended::Asked);
        quickest = quickest.min(began.elapsed());
        if quickest < Duration::from_millis(200) {
            return;
        }
    }
    panic!("it took at least {quickest:?}");
}

#[test]
fn a_drained_exchange_refuses_new_calls_and_keeps_the_running_one_until_it_is_stopped() {
    let (town, mut talk) = talk(21);
    town.handle.drain().unwrap();
    let mut other = Peer::new("127.0.0.2");
    let uri = format!("sip:2101@{}", town.udp);
    other.send(
        town.udp,
        &other.request("INVITE", &uri, "d1", "d1", &other.sdp()),
    );
    other.expect("SIP/2.0 503");
    let status = town.handle.status().unwrap();
    assert!(status.ending && status.core.calls == 1, "{status:?}");

    town.handle.stop().unwrap();
    let (bye, exchange) = talk.operator.expect("BYE ");
    talk.operator
        .send(exchange, &talk.operator.answer(&bye, "200 OK", ""));
    let (bye, exchange) = talk.citizen.expect("BYE ");
    talk.citizen
        .send(exchange, &talk.citizen.answer(&bye, "200 OK", ""));
    assert_eq!(town.handle.wait(), Ended::Asked);
    let ended = town
        .pages
        .facts()
        .iter()
        .any(|fact| matches!(fact, Fact::JourneyEnded { .. }));
    assert!(ended, "{:?}", town.pages.facts());
    assert_eq!(town.pages.synced(), town.pages.facts().len());
}
