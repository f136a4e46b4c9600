//! People who leave at awkward moments: nobody is left ringing, waiting or hanging.
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
use call::journal::{Cause, Fact};
use call::{CoreView, Input};

const A: &str = "127.0.0.1:6001";
const B: &str = "127.0.0.1:6002";

/// 2101 calls 2102, whose phone rings.
fn ringing(bench: &mut Bench) -> Request<'static> {
    bench.registered("2101", A);
    bench.registered("2102", B);
    let invite = Request::invite(A, "sip:2102@demo.centrale", "2101", "ab").body(sdp(30_000));
    let invite = bench.proven("2101", invite);
    let call = bench.last(B, "INVITE");
    bench.datagram(B, answer(&call, "180 Ringing", ""));
    bench.last(A, "180");
    invite
}

fn nothing_is_left(bench: &mut Bench) {
    bench.wait(Duration::from_secs(120));
    let expected = CoreView {
        bindings: 2,
        deadlines: 1,
        ..CoreView::default()
    };
    assert_eq!(bench.core.view(), expected);
    let count = |wanted: fn(&Fact) -> bool| bench.facts.iter().filter(|fact| wanted(fact)).count();
    assert_eq!(
        count(|fact| matches!(fact, Fact::JourneyBegan { .. })),
        count(|fact| matches!(fact, Fact::JourneyEnded { .. })),
    );
}

#[test]
fn a_caller_who_cancels_stops_the_ringing() {
    let mut bench = Bench::new();
    let invite = ringing(&mut bench);
    bench.say(&invite.cancel());
    let refused = bench.last(A, "487");
    bench.say(&invite.next("ACK", invite.cseq, &refused));
    let cancel = bench.last(B, "CANCEL");
    bench.datagram(B, answer(&cancel, "200 OK", ""));
    let call = bench.last(B, "INVITE");
    bench.datagram(B, answer(&call, "487 Request Terminated", ""));
    nothing_is_left(&mut bench);
}

#[test]
fn a_full_trunk_is_told_at_once() {
    let mut snapshot = bench::snapshot();
    let mut trunk = snapshot.trunks[0].clone();
    trunk.channels = 2;
    snapshot.trunks = std::sync::Arc::new(vec![trunk]);
    snapshot.rules = std::sync::Arc::new(vec![call::snapshot::Rule {
        pattern: "9*".to_owned(),
        strip: 1,
        target: call::snapshot::RuleTarget::Trunk("operator".to_owned()),
    }]);
    let mut bench = Bench::with(snapshot);
    bench.registered("2101", A);
    bench.registered("2102", B);
    let invite = Request::invite(A, "sip:9022345678@demo.centrale", "2101", "ab").body(sdp(30_000));
    let invite = bench.proven("2101", invite);
    let refused = bench.last(A, "503");
    bench.say(&invite.next("ACK", invite.cseq, &refused));
    assert_eq!(bench.count(TRUNK, "INVITE"), 0);
    nothing_is_left(&mut bench);
    let ended = |fact: &Fact| {
        matches!(
            fact,
            Fact::JourneyEnded {
                cause: Cause::Overload,
                ..
            }
        )
    };
    assert!(bench.facts.iter().any(ended), "{:#?}", bench.facts);
}

#[test]
fn nobody_gets_a_bye_before_the_ack_of_our_200() {
    let mut bench = Bench::new();
    let invite = ringing(&mut bench);
    let call = bench.last(B, "INVITE");
    bench.datagram(B, answer(&call, "200 OK", &sdp(30_002)));
    let ok = bench.last(A, "200");
    bench.datagram(B, in_their_dialog(&call, "BYE", 1, B, ""));
    assert_eq!(bench.count(A, "BYE"), 0, "RFC 3261 section 15");
    bench.say(&invite.next("ACK", invite.cseq, &ok));
    let bye = bench.last(A, "BYE");
    bench.datagram(A, answer(&bye, "200 OK", ""));
    nothing_is_left(&mut bench);
}

#[test]
fn a_200_that_is_never_acknowledged_gets_its_bye_in_the_end() {
    let mut bench = Bench::new();
    ringing(&mut bench);
    let call = bench.last(B, "INVITE");
    bench.datagram(B, answer(&call, "200 OK", &sdp(30_002)));
    bench.datagram(B, in_their_dialog(&call, "BYE", 1, B, ""));
    bench.wait(Duration::from_secs(33));
    assert!(bench.count(A, "200") > 5, "repeated until 64*T1");
    let bye = bench.last(A, "BYE");
    bench.datagram(A, answer(&bye, "200 OK", ""));
    nothing_is_left(&mut bench);
}

#[test]
fn one_cancel_goes_however_often_it_rings() {
    let mut bench = Bench::new();
    let invite = ringing(&mut bench);
    bench.say(&invite.cancel());
    let call = bench.last(B, "INVITE");
    bench.datagram(B, answer(&call, "180 Ringing", ""));
    bench.datagram(B, answer(&call, "183 Session Progress", ""));
    assert_eq!(bench.count(B, "CANCEL"), 1);
}

#[test]
fn a_cancel_because_another_took_the_call_says_so_to_the_phones() {
    let mut bench = Bench::new();
    let invite = ringing(&mut bench);
    bench.say(
        &invite
            .cancel()
            .with("Reason: SIP;cause=200;text=\"Call completed elsewhere\""),
    );
    let cancel = bench.last(B, "CANCEL");
    assert!(
        cancel.reason().any(|reason| reason.cause == Some(200)),
        "or the phone counts a missed call"
    );
}

#[test]
fn a_fork_that_answers_after_everybody_left_is_sent_away() {
    let mut bench = Bench::new();
    let invite = ringing(&mut bench);
    let call = bench.last(B, "INVITE");
    bench.datagram(B, answer(&call, "200 OK", &sdp(30_002)));
    let ok = bench.last(A, "200");
    bench.say(&invite.next("ACK", invite.cseq, &ok));
    bench.say(&invite.next("BYE", invite.cseq + 1, &ok));
    let bye = bench.last(B, "BYE");
    bench.datagram(B, answer(&bye, "200 OK", ""));
    assert_eq!(bench.core.view().legs, 0);
    let acks = bench.count(B, "ACK");
    let late = answer(&call, "200 OK", &sdp(30_004)).replace(";tag=p1", ";tag=p2");
    bench.datagram(B, late);
    assert_eq!(
        (bench.count(B, "ACK"), bench.count(B, "BYE")),
        (acks + 1, 2)
    );
    let bye = bench.last(B, "BYE");
    assert_eq!(bye.to_tag(), Some("p2"));
    bench.datagram(B, answer(&bye, "200 OK", ""));
    nothing_is_left(&mut bench);
}

#[test]
fn two_forks_answer_and_one_stays() {
    let mut bench = Bench::new();
    let invite = ringing(&mut bench);
    let call = bench.last(B, "INVITE");
    let second = answer(&call, "200 OK", &sdp(30_004)).replace(";tag=p1", ";tag=p2");
    bench.datagram(B, answer(&call, "200 OK", &sdp(30_002)));
    bench.datagram(B, second.clone());
    bench.datagram(B, second);
    assert_eq!(bench.count(B, "ACK"), 3, "one for each 200");
    assert_eq!(bench.count(B, "BYE"), 1, "for the second fork, once");
    assert_eq!(bench.last(B, "BYE").to_tag(), Some("p2"));
    assert_eq!(bench.count(A, "200"), 1, "the caller sees one dialog");
    let ok = bench.last(A, "200");
    bench.say(&invite.next("ACK", invite.cseq, &ok));
    assert_eq!(bench.core.view().calls, 1);
}

#[test]
fn a_200_that_its_bye_overtook_begins_nothing() {
    for provisional in [true, false] {
        let mut bench = Bench::new();
        bench.registered("2101", A);
        bench.registered("2102", B);
        let invite = Request::invite(A, "sip:2102@demo.centrale", "2101", "ab").body(sdp(30_000));
        let invite = bench.proven("2101", invite);
        let call = bench.last(B, "INVITE");
        if provisional {
            bench.datagram(B, answer(&call, "180 Ringing", ""));
        }
        bench.datagram(B, in_their_dialog(&call, "BYE", 1, B, ""));
        assert_eq!(bench.count(B, "481"), 1, "there is no session yet");
        bench.datagram(B, answer(&call, "200 OK", &sdp(30_002)));
        assert_eq!((bench.count(B, "ACK"), bench.count(B, "BYE")), (1, 0));
        let refused = bench.last(A, "480");
        bench.say(&invite.next("ACK", invite.cseq, &refused));
        nothing_is_left(&mut bench);
    }
}

#[test]
fn a_stop_waits_for_no_ack() {
    let mut bench = Bench::new();
    ringing(&mut bench);
    let call = bench.last(B, "INVITE");
    bench.datagram(B, answer(&call, "200 OK", &sdp(30_002)));
    // The other side leaves: the caller's BYE waits for the ACK of our 200.
    bench.datagram(B, in_their_dialog(&call, "BYE", 1, B, ""));
    assert_eq!(bench.count(A, "BYE"), 0);
    bench.feed(Input::Stop);
    assert_eq!(bench.count(A, "BYE"), 1);
    assert!(bench.core.is_owed(), "the caller has not answered its BYE");
    let bye = bench.last(A, "BYE");
    bench.datagram(A, answer(&bye, "200 OK", ""));
    assert!(
        !bench.core.is_owed(),
        "what is left only absorbs repetitions"
    );
    nothing_is_left(&mut bench);
}

#[test]
fn a_new_target_is_on_record() {
    let mut bench = Bench::new();
    let invite = ringing(&mut bench);
    let call = bench.last(B, "INVITE");
    bench.datagram(B, answer(&call, "200 OK", &sdp(30_002)));
    let ok = bench.last(A, "200");
    bench.say(&invite.next("ACK", invite.cseq, &ok));
    let changes = |bench: &Bench| -> Vec<(String, String)> {
        let of = |fact: &Fact| match fact {
            Fact::LegDialog { dialog, .. } => {
                Some((dialog.target.clone(), dialog.peer.remote.to_string()))
            }
            _ => None,
        };
        bench.facts.iter().filter_map(of).collect()
    };
    // The phone called refreshes with another Contact; the caller's NAT gives it another address.
    bench.datagram(B, in_their_dialog(&call, "UPDATE", 1, B, ""));
    let moved = ("sip:p@127.0.0.1:6002".to_owned(), B.to_owned());
    assert_eq!(changes(&bench), std::slice::from_ref(&moved));
    bench.datagram(B, in_their_dialog(&call, "UPDATE", 2, B, ""));
    assert_eq!(
        changes(&bench),
        std::slice::from_ref(&moved),
        "nothing new, nothing on record"
    );
    let from_elsewhere = Request {
        at: "127.0.0.1:6009",
        ..invite.next("OPTIONS", invite.cseq + 1, &ok)
    };
    bench.say(&from_elsewhere);
    let followed = (
        "sip:me@127.0.0.1:6001".to_owned(),
        "127.0.0.1:6009".to_owned(),
    );
    assert_eq!(changes(&bench), [moved, followed]);
}
