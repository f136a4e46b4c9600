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

use bench::script::Request;
use bench::{Bench, US, answer, sdp};
use call::journal::Binding;
use call::{Input, limits};
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
    let binding = |place: usize| Binding {
        account: account.to_owned(),
        contact: format!("sip:{account}-{place}@{B}"),
        peer: Peer {
            transport: Transport::Udp,
            local: US.parse().unwrap(),
            remote: B.parse().unwrap(),
            flow: None,
        },
        expires: SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_003_600),
        call_id: "reg".to_owned(),
        cseq: 1,
        q: 1_000,
        instance: None,
        reg_id: None,
        path: Vec::new(),
        user_agent: String::new(),
        seen: SystemTime::UNIX_EPOCH,
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
