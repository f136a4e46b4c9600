//! Signals to the process itself, so this test has a process of its own: SIGHUP reloads, SIGTERM drains, the second ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

#[path = "exchange/peer.rs"]
#[expect(dead_code, reason = "this test needs one message of the peer")]
mod peer;
#[path = "exchange/town.rs"]
#[expect(dead_code, reason = "this test needs no journal")]
mod town;

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::process::{Signal, getpid, kill_process};
use server::{Ended, Server, Start};
use town::{Office, PATIENCE, Pages, config, snapshot};

#[test]
fn hangup_reloads_and_term_ends() {
    let mut peer = peer::Peer::new("127.0.0.1");
    let address = std::net::IpAddr::from([127, 43, 0, 30]);
    let mut wanted = config(address, None);
    wanted.signals = true;
    let server = Server::bind(&wanted).unwrap();
    let listeners = server.listeners();
    let snapshot = snapshot(address, &listeners, peer.address(), 10);
    let office = Arc::new(Office::default());
    let mut next = snapshot.clone();
    Arc::make_mut(&mut next.settings).realm = "new.centrale".into();
    *office.next.lock().unwrap() = Some(next);
    let start = Start {
        snapshot,
        bindings: Vec::new(),
        ghosts: Vec::new(),
        callbacks: Vec::new(),
    };
    let program = Arc::clone(&office);
    let handle = server
        .run(start, program, Arc::new(Pages::default()))
        .unwrap();

    kill_process(getpid(), Signal::HUP).unwrap();
    let end = Instant::now() + PATIENCE;
    while office.next.lock().unwrap().is_some() {
        assert!(Instant::now() < end, "SIGHUP reloads nothing");
        std::thread::sleep(Duration::from_millis(5));
    }
    let register = peer.request(
        "REGISTER",
        &format!("sip:{}", listeners[0].local),
        "g1",
        "g1",
        "",
    );
    peer.send(listeners[0].local, &register);
    peer.expect("SIP/2.0 ");
    kill_process(getpid(), Signal::TERM).unwrap();
    assert_eq!(handle.wait(), Ended::Asked);
}
