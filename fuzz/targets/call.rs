//! What must hold for anything that peers may send to a running exchange. Used by libFuzzer and by the seeded mutation on
//! stable Rust.
#![allow(
    unreachable_pub,
    reason = "included as a private module by its two users"
)]

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use call::snapshot::Snapshot;
use call::{Core, Input, Now, Output};
use media::plane::{EndpointId, MediaCommand, MediaEvent, Report};
use sip::body;
use sip::limits::{MAX_LINE, MAX_MESSAGE};
use sip::{Message, Peer, Transport};

use super::bench;

/// Who speaks: phones, the operator, a stranger.
const PEERS: [&str; 4] = [
    "127.0.0.1:6001",
    "127.0.0.1:6002",
    "127.0.0.2:5060",
    "192.0.2.66:5060",
];
/// What stands between two datagrams of an input: it is followed by the digit of who sends.
const BETWEEN: &[u8] = b"\n%%";
/// Datagrams of one input; more only takes longer.
const DATAGRAMS: usize = 12;
/// Longer than any transaction, ring or advice lasts.
const LONG: Duration = Duration::from_secs(400);

struct Exchange {
    core: Core,
    start: Instant,
    past: Duration,
    sent: Vec<Message>,
}

impl Exchange {
    fn new() -> Exchange {
        static SNAPSHOT: OnceLock<Snapshot> = OnceLock::new();
        let start = Instant::now();
        let now = Now {
            monotonic: start,
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000),
        };
        let snapshot = SNAPSHOT.get_or_init(bench::snapshot).clone();
        let mut exchange = Exchange {
            core: Core::new(now, snapshot, [7; 32]),
            start,
            past: Duration::ZERO,
            sent: Vec::new(),
        };
        let bound = (0..20).map(|n| 20_000 + 2 * n).collect();
        exchange.feed(Input::Ports { bound });
        let bindings = [("2101", PEERS[0]), ("2102", PEERS[1])];
        let bindings = bindings.map(|(account, at)| bench::script::binding(account, at));
        exchange.feed(Input::Restore {
            bindings: bindings.into(),
            ghosts: Vec::new(),
            callbacks: Vec::new(),
        });
        exchange
    }

    /// Feeds an input and all that follows from it. Whatever leaves is a message that can be read.
    fn feed(&mut self, input: Input) {
        let now = Now {
            monotonic: self.start + self.past,
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000) + self.past,
        };
        let mut closed: Vec<EndpointId> = Vec::new();
        for output in self.core.handle(now, input) {
            match output {
                Output::Transmit { bytes, .. } => {
                    // A malformed request is refused with what it said of itself (RFC 3261 section 8.2.6.2).
                    let refusal =
                        bytes.starts_with(b"SIP/2.0 4") || bytes.starts_with(b"SIP/2.0 5");
                    let message = Message::parse(bytes.clone());
                    let readable = refusal || message.is_ok() || is_beyond_limits(&bytes);
                    assert!(readable, "{message:?}");
                    self.sent.extend(message);
                }
                Output::Media(MediaCommand::Close { endpoint }) => closed.push(endpoint),
                Output::Log(note) => {
                    assert!(!matches!(note.kind, "fence" | "core"), "{}", note.text)
                }
                _ => {}
            }
        }
        for endpoint in closed {
            let report = Report::default();
            self.feed(Input::Media(MediaEvent::Closed {
                endpoint,
                rtp: 0,
                rtcp: None,
                report,
            }));
        }
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

    fn datagram(&mut self, from: &str, bytes: &[u8]) {
        let from: SocketAddr = from.parse().expect("a constant");
        let peer = Peer {
            transport: Transport::Udp,
            local: bench::US.parse().expect("a constant"),
            remote: from,
            flow: None,
        };
        let bytes = Bytes::copy_from_slice(bytes);
        let local = peer.local;
        self.feed(Input::Datagram { local, from, bytes });
    }

    /// Everybody is sent away: then nothing may be left but the two phones.
    fn ends(mut self) {
        self.feed(Input::Stop);
        self.wait(LONG);
        let view = self.core.view();
        let left = (view.calls, view.legs, view.transactions, view.ports);
        assert_eq!(left, (0, 0, 0, 0), "{view:?}");
        assert_eq!((view.dialogs, view.endpoints, view.askers), (0, 0, 0));
    }
}

/// What a peer said of itself may stand in a longer line when we repeat it: its own loss.
fn is_beyond_limits(bytes: &[u8]) -> bool {
    bytes.len() > MAX_MESSAGE
        || bytes
            .split(|b| *b == b'\n')
            .any(|line| line.len() > MAX_LINE)
}

/// Datagrams of phones, the operator and a stranger, half a second between them. No call is hurt by a fault of ours, whatever
/// leaves can be read, and after the end nothing is left.
pub fn core(data: &[u8]) {
    let mut exchange = Exchange::new();
    let mut rest = data;
    let mut from = PEERS[2];
    for _ in 0..DATAGRAMS {
        let end = rest
            .windows(BETWEEN.len())
            .position(|piece| piece == BETWEEN);
        let (datagram, tail) = rest.split_at(end.unwrap_or(rest.len()));
        exchange.datagram(from, datagram);
        exchange.wait(Duration::from_millis(500));
        let Some((choice, tail)) = tail.get(BETWEEN.len()..).and_then(<[u8]>::split_first) else {
            break;
        };
        from = PEERS[usize::from(*choice) % PEERS.len()];
        rest = tail;
    }
    exchange.ends();
}

/// A call for help with a place (PIDF-LO): the first line is the Geolocation header, the rest the body, whose boundary is `b`.
/// The call goes out, and what is told the operator of the place can be read.
pub fn place(data: &[u8]) {
    let line = data.iter().position(|byte| *byte == b'\n');
    let (value, parts) = data.split_at(line.unwrap_or(data.len()));
    let parts = parts.get(1..).unwrap_or_default();
    let value = String::from_utf8_lossy(value).replace(char::is_control, " ");
    let mut message = format!(
        "INVITE sip:112@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {};branch=z9hG4bKp\r\nMax-Forwards: 70\r\n\
         From: <sip:2101@demo.centrale>;tag=f\r\nTo: <sip:112@127.0.0.1>\r\nCall-ID: p\r\nCSeq: 1 INVITE\r\n\
         Contact: <sip:me@{}>\r\nGeolocation: {value}\r\nContent-Type: multipart/mixed;boundary=b\r\n\
         Content-Length: {}\r\n\r\n",
        PEERS[0],
        PEERS[0],
        parts.len()
    )
    .into_bytes();
    message.extend_from_slice(parts);
    let mut exchange = Exchange::new();
    exchange.datagram(PEERS[0], &message);
    exchange.wait(Duration::from_millis(500));
    for sent in exchange.sent.iter().filter(|sent| sent.is_request()) {
        let read = body::parts(sent, &|_| true).expect("our own body");
        let whole = read.iter().map(|part| part.bytes.len()).sum::<usize>();
        assert!(whole <= parts.len() + 2048, "a place grew to {whole} bytes");
        let _ = sent.geolocation();
    }
    exchange.ends();
}
