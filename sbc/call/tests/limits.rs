//! What happens above each bound of the core (sbc/call/src/limits.rs) that no other test meets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bench::script::{self, Request};
use bench::{Bench, US, answer, sdp};
use call::command::Refusal;
use call::{CommandResult, Device, Duty, Input, Verb, limits};
use sip::{FlowId, Peer, Transport};

const A: &str = "127.0.0.1:6001";
const B: &str = "127.0.0.1:6002";
const CITIZEN: &str = "127.0.0.2:5060";

fn opened(bench: &mut Bench, flow: u64, remote: &str) {
    let peer = Peer {
        transport: Transport::Tcp,
        local: US.parse::<SocketAddr>().unwrap(),
        remote: remote.parse().unwrap(),
        flow: Some(FlowId(flow)),
    };
    bench.feed(Input::Opened { peer });
}

/// So many phones of one account, registered long ago.
fn phones(bench: &mut Bench, account: &str, count: usize) {
    let binding = |place: usize| {
        let mut binding = script::binding(account, B);
        binding.contact = format!("sip:{account}-{place}@{B}");
        binding
    };
    bench.feed(Input::Restore {
        bindings: (0..count).map(binding).collect(),
        ghosts: Vec::new(),
        callbacks: Vec::new(),
    });
}

#[test]
fn one_contact_too_many_is_refused_and_a_refresh_is_not() {
    let mut bench = Bench::new();
    phones(&mut bench, "2102", limits::CONTACTS_PER_ACCOUNT);
    opened(&mut bench, 1, "127.0.0.1:40001");
    let refresh = format!("<sip:2102-3@{B}>");
    assert_eq!(bench.try_register(FlowId(1), "2102", &refresh), 200);
    opened(&mut bench, 2, "127.0.0.1:40002");
    let one_more = "<sip:2102-more@127.0.0.1:6002>";
    assert_eq!(bench.try_register(FlowId(2), "2102", one_more), 503);
    let view = bench.core.view();
    assert_eq!(view.bindings, limits::CONTACTS_PER_ACCOUNT);
}

#[test]
fn one_connection_too_many_from_an_address_is_closed_at_once() {
    let mut bench = Bench::new();
    for port in 0..limits::FLOWS_PER_ADDRESS {
        let remote = format!("127.0.0.1:{}", 40_000 + port);
        opened(&mut bench, 1 + port as u64, &remote);
    }
    assert_eq!(bench.closed, []);
    opened(&mut bench, 1_000, "127.0.0.1:50000");
    assert_eq!(bench.closed, [FlowId(1_000)]);
    opened(&mut bench, 1_001, "127.0.0.9:50000");
    assert_eq!(bench.closed.len(), 1, "another address has its own room");
}

#[test]
fn a_connection_that_says_nothing_is_closed() {
    let mut bench = Bench::new();
    opened(&mut bench, 1, "127.0.0.1:40001");
    opened(&mut bench, 2, "127.0.0.1:40002");
    let options = Request {
        method: "OPTIONS",
        ..Request::invite(A, "sip:127.0.0.1", "2101", "o")
    };
    let bytes = options.text().replace('\n', "\r\n").into();
    let flow = FlowId(2);
    bench.feed(Input::Stream { flow, bytes });
    bench.wait(limits::FIRST_MESSAGE + Duration::from_secs(1));
    assert_eq!(bench.closed, [FlowId(1)], "its first message is due");
    bench.wait(limits::IDLE_FLOW);
    assert_eq!(bench.closed, [FlowId(1), FlowId(2)]);
    assert_eq!(bench.core.view().flows, 0);
}

#[test]
fn more_phones_than_may_ring_at_once() {
    let mut snapshot = bench::snapshot();
    let text = include_str!("../../../dialplans/demo.toml");
    let phones_of_all = "phones = [\"2101\", \"2102\", \"2103\"]";
    let text = text.replacen("phones = [\"2101\", \"2102\"]", phones_of_all, 1);
    let flow = ivr::parse(&text, "demo.toml").expect("the flow is right");
    snapshot.flows = Arc::new([("demo".to_owned(), Arc::new(flow))].into());
    let mut bench = Bench::with(snapshot);
    for account in ["2101", "2102", "2103"] {
        phones(&mut bench, account, 10);
    }
    let uri = "sip:+3254310000@127.0.0.1";
    bench.say(&Request::invite(CITIZEN, uri, "+32470123456", "c").body(sdp(30_000)));
    let citizen = bench.open[0].0;
    bench.press(citizen, '1');
    bench.press(citizen, '1');
    bench.played(citizen);
    assert_eq!(bench.count(B, "INVITE"), limits::FORKS);
    let told = |note: &call::io::Note| note.kind == "fork" && note.journey.is_some();
    assert!(bench.notes.iter().any(told), "{:?}", bench.notes);
}

#[test]
fn forks_behind_a_proxy_that_are_not_followed_may_still_answer() {
    let mut bench = Bench::new();
    bench.registered("2101", A);
    bench.registered("2102", B);
    let invite = Request::invite(A, "sip:2102@demo.centrale", "2101", "ab").body(sdp(30_000));
    bench.proven("2101", invite);
    let call = bench.last(B, "INVITE");
    let of = |fork: usize, text: String| text.replace(";tag=p1", &format!(";tag=p{fork}"));
    let forks = limits::EARLY_DIALOGS + 4;
    for fork in 1..=forks {
        bench.datagram(B, of(fork, answer(&call, "180 Ringing", "")));
    }
    bench.datagram(B, of(forks, answer(&call, "200 OK", &sdp(30_002))));
    let ack = bench.last(B, "ACK");
    assert_eq!(ack.to_tag(), Some(&*format!("p{forks}")));
    bench.last(A, "200");
}

#[test]
fn one_connection_too_many_of_all_is_closed_at_once() {
    let mut bench = Bench::new();
    let each = limits::FLOWS_PER_ADDRESS;
    for nth in 0..limits::FLOWS {
        let remote = format!("10.0.{}.1:{}", nth / each, 40_000 + nth % each);
        opened(&mut bench, 1 + nth as u64, &remote);
    }
    assert_eq!(bench.closed, []);
    assert_eq!(bench.core.view().flows, limits::FLOWS);
    opened(&mut bench, 100_000, "10.1.0.1:40000");
    assert_eq!(bench.closed, [FlowId(100_000)]);
    bench.feed(Input::Closed { flow: FlowId(1) });
    opened(&mut bench, 100_001, "10.1.0.1:40001");
    assert_eq!(bench.closed.len(), 1, "one that goes makes room");
}

/// A town with room for so many citizens, and a receptionist at work.
fn reception(citizens: usize) -> Bench {
    let mut snapshot = bench::snapshot();
    let mut trunk = snapshot.trunks[0].clone();
    trunk.channels = 1_000;
    snapshot.trunks = Arc::new(vec![trunk]);
    let mut settings = (*snapshot.settings).clone();
    settings.calls = 2 * citizens;
    snapshot.settings = Arc::new(settings);
    let mut bench = Bench::with(snapshot);
    bench.feed(Input::Ports {
        bound: (0..citizens as u16).map(|n| 22_000 + 2 * n).collect(),
    });
    phones(&mut bench, "2104", 1);
    let station = "2104".to_owned();
    let device = Device::Phone(station.clone());
    bench.order(Verb::AttachStation { station, device });
    let call = bench.last(B, "INVITE");
    bench.datagram(B, answer(&call, "200 OK", &sdp(30_004)));
    bench
}

#[test]
fn one_caller_too_many_to_park_stays_with_who_has_her() {
    let slots = usize::from(limits::PARK_SLOTS);
    let mut bench = reception(slots + 1);
    let mut results = Vec::new();
    for nth in 0..=slots {
        let call_id: &'static str = Box::leak(format!("citizen{nth}").into_boxed_str());
        let uri = "sip:054310000@127.0.0.1";
        bench.say(&Request::invite(CITIZEN, uri, "+32470123456", call_id).body(sdp(30_000)));
        let (station, journey) = ("2104".to_owned(), bench.journey(nth + 1));
        let done = bench.order(Verb::Answer { station, journey });
        assert!(
            matches!(done, CommandResult::Done { .. }),
            "{nth}: {done:?}"
        );
        results.push(bench.order(Verb::Park { journey }));
    }
    let full = CommandResult::Refused(Refusal::Full);
    assert_eq!(results.iter().filter(|result| **result == full).count(), 1);
    assert_eq!(results.last(), Some(&full), "the last, and no other");
    assert_eq!(bench.core.view().parked, slots);
    let talks = bench.core.glance();
    assert_eq!(talks.last().map(|call| call.phase), Some("talking"));
}

#[test]
fn a_command_is_remembered_until_so_many_others_came() {
    let mut bench = Bench::new();
    let station = "2104".to_owned();
    let device = Device::Mobile("+32470000000".to_owned());
    let attach = Verb::AttachStation { station, device };
    let done = bench.order_again(1, attach.clone());
    assert_eq!(done, CommandResult::Done { version: 0 });
    let others = limits::COMMANDS_REMEMBERED as u128;
    let ready = || Verb::StationState {
        station: "2104".to_owned(),
        state: Duty::Ready,
    };
    for id in 2..=others {
        bench.order_again(id, ready());
    }
    assert_eq!(bench.order_again(1, attach.clone()), done, "not done again");
    bench.order_again(others + 1, ready());
    let again = CommandResult::Refused(Refusal::NotNow);
    assert_eq!(
        bench.order_again(1, attach),
        again,
        "forgotten, so judged anew"
    );
}

#[test]
fn a_command_that_was_long_on_its_way_is_stale() {
    let mut bench = Bench::new();
    bench.wait(Duration::from_secs(60));
    let station = "2104".to_owned();
    let device = Device::Mobile("+32470000000".to_owned());
    let attach = Verb::AttachStation { station, device };
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000) + bench.past;
    let late = now - limits::COMMAND_AGE - Duration::from_millis(1);
    let stale = CommandResult::Refused(Refusal::Stale);
    assert_eq!(bench.order_at(1, late, attach.clone()), stale);
    let done = bench.order_at(2, now - limits::COMMAND_AGE, attach);
    assert_eq!(done, CommandResult::Done { version: 0 });
}

#[test]
fn a_loop_of_our_own_is_cut_and_the_exchange_goes_on() {
    let mut bench = Bench::new();
    let cut = |bench: &Bench| bench.notes.iter().any(|note| note.kind == "core");
    bench.core.inject_steps(limits::STEPS_PER_INPUT - 1);
    bench.feed(Input::Deadline);
    assert!(!cut(&bench), "{:?}", bench.notes);
    bench.core.inject_steps(limits::STEPS_PER_INPUT + 7);
    bench.feed(Input::Deadline);
    let told = bench.notes.last().expect("an error");
    assert_eq!(
        told.text,
        "a loop inside the core was cut: 7 effects dropped"
    );
    let uri = "sip:+3254310000@127.0.0.1";
    bench.say(&Request::invite(CITIZEN, uri, "+32470123456", "c").body(sdp(30_000)));
    bench.last(CITIZEN, "200");
}

#[test]
fn strangers_who_call_for_help_leave_room_for_others() {
    let mut bench = Bench::new();
    let help = |bench: &mut Bench, nth: usize| {
        let at: &'static str = Box::leak(format!("127.0.1.{nth}:6001").into_boxed_str());
        let call_id: &'static str = Box::leak(format!("sos{nth}").into_boxed_str());
        let uri = "sip:112@demo.centrale";
        bench.say(&Request::invite(at, uri, "nobody", call_id).body(sdp(30_000)));
        bench.count(at, "503")
    };
    for nth in 0..limits::UNPROVEN_EMERGENCIES {
        assert_eq!(help(&mut bench, nth), 0, "stranger {nth}");
    }
    assert_eq!(help(&mut bench, limits::UNPROVEN_EMERGENCIES), 1);
    assert_eq!(bench.count(CITIZEN, "INVITE"), limits::UNPROVEN_EMERGENCIES);
    phones(&mut bench, "2102", 1);
    let uri = "sip:112@demo.centrale";
    bench.say(&Request::invite(B, uri, "2102", "known").body(sdp(30_000)));
    assert_eq!(
        bench.count(B, "503"),
        0,
        "a phone that is known has its own room"
    );
}

#[test]
fn what_an_account_does_is_not_asked_of_all_calls() {
    // What one call of a phone costs beside so many others.
    let cost = |others: usize| {
        let mut bench = Bench::new();
        bench.feed(Input::Watch(true));
        bench.registered("2101", A);
        phones(&mut bench, "2102", 1);
        for nth in 0..others {
            let call_id: &'static str = Box::leak(format!("citizen{nth}").into_boxed_str());
            let uri = "sip:054310000@127.0.0.1";
            bench.say(&Request::invite(CITIZEN, uri, "+32470123456", call_id).body(sdp(30_000)));
        }
        let before = bench.core.legs_looked_at();
        let invite = Request::invite(A, "sip:2102@demo.centrale", "2101", "ab").body(sdp(30_000));
        bench.proven("2101", invite);
        let call = bench.last(B, "INVITE");
        bench.datagram(B, answer(&call, "200 OK", &sdp(30_002)));
        (
            bench.core.view().calls,
            bench.core.legs_looked_at() - before,
        )
    };
    let (alone, with) = (cost(0), cost(20));
    assert_eq!((alone.0, with.0), (1, 21));
    assert!(alone.1 > 0 && alone.1 < 40, "{alone:?}");
    assert_eq!(alone.1, with.1);
}

#[test]
fn in_a_crowd_new_calls_are_refused_early_and_emergencies_are_not() {
    let mut bench = Bench::new();
    let call = |id: &'static str, number: &'static str| {
        Request::invite(CITIZEN, number, "+32470123456", id).body(sdp(30_000))
    };
    bench.feed(Input::Crowded(true));
    bench.say(&call("one", "sip:054310000@127.0.0.1"));
    let refused = bench.last(CITIZEN, "503");
    assert!(refused.header(&sip::HeaderName::RetryAfter).is_some());
    assert_eq!(bench.core.view().calls, 0);
    let help = Request::invite(A, "sip:112@demo.centrale", "2101", "two").body(sdp(30_002));
    bench.say(&help);
    assert_eq!(bench.core.view().calls, 1);
    bench.feed(Input::Crowded(false));
    bench.say(&call("three", "sip:054310000@127.0.0.1"));
    assert_eq!(bench.core.view().calls, 2);
    assert_eq!(bench.count(CITIZEN, "503"), 1);
}
