//! Web pages as parties: an operator's shift, a page that goes missing and comes again, and a citizen's call.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod bench;

use std::time::{Duration, SystemTime};

use bench::script::Request;
use bench::{Bench, TRUNK, sdp};
use call::command::Refusal;
use call::journal::{Fact, JourneyId};
use call::{Command, CommandId, CommandResult, CoreView, Input, Verb};
use media::Source;
use media::plane::{EndpointId, MediaEvent};
use media::webrtc::Identity;

const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 111 8 110\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:page\r\n\
    a=ice-pwd:a password of twenty-two\r\na=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08\r\n\
    a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n\
    a=rtpmap:110 telephone-event/48000\r\n";

fn order(bench: &mut Bench, verb: Verb) -> CommandResult {
    let id = CommandId(bench.orders);
    bench.orders += 1;
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000) + bench.past;
    bench.feed(Input::Command(Command {
        id,
        actor: "anna".to_owned(),
        at,
        if_version: None,
        verb,
    }));
    bench.replies.last().cloned().unwrap()
}

fn welcoming() -> Bench {
    let mut bench = Bench::new();
    bench.core.welcome_browsers(Identity::generate().unwrap());
    bench
}

fn page(bench: &mut Bench) -> CommandResult {
    let verb = Verb::BrowserMedia {
        station: "anna".to_owned(),
        offer: OFFER.to_owned(),
    };
    order(bench, verb)
}

fn tell(bench: &mut Bench, event: impl Fn(EndpointId) -> MediaEvent, endpoint: EndpointId) {
    bench.feed(Input::Media(event(endpoint)));
}

fn missed(endpoint: EndpointId) -> MediaEvent {
    MediaEvent::Lost { endpoint }
}

fn heard(endpoint: EndpointId) -> MediaEvent {
    MediaEvent::Back { endpoint }
}

fn came(bench: &mut Bench) {
    let (endpoint, generation) = *bench.attached.last().unwrap();
    let event = MediaEvent::Attached {
        endpoint,
        generation,
    };
    bench.feed(Input::Media(event));
}

fn journey(bench: &Bench, nth: usize) -> JourneyId {
    let began = |fact: &Fact| match fact {
        Fact::JourneyBegan { journey, .. } => Some(*journey),
        _ => None,
    };
    bench.facts.iter().filter_map(began).nth(nth).unwrap()
}

fn is_music(source: &Source) -> bool {
    matches!(source, Source::Play { repeat: true, .. })
}

/// A citizen in the menu; gives the INVITE and our 200.
fn citizen(bench: &mut Bench) -> (Request<'static>, sip::Message) {
    let invite =
        Request::invite(TRUNK, "sip:054310000@127.0.0.1", "+32470123456", "cit").body(sdp(30_000));
    bench.say(&invite);
    let ok = bench.last(TRUNK, "200");
    bench.say(&invite.next("ACK", 1, &ok));
    (invite, ok)
}

/// Anna's page speaks to a citizen; gives both endpoints.
fn conversation(bench: &mut Bench) -> (EndpointId, EndpointId, Request<'static>, sip::Message) {
    assert!(matches!(page(bench), CommandResult::Attached { .. }));
    came(bench);
    let desk = bench.open[0].0;
    let (invite, ok) = citizen(bench);
    let caller = bench.open[1].0;
    let verb = Verb::Answer {
        station: "anna".to_owned(),
        journey: journey(bench, 1),
    };
    assert!(matches!(order(bench, verb), CommandResult::Done { .. }));
    assert_eq!(bench.hears[&desk].1, Source::Endpoint(caller));
    assert_eq!(bench.hears[&caller].1, Source::Endpoint(desk));
    (desk, caller, invite, ok)
}

fn nothing_is_left(bench: &mut Bench) {
    bench.wait(Duration::from_secs(120));
    assert_eq!(bench.core.view(), CoreView::default());
}

#[test]
fn a_page_rests_answers_and_goes_home_when_the_citizen_hangs_up() {
    let mut bench = welcoming();
    let (desk, _, invite, ok) = conversation(&mut bench);
    bench.say(&invite.next("BYE", 2, &ok));
    assert_eq!(bench.hears[&desk].1, Source::Silence);
    let station = "anna".to_owned();
    order(&mut bench, Verb::DetachStation { station });
    nothing_is_left(&mut bench);
}

#[test]
fn a_page_that_is_missed_leaves_music_and_another_one_takes_over() {
    let mut bench = welcoming();
    let (desk, caller, invite, ok) = conversation(&mut bench);
    tell(&mut bench, missed, desk);
    assert!(is_music(&bench.hears[&caller].1));
    bench.wait(Duration::from_secs(27));
    let CommandResult::Attached { answer, .. } = page(&mut bench) else {
        panic!("the second page is not answered");
    };
    assert!(answer.contains("a=ice-lite"));
    assert_eq!(bench.attached.len(), 2);
    assert_eq!(bench.attached[1].0, desk, "the same endpoint");
    came(&mut bench);
    assert!(is_music(&bench.hears[&caller].1), "not before it is heard");
    tell(&mut bench, heard, desk);
    assert_eq!(bench.hears[&caller].1, Source::Endpoint(desk));
    bench.wait(Duration::from_secs(60));
    assert_eq!(bench.count(TRUNK, "BYE"), 0);
    bench.say(&invite.next("BYE", 2, &ok));
    let station = "anna".to_owned();
    order(&mut bench, Verb::DetachStation { station });
    nothing_is_left(&mut bench);
}

#[test]
fn a_page_that_never_comes_is_no_station_after_half_a_minute() {
    let mut bench = welcoming();
    page(&mut bench);
    bench.wait(Duration::from_secs(29));
    assert_eq!(bench.open.len(), 1);
    nothing_is_left(&mut bench);
}

#[test]
fn a_citizen_s_page_hears_the_menu_presses_keys_and_hangs_up() {
    let mut bench = welcoming();
    let verb = Verb::Call {
        offer: OFFER.to_owned(),
    };
    let CommandResult::Attached { journey, .. } = order(&mut bench, verb) else {
        panic!("the page is not answered");
    };
    came(&mut bench);
    let caller = bench.open[0].0;
    assert!(matches!(
        bench.hears[&caller].1,
        Source::Play { repeat: false, .. }
    ));
    let before = bench.hears[&caller].1.clone();
    bench.press(caller, '1');
    assert_ne!(bench.hears[&caller].1, before, "the menu goes on");
    order(&mut bench, Verb::HangUp { journey });
    nothing_is_left(&mut bench);
}

#[test]
fn what_is_no_offer_is_refused_and_leaves_nothing() {
    let mut bench = Bench::new();
    assert_eq!(page(&mut bench), CommandResult::Refused(Refusal::NotNow));
    let mut bench = welcoming();
    for offer in [
        "",
        "v=0",
        "rubbish",
        &sdp(30_000),
        &OFFER.replace("opus", "speex").replace(" 8 ", " "),
    ] {
        for citizen in [false, true] {
            let offer = offer.to_owned();
            let station = "anna".to_owned();
            let verb = if citizen {
                Verb::Call { offer }
            } else {
                Verb::BrowserMedia { station, offer }
            };
            let result = order(&mut bench, verb);
            assert_eq!(result, CommandResult::Refused(Refusal::Offer));
        }
    }
    assert_eq!(bench.facts.len(), 0);
    nothing_is_left(&mut bench);
}
