//! The shortest way through the whole core, with messages written out by hand: a phone registers, a citizen calls by the
//! trunk, presses a key, the phone rings and answers, both hang up, and nothing is left.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use call::journal::Fact;
use call::snapshot::{
    Account, AddressRange, CalledFrom, Country, Emergency, Listener, Number, NumberFormat,
    Settings, Snapshot, Trunk,
};
use call::{Core, Input, Now, Output};
use media::plane::{EndpointId, Generation, MediaCommand, MediaEvent, Report};
use media::{Codec, Source};
use sip::digest::{self, Ha1, Login};
use sip::{Message, Method, Transport};

const US: &str = "127.0.0.1:5060";
const PHONE: &str = "127.0.0.1:6001";
const TRUNK: &str = "127.0.0.2:5060";

fn snapshot() -> Snapshot {
    let local: SocketAddr = US.parse().unwrap();
    let account = |name: &str| Account {
        name: name.to_owned(),
        display: format!("Phone {name}"),
        ha1: Ha1::new(name, "demo.centrale", &format!("demo-{name}"), true),
        md5_only: false,
        blocked: false,
        outside: true,
        number: None,
        dtmf_info: false,
        place: "first floor".to_owned(),
    };
    let accounts = ["2101", "2102", "2103", "2104"].map(|name| (name.to_owned(), account(name)));
    let flow = ivr::parse(include_str!("../../../dialplans/demo.toml"), "demo.toml")
        .expect("the demo flow is right");
    let number = Number {
        e164: "+3254310000".to_owned(),
        entity: "Demo".to_owned(),
        label: "Central number".to_owned(),
        flow: "demo".to_owned(),
        valid_from: None,
        valid_to: None,
        retirement: None,
    };
    let trunk = Trunk {
        name: "operator".to_owned(),
        sources: vec![AddressRange {
            first: "127.0.0.2".parse().unwrap(),
            last: "127.0.0.9".parse().unwrap(),
        }],
        target: TRUNK.parse().unwrap(),
        transport: Transport::Udp,
        called_from: vec![CalledFrom::RequestUri],
        number_format: NumberFormat::E164,
        channels: 30,
        reserved: 2,
        codecs: Vec::new(),
    };
    Snapshot {
        settings: Arc::new(Settings {
            realm: "demo.centrale".to_owned(),
            domains: vec!["localhost".to_owned()],
            listeners: vec![Listener {
                transport: Transport::Udp,
                local,
                advertised: local,
            }],
            media_address: "127.0.0.1".parse().unwrap(),
            loopback_media: true,
            country: Country::Be,
            languages: vec![ivr::Lang::NL, ivr::Lang::FR],
            site_number: "+3254310000".to_owned(),
            site_name: "Demo town hall".to_owned(),
            music: "music/default".into(),
            codecs: vec![Codec::G722, Codec::Pcma, Codec::Pcmu],
            calls: 100,
            ring: Duration::from_secs(60),
            relay_headers: Vec::new(),
            no_route_advice: "emergency-no-route".to_owned(),
        }),
        accounts: Arc::new(BTreeMap::from(accounts)),
        numbers: Arc::new(BTreeMap::from([(number.e164.clone(), number)])),
        trunks: Arc::new(vec![trunk]),
        rules: Arc::new(Vec::new()),
        flows: Arc::new(BTreeMap::from([("demo".to_owned(), Arc::new(flow))])),
        situation: Arc::new(ivr::Situation::default()),
        emergency: Arc::new(Emergency {
            numbers: vec!["112".to_owned()],
            line_prefixes: vec!["0".to_owned()],
        }),
    }
}

/// The core with a clock, and what it said.
struct Bench {
    core: Core,
    start: Instant,
    past: Duration,
    sent: Vec<(SocketAddr, Message)>,
    hears: BTreeMap<EndpointId, (Generation, Source)>,
    open: Vec<(EndpointId, u16)>,
    facts: Vec<Fact>,
}

impl Bench {
    fn new() -> Bench {
        let start = Instant::now();
        let now = Now {
            monotonic: start,
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000),
        };
        let mut bench = Bench {
            core: Core::new(now, snapshot(), [7; 32]),
            start,
            past: Duration::ZERO,
            sent: Vec::new(),
            hears: BTreeMap::new(),
            open: Vec::new(),
            facts: Vec::new(),
        };
        bench.feed(Input::Ports {
            bound: (0..50).map(|n| 20_000 + 2 * n).collect(),
        });
        bench
    }

    fn feed(&mut self, input: Input) {
        let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000) + self.past;
        let now = Now {
            monotonic: self.start + self.past,
            wall,
        };
        let outputs: Vec<Output> = self.core.handle(now, input).collect();
        let mut closed = Vec::new();
        for output in outputs {
            match output {
                Output::Transmit { to, bytes } => {
                    let message = Message::parse(bytes).expect("what we print can be read");
                    self.sent.push((to.remote, message));
                }
                Output::Media(MediaCommand::Open { endpoint, rtp, .. }) => {
                    self.open.push((endpoint, rtp))
                }
                Output::Media(MediaCommand::Hear {
                    endpoint,
                    generation,
                    source,
                }) => {
                    self.hears.insert(endpoint, (generation, source));
                }
                Output::Media(MediaCommand::Close { endpoint }) => closed.push(endpoint),
                Output::Journal(entry) => self.facts.push(entry.fact),
                Output::Log(note) => println!("{:?} {}: {}", note.level, note.kind, note.text),
                _ => {}
            }
        }
        for endpoint in closed {
            self.open.retain(|(open, _)| *open != endpoint);
            let report = Report::default();
            self.feed(Input::Media(MediaEvent::Closed {
                endpoint,
                rtp: 0,
                rtcp: None,
                report,
            }));
        }
    }

    fn datagram(&mut self, from: &str, text: String) {
        let bytes = Bytes::from(text.replace('\n', "\r\n"));
        self.feed(Input::Datagram {
            local: US.parse().unwrap(),
            from: from.parse().unwrap(),
            bytes,
        });
    }

    fn wait(&mut self, time: Duration) {
        let until = self.past + time;
        while let Some(at) = self.core.next_deadline() {
            let at = at.saturating_duration_since(self.start);
            if at > until {
                break;
            }
            self.past = self.past.max(at);
            self.feed(Input::Deadline);
        }
        self.past = until;
    }

    /// The last message sent to this address that is this status or method.
    fn last(&self, to: &str, what: &str) -> Message {
        let to: SocketAddr = to.parse().unwrap();
        let found = self.sent.iter().rev().find(|(remote, message)| {
            *remote == to
                && (message.status().0.to_string() == what
                    || (message.is_request() && message.method().as_str() == what))
        });
        let list: Vec<String> = self
            .sent
            .iter()
            .map(|(to, m)| format!("{to} {} {}", m.status().0, m.method().as_str()))
            .collect();
        found
            .unwrap_or_else(|| panic!("no {what} to {to}; sent: {list:#?}"))
            .1
            .clone()
    }

    fn played(&mut self, endpoint: EndpointId) {
        let (generation, source) = self.hears[&endpoint].clone();
        assert!(
            matches!(source, Source::Play { repeat: false, .. }),
            "{source:?}"
        );
        self.feed(Input::Media(MediaEvent::Played {
            endpoint,
            generation,
        }));
    }

    fn press(&mut self, endpoint: EndpointId, key: char) {
        let digit = media::Digit::from_char(key).unwrap();
        self.feed(Input::Media(MediaEvent::Digit {
            endpoint,
            digit,
            by: media::dtmf::DigitBy::Rfc4733,
        }));
    }
}

fn register(cseq: u32, authorization: &str) -> String {
    format!(
        "REGISTER sip:demo.centrale SIP/2.0\nVia: SIP/2.0/UDP {PHONE};branch=z9hG4bKreg{cseq}\nMax-Forwards: 70\n\
         From: <sip:2101@demo.centrale>;tag=r1\nTo: <sip:2101@demo.centrale>\nCall-ID: reg1\nCSeq: {cseq} REGISTER\n\
         Contact: <sip:2101@{PHONE}>\nExpires: 3600\n{authorization}Content-Length: 0\n\n"
    )
}

fn sdp(port: u16) -> String {
    format!(
        "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 8 101\na=rtpmap:101 telephone-event/8000\n"
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
    bench.press(citizen, '1'); // Dutch, in the middle of the question
    bench.press(citizen, '1'); // Population, in the middle of the menu
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
    let ended = bench
        .facts
        .iter()
        .filter(|fact| matches!(fact, Fact::JourneyEnded { .. }))
        .count();
    assert_eq!(ended, 1, "{:#?}", bench.facts);
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

/// A response to a request of the core, as a phone writes it.
fn answer(request: &Message, status: &str, body: &str) -> String {
    let copy = |name: &sip::HeaderName| request.header(name).unwrap().into_owned();
    let tag = if request.to_tag().is_some() {
        ""
    } else {
        ";tag=p1"
    };
    let length = body.replace('\n', "\r\n").len();
    format!(
        "SIP/2.0 {status}\nVia: {}\nFrom: {}\nTo: {}{tag}\nCall-ID: {}\nCSeq: {}\nContact: <sip:2101@{PHONE}>\n\
         Content-Type: application/sdp\nContent-Length: {length}\n\n{body}",
        copy(&sip::HeaderName::Via),
        copy(&sip::HeaderName::From),
        copy(&sip::HeaderName::To),
        copy(&sip::HeaderName::CallId),
        copy(&sip::HeaderName::CSeq),
    )
}
