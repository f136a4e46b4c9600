//! Sections 17.1.3, 17.2.3 and 9.2: which transaction a message belongs to, and which never.

use super::*;
use crate::transaction::{Arrival, Incoming};

fn arrive(bench: &mut Bench, message: &Message, from: &Peer) -> Arrival {
    bench.table.request(bench.now, message, from)
}

fn is_new(bench: &mut Bench, message: &Message, from: &Peer) -> bool {
    matches!(arrive(bench, message, from), Arrival::New(_))
}

#[test]
fn branch_sent_by_and_method_make_a_transaction() {
    let mut bench = Bench::new();
    let via = |sent_by: &str, branch: &str| format!("SIP/2.0/UDP {sent_by};branch={branch}");
    let options = |sent_by: &str, branch: &str| request_via("OPTIONS", &via(sent_by, branch), "");
    assert!(is_new(
        &mut bench,
        &options("a.example", "z9hG4bK1"),
        &udp()
    ));
    assert!(
        is_new(&mut bench, &options("b.example", "z9hG4bK1"), &udp()),
        "another sent-by"
    );
    assert!(
        is_new(&mut bench, &options("a.example:5070", "z9hG4bK1"), &udp()),
        "another port"
    );
    assert!(
        is_new(&mut bench, &options("a.example", "z9hG4bK2"), &udp()),
        "another branch"
    );
    assert!(is_new(
        &mut bench,
        &request_via("INFO", &via("a.example", "z9hG4bK1"), ""),
        &udp()
    ));
    assert!(is_new(
        &mut bench,
        &request_via("FOO", &via("a.example", "z9hG4bK1"), ""),
        &udp()
    ));
    assert_eq!(
        arrive(&mut bench, &options("A.EXAMPLE", "z9hG4bK1"), &udp()),
        Arrival::Absorbed
    );
}

#[test]
fn two_sites_with_the_same_private_address_and_branch_stay_apart() {
    let mut bench = Bench::new();
    let register = request_via(
        "REGISTER",
        "SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK1",
        "",
    );
    let other = Peer {
        remote: "198.51.100.4:5060".parse().unwrap(),
        ..udp()
    };
    let moved = Peer {
        remote: "192.0.2.9:61000".parse().unwrap(),
        ..udp()
    };
    assert!(is_new(&mut bench, &register, &udp()));
    assert!(is_new(&mut bench, &register, &other));
    assert_eq!(
        arrive(&mut bench, &register, &moved),
        Arrival::Absorbed,
        "a translated port may change"
    );
}

#[test]
fn without_a_unique_branch_everything_counts() {
    // The bare cookie is refused by the parser (RFC 4475 section 3.2.1 leaves the choice).
    for via in [
        "SIP/2.0/UDP old.example",
        "SIP/2.0/UDP old.example;branch=1",
    ] {
        let mut bench = Bench::new();
        let invite = request_via("INVITE", via, "");
        let Arrival::New(tx) = arrive(&mut bench, &invite, &udp()) else {
            panic!("{via}");
        };
        assert_eq!(
            arrive(&mut bench, &invite, &udp()),
            Arrival::Absorbed,
            "{via}"
        );
        let differs = |from: &str, to: &str| {
            parse(&text(invite.bytes()).replace("\r\n", "\n").replace(from, to))
        };
        for other in [
            differs("c1@phone", "c2@phone"),
            differs("tag=f1", "tag=f2"),
            differs("CSeq: 17", "CSeq: 18"),
            differs("INVITE sip:+3254310000", "INVITE sip:+3254310001"),
            differs("UDP old.example", "UDP new.example"),
        ] {
            assert!(
                is_new(&mut bench, &other, &udp()),
                "{via}: {}",
                text(other.bytes())
            );
        }
        let neighbour = Peer {
            remote: "192.0.2.9:5061".parse().unwrap(),
            ..udp()
        };
        assert!(
            is_new(&mut bench, &invite, &neighbour),
            "{via}: another peer"
        );

        let cancel = request_via("CANCEL", via, "");
        let Arrival::Cancel { invite: found, .. } = arrive(&mut bench, &cancel, &udp()) else {
            panic!("{via}: no CANCEL");
        };
        assert_eq!(found, Some(tx), "{via}");
        bench.respond(tx, &response(&invite, 487, "ours"));
        let ack = request_via("ACK", via, "ours");
        assert_eq!(
            arrive(&mut bench, &ack, &udp()),
            Arrival::Absorbed,
            "{via}: the tag is ours"
        );
    }
}

#[test]
fn an_old_peers_ack_inside_a_dialog_finds_its_re_invite() {
    let mut bench = Bench::new();
    let invite = request_via("INVITE", "SIP/2.0/UDP old.example", "ours");
    let Arrival::New(tx) = arrive(&mut bench, &invite, &udp()) else {
        panic!("not new");
    };
    bench.respond(tx, &response(&invite, 491, ""));
    let ack = request_via("ACK", "SIP/2.0/UDP old.example", "ours");
    assert_eq!(arrive(&mut bench, &ack, &udp()), Arrival::Absorbed);
}

#[test]
fn cancel_finds_only_its_own_invite() {
    let mut bench = Bench::new();
    let Arrival::New(tx) = arrive(&mut bench, &request("INVITE", "z9hG4bKa", ""), &udp()) else {
        panic!("not new");
    };
    let cancelled = |bench: &mut Bench, branch: &str| match arrive(
        bench,
        &request("CANCEL", branch, ""),
        &udp(),
    ) {
        Arrival::Cancel { invite, .. } => invite,
        other => panic!("{other:?}"),
    };
    assert_eq!(cancelled(&mut bench, "z9hG4bKb"), None);
    assert_eq!(cancelled(&mut bench, "z9hG4bKa"), Some(tx));
    assert_eq!(
        arrive(&mut bench, &request("CANCEL", "z9hG4bKa", ""), &udp()),
        Arrival::Absorbed
    );
}

#[test]
fn a_response_needs_our_branch_its_method_and_one_via() {
    let mut bench = Bench::new();
    let invite = request("INVITE", "z9hG4bKx", "");
    let tx = bench.send(&invite, udp());
    let hear =
        |bench: &mut Bench, response: &Message| bench.table.response(bench.now, response, &udp());
    for stray in [
        response(&request("INVITE", "z9hG4bKy", ""), 180, "a"),
        response(&request("CANCEL", "z9hG4bKx", ""), 200, "a"),
        response(
            &request_via("INVITE", "SIP/2.0/UDP phone.example:5062", ""),
            180,
            "a",
        ),
        response(
            &request_via(
                "INVITE",
                "SIP/2.0/UDP phone.example:5062;branch=z9hG4bKx, SIP/2.0/UDP b.example;branch=z9hG4bKz",
                "",
            ),
            180,
            "a",
        ),
    ] {
        assert_eq!(
            hear(&mut bench, &stray),
            Incoming::Stray,
            "{}",
            text(stray.bytes())
        );
    }
    assert_eq!(
        hear(&mut bench, &response(&invite, 180, "a")),
        Incoming::Matched(tx)
    );
}
