//! The RFC 4475 and RFC 5118 messages against the running program: over UDP, over TCP split at every byte boundary, and two
//! in one segment. The accepted answers are in `manifest.csv`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    // The harness of the interop tests serves here too, and not all of it is needed.
    dead_code
)]

#[path = "../interop/process.rs"]
mod process;
#[path = "../interop/program.rs"]
mod program;
#[path = "../interop/wire.rs"]
mod wire;

mod stream;

use std::net::UdpSocket;
use std::path::Path;
use std::time::{Duration, Instant};

use program::{ADDRESS, Case, Centrale};

/// How long silence must last to count where it is accepted, and where it is not.
const SILENCE: [Duration; 2] = [Duration::from_millis(400), Duration::from_secs(4)];
/// How much the program may grow over a whole round, KiB.
const GROWTH: u64 = 64 * 1024;

/// One line of the manifest, and the bytes it speaks of.
struct Torture {
    name: String,
    request: bool,
    accept: Vec<String>,
    bytes: Vec<u8>,
}

fn all() -> Vec<Torture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torture");
    let manifest = std::fs::read_to_string(folder.join("manifest.csv")).unwrap();
    let read = |line: &str| {
        let columns: Vec<&str> = line.splitn(7, ',').collect();
        let rfc = columns[1].split(' ').next().unwrap();
        Torture {
            name: columns[0].to_owned(),
            request: columns[3] == "req",
            accept: columns[5].split('|').map(str::to_owned).collect(),
            bytes: std::fs::read(folder.join(rfc).join(format!("{}.dat", columns[0]))).unwrap(),
        }
    };
    let all: Vec<Torture> = manifest.lines().skip(1).map(read).collect();
    assert_eq!(all.len(), 66);
    all
}

impl Torture {
    /// Whether the manifest accepts this answer; none is silence.
    fn accepts(&self, answer: Option<u16>) -> bool {
        self.accept
            .iter()
            .any(|accepted| match (accepted.as_str(), answer) {
                ("any", _) | ("drop", None) => true,
                ("any-not-400" | "accept", Some(status)) => status != 400,
                (code, Some(status)) => code == status.to_string(),
                _ => false,
            })
    }

    /// The statuses that come back for it on a fresh socket until it is quiet, provisional ones too.
    fn over_udp(&self) -> Vec<u16> {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let silence = SILENCE[usize::from(!self.accepts(None))];
        socket.set_read_timeout(Some(silence)).unwrap();
        socket.send_to(&self.bytes, ADDRESS).unwrap();
        let mut buffer = vec![0; 65_536];
        let mut answers = Vec::new();
        while let Ok(length) = socket.recv(&mut buffer) {
            answers.extend(status(&buffer[..length]));
            if answers.last().is_some_and(|answer| *answer >= 200) {
                break;
            }
        }
        answers
    }
}

/// The status of a response; of anything else, nothing.
fn status(bytes: &[u8]) -> Option<u16> {
    let line = bytes.strip_prefix(b"SIP/2.0 ")?.get(..3)?;
    std::str::from_utf8(line).ok()?.parse().ok()
}

/// It still answers, has not panicked, and has not grown.
fn unharmed(case: &Case, centrale: &Centrale, before: u64) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(ADDRESS).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(1)))
        .unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while !wire::options(&socket) {
        assert!(Instant::now() < until, "OPTIONS is not answered any more");
    }
    centrale.is_sane();
    let after = centrale.resident();
    case.say(format_args!(
        "OPTIONS is still answered; resident {before} KiB before, {after} KiB after"
    ));
    assert!(after < before + GROWTH);
}

#[test]
fn every_message_over_udp() {
    let case = Case::new("torture_over_udp");
    let centrale = case.centrale();
    let before = centrale.resident();
    let mut wrong = Vec::new();
    for torture in all() {
        let answers = torture.over_udp();
        let last = answers.last().copied();
        let right = match last {
            Some(status) if status < 200 => {
                torture.accepts(Some(200)) || torture.accepts(Some(404))
            }
            last => torture.accepts(last) && (torture.request || last.is_none()),
        };
        case.say(format_args!(
            "{:<26} {answers:?}{}",
            torture.name,
            if right {
                String::new()
            } else {
                format!(" instead of {:?}", torture.accept)
            }
        ));
        if !right {
            wrong.push(torture.name);
        }
    }
    unharmed(&case, &centrale, before);
    assert!(
        wrong.is_empty(),
        "not answered as the manifest accepts: {wrong:?}"
    );
    centrale.stop_at_once();
}
