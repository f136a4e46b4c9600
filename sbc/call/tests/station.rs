//! A station's shift: its leg is called once, outlives calls, and leaves nothing when it goes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;

use std::time::Duration;

use bench::script::{Request, in_their_dialog};
use bench::{Bench, TRUNK, answer, sdp};
use call::{CoreView, Device, Verb};
use media::Source;

const DESK: &str = "127.0.0.1:6004";

fn attach(bench: &mut Bench) {
    bench.registered("2104", DESK);
    let station = "2104".to_owned();
    let device = Device::Phone(station.clone());
    bench.order(Verb::AttachStation { station, device });
}

fn nothing_is_left(bench: &mut Bench) {
    bench.wait(Duration::from_secs(120));
    let expected = CoreView {
        bindings: 1,
        deadlines: 1,
        ..CoreView::default()
    };
    assert_eq!(bench.core.view(), expected);
}

#[test]
fn a_station_that_nobody_answers_is_given_up() {
    let mut bench = Bench::new();
    attach(&mut bench);
    let call = bench.last(DESK, "INVITE");
    bench.datagram(DESK, answer(&call, "180 Ringing", ""));
    bench.wait(Duration::from_secs(1));
    attach(&mut bench);
    assert_eq!(
        bench.count(DESK, "INVITE"),
        1,
        "one order calls the device once"
    );
    bench.wait(Duration::from_secs(60));
    let cancel = bench.last(DESK, "CANCEL");
    bench.datagram(DESK, answer(&cancel, "200 OK", ""));
    bench.datagram(DESK, answer(&call, "487 Request Terminated", ""));
    nothing_is_left(&mut bench);
}

#[test]
fn a_station_that_detaches_in_a_conversation_finishes_it_and_can_come_back() {
    let mut bench = Bench::new();
    attach(&mut bench);
    let call = bench.last(DESK, "INVITE");
    bench.datagram(DESK, answer(&call, "200 OK", &sdp(30_004)));
    let desk = bench.open[0].0;

    let invite =
        Request::invite(TRUNK, "sip:054310000@127.0.0.1", "+32470123456", "cit").body(sdp(30_000));
    bench.say(&invite);
    let ok = bench.last(TRUNK, "200");
    bench.say(&invite.next("ACK", 1, &ok));
    let citizen = bench.open[1].0;
    let (home, away) = (bench.journey(0), bench.journey(1));
    let station = "2104".to_owned();
    bench.order(Verb::Answer {
        station: station.clone(),
        journey: away,
    });
    assert_eq!(bench.hears[&desk].1, Source::Endpoint(citizen));

    // A verb for the resting place must not silence the station that is away.
    bench.order(Verb::HangUp { journey: home });
    assert_eq!(bench.hears[&desk].1, Source::Endpoint(citizen));

    bench.order(Verb::DetachStation { station });
    assert_eq!(bench.count(DESK, "BYE"), 0, "the conversation goes on");
    bench.say(&invite.next("BYE", 2, &ok));
    let bye = bench.last(DESK, "BYE");
    bench.datagram(DESK, answer(&bye, "200 OK", ""));
    nothing_is_left(&mut bench);
    attach(&mut bench);
    assert_eq!(bench.count(DESK, "INVITE"), 2, "the next shift can begin");
}

#[test]
fn a_station_that_hangs_up_away_closes_its_resting_place() {
    let mut bench = Bench::new();
    attach(&mut bench);
    let call = bench.last(DESK, "INVITE");
    bench.datagram(DESK, answer(&call, "200 OK", &sdp(30_004)));
    let invite =
        Request::invite(TRUNK, "sip:054310000@127.0.0.1", "+32470123456", "cit").body(sdp(30_000));
    bench.say(&invite);
    let ok = bench.last(TRUNK, "200");
    bench.say(&invite.next("ACK", 1, &ok));
    let away = bench.journey(1);
    let station = "2104".to_owned();
    bench.order(Verb::Answer {
        station,
        journey: away,
    });
    bench.datagram(DESK, in_their_dialog(&call, "BYE", 1, DESK, ""));
    let bye = bench.last(TRUNK, "BYE");
    bench.datagram(TRUNK, answer(&bye, "200 OK", ""));
    nothing_is_left(&mut bench);
}
