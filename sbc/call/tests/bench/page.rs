//! An operator's page: it connects, it is heard or missed, and it speaks with a citizen.

use call::{CommandResult, Verb};
use media::Source;
use media::plane::{EndpointId, MediaEvent};
use media::webrtc::Identity;

use super::script::Request;
use super::{Bench, TRUNK, sdp};
use call::Input;

pub const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
    m=audio 9 UDP/TLS/RTP/SAVPF 111 8 110\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:page\r\n\
    a=ice-pwd:a password of twenty-two\r\na=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08\r\n\
    a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n\
    a=rtpmap:110 telephone-event/48000\r\n";

pub fn welcoming() -> Bench {
    let mut bench = Bench::new();
    bench.core.welcome_browsers(Identity::generate().unwrap());
    bench
}

pub fn page(bench: &mut Bench) -> CommandResult {
    let verb = Verb::BrowserMedia {
        station: "anna".to_owned(),
        offer: OFFER.to_owned(),
    };
    bench.order(verb)
}

pub fn tell(bench: &mut Bench, event: impl Fn(EndpointId) -> MediaEvent, endpoint: EndpointId) {
    bench.feed(Input::Media(event(endpoint)));
}

pub fn missed(endpoint: EndpointId) -> MediaEvent {
    MediaEvent::Lost { endpoint }
}

pub fn heard(endpoint: EndpointId) -> MediaEvent {
    MediaEvent::Back { endpoint }
}

pub fn came(bench: &mut Bench) {
    let (endpoint, generation) = *bench.attached.last().unwrap();
    let event = MediaEvent::Attached {
        endpoint,
        generation,
    };
    bench.feed(Input::Media(event));
}

pub fn is_music(source: &Source) -> bool {
    matches!(source, Source::Play { repeat: true, .. })
}

/// A citizen in the menu; gives the INVITE and our 200.
pub fn citizen(bench: &mut Bench) -> (Request<'static>, sip::Message) {
    let invite =
        Request::invite(TRUNK, "sip:054310000@127.0.0.1", "+32470123456", "cit").body(sdp(30_000));
    bench.say(&invite);
    let ok = bench.last(TRUNK, "200");
    bench.say(&invite.next("ACK", 1, &ok));
    (invite, ok)
}

/// Anna's page speaks to a citizen; gives both endpoints.
pub fn conversation(bench: &mut Bench) -> (EndpointId, EndpointId, Request<'static>, sip::Message) {
    assert!(matches!(page(bench), CommandResult::Attached { .. }));
    came(bench);
    let desk = bench.open[0].0;
    let (invite, ok) = citizen(bench);
    let caller = bench.open[1].0;
    let verb = Verb::Answer {
        station: "anna".to_owned(),
        journey: bench.journey(1),
    };
    assert!(matches!(bench.order(verb), CommandResult::Done { .. }));
    assert_eq!(bench.hears[&desk].1, Source::Endpoint(caller));
    assert_eq!(bench.hears[&caller].1, Source::Endpoint(desk));
    (desk, caller, invite, ok)
}
