//! Streams: every split gives the same frames, and what is in doubt ends the connection.

use super::*;

const OPTIONS: &str = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: 1\r\n\
    CSeq: 1 OPTIONS\r\nL : 4\r\n\r\n\r\n\r\n";

fn frames(chunks: &[&[u8]]) -> Vec<Result<Frame, FramingError>> {
    let mut framer = StreamFramer::new();
    let mut frames = Vec::new();
    for chunk in chunks {
        framer.push(chunk);
        frames.extend(std::iter::from_fn(|| framer.next()));
    }
    frames
}

fn message() -> Result<Frame, FramingError> {
    Ok(Frame::Message(Bytes::from_static(OPTIONS.as_bytes())))
}

#[test]
fn every_split_gives_the_same_frames() {
    let stream = format!("\r\n{OPTIONS}{OPTIONS}\r\n\r\n\r\n\r\n{OPTIONS}\r\n");
    let whole = frames(&[stream.as_bytes()]);
    let (ping, pong) = (Ok(Frame::Ping), Ok(Frame::Pong));
    let expected = [
        pong.clone(),
        message(),
        message(),
        pong.clone(),
        ping.clone(),
        pong.clone(),
        ping,
        message(),
        pong,
    ];
    assert_eq!(whole, expected);
    for at in 0..=stream.len() {
        let (left, right) = stream.as_bytes().split_at(at);
        assert_eq!(frames(&[left, right]), whole, "split at {at}");
    }
    let single: Vec<&[u8]> = stream.as_bytes().chunks(1).collect();
    assert_eq!(frames(&single), whole);
}

#[test]
fn doubt_ends_the_connection_and_is_told_once() {
    let with = |from: &str, to: &str| OPTIONS.replace(from, to);
    for (stream, has_head) in [
        (with("L : 4\r\n", ""), true),
        (with("L : 4", "L : -999"), true),
        (with("L : 4", "L : 65536"), true),
        (with("L : 4", "L : 99999999999999999999"), true),
        (with("L : 4", "L : 4\r\nContent-Length: 9"), true),
        (with("L : 4", "L : 4\r\nno colon"), true),
        (with("L : 4", "L : 4\nX: y"), true),
        (with("L : 4", "X: \n\r\nL: 4"), true),
        (with("OPTIONS sip", "\u{16}\u{3}\u{1} sip"), false),
        ("\r\rOPTIONS".to_owned(), false),
        (format!("GET {}", "x".repeat(MAX_MESSAGE)), false),
    ] {
        let mut framer = StreamFramer::new();
        framer.push(stream.as_bytes());
        let error = framer.next().unwrap().unwrap_err();
        assert_eq!(error.head.is_some(), has_head, "{stream:.80}");
        framer.push(OPTIONS.as_bytes());
        assert_eq!(framer.next(), None);
    }
}

#[test]
fn the_head_of_a_lost_message_can_still_be_answered() {
    let mut framer = StreamFramer::new();
    framer.push(OPTIONS.replace("L : 4", "L : 4\r\nl: 5").as_bytes());
    let head = framer.next().unwrap().unwrap_err().head.unwrap();
    let defect = crate::Message::parse(head).unwrap_err();
    assert!(
        defect
            .reply("127.0.0.1:5060".parse().unwrap(), "t")
            .unwrap()
            .starts_with(b"SIP/2.0 400 Header Stands Twice\r\n")
    );
}

#[test]
fn an_announced_length_allocates_nothing() {
    let mut framer = StreamFramer::new();
    framer.push(OPTIONS.replace("L : 4", "L : 60000").as_bytes());
    assert_eq!(framer.next(), None);
    assert!(framer.buf.capacity() < 2000);
    framer.push(&[b'x'; 60000]);
    assert!(matches!(framer.next(), Some(Ok(Frame::Message(bytes))) if bytes.len() > 60000));
}
