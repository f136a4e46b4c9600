//! Phones that register over connections, and what their end means (RFC 5626).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use bench::script::Request;
use bench::{Bench, US, sdp};
use call::Input;
use call::journal::{Binding, Fact};
use sip::{FlowId, Peer, Transport};

const A: &str = "127.0.0.1:6001";
const B: &str = "127.0.0.1:6002";
/// The source of a phone's connection, which is no port that it listens on.
const SOURCE: &str = "127.0.0.1:40001";
const FLOW: FlowId = FlowId(7);

fn connection(flow: FlowId, remote: &str) -> Peer {
    Peer {
        transport: Transport::Tcp,
        local: US.parse::<SocketAddr>().unwrap(),
        remote: remote.parse().unwrap(),
        flow: Some(flow),
    }
}

/// 2102 registers over a connection, with this Contact.
fn registered(bench: &mut Bench, contact: &str) {
    bench.registered("2101", A);
    bench.feed(Input::Opened {
        peer: connection(FLOW, SOURCE),
    });
    bench.register_over(FLOW, "2102", contact);
    assert_eq!(bench.core.view().bindings, 2);
}

/// 2101 calls 2102, and what it has heard after a moment.
fn call(bench: &mut Bench, id: &'static str) -> u16 {
    let invite = Request::invite(A, "sip:2102@demo.centrale", "2101", id).body(sdp(30_000));
    bench.proven("2101", invite);
    bench.wait(Duration::from_millis(10));
    let to_caller = bench
        .sent
        .iter()
        .rev()
        .filter(|(to, _)| to.to_string() == A);
    to_caller
        .map(|(_, answer)| answer.status().0)
        .next()
        .unwrap()
}

#[test]
fn a_phone_that_keeps_its_flow_is_gone_with_it() {
    let mut bench = Bench::new();
    let contact =
        "<sip:2102@127.0.0.1:40001;transport=tcp>;reg-id=1;+sip.instance=\"<urn:uuid:a>\"";
    registered(&mut bench, contact);
    bench.feed(Input::Closed { flow: FLOW });
    assert_eq!(bench.core.view().bindings, 1);
    let gone = |fact: &Fact| matches!(fact, Fact::BindingGone { account, .. } if account == "2102");
    assert!(bench.facts.iter().any(gone), "on record too");
    assert_eq!(call(&mut bench, "call1"), 480, "at once");
}

#[test]
fn a_phone_behind_a_nat_is_not_tried_without_its_connection() {
    let mut bench = Bench::new();
    registered(&mut bench, "<sip:2102@192.168.1.20:5060;transport=tcp>");
    bench.feed(Input::Closed { flow: FLOW });
    assert_eq!(
        bench.core.view().bindings,
        2,
        "it may come back before it expires"
    );
    assert_eq!(call(&mut bench, "call2"), 480);
    bench.feed(Input::Opened {
        peer: connection(FlowId(8), SOURCE),
    });
    bench.register_over(
        FlowId(8),
        "2102",
        "<sip:2102@192.168.1.20:5060;transport=tcp>",
    );
    assert_eq!(call(&mut bench, "call3"), 100, "it is rung again");
}

#[test]
fn a_phone_that_listens_is_reached_where_it_listens() {
    let mut bench = Bench::new();
    registered(&mut bench, "<sip:2102@127.0.0.1:6002;transport=tcp>");
    bench.feed(Input::Closed { flow: FLOW });
    assert_eq!(call(&mut bench, "call4"), 100);
    let (flow, remote) = bench.connecting.pop().expect("a connection is asked for");
    assert_eq!(remote.to_string(), B);
    // Nobody is there any more: that is tried once, and not at each call.
    bench.feed(Input::ConnectFailed { flow });
    assert!(bench.count(A, "503") + bench.count(A, "480") == 1);
    bench.connecting.clear();
    let again = Request::invite(A, "sip:2102@demo.centrale", "2101", "ac").body(sdp(30_000));
    bench.proven("2101", again);
    assert_eq!(bench.last(A, "480").call_id(), "ac");
    assert!(bench.connecting.is_empty());
}

#[test]
fn no_connection_survives_the_process() {
    let binding = |account: &str, reg_id: Option<u32>| Binding {
        account: account.to_owned(),
        contact: format!("sip:{account}@127.0.0.1:6002"),
        peer: connection(FlowId(3), SOURCE),
        expires: SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_003_600),
        call_id: "reg".to_owned(),
        cseq: 1,
        q: 1_000,
        instance: reg_id.map(|_| "urn:uuid:b".to_owned()),
        reg_id,
        path: Vec::new(),
        user_agent: String::new(),
        seen: SystemTime::UNIX_EPOCH,
    };
    let mut bench = Bench::new();
    bench.registered("2101", A);
    bench.feed(Input::Restore {
        bindings: vec![binding("2102", None), binding("2103", Some(1))],
        ghosts: Vec::new(),
        callbacks: Vec::new(),
    });
    assert_eq!(
        bench.core.view().bindings,
        2,
        "2103 kept a flow that is gone"
    );
    assert_eq!(call(&mut bench, "call5"), 100);
    assert_eq!(bench.connecting.pop().unwrap().1.to_string(), B);
}

#[test]
fn a_connection_for_which_too_much_waits_is_given_up() {
    let mut snapshot = bench::snapshot();
    let mut settings = (*snapshot.settings).clone();
    settings.relay_headers = vec!["x-note".to_owned()];
    snapshot.settings = std::sync::Arc::new(settings);
    let mut bench = Bench::with(snapshot);
    registered(&mut bench, "<sip:2102@127.0.0.1:6002;transport=tcp>");
    bench.feed(Input::Closed { flow: FLOW });
    // Each call puts 16 KiB on a connection that is never made.
    let note = format!("X-Note: {}", "x".repeat(1_000));
    let notes = vec![note; 16].join("\n");
    let ids: Vec<String> = (0..18).map(|call| format!("big{call}")).collect();
    for id in &ids {
        assert_eq!(bench.closed, []);
        let invite = Request::invite(A, "sip:2102@demo.centrale", "2101", id);
        bench.proven("2101", invite.with(&notes).body(sdp(30_000)));
        if !bench.closed.is_empty() {
            break;
        }
    }
    assert_eq!(
        bench.closed,
        [bench.connecting[0].0],
        "the limit was reached"
    );
    let refused = bench.count(A, "503") + bench.count(A, "480");
    assert!(refused > 10, "every caller is told at once: {refused}");
}
