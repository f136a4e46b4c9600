//! Bodies as phones and exchanges write them, and as an attacker would.

use super::*;
use proptest::prelude::*;

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n";

fn invite(content_type: &str, more: &str, body: &str) -> Message {
    let text = format!(
        "INVITE sip:112@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKb\r\nMax-Forwards: 70\r\n\
         From: <sip:a@example.org>;tag=1\r\nTo: <sip:112@example.org>\r\nCall-ID: b\r\nCSeq: 1 INVITE\r\n\
         Contact: <sip:a@192.0.2.1>\r\nContent-Type: {content_type}\r\n{more}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    Message::parse(Bytes::from(text)).unwrap()
}

fn sdp_or_place(part: &Part) -> bool {
    part.is_session() || part.is("application", "pidf+xml")
}

fn read_it(message: &Message) -> Result<Vec<String>, BodyError> {
    let found = parts(message, &sdp_or_place)?;
    let text = |part: Part| String::from_utf8(part.bytes.to_vec()).unwrap();
    Ok(found.into_iter().map(text).collect())
}

fn mixed(parts: &[(&str, &str)]) -> Message {
    let mut body = String::new();
    for (headers, bytes) in parts {
        body.push_str(&format!("--cut\r\n{headers}\r\n{bytes}\r\n"));
    }
    invite("multipart/mixed;boundary=cut", "", &(body + "--cut--\r\n"))
}

#[test]
fn one_part_is_the_body_itself() {
    assert_eq!(read_it(&invite("application/sdp", "", SDP)).unwrap(), [SDP]);
    assert_eq!(
        read_it(&invite("application/sdp", "", "")).unwrap().len(),
        0
    );
    for (kind, more, outcome) in [
        ("text/plain", "", Err(BodyError::NotUnderstood)),
        (
            "text/plain",
            "Content-Disposition: render;handling=optional\r\n",
            Ok(0),
        ),
        (
            "text/plain",
            "Content-Disposition: render;handling=required\r\n",
            Err(BodyError::NotUnderstood),
        ),
        (
            "application/sdp",
            "Content-Disposition: early-session\r\n",
            Err(BodyError::NotUnderstood),
        ),
        (
            "application/sdp",
            "Content-Encoding: gzip\r\n",
            Err(BodyError::NotUnderstood),
        ),
        (
            "application/sdp",
            "Content-Encoding: identity\r\nContent-Disposition: Session\r\n",
            Ok(1),
        ),
    ] {
        let found = read_it(&invite(kind, more, SDP)).map(|found| found.len());
        assert_eq!(found, outcome, "{kind} {more}");
    }
}

/// What is only passed on stays what it is: a compressed part goes out as a compressed one.
#[test]
fn an_encoded_part_that_is_passed_on_says_how() {
    let headers = "Content-Type: multipart/related;boundary=c\r\nContent-Encoding: gzip\r\n\
                   Content-Transfer-Encoding: base64\r\nContent-Disposition: by-reference;handling=optional\r\n";
    let message = mixed(&[
        ("Content-Type: application/sdp\r\n", SDP),
        (headers, "H4sI"),
    ]);
    let found = parts(&message, &|_| true).unwrap();
    assert!(found[1].is_encoded() && !found[0].is_encoded());
    let (kind, body) = super::mixed("other-boundary", &found);
    let again = invite(&kind, "", std::str::from_utf8(&body).unwrap());
    assert_eq!(parts(&again, &|_| true).unwrap(), found);
}

#[test]
fn the_session_and_the_place_are_found_among_parts() {
    let message = mixed(&[
        ("Content-Type: application/sdp\r\n", SDP),
        (
            "Content-Type: application/pidf+xml\r\nContent-ID: <target@phone.example.org>\r\n\
             Content-Disposition: by-reference;handling=optional\r\n",
            "<presence/>",
        ),
    ]);
    let found = parts(&message, &sdp_or_place).unwrap();
    assert_eq!(found.len(), 2);
    assert!(found[0].is_session() && found[0].required);
    assert_eq!(&found[0].bytes[..], SDP.as_bytes(), "to the last byte");
    assert_eq!(
        found[1].content_id.as_deref(),
        Some("target@phone.example.org")
    );
    assert!(found[1].is_referenced() && !found[1].required);
    assert_eq!(&found[1].bytes[..], b"<presence/>");
}

#[test]
fn what_nobody_understands_is_refused_unless_it_is_optional() {
    let isup = "Content-Type: application/ISUP;version=x\r\n";
    let optional = format!("{isup}Content-Disposition: signal;\r\n handling=optional\r\n");
    let sdp = ("Content-Type: application/sdp\r\n", SDP);
    assert_eq!(
        read_it(&mixed(&[sdp, (isup, "x")])),
        Err(BodyError::NotUnderstood)
    );
    assert_eq!(read_it(&mixed(&[(&optional, "x"), sdp])).unwrap(), [SDP]);
    // A part without a type is plain text.
    assert_eq!(
        read_it(&mixed(&[sdp, ("", "hello")])),
        Err(BodyError::NotUnderstood)
    );
}

#[test]
fn of_alternatives_the_last_that_is_understood_counts() {
    let body = format!(
        "--a\r\nContent-Type: application/sdp\r\n\r\n1{SDP}\r\n--a\r\nContent-Type: application/sdp\r\n\r\n2{SDP}\r\n\
         --a\r\nContent-Type: application/x-better\r\n\r\n3\r\n--a--"
    );
    let message = invite("multipart/alternative; boundary=\"a\"", "", &body);
    assert_eq!(read_it(&message).unwrap(), [format!("2{SDP}")]);
    let strange = invite(
        "multipart/alternative;boundary=a",
        "",
        "--a\r\nContent-Type: text/x\r\n\r\nx\r\n--a--",
    );
    assert_eq!(read_it(&strange), Err(BodyError::NotUnderstood));
}

#[test]
fn parts_within_parts() {
    let inner = format!("--cut2\r\nContent-Type: application/sdp\r\n\r\n{SDP}\r\n--cut2--\r\n");
    let message = mixed(&[("Content-Type: multipart/related; boundary=cut2\r\n", &inner)]);
    assert_eq!(
        read_it(&message).unwrap(),
        [SDP],
        "a longer boundary is another"
    );
    let mut deep = "Content-Type: application/sdp\r\n\r\nx".to_owned();
    for level in 0..10 {
        deep = format!(
            "Content-Type: multipart/mixed;boundary=b{level}\r\n\r\n--b{level}\r\n{deep}\r\n--b{level}--"
        );
    }
    let deep = mixed(&[(&deep, "")]);
    assert_eq!(read_it(&deep), Err(BodyError::Malformed));
}

#[test]
fn edges_of_the_delimiter() {
    let body = format!(
        "a preamble --cut in a line\r\n--cut \t\r\nContent-Type: application/sdp\r\n\r\n{SDP}--cut is no line of its own\r\n--cutter\r\n\r\n--cut--  \r\nan epilogue"
    );
    let message = invite("multipart/mixed;boundary=cut", "", &body);
    assert_eq!(
        read_it(&message).unwrap(),
        [format!("{SDP}--cut is no line of its own\r\n--cutter\r\n")]
    );
    // Line feeds alone, as some phones write them.
    let message = invite(
        "multipart/mixed;boundary=cut",
        "",
        "--cut\nContent-Type: application/sdp\n\nv=0\n--cut--",
    );
    assert_eq!(read_it(&message).unwrap(), ["v=0"]);
}

#[test]
fn what_cannot_be_cut_is_malformed() {
    let long = format!("multipart/mixed;boundary={}", "x".repeat(71));
    for (kind, body) in [
        ("multipart/mixed", "--a\r\n\r\n\r\n--a--"),
        ("multipart/mixed;boundary=\"\"", "--\r\n\r\n\r\n----"),
        ("multipart/mixed;boundary=\"a \"", "--a \r\n\r\n\r\n--a --"),
        ("multipart/mixed;boundary=a", "no delimiter"),
        (
            "multipart/mixed;boundary=a",
            "--a\r\nContent-Type: application/sdp\r\n\r\nv=0",
        ),
        (
            "multipart/mixed;boundary=a",
            "--a\r\nno colon\r\n\r\nv=0\r\n--a--",
        ),
        (long.as_str(), "--x--"),
    ] {
        assert_eq!(
            read_it(&invite(kind, "", body)),
            Err(BodyError::Malformed),
            "{kind} {body}"
        );
    }
    let many = vec![("Content-Type: application/sdp\r\n", "x"); limits::MAX_BODY_PARTS + 1];
    assert_eq!(read_it(&mixed(&many)), Err(BodyError::Malformed));
    let headers = "X: y\r\n".repeat(limits::MAX_PART_HEADERS + 1);
    assert_eq!(
        read_it(&mixed(&[(&headers, "x")])),
        Err(BodyError::Malformed)
    );
}

#[test]
fn what_we_write_we_read() {
    let session = Part::plain("application/sdp".to_owned(), Bytes::from(SDP));
    let place = Part {
        disposition: "by-reference".to_owned(),
        required: false,
        content_id: Some("target@example.org".to_owned()),
        ..Part::plain(
            "application/pidf+xml".to_owned(),
            Bytes::from("<presence/>"),
        )
    };
    let nasty = Part::plain("application/sdp;x=\"a\rEvil: b\"".to_owned(), Bytes::new());
    let (kind, body) = super::mixed("cut", &[session.clone(), place.clone(), nasty]);
    let body = String::from_utf8(body.to_vec()).unwrap();
    assert!(!body.contains("\rEvil"), "{body}");
    let found = parts(&invite(&kind, "", &body), &sdp_or_place).unwrap();
    assert_eq!(found[..2], [session, place]);
}

proptest! {
    #[test]
    fn no_body_brings_it_down(body in "[-a\\r\\n: ;=]{0,200}", kind in "multipart/(mixed|alternative);boundary=a{1,2}") {
        let _ = parts(&invite(&kind, "", &body), &sdp_or_place);
    }

    #[test]
    fn what_is_written_is_read(bodies in proptest::collection::vec("[a-z\\r\\n-]{0,40}", 1..8)) {
        let rows: Vec<(&str, &str)> = bodies.iter().map(|body| ("Content-Type: application/sdp\r\n", body.as_str())).collect();
        prop_assert_eq!(read_it(&mixed(&rows)).unwrap(), bodies);
    }
}
