//! Whole messages: what is read, what is refused, and how it is answered.

use super::*;
use crate::headers::HeaderError;

const INVITE: &str = "INVITE sip:054310000@127.0.0.1 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bKa;rport, SIP/2.0/TCP b.example\r\n\
    v: SIP/2.0/TLS c.example;branch=z9hG4bKc\r\n\
    Max-Forwards: 70\r\n\
    f: \"J. Rosé\" <sip:+32470000000@127.0.0.2>;tag=t-1\r\n\
    To:\r\n\t<sip:054310000@127.0.0.1>\r\n\
    i: abc@127.0.0.2\r\n\
    CSeq: 7 INVITE\r\n\
    X-Town : Galmaarden\r\n\
    Route: <sip:p1;lr>,<sip:p2;lr>\r\n\
    Route: <sip:p3;lr>\r\n\
    l: 4\r\n\r\nbodyNOISE";

fn parse(text: &str) -> Result<Message, Defect> {
    Message::parse(Bytes::copy_from_slice(text.as_bytes()))
}

fn refused(text: &str) -> (u16, bool) {
    let defect = parse(text).unwrap_err();
    (defect.status.0, defect.message.is_some())
}

#[test]
fn an_invite_is_read_whole() {
    let message = parse(INVITE).unwrap();
    assert!(message.is_request());
    assert_eq!(message.method(), &Method::Invite);
    assert_eq!(message.request_uri(), "sip:054310000@127.0.0.1");
    assert_eq!(
        (message.status(), message.reason_phrase()),
        (StatusCode(0), "")
    );
    assert_eq!(
        (message.call_id(), message.cseq().seq),
        ("abc@127.0.0.2", 7)
    );
    assert_eq!(message.from().display.as_deref(), Some("J. Rosé"));
    assert_eq!((message.from_tag(), message.to_tag()), (Some("t-1"), None));
    assert_eq!(message.to().uri, "sip:054310000@127.0.0.1");
    assert_eq!(message.top_via().port, Some(5070));
    assert_eq!(
        message
            .vias()
            .filter_map(Result::ok)
            .map(|via| via.transport.to_owned())
            .collect::<Vec<_>>(),
        ["UDP", "TCP", "TLS"]
    );
    assert_eq!(
        message
            .routes()
            .unwrap()
            .iter()
            .map(|route| route.uri)
            .collect::<Vec<_>>(),
        ["sip:p1;lr", "sip:p2;lr", "sip:p3;lr"]
    );
    assert_eq!(message.record_routes(), Ok(Vec::new()));
    assert_eq!(message.max_forwards(), Some(70));
    assert_eq!(
        message
            .header(&HeaderName::Other("x-TOWN".into()))
            .as_deref(),
        Some("Galmaarden")
    );
    assert_eq!(
        (message.body(), &message.body_bytes()[..]),
        (&b"body"[..], &b"body"[..])
    );
    assert!(message.bytes().ends_with(b"body"));
    assert_eq!(message.headers().count(), 11);
}

#[test]
fn a_response_takes_its_method_from_cseq() {
    let text = "SIP/2.0 183 Sonnerie é\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\n\
        Call-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n";
    let message = parse(text).unwrap();
    assert!(!message.is_request());
    assert_eq!(
        (message.status(), message.reason_phrase()),
        (StatusCode(183), "Sonnerie é")
    );
    assert_eq!(
        (message.method(), message.to_tag()),
        (&Method::Invite, Some("2"))
    );
    assert_eq!(message.request_uri(), "");
    assert!(parse(&text.replace("183 Sonnerie é", "100 ")).is_ok());
    assert!(parse(&text.replace("183 Sonnerie é", "100")).is_ok());
    for bad in ["4294967301 x", "099 x", "700 x", "18 x", "1800 x", "-10 x"] {
        assert_eq!(
            refused(&text.replace("183 Sonnerie é", bad)),
            (400, false),
            "{bad}"
        );
    }
    assert_eq!(
        refused(&text.replace("CSeq: 1 INVITE", "CSeq: 99999999999 INVITE")),
        (400, false)
    );
}

#[test]
fn start_lines_that_are_refused() {
    for (line, status) in [
        ("INVITE  sip:a@b SIP/2.0", 400),
        ("INVITE sip:a@b  SIP/2.0", 400),
        ("INVITE sip:a@b SIP/2.0 ", 400),
        ("INVITE <sip:a@b> SIP/2.0", 400),
        ("INVITE sip:a b SIP/2.0", 400),
        ("INVITE sip:a@b?Route=x SIP/2.0", 400),
        ("INVITE sip:2001:db8::1 SIP/2.0", 400),
        ("INVITE sip:a@b SIP/7.0", 505),
        ("INVITE sip:a@b SIP/x", 400),
        ("INVITE sip:a@b HTTP/1.1", 400),
        ("INVITE sip:a@b\r\n SIP/2.0", 400),
    ] {
        assert_eq!(
            refused(&INVITE.replace("INVITE sip:054310000@127.0.0.1 SIP/2.0", line)),
            (status, true),
            "{line}"
        );
    }
    assert_eq!(refused("hello"), (400, false));
    assert_eq!(refused("\r\n\r\n"), (400, false));
    assert_eq!(refused(""), (400, false));
    assert_eq!(refused("\0\0\0\0"), (400, false));
}

#[test]
fn a_second_single_header_is_refused_in_any_spelling() {
    for again in [
        "Call-ID: x",
        "i : x",
        "FROM: <sip:x@y>;tag=2",
        "t: <sip:x@y>",
        "CSeq: 7 INVITE",
        "max-forwards: 70",
        "Content-Length: 4",
        "L\t: 0",
    ] {
        assert_eq!(
            refused(&INVITE.replace("X-Town : Galmaarden", again)),
            (400, true),
            "{again}"
        );
    }
}

#[test]
fn what_an_answer_needs_must_be_there() {
    assert_eq!(refused(&INVITE.replace("i: abc", "X-I: abc")), (400, false));
    assert_eq!(refused(&INVITE.replace("f: ", "X-F: ")), (400, false));
    assert_eq!(
        refused(&INVITE.replace("CSeq: 7 INVITE", "CSeq: 4294967296 INVITE")),
        (400, true)
    );
    assert_eq!(
        refused(&INVITE.replace("CSeq: 7 INVITE", "CSeq: 7 OPTIONS")),
        (400, true)
    );
    assert_eq!(
        refused(&INVITE.replace("CSeq: 7 INVITE", "CSeq: 7 ACK")),
        (400, false)
    );
    assert_eq!(
        refused(&INVITE.replace("INVITE sip", "NEWMETHOD sip")),
        (501, true)
    );
    assert_eq!(
        refused(&INVITE.replace("INVITE", "ACK").replace("l: 4", "l: 99")),
        (400, false)
    );
    assert_eq!(
        refused(&INVITE.replace("branch=z9hG4bKa", "branch=z9hG4bK")),
        (400, true)
    );
    assert_eq!(refused(&INVITE.replace("rport", "rport;;")), (400, true));
    assert_eq!(
        refused(&INVITE.replace("b.example", "b.example;=")),
        (400, true)
    );
    assert_eq!(
        refused(&INVITE.replace("Max-Forwards: 70", "Max-Forwards: 300")),
        (400, true)
    );
}

#[test]
fn lengths() {
    for length in ["9999", "-999", "", "1e3", "4 4", "99999999999999999999"] {
        assert_eq!(
            refused(&INVITE.replace("l: 4", &format!("l: {length}"))),
            (400, true),
            "{length}"
        );
    }
    assert_eq!(parse(&INVITE.replace("l: 4", "l: 0")).unwrap().body(), b"");
    assert_eq!(
        parse(&INVITE.replace("l: 4\r\n", "")).unwrap().body(),
        b"bodyNOISE"
    );
    let cut = INVITE.split("\r\n\r\n").next().unwrap();
    assert_eq!(refused(cut), (400, true));
}

#[test]
fn limits() {
    let many = |count: usize| INVITE.replace("X-Town : Galmaarden\r\n", &"a: b\r\n".repeat(count));
    assert!(parse(&many(246)).is_ok());
    assert_eq!(refused(&many(247)), (400, true));
    let long = |length: usize| INVITE.replace("Galmaarden", &"x".repeat(length));
    assert!(parse(&long(8192 - "X-Town : ".len())).is_ok());
    assert_eq!(refused(&long(8193 - "X-Town : ".len())), (400, true));
    let folded = "x\r\n ".repeat(2100);
    assert_eq!(refused(&INVITE.replace("Galmaarden", &folded)), (400, true));
    assert_eq!(
        refused(&INVITE.replace(
            "INVITE sip:0543",
            &format!("INVITE sip:{}", "0".repeat(8200))
        )),
        (414, true)
    );
    assert_eq!(
        refused(&format!("{INVITE}{}", "x".repeat(65536))),
        (513, false)
    );
    assert_eq!(refused(&"a: b\r\n".repeat(10000)), (400, false));
}

#[test]
fn control_characters_and_torn_line_ends() {
    for bad in [
        "Galm\0aarden",
        "Galm\x07aarden",
        "Galm\x7faarden",
        "Galm\raarden",
        "Galm\naarden",
        "Galm\\\\\0aarden",
        "a\r\r\n b",
        "a\n b",
    ] {
        assert_eq!(
            refused(&INVITE.replace("Galmaarden", bad)),
            (400, true),
            "{bad:?}"
        );
    }
    for good in [
        "Galm\\\0aarden",
        "Galm\taarden",
        "",
        "\r\n  folded\r\n\tagain",
        ";;,,;;,;",
    ] {
        assert!(
            parse(&INVITE.replace("Galmaarden", good)).is_ok(),
            "{good:?}"
        );
    }
    assert_eq!(refused(&INVITE.replace("\r\n", "\n")), (400, true));
}

#[test]
fn header_lines_that_smuggle() {
    for bad in [
        "Galmaarden",
        ": x",
        " : x",
        "X Town: x",
        "X\u{e9}: x",
        "X-Town\x0b: x",
        "\"X\": x",
        "X\0: y",
    ] {
        let text = INVITE.replace(
            "Max-Forwards: 70",
            &format!("Max-Forwards: 70\r\n{bad}").replace("\r\n :", "\r\n:"),
        );
        assert_eq!(refused(&text), (400, true), "{bad:?}");
    }
    // However it is spelled, a known name is known; the relay decides by the canonical name.
    for spelled in [
        "P-Asserted-Identity",
        "p-asserted-identity ",
        "P-ASSERTED-IDENTITY\t ",
        "P-Asserted-Identity\r\n ",
    ] {
        let text = INVITE.replace("X-Town ", spelled);
        let message = parse(&text).unwrap();
        assert!(
            message
                .headers()
                .any(|(name, _)| name == HeaderName::PAssertedIdentity),
            "{spelled:?}"
        );
    }
}

#[test]
fn elements_go_over_fields_and_respect_quotes() {
    let message =
        parse(&INVITE.replace("X-Town : Galmaarden", "Supported: a,,b\r\nk: \"x,y\"")).unwrap();
    assert_eq!(
        message.elements(&HeaderName::Supported).collect::<Vec<_>>(),
        [&b"a"[..], b"", b"b", b"\"x,y\""]
    );
    let message = parse(&INVITE.replace("<sip:p3;lr>", "<sip:p3;lr")).unwrap();
    assert_eq!(
        message.routes(),
        Err(HeaderError("address with an open angle bracket"))
    );
}
