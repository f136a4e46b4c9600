//! The RFC 4475 and RFC 5118 messages: what the parser alone must say about each, as a datagram and through a stream.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

use std::path::{Path, PathBuf};

use bytes::Bytes;
use sip::{Frame, FramingError, HeaderName, Message, Method, StreamFramer};

/// What the parser says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// A message for the layers above, which may still refuse it.
    Parses,
    /// Answered with this status.
    Answer(u16),
    /// Dropped.
    Silence,
}
use Verdict::{Answer, Parses, Silence};

/// Our verdict for every message that does not simply parse.
const REFUSED: [(&str, Verdict); 25] = [
    ("badinv01", Answer(400)),
    ("clerr", Answer(400)),
    ("ncl", Answer(400)),
    ("scalar02", Answer(400)),
    ("scalarlg", Silence),
    ("quotbal", Answer(400)),
    ("ltgtruri", Answer(400)),
    ("lwsruri", Answer(400)),
    ("lwsstart", Answer(400)),
    ("trws", Answer(400)),
    ("escruri", Answer(400)),
    ("badaspec", Answer(400)),
    ("baddn", Answer(400)),
    ("baddn-fixed", Answer(400)),
    ("badvers", Answer(505)),
    ("mismatch01", Answer(400)),
    ("mismatch02", Answer(501)),
    ("bigcode", Silence),
    ("badbranch", Answer(400)),
    // Without From, To and Call-ID there is nothing to answer with.
    ("insuf", Silence),
    ("multi01", Answer(400)),
    ("mcl01", Answer(400)),
    // Without a Via there is nowhere to answer to.
    ("test", Silence),
    ("ipv6-bad", Answer(400)),
    // Its printed Content-Length is larger than its printed body.
    ("ipv6-in-sdp", Answer(400)),
];

struct Case {
    name: String,
    response: bool,
    accept: Vec<String>,
    bytes: Bytes,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/torture")
}

fn cases() -> Vec<Case> {
    let manifest = std::fs::read_to_string(folder().join("manifest.csv")).unwrap();
    let read = |line: &str| {
        let columns: Vec<&str> = line.splitn(7, ',').collect();
        let [name, section, _class, kind, size, accept, _rest] = columns[..] else {
            panic!("{line}")
        };
        let rfc = section.split(' ').next().unwrap();
        let bytes = std::fs::read(folder().join(rfc).join(format!("{name}.dat"))).unwrap();
        assert_eq!(bytes.len().to_string(), size, "{name} was changed");
        let accept = accept.split('|').map(str::to_owned).collect();
        Case {
            name: name.to_owned(),
            response: kind == "resp",
            accept,
            bytes: Bytes::from(bytes),
        }
    };
    manifest.lines().skip(1).map(read).collect()
}

fn case(name: &str) -> Bytes {
    cases()
        .into_iter()
        .find(|case| case.name == name)
        .unwrap()
        .bytes
}

fn verdict(result: &Result<Message, sip::Defect>) -> Verdict {
    match result {
        Ok(_) => Parses,
        Err(defect) if defect.message.is_some() => Answer(defect.status.0),
        Err(_) => Silence,
    }
}

fn wanted(case: &Case) -> Verdict {
    REFUSED
        .iter()
        .find(|(name, _)| *name == case.name)
        .map_or(Parses, |(_, verdict)| *verdict)
}

/// Whether the manifest accepts the verdict. A parse is right as long as some accepted answer needs one.
fn accepted(case: &Case, verdict: Verdict) -> bool {
    let takes = |answer: &str| case.accept.iter().any(|accepted| accepted == answer);
    takes("any")
        || match verdict {
            Answer(400) => takes("400"),
            Answer(status) => takes(&status.to_string()) || takes("any-not-400"),
            Silence => takes("drop"),
            Parses => {
                case.response
                    || case
                        .accept
                        .iter()
                        .any(|accepted| !["400", "505", "drop"].contains(&accepted.as_str()))
            }
        }
}

#[test]
fn every_message_as_a_datagram() {
    let cases = cases();
    assert_eq!(
        cases.len(),
        66,
        "RFC 4475 with its archive's stray file, RFC 5118, and the corrected ones"
    );
    for case in &cases {
        let result = Message::parse(case.bytes.clone());
        assert_eq!(verdict(&result), wanted(case), "{}: {result:?}", case.name);
        assert!(accepted(case, verdict(&result)), "{}", case.name);
        let reply = result
            .err()
            .and_then(|defect| defect.reply("192.0.2.1:5060".parse().unwrap(), "t"));
        if let Some(reply) = reply.map(Message::parse) {
            // A Via, From, To or CSeq that could not be read is repeated as it came, and then the answer is no better.
            let repeated = [
                "badbranch",
                "scalar02",
                "quotbal",
                "badaspec",
                "baddn",
                "baddn-fixed",
            ]
            .contains(&case.name.as_str());
            assert_eq!(reply.is_ok(), !repeated, "{}: {reply:?}", case.name);
        }
    }
}

/// What one connection gives: frames, then perhaps the end.
fn stream(chunks: &[&[u8]]) -> Vec<Result<Frame, FramingError>> {
    let mut framer = StreamFramer::new();
    let mut frames = Vec::new();
    for chunk in chunks {
        framer.push(chunk);
        frames.extend(std::iter::from_fn(|| framer.next()));
    }
    frames
}

#[test]
fn every_message_through_a_stream_at_every_split_and_two_in_one_segment() {
    let mut pairs = 0;
    for case in cases() {
        let bytes = &case.bytes[..];
        let whole = stream(&[bytes]);
        for at in 0..=bytes.len() {
            let (left, right) = bytes.split_at(at);
            assert_eq!(stream(&[left, right]), whole, "{} split at {at}", case.name);
        }
        if let Some(Ok(Frame::Message(framed))) = whole.first() {
            assert_eq!(
                verdict(&Message::parse(framed.clone())),
                wanted(&case),
                "{}",
                case.name
            );
            if framed.len() == bytes.len() {
                pairs += 1;
                let twice = [bytes, bytes].concat();
                assert_eq!(
                    stream(&[&twice]),
                    [whole.clone(), whole.clone()].concat(),
                    "{}",
                    case.name
                );
            }
        }
    }
    assert!(pairs > 40, "{pairs}");
}

#[test]
fn what_cannot_be_framed_ends_the_stream_or_waits() {
    for case in cases() {
        let first = stream(&[&case.bytes]).into_iter().next();
        match case.name.as_str() {
            // No length, a broken one, or two: the stream is lost.
            "ncl" | "mcl01" | "inv2543" => {
                assert!(matches!(first, Some(Err(_))), "{}: {first:?}", case.name)
            }
            // The rest of the body, or the empty line, may still come.
            "clerr" | "baddn" | "ipv6-in-sdp" => assert_eq!(first, None, "{}", case.name),
            _ if wanted(&case) == Parses => assert!(
                matches!(first, Some(Ok(Frame::Message(_)))),
                "{}: {first:?}",
                case.name
            ),
            _ => {}
        }
    }
}

#[test]
fn a_second_request_in_a_datagram_is_noise() {
    let message = Message::parse(case("dblreq")).unwrap();
    assert_eq!(
        (message.method(), message.body().len()),
        (&Method::Register, 0)
    );
    assert!(memchr::memmem::find(message.bytes(), b"INVITE").is_none());
}

#[test]
fn details_a_tolerant_parser_gets_wrong() {
    let wsinv = Message::parse(case("wsinv")).unwrap();
    assert_eq!(
        (wsinv.cseq().seq, wsinv.max_forwards(), wsinv.to_tag()),
        (9, Some(68), Some("1918181833n"))
    );
    assert_eq!(wsinv.vias().filter(Result::is_ok).count(), 3);
    assert_eq!(wsinv.from().display.as_deref(), Some("J Rosenberg \\\""));
    assert_eq!(
        wsinv
            .header(&HeaderName::Other("NewFangledHeader".into()))
            .unwrap(),
        "newfangled value continued newfangled value"
    );
    assert_eq!(
        wsinv
            .header(&HeaderName::Other("UnknownHeaderWithUnusualValue".into()))
            .unwrap(),
        ";;,,;;,;"
    );
}

#[test]
fn odd_characters_stay_whole() {
    let intmeth = Message::parse(case("intmeth")).unwrap();
    assert_eq!(
        intmeth.method().as_str(),
        "!interesting-Method0123456789_*+`.%indeed'~"
    );
    assert_eq!(
        intmeth.to().display.as_deref(),
        Some("BEL:\u{7} NUL:\0 DEL:\u{7f}")
    );

    assert_eq!(
        Message::parse(case("longreq"))
            .unwrap()
            .vias()
            .filter(Result::is_ok)
            .count(),
        34
    );
    let esc02 = Message::parse(case("esc02")).unwrap();
    assert_eq!(
        (
            esc02.method().as_str(),
            esc02.contacts().unwrap().list().len()
        ),
        ("RE%47IST%45R", 2)
    );
    let escnull = Message::parse(case("escnull")).unwrap();
    let users: Vec<_> = escnull
        .contacts()
        .unwrap()
        .list()
        .iter()
        .map(|contact| contact.uri().unwrap().user.unwrap())
        .collect();
    assert_eq!(users, ["\0", "\0\0"]);
    assert!(
        Message::parse(case("regbadct"))
            .unwrap()
            .contacts()
            .is_err()
    );
}

#[test]
fn parameters_and_addresses_belong_where_they_stand() {
    let contact = |name: &str| {
        let message = Message::parse(case(name)).unwrap();
        let contacts = message.contacts().unwrap();
        let contact = contacts.first().unwrap();
        (
            contact.uri().unwrap().param("unknownparam").is_some(),
            contact.param("unknownparam").is_some(),
        )
    };
    assert_eq!(
        (contact("cparam01"), contact("cparam02")),
        ((false, true), (true, false))
    );

    let bug = Message::parse(case("ipv6-bug-abnf-3-colons")).unwrap();
    assert_eq!(bug.from_tag(), Some("810x2"));
    assert_eq!(
        sip::Uri::parse(bug.request_uri()).unwrap().to_string(),
        "sip:user@[2001:db8::c000:201]"
    );
    let delimited = Message::parse(case("via-received-param-with-delim")).unwrap();
    assert_eq!(
        delimited.top_via().received(),
        Some("2001:db8::9:255".parse().unwrap())
    );
}
