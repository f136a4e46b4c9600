//! The paths that every message or packet takes, each so often as asked: `hot_paths parse 1000`. `tests/bench/guard` counts their
//! instructions, which do not depend on how busy a machine is.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

use std::hint::black_box;
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use call::snapshot::{RuleTarget, Snapshot};
use call::{Core, Input, Now, Output};
use media::codec::Codec;
use media::plane::{
    Channel, EndpointId, Generation, Limits, MediaCommand, Plane, Rtcp, Source, SourcePolicy,
    Stream,
};
use sip::digest::{self, Ha1, Login};
use sip::transaction::{Arrival, Timers, Transactions};
use sip::{HeaderName, Message, Method, Peer, StatusCode, Transport, Writer};

#[path = "../tests/bench/mod.rs"]
mod bench;

const CALLER: &str = "127.0.0.2:5198";
const PHONE: &str = "127.0.0.1:6001";

fn invite(number: u64) -> Bytes {
    let body = bench::sdp(17_000).replace('\n', "\r\n");
    let text = format!(
        "INVITE sip:9{number:07}@127.0.0.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP {CALLER};branch=z9hG4bKi{number};rport\r\n\
         Max-Forwards: 70\r\nFrom: \"Caller\" <sip:0301234567@127.0.0.2>;tag=a{number}\r\nTo: <sip:9{number:07}@127.0.0.1>\r\n\
         Call-ID: hot-{number}\r\nCSeq: 1 INVITE\r\nContact: <sip:0301234567@{CALLER}>\r\n\
         Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    Bytes::from(text)
}

fn peer(remote: &str) -> Peer {
    Peer {
        transport: Transport::Udp,
        local: bench::US.parse().unwrap(),
        remote: remote.parse().unwrap(),
        flow: None,
    }
}

fn parse(count: u64) {
    let bytes = invite(1);
    for _ in 0..count {
        black_box(Message::parse(black_box(bytes.clone())).unwrap());
    }
}

/// An INVITE, its 100, its refusal and the ACK, until nothing is left.
fn transaction(count: u64) {
    let mut transactions = Transactions::new(Timers::default(), 100_000);
    let (mut now, from) = (Instant::now(), peer(CALLER));
    for number in 0..count {
        let request = Message::parse(invite(number)).unwrap();
        let Arrival::New(tx) = transactions.request(now, &request, &from) else {
            panic!("it is new");
        };
        for status in [StatusCode::TRYING, StatusCode::NOT_FOUND] {
            let tag = (!status.is_provisional()).then_some("hot");
            let bytes = Writer::response(&request, from.remote, status, None, tag).finish();
            transactions.respond(now, tx, status, bytes);
        }
        while black_box(transactions.poll()).is_some() {}
        now += Duration::from_secs(40);
        transactions.expire(now);
        while black_box(transactions.poll()).is_some() {}
    }
    assert!(transactions.is_empty());
}

/// A packet each way of 100 calls between parties that know telephone-event, or whose keys can only be heard in their sound.
fn relay(count: u64, has_events: bool) {
    const PARTIES: u64 = 200;
    let mut now = Instant::now();
    let remote = |id: u64| SocketAddr::from(([192, 0, 2, 1], 10_000 + id as u16));
    let mut plane = Plane::new(Limits::default(), 1);
    for id in 0..PARTIES {
        let (endpoint, generation) = (EndpointId(id), Generation(1));
        let stream = Stream {
            remote: remote(id),
            rtcp: Rtcp::Mux,
            source: SourcePolicy::Learn,
            codec: Codec::Pcma,
            send_pt: 8,
            receive: [(8, Codec::Pcma)].into_iter().collect(),
            telephone_event: has_events.then_some(101),
            telephone_event_receive: has_events.then_some(101).into_iter().collect(),
            send: true,
            receive_audio: true,
            inband_dtmf: !has_events,
            ptime: 20,
        };
        let open = MediaCommand::Open {
            endpoint,
            rtp: 20_000 + id as u16,
            rtcp: None,
            ssrc: id as u32,
            sequence: 0,
            timestamp: 0,
        };
        let hear = MediaCommand::Hear {
            endpoint,
            generation,
            source: Source::Endpoint(EndpointId(id ^ 1)),
        };
        let connect = MediaCommand::Connect {
            endpoint,
            generation,
            stream,
        };
        for command in [open, connect, hear] {
            plane.command(now, command);
        }
    }
    // Loud noise, as speech is: silence would be known by its power alone.
    let mut packet: [u8; 172] = std::array::from_fn(|n| (n * n * 37 % 251) as u8);
    for number in 0..count {
        let id = number % PARTIES;
        let round = number / PARTIES;
        packet[..2].copy_from_slice(&[0x80, 8]);
        packet[2..4].copy_from_slice(&(round as u16).to_be_bytes());
        packet[4..8].copy_from_slice(&(round as u32 * 160).to_be_bytes());
        packet[8..12].copy_from_slice(&(900 + id as u32).to_be_bytes());
        let out = plane.packet(now, EndpointId(id), Channel::Rtp, remote(id), &mut packet);
        black_box(out.is_some());
        while black_box(plane.poll()).is_some() {}
        if id == PARTIES - 1 {
            now += Duration::from_millis(20);
        }
    }
}

/// A town whose calls from outside that begin with 9 go outside again.
fn passing_through() -> Snapshot {
    let mut snapshot = bench::snapshot();
    let trunk = snapshot.trunks[0].clone();
    let generator = call::snapshot::Trunk {
        channels: 100_000,
        reserved: 0,
        dial_rules: true,
        local: None,
        ..trunk
    };
    let rule = call::snapshot::Rule {
        pattern: "9*".to_owned(),
        strip: 0,
        target: RuleTarget::Trunk(generator.name.clone()),
    };
    snapshot.trunks = std::sync::Arc::new(vec![generator]);
    snapshot.rules = std::sync::Arc::new(vec![rule]);
    snapshot
}

/// Calls through the whole core: INVITE, 180, 200, ACK, BYE, 200, with the facts for the journal and the orders for the media plane.
fn call(count: u64) {
    let (start, epoch) = (Instant::now(), Duration::from_secs(1_790_000_000));
    let now = |past: Duration| Now {
        monotonic: start + past,
        wall: SystemTime::UNIX_EPOCH + epoch + past,
    };
    let mut core = Core::new(now(Duration::ZERO), passing_through(), [7; 32]);
    // As the program is: its desk's hub watches from the start.
    core.handle(now(Duration::ZERO), Input::Watch(true))
        .for_each(drop);
    for number in 0..count {
        let past = Duration::from_secs(40) * number as u32;
        let bound = vec![20_000, 20_002];
        core.handle(now(past), Input::Ports { bound })
            .for_each(drop);
        let mut inbox = vec![datagram(CALLER, invite(number))];
        while let Some(input) = inbox.pop() {
            for output in core.handle(now(past), input) {
                match output {
                    Output::Transmit { to, bytes } => {
                        inbox.extend(answers(to.remote, &Message::parse(bytes).unwrap()));
                    }
                    Output::Media(MediaCommand::Close { endpoint }) => {
                        let closed = media::plane::MediaEvent::Closed {
                            endpoint,
                            rtp: 0,
                            rtcp: None,
                            report: media::plane::Report::default(),
                        };
                        inbox.push(Input::Media(closed));
                    }
                    other => drop(black_box(other)),
                }
            }
        }
        assert_eq!(core.view().calls, 0, "the call is over");
    }
}

fn datagram(from: &str, bytes: Bytes) -> Input {
    Input::Datagram {
        local: bench::US.parse().unwrap(),
        from: from.parse().unwrap(),
        bytes,
    }
}

/// A phone registers: REGISTER, 401, REGISTER with the proof (MD5 and `qop=auth`), 200.
fn register(count: u64) {
    let (start, wall) = (Instant::now(), Duration::from_secs(1_790_000_000));
    let mut core = Core::new(
        Now {
            monotonic: start,
            wall: SystemTime::UNIX_EPOCH + wall,
        },
        bench::snapshot(),
        [7; 32],
    );
    let ha1 = Ha1::new("2101", "demo.centrale", "demo-2101", true);
    let login = Login {
        user: "2101",
        realm: "demo.centrale",
        ha1: &ha1,
    };
    let uri = "sip:127.0.0.1:5060";
    for number in 0..count {
        let past = Duration::from_secs(40) * number as u32;
        let now = Now {
            monotonic: start + past,
            wall: SystemTime::UNIX_EPOCH + wall + past,
        };
        let mut say = |cseq: u32, proof: &str| {
            let text = format!(
                "REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {PHONE};branch=z9hG4bKr{number}-{cseq};rport\r\nMax-Forwards: 70\r\n\
                 From: <sip:2101@127.0.0.1>;tag=r{number}\r\nTo: <sip:2101@127.0.0.1>\r\nCall-ID: register\r\n\
                 CSeq: {} REGISTER\r\nContact: <sip:2101@{PHONE}>\r\n{proof}Expires: 600\r\nContent-Length: 0\r\n\r\n",
                2 * number as u32 + cseq,
            );
            let outputs = core.handle(now, datagram(PHONE, Bytes::from(text)));
            let sent = outputs.filter_map(|output| match output {
                Output::Transmit { bytes, .. } => Some(bytes),
                other => {
                    black_box(other);
                    None
                }
            });
            Message::parse(sent.last().unwrap()).unwrap()
        };
        let refused = say(1, "");
        let challenges = refused.www_authenticate();
        let md5 = &challenges[1..];
        let proof = digest::answer(md5, &login, &Method::Register, uri, "cn", 1).unwrap();
        let answer = say(2, &format!("Authorization: {proof}\r\n"));
        assert_eq!(answer.status(), StatusCode::OK);
    }
}

/// What both parties say to what they are sent.
fn answers(to: SocketAddr, message: &Message) -> Vec<Input> {
    let from = to.to_string();
    let reply = |text: String| datagram(&from, Bytes::from(text.replace('\n', "\r\n")));
    if message.is_request() {
        return match message.method().as_str() {
            "INVITE" => vec![
                reply(bench::answer(message, "200 OK", &bench::sdp(17_500))),
                reply(bench::answer(message, "180 Ringing", "")),
            ],
            "ACK" => Vec::new(),
            _ => vec![reply(bench::answer(message, "200 OK", ""))],
        };
    }
    let header = |name: &HeaderName| message.header(name).unwrap().into_owned();
    if message.status() != StatusCode::OK || !header(&HeaderName::CSeq).ends_with("INVITE") {
        return Vec::new();
    }
    let target = message.contacts().unwrap().list()[0].uri.to_owned();
    let request = |method: &str, cseq: u32| {
        reply(format!(
            "{method} {target} SIP/2.0\nVia: SIP/2.0/UDP {CALLER};branch=z9hG4bK{method}{}\nMax-Forwards: 70\nFrom: {}\nTo: {}\n\
             Call-ID: {}\nCSeq: {cseq} {method}\nContent-Length: 0\n\n",
            header(&HeaderName::CallId),
            header(&HeaderName::From),
            header(&HeaderName::To),
            header(&HeaderName::CallId),
        ))
    };
    vec![request("BYE", 2), request("ACK", 1)]
}

fn main() {
    // `cargo bench` and `cargo test` add flags of their own.
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [name, count] = words.as_slice() else {
        return println!("hot_paths parse|transaction|relay|tones|call|register COUNT");
    };
    let count = count.parse().unwrap();
    match name.as_str() {
        "parse" => parse(count),
        "transaction" => transaction(count),
        "relay" => relay(count, true),
        "tones" => relay(count, false),
        "call" => call(count),
        "register" => register(count),
        other => panic!("no path called {other}"),
    }
}
