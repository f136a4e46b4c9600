//! The shortest way through the whole core, with messages written out by hand: a phone registers, a citizen calls by the
//! trunk, presses a key, the phone rings and answers, both hang up, and nothing is left.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;

use std::time::Duration;

use bench::{Bench, PHONE, TRUNK, US, answer, sdp};
use call::journal::Fact;
use media::Source;
use sip::Method;
use sip::digest::{self, Ha1, Login};

fn register(cseq: u32, authorization: &str) -> String {
    format!(
        "REGISTER sip:demo.centrale SIP/2.0\nVia: SIP/2.0/UDP {PHONE};branch=z9hG4bKreg{cseq}\nMax-Forwards: 70\n\
         From: <sip:2101@demo.centrale>;tag=r1\nTo: <sip:2101@demo.centrale>\nCall-ID: reg1\nCSeq: {cseq} REGISTER\n\
         Contact: <sip:2101@{PHONE}>\nExpires: 3600\n{authorization}Content-Length: 0\n\n"
    )
}

#[test]
fn a_citizen_reaches_a_phone_through_the_menu() {
    let mut bench = Bench::new();
    bench.datagram(PHONE, register(1, ""));
    let challenge = bench.last(PHONE, "401");
    let challenges = challenge.www_authenticate();
    assert_eq!(challenges.len(), 2, "SHA-256 first, then MD5");
    let ha1 = Ha1::new("2101", "demo.centrale", "demo-2101", true);
    let login = Login {
        user: "2101",
        realm: "demo.centrale",
        ha1: &ha1,
    };
    let value = digest::answer(
        &challenges,
        &login,
        &Method::Register,
        "sip:demo.centrale",
        "cn",
        1,
    )
    .expect("an answer");
    bench.datagram(PHONE, register(2, &format!("Authorization: {value}\n")));
    assert_eq!(bench.last(PHONE, "200").contacts().unwrap().list().len(), 1);

    let body = sdp(30_000);
    let invite = format!(
        "INVITE sip:054310000@127.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP {TRUNK};branch=z9hG4bKinv1\nMax-Forwards: 70\n\
         From: <sip:+32470123456@127.0.0.2>;tag=c1\nTo: <sip:054310000@127.0.0.1>\nCall-ID: call1\nCSeq: 1 INVITE\n\
         Contact: <sip:op@{TRUNK}>\nContent-Type: application/sdp\nContent-Length: {}\n\n{body}",
        body.replace('\n', "\r\n").len()
    );
    bench.datagram(TRUNK, invite);
    bench.last(TRUNK, "100");
    let ok = bench.last(TRUNK, "200");
    let to = ok.header(&sip::HeaderName::To).unwrap().into_owned();
    bench.datagram(TRUNK, in_dialog("ACK", 1, &to, "z9hG4bKack1"));
    let citizen = bench.open[0].0;
    bench.played(citizen); // welcome
    // Dutch, in the middle of the question; Population, in the middle of the menu.
    bench.press(citizen, '1');
    bench.press(citizen, '1');
    bench.played(citizen); // please hold
    let ring = bench.last(PHONE, "INVITE");
    assert_eq!(
        ring.from().uri().unwrap().user.as_deref(),
        Some("+32470123456")
    );
    bench.datagram(PHONE, answer(&ring, "180 Ringing", ""));
    bench.datagram(PHONE, answer(&ring, "200 OK", &sdp(30_002)));
    bench.last(PHONE, "ACK");
    let phone = bench.open[1].0;
    assert_eq!(bench.hears[&citizen].1, Source::Endpoint(phone));
    assert_eq!(bench.hears[&phone].1, Source::Endpoint(citizen));

    bench.datagram(TRUNK, in_dialog("BYE", 2, &to, "z9hG4bKbye1"));
    let bye = bench.last(PHONE, "BYE");
    bench.datagram(PHONE, answer(&bye, "200 OK", ""));
    bench.wait(Duration::from_secs(120));
    let view = bench.core.view();
    let expected = call::CoreView {
        bindings: 1,
        deadlines: 1,
        ..call::CoreView::default()
    };
    assert_eq!(view, expected, "nothing is left but the registration");
    let ended = |fact: &&Fact| matches!(fact, Fact::JourneyEnded { .. });
    assert_eq!(bench.facts.iter().filter(ended).count(), 1);
}

#[test]
fn a_prompt_that_was_heard_leads_on() {
    let mut bench = Bench::new();
    let body = sdp(30_000);
    let invite = format!(
        "INVITE sip:054310000@127.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP {TRUNK};branch=z9hG4bKinv1\nMax-Forwards: 70\n\
         From: <sip:+32470123456@127.0.0.2>;tag=c1\nTo: <sip:054310000@127.0.0.1>\nCall-ID: call1\nCSeq: 1 INVITE\n\
         Contact: <sip:op@{TRUNK}>\nContent-Type: application/sdp\nContent-Length: {}\n\n{body}",
        body.replace('\n', "\r\n").len()
    );
    bench.datagram(TRUNK, invite);
    let to = bench
        .last(TRUNK, "200")
        .header(&sip::HeaderName::To)
        .unwrap()
        .into_owned();
    bench.datagram(TRUNK, in_dialog("ACK", 1, &to, "z9hG4bKack1"));
    let citizen = bench.open[0].0;
    // Whatever the caller does not do, the flow leads to an end by itself.
    for _ in 0..40 {
        if bench.open.is_empty() {
            break;
        }
        if matches!(bench.hears[&citizen].1, Source::Play { repeat: false, .. }) {
            bench.played(citizen);
        }
        bench.wait(Duration::from_secs(30));
    }
    let bye = bench.last(TRUNK, "BYE");
    bench.datagram(TRUNK, answer(&bye, "200 OK", ""));
    bench.wait(Duration::from_secs(120));
    assert_eq!(bench.core.view(), call::CoreView::default());
}

fn in_dialog(method: &str, cseq: u32, to: &str, branch: &str) -> String {
    format!(
        "{method} sip:x@{US} SIP/2.0\nVia: SIP/2.0/UDP {TRUNK};branch={branch}\nMax-Forwards: 70\n\
         From: <sip:+32470123456@127.0.0.2>;tag=c1\nTo: {to}\nCall-ID: call1\nCSeq: {cseq} {method}\nContent-Length: 0\n\n"
    )
}
