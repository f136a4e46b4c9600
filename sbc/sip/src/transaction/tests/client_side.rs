//! Figures 5 and 6 and RFC 6026, each arm by what goes over the wire and when.

use super::*;
use crate::transaction::{ClientTx, Incoming};

fn invite() -> Message {
    request("INVITE", "z9hG4bKinv", "")
}

fn options() -> Message {
    request("OPTIONS", "z9hG4bKopt", "")
}

/// A bench with this request sent and its first transmission checked.
fn sent(request: &Message, to: Peer) -> (Bench, ClientTx) {
    let mut bench = Bench::new();
    let tx = bench.send(request, to);
    assert_eq!(bench.said(), [request.method().as_str()]);
    (bench, tx)
}

impl Bench {
    fn hear(&mut self, response: &Message) -> Incoming {
        self.table.response(self.now, response, &udp())
    }
}

#[test]
fn timer_a_doubles_without_end_and_timer_b_ends_it() {
    let (mut bench, _) = sent(&invite(), udp());
    assert_eq!(
        bench.run_out(),
        [
            "500 INVITE",
            "1500 INVITE",
            "3500 INVITE",
            "7500 INVITE",
            "15500 INVITE",
            "31500 INVITE",
            "32000 timed out",
            "32000 ended"
        ]
    );
    assert!(bench.table.is_empty());
}

#[test]
fn timer_e_doubles_to_t2_and_timer_f_ends_it() {
    let (mut bench, _) = sent(&options(), udp());
    let log = bench.run_out();
    let times: Vec<&str> = log
        .iter()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(
        times,
        [
            "500", "1500", "3500", "7500", "11500", "15500", "19500", "23500", "27500", "31500",
            "32000", "32000"
        ]
    );
    assert_eq!(log[10..], ["32000 timed out", "32000 ended"]);
}

#[test]
fn a_stream_repeats_nothing() {
    for request in [invite(), options()] {
        let (mut bench, _) = sent(&request, tcp());
        assert_eq!(bench.run_out(), ["32000 timed out", "32000 ended"]);
    }
}

#[test]
fn a_ringing_invite_has_no_limit_here() {
    let (mut bench, tx) = sent(&invite(), udp());
    assert_eq!(
        bench.hear(&response(&invite(), 100, "")),
        Incoming::Matched(tx)
    );
    assert_eq!(
        bench.hear(&response(&invite(), 180, "a")),
        Incoming::Matched(tx)
    );
    assert_eq!(bench.table.next_deadline(), None);
    bench.table.unreachable(bench.now, tx);
    bench.pass(600_000);
    assert_eq!((bench.said().len(), bench.table.len()), (0, 1));
    assert_eq!(
        bench.hear(&response(&invite(), 200, "a")),
        Incoming::Matched(tx)
    );
}

#[test]
fn a_provisional_slows_timer_e_to_t2_and_does_not_stop_timer_f() {
    let (mut bench, tx) = sent(&options(), udp());
    assert_eq!(
        bench.hear(&response(&options(), 100, "")),
        Incoming::Matched(tx)
    );
    assert_eq!(
        bench.hear(&response(&options(), 100, "")),
        Incoming::Matched(tx)
    );
    let log = bench.run_out();
    assert_eq!(log[..3], ["500 OPTIONS", "4500 OPTIONS", "8500 OPTIONS"]);
    assert_eq!(log[log.len() - 2..], ["32000 timed out", "32000 ended"]);
}

#[test]
fn a_failure_is_acknowledged_each_time_it_comes() {
    let (mut bench, tx) = sent(&invite(), udp());
    let busy = response(&invite(), 486, "callee");
    assert_eq!(bench.hear(&busy), Incoming::Matched(tx));
    let Some(TransactionEvent::Transmit { to, bytes }) = bench.table.poll() else {
        panic!("no ACK");
    };
    assert_eq!(to, udp());
    assert_eq!(
        text(&bytes).replace("\r\n", "\n"),
        "ACK sip:+3254310000@192.0.2.1;user=phone SIP/2.0\n\
         Via: SIP/2.0/UDP phone.example:5062;branch=z9hG4bKinv\nMax-Forwards: 70\n\
         Route: <sip:p1.example;lr>\nRoute: <sip:p2.example;lr>\n\
         From: \"Jan, de\" <sip:jan@phone.example>;tag=f1\nTo: <sip:+3254310000@192.0.2.1>;tag=callee\n\
         Call-ID: c1@phone.example\nCSeq: 17 ACK\nContent-Length: 0\n\n"
    );
    assert_eq!(bench.hear(&busy), Incoming::Absorbed);
    assert_eq!(bench.said(), ["ACK"]);
    assert_eq!(
        bench.hear(&response(&invite(), 180, "callee")),
        Incoming::Absorbed
    );
    assert_eq!(
        bench.run_out(),
        ["32000 ended"],
        "timer D, and timers A and B are off"
    );
    assert_eq!(bench.hear(&busy), Incoming::Stray);
    assert!(bench.table.is_empty());
}

#[test]
fn over_a_stream_a_failure_is_over_at_once() {
    let (mut bench, tx) = sent(&invite(), tcp());
    assert_eq!(
        bench.hear(&response(&invite(), 404, "x")),
        Incoming::Matched(tx)
    );
    assert_eq!(bench.said(), ["ACK", "ended"]);
    assert!(bench.table.is_empty());
    let (mut bench, tx) = sent(&options(), tcp());
    assert_eq!(
        bench.hear(&response(&options(), 200, "x")),
        Incoming::Matched(tx)
    );
    assert_eq!(bench.said(), ["ended"]);
    assert!(bench.table.is_empty());
}

#[test]
fn every_2xx_of_every_fork_reaches_the_user_for_64_t1() {
    let (mut bench, tx) = sent(&invite(), udp());
    for tag in ["a", "b", "a"] {
        assert_eq!(
            bench.hear(&response(&invite(), 200, tag)),
            Incoming::Matched(tx)
        );
    }
    assert_eq!(
        bench.hear(&response(&invite(), 486, "c")),
        Incoming::Absorbed
    );
    assert_eq!(
        bench.hear(&response(&invite(), 180, "c")),
        Incoming::Absorbed
    );
    bench.table.unreachable(bench.now, tx);
    assert!(bench.said().is_empty(), "the user sends the ACK of a 2xx");
    bench.pass(31_999);
    assert_eq!(
        bench.hear(&response(&invite(), 200, "d")),
        Incoming::Matched(tx)
    );
    bench.pass(1);
    assert_eq!(bench.said(), ["ended"]);
    assert_eq!(bench.hear(&response(&invite(), 200, "a")), Incoming::Stray);
    assert!(bench.table.is_empty());
}

#[test]
fn a_2xx_behind_a_failure_is_not_hidden() {
    let (mut bench, tx) = sent(&invite(), udp());
    bench.hear(&response(&invite(), 603, "a"));
    assert_eq!(
        bench.hear(&response(&invite(), 200, "b")),
        Incoming::Matched(tx)
    );
}

#[test]
fn repeated_final_responses_are_absorbed_for_t4() {
    let (mut bench, tx) = sent(&options(), udp());
    assert_eq!(
        bench.hear(&response(&options(), 404, "x")),
        Incoming::Matched(tx)
    );
    for status in [404, 200, 100] {
        assert_eq!(
            bench.hear(&response(&options(), status, "x")),
            Incoming::Absorbed
        );
    }
    bench.table.unreachable(bench.now, tx);
    assert_eq!(bench.run_out(), ["5000 ended"]);
}

#[test]
fn what_cannot_be_sent_is_told_once() {
    for request in [invite(), options()] {
        let (mut bench, tx) = sent(&request, tcp());
        bench.table.flow_closed(bench.now, FlowId(8));
        assert_eq!(bench.table.len(), 1, "another connection");
        bench.table.flow_closed(bench.now, FlowId(7));
        assert_eq!(bench.said(), ["unreachable", "ended"]);
        bench.table.unreachable(bench.now, tx);
        assert!(bench.said().is_empty() && bench.table.is_empty());
    }
    let (mut bench, _) = sent(&options(), tcp());
    bench.hear(&response(&options(), 100, ""));
    bench.table.flow_closed(bench.now, FlowId(7));
    assert_eq!(bench.said(), ["unreachable", "ended"]);
}

#[test]
fn an_ack_that_cannot_be_sent_ends_the_wait() {
    let (mut bench, tx) = sent(&invite(), udp());
    bench.hear(&response(&invite(), 500, "x"));
    bench.table.unreachable(bench.now, tx);
    assert_eq!(bench.said(), ["ACK", "ended"]);
}

#[test]
fn cancel_copies_its_invite() {
    let mut bench = Bench::new();
    bench.send(&invite(), udp());
    let cancel = Message::parse(crate::transaction::cancel(&invite())).unwrap();
    assert_eq!(cancel.method(), &Method::Cancel);
    assert_eq!(
        (cancel.cseq().seq, cancel.request_uri()),
        (17, invite().request_uri())
    );
    assert_eq!(cancel.top_via(), invite().top_via());
    assert_eq!(
        (cancel.to_tag(), cancel.from_tag(), cancel.call_id()),
        (None, Some("f1"), "c1@phone.example")
    );
    assert_eq!(cancel.routes().unwrap().len(), 2);
    let tx = bench.send(&cancel, udp());
    assert_eq!(bench.said(), ["INVITE", "CANCEL"]);
    assert_eq!(
        bench.hear(&response(&cancel, 200, "x")),
        Incoming::Matched(tx),
        "not the INVITE's"
    );
}

#[test]
fn timers_d_and_m_begin_with_the_final_response() {
    for (status, ringing) in [(200, true), (200, false), (486, true), (486, false)] {
        let (mut bench, _) = sent(&invite(), udp());
        if ringing {
            bench.hear(&response(&invite(), 180, "a"));
        }
        bench.pass(10_000);
        bench.hear(&response(&invite(), status, "a"));
        bench.said();
        let only = bench.start + Duration::from_secs(42);
        assert_eq!(
            bench.table.next_deadline(),
            Some(only),
            "no other timer runs"
        );
        assert_eq!(bench.run_out(), ["42000 ended"], "{status} {ringing}");
    }
}
