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

use bench::script::Request;
use bench::{Bench, TRUNK, answer, sdp};
use call::CoreView;
use call::journal::{Cause, Fact};

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
