//! Two addresses of one machine (SBC-9): who reaches us at one is told that one, in signalling and in sound.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;

use std::sync::Arc;

use bench::script::Request;
use bench::{Bench, PHONE, TRUNK, answer, sdp};
use call::snapshot::Listener;
use sip::{HeaderName, Message, Transport};

/// Behind the operator's NAT; seen from there as `TOLD`, its sound as `SOUND`.
const OUTSIDE: &str = "10.0.0.2:5060";
const TOLD: &str = "198.51.100.7:5060";
const SOUND: &str = "198.51.100.8";

/// The town's network first, then the operator's side; the line speaks from the second.
fn on_two_sides() -> Bench {
    let mut snapshot = bench::snapshot();
    let mut settings = (*snapshot.settings).clone();
    settings.listeners.push(Listener {
        transport: Transport::Udp,
        local: OUTSIDE.parse().unwrap(),
        advertised: TOLD.parse().unwrap(),
        media: SOUND.parse().unwrap(),
    });
    snapshot.settings = Arc::new(settings);
    let mut trunk = snapshot.trunks[0].clone();
    trunk.local = Some("10.0.0.2".parse().unwrap());
    snapshot.trunks = Arc::new(vec![trunk]);
    Bench::with(snapshot)
}

fn sound_at(message: &Message) -> String {
    let body = String::from_utf8(message.body().to_vec()).unwrap();
    let line = body.lines().find(|line| line.starts_with("c="));
    line.unwrap().trim_start_matches("c=IN IP4 ").to_owned()
}

#[test]
fn each_side_is_told_the_address_that_it_can_reach() {
    let mut bench = on_two_sides();
    let help = Request::invite(PHONE, "sip:112@demo.centrale", "2101", "two").body(sdp(30_000));
    bench.datagram(PHONE, help.text());
    let out = bench.last(TRUNK, "INVITE");
    let told = TOLD.split_once(':').unwrap().0;
    for header in [HeaderName::Via, HeaderName::Contact] {
        let value = out.header(&header).unwrap();
        assert!(value.contains(told), "{value}");
    }
    assert_eq!(sound_at(&out), SOUND);
    bench.datagram(TRUNK, answer(&out, "200 OK", &sdp(30_002)));
    let up = bench.last(PHONE, "200");
    assert_eq!(sound_at(&up), "127.0.0.1");
    let contact = up.header(&HeaderName::Contact).unwrap();
    assert!(contact.contains("127.0.0.1"), "{contact}");
}
