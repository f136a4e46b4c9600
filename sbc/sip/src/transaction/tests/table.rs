//! The table's own promises: limits, forgetting, deadlines that leave nothing behind.

use super::*;
use crate::transaction::{Arrival, Incoming};

#[test]
fn a_full_table_keeps_room_for_what_must_not_fail() {
    let mut bench = Bench::new();
    bench.table = Transactions::new(Timers::default(), 8);
    let numbered =
        |method: &str, n: usize, tag: &str| request(method, &format!("z9hG4bKn{n}"), tag);
    let now = bench.now;
    let Arrival::New(first) = bench.table.request(now, &numbered("INVITE", 0, ""), &udp()) else {
        panic!("not new");
    };
    for n in 1..8 {
        assert!(matches!(
            bench.table.request(now, &numbered("INVITE", n, ""), &udp()),
            Arrival::New(_)
        ));
    }
    assert_eq!(
        bench.table.request(now, &numbered("INVITE", 8, ""), &udp()),
        Arrival::Full
    );
    assert_eq!(
        bench.table.request(now, &numbered("INVITE", 3, ""), &udp()),
        Arrival::Absorbed
    );
    bench.send(&numbered("OPTIONS", 99, ""), udp());
    assert_eq!(
        bench.table.request(now, &numbered("CANCEL", 0, ""), &udp()),
        Arrival::Cancel {
            tx: crate::transaction::ServerTx(10),
            invite: Some(first)
        }
    );
    assert_eq!(
        bench
            .table
            .request(now, &numbered("BYE", 20, "ours"), &udp()),
        Arrival::Full,
        "the reserve ends too"
    );
    bench.table.forget_server(first);
    assert!(matches!(
        bench
            .table
            .request(now, &numbered("BYE", 20, "ours"), &udp()),
        Arrival::New(_)
    ));
    bench.table.forget_server(crate::transaction::ServerTx(10));
    assert_eq!(
        bench
            .table
            .request(now, &numbered("INVITE", 30, ""), &udp()),
        Arrival::Full
    );
    assert!(matches!(
        bench
            .table
            .urgent_request(now, &numbered("INVITE", 30, ""), &udp()),
        Arrival::New(_)
    ));
}

#[test]
fn what_is_forgotten_is_gone_without_a_word() {
    let mut bench = Bench::new();
    let invite = request("INVITE", "z9hG4bKf", "");
    let client = bench.send(&invite, tcp());
    let Arrival::New(server) =
        bench
            .table
            .request(bench.now, &request("INVITE", "z9hG4bKg", ""), &tcp())
    else {
        panic!("not new");
    };
    bench.respond(server, &response(&invite, 486, "x"));
    bench.said();
    bench.table.forget_client(client);
    bench.table.forget_server(server);
    assert!(bench.table.is_empty());
    assert_eq!(bench.table.next_deadline(), None);
    assert_eq!(
        bench
            .table
            .response(bench.now, &response(&invite, 200, "x"), &udp()),
        Incoming::Stray
    );
    bench.table.flow_closed(bench.now, FlowId(7));
    assert!(bench.said().is_empty());
}

#[test]
fn a_branch_used_twice_belongs_to_the_second() {
    let mut bench = Bench::new();
    let options = request("OPTIONS", "z9hG4bKtwice", "");
    let first = bench.send(&options, udp());
    let second = bench.send(&options, udp());
    bench.table.forget_client(first);
    assert_eq!(
        bench
            .table
            .response(bench.now, &response(&options, 200, "x"), &udp()),
        Incoming::Matched(second)
    );
}

#[test]
fn stopped_timers_do_not_pile_up_behind_a_live_one() {
    let mut bench = Bench::new();
    bench.send(&request("OPTIONS", "z9hG4bKlong", ""), udp());
    for n in 0..2_000 {
        let options = request("OPTIONS", &format!("z9hG4bKs{n}"), "");
        let tx = bench.send(&options, udp());
        bench
            .table
            .response(bench.now, &response(&options, 200, "x"), &udp());
        bench.pass(1);
        bench.said();
        bench.table.forget_client(tx);
        let queued = bench.table.queued_deadlines();
        assert!(queued <= 80, "{queued}");
    }
    bench.run_out();
    assert!(bench.table.is_empty());
}

#[test]
fn a_clock_that_goes_back_does_no_harm() {
    let mut bench = Bench::new();
    bench.now += Duration::from_secs(10);
    let first = bench.send(&request("OPTIONS", "z9hG4bKa", ""), udp());
    bench.now = bench.start;
    bench.send(&request("OPTIONS", "z9hG4bKb", ""), udp());
    assert_eq!(
        bench.table.next_deadline(),
        Some(bench.start + Duration::from_millis(10_500))
    );
    bench.table.forget_client(first);
    assert_eq!(
        bench.table.next_deadline(),
        Some(bench.start + Duration::from_millis(10_500)),
        "the second began when the first did"
    );
    let log = bench.run_out();
    assert_eq!(
        log.iter()
            .filter(|line| line.ends_with("timed out"))
            .count(),
        1
    );
    assert!(bench.table.is_empty());
}

#[test]
fn a_repetition_wakes_in_time_and_an_end_a_little_later() {
    let mut bench = Bench::new();
    let after = |bench: &Bench, millis| Some(bench.start + Duration::from_millis(millis));
    assert_eq!(bench.table.next_wake(), None);
    let options = request("OPTIONS", "z9hG4bKw", "");
    bench.send(&options, udp());
    assert_eq!(bench.table.next_wake(), after(&bench, 500));
    let answer = response(&options, 200, "a");
    bench.table.response(bench.now, &answer, &udp());
    assert_eq!(bench.table.next_deadline(), after(&bench, 5_000));
    assert_eq!(bench.table.next_wake(), after(&bench, 5_250));
}

#[test]
fn a_late_wake_up_fires_everything_once() {
    let mut bench = Bench::new();
    bench.send(&request("INVITE", "z9hG4bKlate", ""), udp());
    bench.said();
    bench.table.expire(bench.start + Duration::from_secs(60));
    assert_eq!(bench.said(), ["INVITE", "timed out", "ended"]);
    assert!(bench.table.is_empty());
}

#[test]
fn base_times_are_values() {
    let mut bench = Bench::new();
    let timers = Timers {
        t1: Duration::from_millis(10),
        t2: Duration::from_millis(40),
        t4: Duration::from_millis(50),
    };
    bench.table = Transactions::new(timers, 10);
    bench.send(&request("OPTIONS", "z9hG4bKquick", ""), udp());
    let log = bench.run_out();
    assert_eq!(
        log[..4],
        ["0 OPTIONS", "10 OPTIONS", "30 OPTIONS", "70 OPTIONS"]
    );
    assert_eq!(log.last().unwrap(), "640 ended");
}

#[test]
fn a_completed_transaction_keeps_only_what_it_may_send_again() {
    let mut bench = Bench::new();
    let invite = request("INVITE", "z9hG4bKk", "");
    let options = request("OPTIONS", "z9hG4bKk", "");
    let arrive = |bench: &mut Bench, request: &Message| match bench.table.request(
        bench.now,
        request,
        &udp(),
    ) {
        Arrival::New(tx) => tx,
        other => panic!("{other:?}"),
    };
    let long = Some(bench.start + Duration::from_secs(32));
    let hear =
        |bench: &mut Bench, response: &Message| bench.table.response(bench.now, response, &udp());

    let tx = bench.send(&invite, udp());
    assert_eq!(bench.table.kept_bytes(tx.0), invite.bytes().len());
    hear(&mut bench, &response(&invite, 200, "a"));
    assert_eq!(
        (bench.table.kept_bytes(tx.0), bench.table.next_deadline()),
        (0, long),
        "accepted"
    );

    let tx = bench.send(&options, udp());
    hear(&mut bench, &response(&options, 200, "a"));
    assert_eq!(bench.table.kept_bytes(tx.0), 0, "answered");
    assert_eq!(
        bench.table.next_deadline(),
        Some(bench.start + Duration::from_secs(5))
    );
    bench.table.forget_client(tx);

    let tx = arrive(&mut bench, &invite);
    assert_eq!(
        bench.table.kept_bytes(tx.0),
        0,
        "the request itself is not kept"
    );
    bench.respond(tx, &response(&invite, 180, "a"));
    assert_ne!(bench.table.kept_bytes(tx.0), 0);
    bench.respond(tx, &response(&invite, 200, "a"));
    assert_eq!(
        (bench.table.kept_bytes(tx.0), bench.table.next_deadline()),
        (0, long),
        "accepted"
    );
    bench.table.forget_server(tx);

    let tx = arrive(&mut bench, &invite);
    bench.respond(tx, &response(&invite, 486, "a"));
    assert_ne!(bench.table.kept_bytes(tx.0), 0);
    bench
        .table
        .request(bench.now, &request("ACK", "z9hG4bKk", "a"), &udp());
    assert_eq!(bench.table.kept_bytes(tx.0), 0, "confirmed");
    assert_eq!(
        bench.table.next_deadline(),
        Some(bench.start + Duration::from_secs(5))
    );
}
