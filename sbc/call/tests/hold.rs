//! Who is held: what they hear, and how the one who holds is reminded (CALL-5).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bench::script::{Request, in_their_dialog};
use bench::{Bench, answer, sdp};
use call::Input;
use call::journal::{Cause, Fact};
use media::plane::{EndpointId, MediaEvent};
use media::{SoundId, Source};
use sip::Message;

const A: &str = "127.0.0.1:6001";
const B: &str = "127.0.0.1:6002";
const CITIZEN: &str = "127.0.0.2:5060";

/// 2101 speaks to 2102. The INVITE of the first, and ours to the second.
fn talking(bench: &mut Bench, offer: String) -> (Request<'static>, Message) {
    bench.registered("2101", A);
    bench.registered("2102", B);
    let invite = Request::invite(A, "sip:2102@demo.centrale", "2101", "ab").body(offer.clone());
    let invite = bench.proven("2101", invite);
    let call = bench.last(B, "INVITE");
    bench.datagram(B, answer(&call, "200 OK", &offer));
    let ok = bench.last(A, "200");
    bench.say(&invite.next("ACK", invite.cseq, &ok));
    (invite, call)
}

/// 2102 changes its sound.
fn change(bench: &mut Bench, call: &Message, cseq: u32, offer: &str) {
    let before = bench.count(B, "200");
    bench.datagram(B, in_their_dialog(call, "INVITE", cseq, B, offer));
    assert_eq!(bench.count(B, "200"), before + 1);
    bench.datagram(B, in_their_dialog(call, "ACK", cseq, B, ""));
}

fn held() -> String {
    format!("{}a=sendonly\n", sdp(30_002))
}

fn hears(bench: &Bench, endpoint: EndpointId) -> Source {
    bench.hears[&endpoint].1.clone()
}

fn music(name: &str) -> Source {
    Source::Play {
        sounds: Arc::from([SoundId::from(name)]),
        repeat: true,
    }
}

/// How often 2102 was called, repetitions of an INVITE not counted.
fn calls(bench: &Bench) -> usize {
    let to_phone = bench.sent.iter().filter(|(to, _)| to.to_string() == B);
    let invites = to_phone.filter(|(_, message)| {
        message.is_request() && message.method().as_str() == "INVITE" && message.to_tag().is_none()
    });
    let ids: BTreeSet<&str> = invites.map(|(_, message)| message.call_id()).collect();
    ids.len()
}

/// Every second of it, for nobody moves the clock of a bench but us.
fn seconds(bench: &mut Bench, count: u64) {
    bench.wait(Duration::from_secs(count));
}

#[test]
fn who_holds_for_long_is_reminded_and_who_resumes_is_not() {
    let mut bench = Bench::new();
    let (_, call) = talking(&mut bench, sdp(30_000));
    change(&mut bench, &call, 1, &held());
    seconds(&mut bench, 119);
    assert_eq!(calls(&bench), 1);
    seconds(&mut bench, 2);
    let reminder = bench.last(B, "INVITE");
    assert_ne!(reminder.call_id(), call.call_id());
    let from = reminder.from().uri().unwrap().user;
    assert_eq!(from.as_deref(), Some("2101"), "in the name of who waits");
    bench.datagram(B, answer(&reminder, "180 Ringing", ""));
    change(&mut bench, &call, 2, &sdp(30_002));
    assert_eq!(bench.count(B, "CANCEL"), 1);
    let cancel = bench.last(B, "CANCEL");
    bench.datagram(B, answer(&cancel, "200 OK", ""));
    bench.datagram(B, answer(&reminder, "487 Request Terminated", ""));
    seconds(&mut bench, 300);
    assert_eq!(bench.core.view().legs, 2);
    assert_eq!((bench.count(A, "BYE"), bench.count(B, "BYE")), (0, 0));
}

#[test]
fn a_reminder_that_is_answered_goes_on_with_who_waited() {
    let mut bench = Bench::new();
    let (_, call) = talking(&mut bench, sdp(30_000));
    let caller = bench.open[1].0;
    change(&mut bench, &call, 1, &held());
    assert_eq!(hears(&bench, caller), music("music/default"));
    seconds(&mut bench, 121);
    let reminder = bench.last(B, "INVITE");
    bench.datagram(B, answer(&reminder, "200 OK", &sdp(30_008)));
    let bye = bench.last(B, "BYE");
    assert_eq!(bye.call_id(), call.call_id(), "the line that held is free");
    bench.datagram(B, answer(&bye, "200 OK", ""));
    let partner = bench.open.last().unwrap().0;
    assert_eq!(hears(&bench, caller), Source::Endpoint(partner));
    assert_eq!(hears(&bench, partner), Source::Endpoint(caller));
    assert_eq!(bench.core.view().legs, 2);
}

#[test]
fn nobody_is_lost_when_nobody_heeds_the_reminder() {
    let mut bench = Bench::new();
    let (_, call) = talking(&mut bench, sdp(30_000));
    change(&mut bench, &call, 1, &held());
    seconds(&mut bench, 121);
    let reminder = bench.last(B, "INVITE");
    bench.datagram(B, answer(&reminder, "486 Busy Here", ""));
    // Who refuses has understood: it rests for the whole time.
    seconds(&mut bench, 118);
    assert_eq!(calls(&bench), 2);
    seconds(&mut bench, 3);
    let again = bench.last(B, "INVITE");
    assert_ne!(again.call_id(), reminder.call_id());
    bench.datagram(B, answer(&again, "180 Ringing", ""));
    seconds(&mut bench, 26);
    assert!(bench.count(B, "CANCEL") > 0);
    assert_eq!((bench.count(A, "BYE"), bench.count(B, "BYE")), (0, 0));
    let reminded = |fact: &&Fact| matches!(fact, Fact::Decided { rule, .. } if rule == "held-long");
    assert_eq!(bench.facts.iter().filter(reminded).count(), 2);
}

#[test]
fn who_resumes_gets_the_codec_of_before() {
    let wide = sdp(30_000)
        .replace("RTP/AVP 8 101", "RTP/AVP 9 8 101")
        .replace("a=rtpmap:101", "a=rtpmap:9 G722/8000\na=rtpmap:101");
    let mut bench = Bench::new();
    let (_, call) = talking(&mut bench, wide.clone());
    let codec = |bench: &Bench| {
        let body = String::from_utf8(bench.last(B, "200").body().to_vec()).unwrap();
        let audio = body
            .lines()
            .find(|line| line.starts_with("m=audio"))
            .unwrap();
        audio.split(' ').nth(3).unwrap().to_owned()
    };
    change(&mut bench, &call, 1, &held());
    assert_eq!(codec(&bench), "8", "it holds with the narrow codec alone");
    change(&mut bench, &call, 2, &wide);
    assert_eq!(codec(&bench), "9");
}

#[test]
fn a_muted_phone_that_answers_is_not_cut_off() {
    let mut bench = Bench::new();
    talking(&mut bench, sdp(30_000));
    let partner = bench.open[0].0;
    bench.feed(Input::Media(MediaEvent::Silent { endpoint: partner }));
    assert_eq!(bench.count(B, "BYE"), 0);
    let question = bench.last(B, "INVITE");
    assert!(question.to_tag().is_some(), "inside the dialog");
    bench.datagram(B, answer(&question, "200 OK", &sdp(30_002)));
    seconds(&mut bench, 60);
    assert_eq!((bench.count(A, "BYE"), bench.count(B, "BYE")), (0, 0));
}

#[test]
fn a_silent_phone_that_says_nothing_is_given_up() {
    let mut bench = Bench::new();
    talking(&mut bench, sdp(30_000));
    let partner = bench.open[0].0;
    bench.feed(Input::Media(MediaEvent::Silent { endpoint: partner }));
    seconds(&mut bench, 9);
    assert_eq!(bench.count(A, "BYE"), 0);
    seconds(&mut bench, 2);
    assert!(bench.count(A, "BYE") > 0 && bench.count(B, "BYE") > 0);
    let silent = |fact: &Fact| {
        matches!(
            fact,
            Fact::LegEnded {
                cause: Cause::MediaSilent,
                ..
            }
        )
    };
    assert!(bench.facts.iter().any(silent), "{:#?}", bench.facts);
}

/// A town with music of its own: for one service, for the rest of the dialplan, or for the number.
fn with_music(flow: &str, number: Option<&str>) -> Bench {
    let mut snapshot = bench::snapshot();
    let text = include_str!("../../../dialplans/demo.toml");
    let text = match flow {
        "" => text.to_owned(),
        _ => text
            .replacen(
                "reception =",
                &format!("music = \"{flow}\"\nreception ="),
                1,
            )
            .replacen(
                "[service.population]",
                "[service.population]\nmusic = \"forms\"",
                1,
            ),
    };
    let flow = ivr::parse(&text, "demo.toml").expect("the flow is right");
    snapshot.flows = Arc::new([("demo".to_owned(), Arc::new(flow))].into());
    let mut numbers = (*snapshot.numbers).clone();
    for row in numbers.values_mut() {
        row.music = number.map(SoundId::from);
    }
    snapshot.numbers = Arc::new(numbers);
    Bench::with(snapshot)
}

/// A citizen presses `keys`, the phone that rings answers and holds: what does the citizen hear?
fn music_after(bench: &mut Bench, keys: &str, account: &str) -> Source {
    bench.registered(account, B);
    let uri = "sip:+3254310000@127.0.0.1";
    let invite = Request::invite(CITIZEN, uri, "+32470123456", "c").body(sdp(30_000));
    bench.say(&invite);
    let ok = bench.last(CITIZEN, "200");
    bench.say(&invite.next("ACK", 1, &ok));
    let citizen = bench.open[0].0;
    for key in keys.chars() {
        bench.press(citizen, key);
    }
    bench.played(citizen);
    let call = bench.last(B, "INVITE");
    bench.datagram(B, answer(&call, "200 OK", &sdp(30_002)));
    change(bench, &call, 1, &held());
    hears(bench, citizen)
}

#[test]
fn the_music_is_the_service_s_or_the_flow_s_or_the_number_s_or_the_town_s() {
    let mut bench = with_music("calm", Some("music/gooik"));
    assert_eq!(music_after(&mut bench, "11", "2101"), music("music/forms"));
    let mut bench = with_music("calm", Some("music/gooik"));
    assert_eq!(music_after(&mut bench, "12", "2103"), music("music/calm"));
    let mut bench = with_music("", Some("music/gooik"));
    assert_eq!(music_after(&mut bench, "11", "2101"), music("music/gooik"));
    let mut bench = with_music("", None);
    assert_eq!(
        music_after(&mut bench, "11", "2101"),
        music("music/default")
    );
}

#[test]
fn what_is_heard_first_is_known_before_anybody_calls() {
    let mut snapshot = bench::snapshot();
    let text = include_str!("../../../dialplans/demo.toml");
    let text = text.replacen("reception =", "music = \"calm\"\nreception =", 1);
    let flow = ivr::parse(&text, "demo.toml").expect("the flow is right");
    snapshot.flows = Arc::new([("demo".to_owned(), Arc::new(flow))].into());
    let first: Vec<String> = snapshot
        .first_heard()
        .iter()
        .map(|s| s.0.to_string())
        .collect();
    for wanted in ["music/default", "music/calm", "nl/welcome", "fr/demo-menu"] {
        assert!(
            first.iter().any(|sound| sound == wanted),
            "{wanted}: {first:?}"
        );
    }
    let later = first
        .iter()
        .any(|sound| sound.ends_with("/no-answer-reception"));
    assert!(
        !later,
        "what comes after the first question waits: {first:?}"
    );
}
