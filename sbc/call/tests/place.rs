//! Bodies of several parts (RFC 5621), and where a caller for help is (RFC 6442): told to the line, and to nobody else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;

use std::sync::Arc;
use std::time::Duration;

use bench::script::{Request, in_their_dialog};
use bench::{Bench, PHONE, TRUNK, answer, sdp};
use call::Input;
use call::limits;
use call::snapshot::{Conveyance, Listener, Snapshot};
use sip::body::{self, Part};
use sip::{FlowId, HeaderName, Message, Peer, Transport};

const PLACE: &str = "<presence entity=\"pres:a@demo.centrale\">here</presence>";
const ISUP: &str = "Content-Type: application/ISUP";

/// Parts as a phone writes them: headers, then what they hold.
fn mixed(parts: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (headers, bytes) in parts {
        body.push_str(&format!("--cut\n{headers}\n\n{bytes}\n"));
    }
    body + "--cut--\n"
}

fn with_place() -> String {
    let pidf = "Content-Type: application/pidf+xml\nContent-ID: <here@phone>\nContent-Disposition: by-reference;handling=optional";
    mixed(&[
        ("Content-Type: application/sdp", &sdp(30_000)),
        (pidf, PLACE),
    ])
}

fn invite(uri: &'static str, body: String) -> Request<'static> {
    Request::invite(PHONE, uri, "2101", "place")
        .with("Content-Type: multipart/mixed;boundary=cut")
        .body(body)
}

fn help() -> Request<'static> {
    invite("sip:112@demo.centrale", with_place())
        .with("Geolocation: <cid:here@phone>;inserted-by=\"phone\", <cid:gone@phone>, <https://lis.example.org/x>")
        .with("Geolocation-Routing: yes")
}

fn trunk_says(location: Conveyance) -> Snapshot {
    let mut snapshot = bench::snapshot();
    let mut trunk = snapshot.trunks[0].clone();
    trunk.location = location;
    snapshot.trunks = Arc::new(vec![trunk]);
    snapshot
}

fn parts(message: &Message) -> Vec<Part> {
    body::parts(message, &|_| true).unwrap()
}

fn header(message: &Message, name: HeaderName) -> Option<String> {
    message.header(&name).map(|value| value.into_owned())
}

#[test]
fn what_the_phone_says_of_its_place_reaches_the_line() {
    let mut bench = Bench::new();
    bench.say(&help());
    let call = bench.last(TRUNK, "INVITE");
    let found = parts(&call);
    assert_eq!(found.len(), 2, "our own description beside the place");
    assert!(found[0].is_session());
    assert!(!found[0].bytes.windows(5).any(|five| five == b"30000"));
    assert_eq!(&found[1].bytes[..], PLACE.as_bytes());
    assert_eq!(found[1].content_id.as_deref(), Some("here@phone"));
    assert!(found[1].is_referenced() && !found[1].required);
    let said = header(&call, HeaderName::Geolocation).unwrap();
    assert!(said.starts_with("<cid:here@phone>"), "{said}");
    assert!(said.contains("<https://lis.example.org/x>"), "{said}");
    assert!(
        !said.contains("gone"),
        "it names nothing that is there: {said}"
    );
    assert_eq!(
        header(&call, HeaderName::GeolocationRouting).unwrap(),
        "yes"
    );
    // And the call itself is like any other.
    bench.datagram(TRUNK, answer(&call, "200 OK", &sdp(30_002)));
    assert!(!bench.last(PHONE, "200").body().is_empty());
}

#[test]
fn a_place_that_nothing_names_is_named() {
    let mut bench = Bench::new();
    let pidf = ("Content-Type: application/pidf+xml", PLACE);
    let body = mixed(&[pidf, ("Content-Type: application/sdp", &sdp(30_000))]);
    bench.say(&invite("urn:service:sos", body));
    let call = bench.last(TRUNK, "INVITE");
    let id = parts(&call)[1].content_id.clone().unwrap();
    assert_eq!(
        header(&call, HeaderName::Geolocation).unwrap(),
        format!("<cid:{id}>")
    );
}

#[test]
fn a_line_that_cannot_read_it_is_asked_once_more_without() {
    for refusal in ["415 Unsupported Media Type", "424 Bad Location Information"] {
        let mut bench = Bench::new();
        bench.say(&help());
        let call = bench.last(TRUNK, "INVITE");
        bench.datagram(TRUNK, answer(&call, refusal, ""));
        assert_eq!(bench.count(TRUNK, "INVITE"), 2, "{refusal}");
        let again = bench.last(TRUNK, "INVITE");
        assert_eq!(
            header(&again, HeaderName::ContentType).unwrap(),
            "application/sdp"
        );
        assert_eq!(parts(&again)[0].bytes, parts(&call)[0].bytes);
        assert_eq!(header(&again, HeaderName::Geolocation), None);
        bench.datagram(TRUNK, answer(&again, refusal, ""));
        assert_eq!(bench.count(TRUNK, "INVITE"), 2, "once, not for ever");
    }
}

#[test]
fn a_session_interval_too_small_keeps_the_place() {
    let mut bench = Bench::new();
    bench.say(&help());
    let call = bench.last(TRUNK, "INVITE");
    let refusal = answer(&call, "422 Session Interval Too Small\nMin-SE: 3600", "");
    bench.datagram(TRUNK, refusal);
    let again = bench.last(TRUNK, "INVITE");
    assert_ne!(again.cseq(), call.cseq());
    assert_eq!(parts(&again), parts(&call));
}

#[test]
fn the_place_on_record_is_written_where_the_line_wants_it() {
    let simple = Request::invite(PHONE, "sip:112@demo.centrale", "2101", "place");
    let mut bench = Bench::with(trunk_says(Conveyance::Recorded));
    bench.say(&simple.clone().body(sdp(30_000)));
    let call = bench.last(TRUNK, "INVITE");
    let found = parts(&call);
    let text = String::from_utf8(found[1].bytes.to_vec()).unwrap();
    assert!(text.contains("<ca:LOC>first floor</ca:LOC>"), "{text}");
    assert!(text.contains("<ca:NAM>Demo town hall</ca:NAM>"), "{text}");
    let id = found[1].content_id.clone().unwrap();
    assert_eq!(
        header(&call, HeaderName::Geolocation).unwrap(),
        format!("<cid:{id}>")
    );
    assert_eq!(
        header(&call, HeaderName::GeolocationRouting).unwrap(),
        "yes"
    );
    // Not asked for, not told.
    let mut bench = Bench::with(trunk_says(Conveyance::Said));
    bench.say(&simple.body(sdp(30_000)));
    let call = bench.last(TRUNK, "INVITE");
    assert_eq!(header(&call, HeaderName::Geolocation), None);
    assert_eq!(parts(&call).len(), 1);
    // What the phone says counts more than what is on record; a line that is told nothing is told nothing.
    for (conveyance, count) in [(Conveyance::Recorded, 2), (Conveyance::Nothing, 1)] {
        let mut bench = Bench::with(trunk_says(conveyance));
        bench.say(&help());
        let found = parts(&bench.last(TRUNK, "INVITE"));
        assert_eq!(found.len(), count, "{conveyance:?}");
        assert!(
            found
                .iter()
                .skip(1)
                .all(|part| &part.bytes[..] == PLACE.as_bytes())
        );
    }
}

#[test]
fn no_other_call_tells_where_the_caller_is() {
    let mut snapshot = trunk_says(Conveyance::Recorded);
    let mut settings = (*snapshot.settings).clone();
    settings.relay_headers = vec!["geolocation".to_owned(), "x-town".to_owned()];
    snapshot.settings = Arc::new(settings);
    let mut bench = Bench::with(snapshot);
    bench.registered("2102", "127.0.0.1:6002");
    for (uri, at) in [
        ("sip:+32475000000@demo.centrale", TRUNK),
        ("sip:2102@demo.centrale", "127.0.0.1:6002"),
    ] {
        let mut request = invite(uri, with_place())
            .with("Geolocation: <cid:here@phone>, <https://lis.example.org/x>")
            .with("X-Town: yes");
        request.call_id = if at == TRUNK { "out" } else { "in" };
        request.branch = format!("z9hG4bK{}", request.call_id);
        bench.proven("2101", request);
        let call = bench.last(at, "INVITE");
        assert_eq!(header(&call, HeaderName::Geolocation), None, "{uri}");
        assert_eq!(parts(&call).len(), 1, "{uri}");
        let town = HeaderName::Other("X-Town".into());
        assert!(header(&call, town).is_some(), "the policy is at work");
    }
}

#[test]
fn no_policy_lets_a_caller_open_a_phone() {
    let mut snapshot = bench::snapshot();
    let mut settings = (*snapshot.settings).clone();
    let relayed = ["alert-info", "call-info", "answer-mode", "priv-answer-mode"];
    settings.relay_headers = relayed.map(str::to_owned).to_vec();
    snapshot.settings = Arc::new(settings);
    let mut bench = Bench::with(snapshot);
    bench.registered("2102", "127.0.0.1:6002");
    let uri = "sip:2102@demo.centrale";
    let request = Request::invite(PHONE, uri, "2101", "open")
        .body(sdp(30_000))
        .with("Answer-Mode: Auto")
        .with("Priv-Answer-Mode: Auto;require")
        .with("Alert-Info: <sip:x@example.org>;info=Alert-AutoAnswer")
        .with("Alert-Info: <urn:alert:source:external>")
        .with("Call-Info: <sip:x@example.org>;answer-after=0");
    bench.proven("2101", request);
    let call = bench.last("127.0.0.1:6002", "INVITE");
    for name in [
        HeaderName::AnswerMode,
        HeaderName::PrivAnswerMode,
        HeaderName::CallInfo,
    ] {
        assert_eq!(header(&call, name), None);
    }
    let alerts = header(&call, HeaderName::AlertInfo);
    assert_eq!(alerts.as_deref(), Some("<urn:alert:source:external>"));
}

#[test]
fn a_part_that_nobody_understands_is_refused_by_all_but_calls_for_help() {
    let body = mixed(&[("Content-Type: application/sdp", &sdp(30_000)), (ISUP, "x")]);
    let mut bench = Bench::new();
    bench.registered("2102", "127.0.0.1:6002");
    let request = invite("sip:2102@demo.centrale", body.clone());
    bench.proven("2101", request);
    let refused = bench.last(PHONE, "415");
    assert!(
        header(&refused, HeaderName::Accept)
            .unwrap()
            .contains("multipart/mixed")
    );
    let optional = body.replace(
        ISUP,
        "Content-Type: application/ISUP\nContent-Disposition: signal;handling=optional",
    );
    let mut request = invite("sip:2102@demo.centrale", optional);
    request.call_id = "again";
    request.branch = "z9hG4bKagain".to_owned();
    bench.proven("2101", request);
    bench.last("127.0.0.1:6002", "INVITE");
    // A call for help is no time to be right.
    bench.say(&invite("sip:112@demo.centrale", body));
    bench.last(TRUNK, "INVITE");
}

#[test]
fn an_answer_and_a_new_offer_may_come_in_parts() {
    let mut bench = Bench::new();
    bench.say(&help());
    let call = bench.last(TRUNK, "INVITE");
    let several = |text: String| {
        text.replace(
            "Content-Type: application/sdp\nContent-Length",
            "Content-Type: multipart/mixed;boundary=cut\nContent-Length",
        )
    };
    let parts = |port| {
        mixed(&[
            ("Content-Type: text/plain", "we are on our way"),
            ("Content-Type: application/sdp", &sdp(port)),
        ])
    };
    bench.datagram(TRUNK, several(answer(&call, "200 OK", &parts(30_002))));
    let ok = bench.last(PHONE, "200");
    bench.say(&help().next("ACK", 1, &ok));
    let again = several(in_their_dialog(&call, "INVITE", 7, TRUNK, &parts(30_004)));
    assert!(again.contains("multipart"));
    bench.datagram(TRUNK, again);
    let agreed = bench.last(TRUNK, "200");
    assert_eq!(
        agreed.cseq().seq,
        7,
        "a re-INVITE in a call for help is taken"
    );
    assert!(!agreed.body().is_empty());
}

/// A call for help whose place is longer than a datagram carries.
fn long_help() -> Request<'static> {
    let pidf = "Content-Type: application/pidf+xml\nContent-ID: <here@phone>";
    let place = format!("<presence>{}</presence>", "room ".repeat(300));
    let parts = [
        ("Content-Type: application/sdp", &*sdp(30_000)),
        (pidf, &place),
    ];
    invite("sip:112@demo.centrale", mixed(&parts)).with("Geolocation: <cid:here@phone>")
}

/// The exchange takes and makes connections.
fn with_streams() -> Bench {
    let mut snapshot = bench::snapshot();
    let mut settings = (*snapshot.settings).clone();
    settings.listeners.push(Listener {
        transport: Transport::Tcp,
        ..settings.listeners[0].clone()
    });
    snapshot.settings = Arc::new(settings);
    Bench::with(snapshot)
}

fn via(message: &Message) -> String {
    header(message, HeaderName::Via).unwrap()
}

fn told_loudly(bench: &Bench) -> bool {
    let loud = |note: &call::io::Note| note.text.contains("goes out without its place");
    let loud = bench.notes.iter().filter(|note| loud(note));
    loud.map(|note| format!("{:?}", note.level))
        .any(|level| level == "Error")
}

/// The connection that the exchange asked for is made.
fn connected(bench: &mut Bench) -> FlowId {
    let (flow, remote) = bench.connecting[0];
    let peer = Peer {
        transport: Transport::Tcp,
        local: bench::US.parse().unwrap(),
        remote,
        flow: Some(flow),
    };
    bench.feed(Input::Opened { peer });
    flow
}

/// The line answers the last INVITE: the phone has its answer, and nothing else went out.
fn is_answered(bench: &mut Bench, invites: usize) {
    let call = bench.last(TRUNK, "INVITE");
    bench.datagram(TRUNK, answer(&call, "200 OK", &sdp(30_002)));
    bench.wait(Duration::from_secs(3));
    assert_eq!(bench.count(TRUNK, "INVITE"), invites);
    assert!(!bench.last(PHONE, "200").body().is_empty());
    assert_eq!(bench.count(TRUNK, "BYE"), 0);
}

/// The whole call went as one datagram.
fn went_in_fragments(bench: &Bench) {
    let call = bench.last(TRUNK, "INVITE");
    assert!(via(&call).starts_with("SIP/2.0/UDP"), "{call:?}");
    assert_eq!(parts(&call).len(), 2);
    let contact = header(&call, HeaderName::Contact).unwrap();
    assert!(!contact.contains("tcp"), "{contact}");
    assert!(!told_loudly(bench));
}

#[test]
fn a_place_too_long_for_a_datagram_goes_over_a_connection() {
    let mut bench = with_streams();
    bench.say(&long_help());
    assert_eq!(bench.connecting[0].1.to_string(), TRUNK);
    assert_eq!(bench.count(TRUNK, "INVITE"), 0);
    let flow = connected(&mut bench);
    let call = bench.last(TRUNK, "INVITE");
    assert!(via(&call).starts_with("SIP/2.0/TCP"), "{call:?}");
    assert_eq!(parts(&call).len(), 2);
    let answer = answer(&call, "200 OK", &sdp(30_002));
    let bytes = answer.replace('\n', "\r\n").into();
    bench.feed(Input::Stream { flow, bytes });
    bench.wait(Duration::from_secs(3));
    assert_eq!(bench.count(TRUNK, "INVITE"), 1);
    assert!(!bench.last(PHONE, "200").body().is_empty());
    assert!(!told_loudly(&bench));
}

#[test]
fn a_line_that_refuses_connections_gets_the_long_call_in_fragments_at_once() {
    let mut bench = with_streams();
    bench.say(&long_help());
    let flow = bench.connecting[0].0;
    bench.feed(Input::ConnectFailed { flow });
    went_in_fragments(&bench);
    is_answered(&mut bench, 1);
}

#[test]
fn a_line_that_ignores_connections_gets_it_soon_and_once() {
    let mut bench = with_streams();
    bench.say(&long_help());
    bench.wait(limits::ANOTHER_WAY);
    went_in_fragments(&bench);
    let late = bench.connecting[0].0;
    assert_eq!(bench.closed, [late], "what waited for it is not sent");
    is_answered(&mut bench, 1);
}

#[test]
fn a_line_that_fragments_do_not_reach_gets_the_call_without_the_place_and_loudly() {
    for mut bench in [with_streams(), Bench::new()] {
        bench.say(&long_help());
        let each = limits::ANOTHER_WAY.as_millis() as u64;
        let ways = bench.connecting.len() as u64 + 1;
        bench.wait(Duration::from_millis(each * ways));
        let call = bench.last(TRUNK, "INVITE");
        assert!(via(&call).starts_with("SIP/2.0/UDP"), "{call:?}");
        assert!(call.bytes().len() <= limits::DATAGRAM);
        assert_eq!(header(&call, HeaderName::Geolocation), None);
        assert_eq!(parts(&call).len(), 1);
        assert!(told_loudly(&bench), "{:?}", bench.notes);
        let sent = bench.count(TRUNK, "INVITE");
        is_answered(&mut bench, sent);
    }
}

#[test]
fn a_line_that_says_nothing_at_all_is_unreachable_in_two_seconds() {
    for streams in [false, true] {
        let mut bench = with_streams();
        bench.say(&long_help());
        if streams {
            connected(&mut bench);
        }
        bench.wait(limits::TRUNK_FIRST_ANSWER - Duration::from_millis(10));
        assert_eq!(bench.count(PHONE, "183"), 0, "it may still answer");
        bench.wait(Duration::from_millis(20));
        assert_eq!(bench.count(PHONE, "183"), 1, "there is advice");
    }
}
