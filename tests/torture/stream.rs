//! The same messages over TCP: many connections at once, each with the message cut in two somewhere else.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::program::{ADDRESS, Case};
use crate::{Torture, all, status, unharmed};

/// Connections at once; the program takes 256 from one address.
const BATCH: usize = 128;
/// Between the two parts of a message.
const PAUSE: Duration = Duration::from_millis(15);

fn connect() -> TcpStream {
    let until = Instant::now() + Duration::from_secs(5);
    loop {
        match TcpStream::connect(ADDRESS) {
            Ok(stream) => {
                stream.set_nodelay(true).unwrap();
                return stream;
            }
            Err(error) => assert!(Instant::now() < until, "TCP is not accepted: {error}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What a connection says until it is closed, or until it was quiet for `quiet`; whether it was closed.
fn listen(stream: &mut TcpStream, enough: usize, quiet: Duration) -> (Vec<u8>, bool) {
    stream.set_read_timeout(Some(quiet)).unwrap();
    let mut heard = Vec::new();
    let mut buffer = [0; 16_384];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return (heard, true),
            Ok(length) => {
                heard.extend_from_slice(&buffer[..length]);
                if finals(&heard).len() >= enough {
                    return (heard, false);
                }
            }
            Err(error) => return (heard, error.kind() == std::io::ErrorKind::ConnectionReset),
        }
    }
}

/// The final statuses in what was heard.
fn finals(heard: &[u8]) -> Vec<u16> {
    let starts = heard.windows(8).enumerate();
    starts
        .filter(|(at, eight)| *eight == b"SIP/2.0 " && (*at == 0 || heard[at - 1] == b'\n'))
        .filter_map(|(at, _)| status(&heard[at..]))
        .filter(|status| *status >= 200)
        .collect()
}

/// How one message is answered when it comes in one piece: a status, or none and perhaps the end of the connection.
fn whole(torture: &Torture) -> (Option<u16>, bool) {
    let mut stream = connect();
    stream.write_all(&torture.bytes).unwrap();
    let (heard, closed) = listen(&mut stream, 1, Duration::from_millis(400));
    (finals(&heard).first().copied(), closed)
}

/// The answers when the message is cut at each of these places, one connection each.
fn cut(torture: &Torture, places: &[usize], expected: Option<u16>) -> Vec<Option<u16>> {
    let mut streams: Vec<TcpStream> = places.iter().map(|_| connect()).collect();
    for (stream, at) in streams.iter_mut().zip(places) {
        let _ = stream.write_all(&torture.bytes[..*at]);
    }
    std::thread::sleep(PAUSE);
    for (stream, at) in streams.iter_mut().zip(places) {
        let _ = stream.write_all(&torture.bytes[*at..]);
    }
    // Where an answer is due it is waited for; silence is long enough after the first of the batch.
    let mut quiet = Duration::from_millis(if expected.is_some() { 3_000 } else { 200 });
    let mut answers = Vec::new();
    for stream in &mut streams {
        let (heard, _) = listen(stream, 1, quiet);
        answers.push(finals(&heard).first().copied());
        if expected.is_none() {
            quiet = Duration::from_millis(1);
        }
        let _ = stream.shutdown(Shutdown::Both);
    }
    answers
}

/// Messages that are different on a stream, where Content-Length frames and need not be right for a datagram: a length that
/// is missing, broken or double ends the stream (400 first is allowed), one that is too large makes it wait.
const FRAMING: [&str; 6] = ["ncl", "mcl01", "inv2543", "clerr", "baddn", "ipv6-in-sdp"];

#[test]
fn every_message_over_tcp_split_at_every_byte() {
    let case = Case::new("torture_over_tcp");
    let centrale = case.centrale();
    let mut wrong = Vec::new();
    let mut splits = 0;
    let mut before = 0;
    for torture in all() {
        let (answer, closed) = whole(&torture);
        if before == 0 {
            before = centrale.resident();
        }
        let framing = FRAMING.contains(&torture.name.as_str());
        let fine = if framing {
            matches!(answer, None | Some(400)) || torture.accepts(answer)
        } else {
            torture.accepts(answer)
        };
        if !fine {
            wrong.push(format!("{} whole: {answer:?}", torture.name));
        }
        let places: Vec<usize> = (1..torture.bytes.len()).collect();
        let mut different = Vec::new();
        for batch in places.chunks(BATCH) {
            for (at, said) in batch.iter().zip(cut(&torture, batch, answer)) {
                if said != answer {
                    different.push((*at, said));
                }
            }
        }
        splits += places.len();
        case.say(format_args!(
            "{:<26} {answer:?}{} at {} splits, {} different",
            torture.name,
            if closed { " and closed" } else { "" },
            places.len(),
            different.len()
        ));
        if let Some((at, said)) = different.first() {
            wrong.push(format!(
                "{} cut at {at}: {said:?} instead of {answer:?}",
                torture.name
            ));
        }
    }
    case.say(format_args!("{splits} splits"));
    unharmed(&case, &centrale, before);
    assert!(wrong.is_empty(), "{wrong:#?}");
    centrale.stop_at_once();
}

#[test]
fn two_messages_in_one_segment() {
    let case = Case::new("torture_two_in_one_segment");
    let centrale = case.centrale();
    let before = centrale.resident();
    let mut wrong = Vec::new();
    for torture in all() {
        if FRAMING.contains(&torture.name.as_str()) {
            continue;
        }
        let (first, _) = whole(&torture);
        let options = format!(
            "OPTIONS sip:{ADDRESS} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5999;branch=z9hG4bK{0}\r\nMax-Forwards: 70\r\n\
             From: <sip:test@127.0.0.1>;tag=t\r\nTo: <sip:{ADDRESS}>\r\nCall-ID: {0}\r\nCSeq: 1 OPTIONS\r\n\
             Content-Length: 0\r\n\r\n",
            crate::wire::fresh("second")
        );
        let mut stream = connect();
        stream
            .write_all(&[&torture.bytes[..], options.as_bytes()].concat())
            .unwrap();
        // On a stream the second request of dblreq is one.
        let more = first.filter(|_| torture.name == "dblreq");
        let expected = 1 + usize::from(first.is_some()) + usize::from(more.is_some());
        let (heard, closed) = listen(&mut stream, expected, Duration::from_millis(600));
        let mut answers = finals(&heard);
        answers.sort_unstable();
        let mut wanted = vec![200];
        wanted.extend(first.into_iter().chain(more));
        wanted.sort_unstable();
        case.say(format_args!(
            "{:<26} with OPTIONS: {answers:?}",
            torture.name
        ));
        // A message whose end was not where it said takes what follows with it; the connection may be closed then.
        if answers != wanted && !closed {
            wrong.push(format!(
                "{}: {answers:?} instead of {wanted:?}",
                torture.name
            ));
        }
    }
    unharmed(&case, &centrale, before);
    assert!(wrong.is_empty(), "{wrong:#?}");
    centrale.stop_at_once();
}
