//! What leaves is well formed whatever went in.

use super::*;

fn invite() -> Message {
    let text = "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h:5070;rport;branch=z9hG4bK1,SIP/2.0/TCP second\r\nv: SIP/2.0/TLS third\r\n\
        From: \"x\\\x07y\" <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCall-ID: 1@x\r\nCSeq: 0009\r\n INVITE\r\nRecord-Route: <sip:p;lr>,<sip:q;lr>\r\n\
        Timestamp: 54\r\nContent-Length: 0\r\n\r\n";
    Message::parse(Bytes::copy_from_slice(text.as_bytes())).unwrap()
}

fn text(bytes: Bytes) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_response_repeats_what_the_request_brought() {
    let source = "192.0.2.1:4040".parse().unwrap();
    let ringing = Writer::response(
        &invite(),
        source,
        StatusCode::RINGING,
        None,
        Some("our-tag"),
    );
    let ringing = ringing
        .copy(&invite(), &HeaderName::RecordRoute)
        .header(HeaderName::Contact, "<sip:us>")
        .finish();
    assert_eq!(
        text(ringing),
        "SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP h:5070;branch=z9hG4bK1;received=192.0.2.1;rport=4040\r\nVia: SIP/2.0/TCP second\r\n\
         Via: SIP/2.0/TLS third\r\nFrom: \"x\\ y\" <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=our-tag\r\nCall-ID: 1@x\r\nCSeq: 0009 INVITE\r\n\
         Record-Route: <sip:p;lr>,<sip:q;lr>\r\nContact: <sip:us>\r\nContent-Length: 0\r\n\r\n"
    );
    let trying = text(
        Writer::response(&invite(), source, StatusCode::TRYING, Some("a\r\nb"), None).finish(),
    );
    assert!(
        trying.starts_with("SIP/2.0 100 a b\r\n")
            && trying.contains("\r\nTimestamp: 54\r\n")
            && trying.contains("\r\nTo: <sip:c@d>\r\n")
    );
}

#[test]
fn a_value_never_ends_its_line() {
    let bytes = Writer::request(&Method::Invite, "sip:a b\r\n<c>@d")
        .header(HeaderName::Subject, "one\r\nX-Evil: 1")
        .header(HeaderName::Other("Bad Name".into()), "x")
        .header(HeaderName::Other("L".into()), "99")
        .raw("X-Raw", b"a\n\n b\0c\x7f")
        .raw("content-length", b"99")
        .raw("X\r\nY", b"z")
        .body("text/plain", b"b\r\n\0");
    assert_eq!(
        text(bytes),
        "INVITE sip:a%20b%0D%0A%3Cc%3E@d SIP/2.0\r\nSubject: one X-Evil: 1\r\nX-Raw: a b c \r\nContent-Type: text/plain\r\n\
         Content-Length: 4\r\n\r\nb\r\n\0"
    );
}

#[test]
fn a_line_end_split_over_two_writes_does_not_get_through() {
    let bytes = Writer::request(&Method::Bye, "sip:x")
        .header(HeaderName::Subject, ("a\r", "\nb"))
        .finish();
    assert!(text(bytes).contains("Subject: a b\r\n"));
}

#[test]
fn a_defect_is_answered_without_a_second_tag() {
    let bytes = Bytes::from_static(
        b"INVITE sip:a@b SIP/7.0\r\nVia: SIP/7.0/UDP h;;branch=z9hG4bK1, ;\r\nFrom: x\r\nTo: <sip:c@d>;tag=9\r\nCall-ID: 1\r\nCSeq: 99999999999 INVITE\r\n\r\n",
    );
    let defect = Message::parse(bytes).unwrap_err();
    let reply = text(
        defect
            .reply("192.0.2.1:5060".parse().unwrap(), "t")
            .unwrap(),
    );
    assert_eq!(
        reply,
        "SIP/2.0 505 Version Not Supported\r\nVia: SIP/7.0/UDP h;branch=z9hG4bK1;received=192.0.2.1;rport=5060\r\nFrom: x\r\nTo: <sip:c@d>;tag=9\r\n\
         Call-ID: 1\r\nCSeq: 99999999999 INVITE\r\nContent-Length: 0\r\n\r\n"
    );
}
