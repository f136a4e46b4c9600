//! The core with a clock and a mouth: feeds messages written by hand and keeps what it said.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

pub mod page;
pub mod script;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use call::journal::Fact;
use call::snapshot::{
    Account, AddressRange, CalledFrom, Conveyance, Country, Emergency, Habits, Listener, Number,
    NumberFormat, Settings, Snapshot, Trunk,
};
use call::{CommandResult, Core, Input, Now, Output};
use media::plane::{EndpointId, Generation, MediaCommand, MediaEvent, Report};
use media::{Codec, Source};
use sip::digest::Ha1;
use sip::{FlowId, Message, Transport};

pub const US: &str = "127.0.0.1:5060";
pub const PHONE: &str = "127.0.0.1:6001";
pub const TRUNK: &str = "127.0.0.2:5060";

fn operator() -> Trunk {
    Trunk {
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
        habits: Habits::STRICT,
        dial_rules: false,
        local: None,
        location: Conveyance::default(),
        codecs: Vec::new(),
    }
}

pub fn snapshot() -> Snapshot {
    let local: SocketAddr = US.parse().unwrap();
    let account = |name: &str| Account {
        name: name.to_owned(),
        display: format!("Phone {name}"),
        ha1: Ha1::new(name, "demo.centrale", &format!("demo-{name}"), true),
        md5_only: false,
        blocked: false,
        outside: true,
        number: None,
        habits: Habits::default(),
        site_number: None,
        place: "first floor".to_owned(),
        forwards: Vec::new(),
    };
    let accounts = ["2101", "2102", "2103", "2104"].map(|name| (name.to_owned(), account(name)));
    let flow = ivr::parse(include_str!("../../../../dialplans/demo.toml"), "demo.toml")
        .expect("the demo flow is right");
    let number = Number {
        e164: "+3254310000".to_owned(),
        entity: "Demo".to_owned(),
        label: "Central number".to_owned(),
        flow: "demo".to_owned(),
        valid_from: None,
        valid_to: None,
        music: None,
    };
    Snapshot {
        settings: Arc::new(Settings {
            realm: "demo.centrale".to_owned(),
            domains: vec!["localhost".to_owned()],
            listeners: vec![Listener {
                transport: Transport::Udp,
                local,
                advertised: local,
                media: local.ip(),
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
            hold: Duration::from_secs(120),
            relay_headers: Vec::new(),
            no_route_advice: "emergency-no-route".to_owned(),
        }),
        accounts: Arc::new(BTreeMap::from(accounts)),
        numbers: Arc::new(BTreeMap::from([(number.e164.clone(), number)])),
        trunks: Arc::new(vec![operator()]),
        rules: Arc::new(Vec::new()),
        flows: Arc::new(BTreeMap::from([("demo".to_owned(), Arc::new(flow))])),
        situation: Arc::new(ivr::Situation::default()),
        closures: Arc::default(),
        languages: Arc::default(),
        emergency: Arc::new(Emergency {
            numbers: vec!["112".to_owned()],
            line_prefixes: vec!["0".to_owned()],
            ..Emergency::default()
        }),
    }
}

/// The core with a clock, and what it said.
pub struct Bench {
    pub core: Core,
    pub start: Instant,
    pub past: Duration,
    pub sent: Vec<(SocketAddr, Message)>,
    pub hears: BTreeMap<EndpointId, (Generation, Source)>,
    pub open: Vec<(EndpointId, u16)>,
    pub facts: Vec<Fact>,
    /// Connections that the core asked for, and those that it ended.
    pub connecting: Vec<(FlowId, SocketAddr)>,
    pub closed: Vec<FlowId>,
    pub notes: Vec<call::io::Note>,
    /// Commands given so far.
    pub orders: u128,
    /// What became of them.
    pub replies: Vec<CommandResult>,
    /// What a watching desk was told.
    pub seen: Vec<call::DeskEvent>,
    /// Pages that endpoints were given.
    pub attached: Vec<(EndpointId, Generation)>,
}

impl Bench {
    /// What a watching desk was told of a call last.
    pub fn view(&self, journey: call::journal::JourneyId) -> call::desk::CallView {
        let seen = self.seen.iter().rev();
        let mut views = seen.filter_map(|event| match event {
            call::DeskEvent::Call(view) if view.journey == journey => Some((**view).clone()),
            _ => None,
        });
        views.next().expect("the desk was told of it")
    }

    pub fn new() -> Bench {
        Bench::with(snapshot())
    }

    pub fn with(snapshot: Snapshot) -> Bench {
        let start = Instant::now();
        let now = Now {
            monotonic: start,
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000),
        };
        let mut bench = Bench {
            core: Core::new(now, snapshot, [7; 32]),
            start,
            past: Duration::ZERO,
            sent: Vec::new(),
            hears: BTreeMap::new(),
            open: Vec::new(),
            facts: Vec::new(),
            connecting: Vec::new(),
            closed: Vec::new(),
            notes: Vec::new(),
            orders: 0,
            replies: Vec::new(),
            seen: Vec::new(),
            attached: Vec::new(),
        };
        bench.feed(Input::Ports {
            bound: (0..50).map(|n| 20_000 + 2 * n).collect(),
        });
        bench
    }

    pub fn feed(&mut self, input: Input) {
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
                Output::Media(MediaCommand::Attach {
                    endpoint,
                    generation,
                    ..
                }) => self.attached.push((endpoint, generation)),
                Output::Desk(event) => self.seen.push(event),
                Output::Reply { result, .. } => self.replies.push(result),
                Output::Media(MediaCommand::Close { endpoint }) => closed.push(endpoint),
                Output::Journal(entry) => self.facts.push(entry.fact),
                Output::Connect { to } => self.connecting.push((to.flow.unwrap(), to.remote)),
                Output::Close { flow } => self.closed.push(flow),
                Output::Log(note) => {
                    println!("{:?} {}: {}", note.level, note.kind, note.text);
                    self.notes.push(note);
                }
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

    pub fn datagram(&mut self, from: &str, text: String) {
        let bytes = Bytes::from(text.replace('\n', "\r\n"));
        self.feed(Input::Datagram {
            local: US.parse().unwrap(),
            from: from.parse().unwrap(),
            bytes,
        });
    }

    pub fn wait(&mut self, time: Duration) {
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
    pub fn last(&self, to: &str, what: &str) -> Message {
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

    pub fn played(&mut self, endpoint: EndpointId) {
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

    pub fn press(&mut self, endpoint: EndpointId, key: char) {
        let digit = media::Digit::from_char(key).unwrap();
        self.feed(Input::Media(MediaEvent::Digit {
            endpoint,
            digit,
            by: media::dtmf::DigitBy::Rfc4733,
        }));
    }
}

/// An offer or answer with PCMA and telephone-event.
pub fn sdp(port: u16) -> String {
    format!(
        "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 8 101\na=rtpmap:101 telephone-event/8000\n"
    )
}

/// A response to a request of the core, as a phone writes it.
pub fn answer(request: &Message, status: &str, body: &str) -> String {
    let copy = |name: &sip::HeaderName| request.header(name).unwrap().into_owned();
    let tag = if request.to_tag().is_some() {
        ""
    } else {
        ";tag=p1"
    };
    let length = body.replace('\n', "\r\n").len();
    format!(
        "SIP/2.0 {status}\nVia: {}\nFrom: {}\nTo: {}{tag}\nCall-ID: {}\nCSeq: {}\nContact: <{}>\n\
         Content-Type: application/sdp\nContent-Length: {length}\n\n{body}",
        copy(&sip::HeaderName::Via),
        copy(&sip::HeaderName::From),
        copy(&sip::HeaderName::To),
        copy(&sip::HeaderName::CallId),
        copy(&sip::HeaderName::CSeq),
        request.request_uri(),
    )
}
