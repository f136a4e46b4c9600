//! Figures 7 and 8 and RFC 6026, each arm by what goes over the wire and when.

use super::*;
use crate::transaction::{Arrival, ServerTx};

fn invite() -> Message {
    request("INVITE", "z9hG4bKin", "")
}

fn register() -> Message {
    request("REGISTER", "z9hG4bKreg", "")
}

/// The ACK of a failure: the INVITE's own branch.
fn ack() -> Message {
    request("ACK", "z9hG4bKin", "ours")
}

impl Bench {
    fn arrive(&mut self, request: &Message, from: Peer) -> Arrival {
        self.table.request(self.now, request, &from)
    }

    fn answer(&mut self, tx: ServerTx, request: &Message, status: u16) {
        self.respond(tx, &response(request, status, "ours"));
    }
}

fn arrived(request: &Message, from: Peer) -> (Bench, ServerTx) {
    let mut bench = Bench::new();
    let Arrival::New(tx) = bench.arrive(request, from) else {
        panic!("not new");
    };
    assert!(bench.said().is_empty());
    (bench, tx)
}

#[test]
fn a_repeated_invite_gets_the_last_provisional() {
    let (mut bench, tx) = arrived(&invite(), udp());
    assert_eq!(bench.arrive(&invite(), udp()), Arrival::Absorbed);
    assert!(bench.said().is_empty(), "nothing to repeat yet");
    for status in [100, 180] {
        bench.answer(tx, &invite(), status);
        assert_eq!(bench.arrive(&invite(), udp()), Arrival::Absorbed);
        assert_eq!(bench.said(), [status.to_string(), status.to_string()]);
    }
    assert_eq!(
        bench.arrive(&ack(), udp()),
        Arrival::Absorbed,
        "an ACK of nothing"
    );
    assert_eq!(bench.table.next_deadline(), None);
}

#[test]
fn timer_g_repeats_a_failure_to_t2_and_timer_h_gives_up() {
    let (mut bench, tx) = arrived(&invite(), udp());
    bench.answer(tx, &invite(), 486);
    let log = bench.run_out();
    let times: Vec<&str> = log
        .iter()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(
        times,
        [
            "0", "500", "1500", "3500", "7500", "11500", "15500", "19500", "23500", "27500",
            "31500", "32000", "32000"
        ]
    );
    assert_eq!(log[11..], ["32000 ack missing", "32000 ended"]);
    assert!(bench.table.is_empty());
}

#[test]
fn over_a_stream_a_failure_is_not_repeated_but_its_ack_is_awaited() {
    let (mut bench, tx) = arrived(&invite(), tcp());
    bench.answer(tx, &invite(), 486);
    assert_eq!(
        bench.run_out(),
        ["0 486", "32000 ack missing", "32000 ended"]
    );
    let (mut bench, tx) = arrived(&invite(), tcp());
    bench.answer(tx, &invite(), 486);
    assert_eq!(bench.arrive(&ack(), tcp()), Arrival::Absorbed);
    assert_eq!(bench.said(), ["486", "ended"], "timer I is zero");
    assert!(bench.table.is_empty());
}

#[test]
fn the_ack_of_a_failure_is_absorbed_for_t4() {
    let (mut bench, tx) = arrived(&invite(), udp());
    bench.answer(tx, &invite(), 486);
    assert_eq!(bench.arrive(&invite(), udp()), Arrival::Absorbed);
    assert_eq!(bench.said(), ["486", "486"]);
    for _ in 0..3 {
        assert_eq!(bench.arrive(&ack(), udp()), Arrival::Absorbed);
    }
    assert_eq!(bench.arrive(&invite(), udp()), Arrival::Absorbed);
    bench.answer(tx, &invite(), 200);
    assert_eq!(bench.run_out(), ["5000 ended"]);
    assert_eq!(
        bench.arrive(&ack(), udp()),
        Arrival::Ack,
        "of nothing we know"
    );
}

#[test]
fn one_final_response_is_all() {
    let (mut bench, tx) = arrived(&invite(), udp());
    bench.answer(tx, &invite(), 487);
    for status in [180, 200, 500] {
        bench.answer(tx, &invite(), status);
    }
    assert_eq!(bench.said(), ["487"]);
    let (mut bench, tx) = arrived(&invite(), udp());
    bench.answer(tx, &invite(), 200);
    for status in [180, 486] {
        bench.answer(tx, &invite(), status);
    }
    assert_eq!(bench.said(), ["200"]);
}

#[test]
fn an_accepted_invite_leaves_repetition_to_the_user_and_acks_to_the_dialog() {
    for peer in [udp(), tcp()] {
        let (mut bench, tx) = arrived(&invite(), peer);
        bench.answer(tx, &invite(), 180);
        bench.answer(tx, &invite(), 200);
        assert_eq!(bench.said(), ["180", "200"]);
        assert_eq!(bench.arrive(&invite(), peer), Arrival::Absorbed);
        assert!(bench.said().is_empty());
        bench.answer(tx, &invite(), 200);
        assert_eq!(bench.said(), ["200"], "the user's repetition");
        assert_eq!(
            bench.arrive(&request("ACK", "z9hG4bKother", "ours"), peer),
            Arrival::Ack
        );
        assert_eq!(
            bench.arrive(&ack(), peer),
            Arrival::Ack,
            "a careless peer's branch"
        );
        assert_eq!(bench.run_out(), ["32000 ended"], "timer L");
        assert!(bench.table.is_empty());
    }
}

#[test]
fn a_repeated_request_gets_the_last_response_for_64_t1() {
    let (mut bench, tx) = arrived(&register(), udp());
    assert_eq!(bench.arrive(&register(), udp()), Arrival::Absorbed);
    assert!(bench.said().is_empty(), "Trying");
    for status in [100, 401] {
        bench.answer(tx, &register(), status);
        assert_eq!(bench.arrive(&register(), udp()), Arrival::Absorbed);
        assert_eq!(bench.said(), [status.to_string(), status.to_string()]);
    }
    for status in [100, 200, 500] {
        bench.answer(tx, &register(), status);
    }
    bench.pass(31_999);
    assert!(bench.said().is_empty());
    assert_eq!(bench.arrive(&register(), udp()), Arrival::Absorbed);
    assert_eq!(bench.run_out(), ["31999 401", "32000 ended"], "timer J");
    assert!(matches!(bench.arrive(&register(), udp()), Arrival::New(_)));
}

#[test]
fn over_a_stream_a_request_is_over_with_its_answer() {
    let (mut bench, tx) = arrived(&register(), tcp());
    bench.answer(tx, &register(), 200);
    assert_eq!(bench.said(), ["200", "ended"]);
    assert!(bench.table.is_empty());
}

#[test]
fn a_storm_of_repetitions_is_one_request() {
    let (mut bench, tx) = arrived(&register(), udp());
    bench.answer(tx, &register(), 200);
    let before = bench.table.queued_deadlines();
    for _ in 0..50 {
        assert_eq!(bench.arrive(&register(), udp()), Arrival::Absorbed);
    }
    assert_eq!((bench.said().len(), bench.table.len()), (51, 1));
    assert_eq!(bench.table.queued_deadlines(), before);
}
