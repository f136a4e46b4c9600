//! Dialogs by the sections of RFC 3261: identity, order, routes, targets.

use bytes::Bytes;

use super::*;
use crate::Method;
use crate::message::Message;
use crate::writer::Writer;

fn parse(text: &str) -> Message {
    Message::parse(Bytes::from(text.replace('\n', "\r\n"))).unwrap()
}

/// An INVITE to us, through the proxies given, outermost first.
fn invite(headers: &str) -> Message {
    parse(&format!(
        "INVITE sip:2101@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP a.example;branch=z9hG4bK1\nMax-Forwards: 70\n\
         From: \"Jan \\\"J\\\"\" <sip:jan@a.example>;tag=theirs\nTo: <sip:2101@192.0.2.1>\nCall-ID: c@a.example\n\
         CSeq: 50 INVITE\n{headers}Content-Length: 0\n\n"
    ))
}

fn within(method: &str, seq: u32, headers: &str) -> Message {
    parse(&format!(
        "{method} sip:us@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP a.example;branch=z9hG4bK{seq}\nMax-Forwards: 70\n\
         From: <sip:jan@a.example>;tag=theirs\nTo: <sip:2101@192.0.2.1>;tag=ours\nCall-ID: c@a.example\n\
         CSeq: {seq} {method}\n{headers}Content-Length: 0\n\n"
    ))
}

fn response(status: u16, tag: &str, headers: &str) -> Message {
    let tag = if tag.is_empty() {
        String::new()
    } else {
        format!(";tag={tag}")
    };
    parse(&format!(
        "SIP/2.0 {status} X\nVia: SIP/2.0/UDP a.example;branch=z9hG4bK1\nFrom: \"Jan \\\"J\\\"\" <sip:jan@a.example>;tag=theirs\n\
         To: <sip:2101@192.0.2.1>{tag}\nCall-ID: c@a.example\nCSeq: 50 INVITE\n{headers}Content-Length: 0\n\n"
    ))
}

const CONTACT: &str = "Contact: <sip:jan@10.0.0.9:5062;ob?x=y>\n";

fn uas() -> Dialog {
    Dialog::uas(&invite(CONTACT), "ours".into()).unwrap()
}

/// The header lines of a request the dialog wrote.
fn lines(writer: Writer) -> Vec<String> {
    let text = String::from_utf8(writer.finish().to_vec()).unwrap();
    text.split("\r\n")
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_request_to_the_caller_mirrors_the_invite() {
    let mut dialog = uas();
    assert_eq!((dialog.role(), dialog.phase()), (Role::Uas, Phase::Early));
    dialog.confirm();
    assert_eq!(dialog.phase(), Phase::Confirmed);
    assert_eq!(dialog.next_hop(), "sip:jan@10.0.0.9:5062;ob?x=y");
    let bye = dialog.next_request(&Method::Bye, "SIP/2.0/UDP us;branch=z9hG4bKb");
    assert_eq!(
        lines(bye),
        [
            "BYE sip:jan@10.0.0.9:5062;ob SIP/2.0",
            "Via: SIP/2.0/UDP us;branch=z9hG4bKb",
            "Max-Forwards: 70",
            "From: <sip:2101@192.0.2.1>;tag=ours",
            "To: \"Jan \\\"J\\\"\" <sip:jan@a.example>;tag=theirs",
            "Call-ID: c@a.example",
            "CSeq: 1 BYE",
            "Content-Length: 0",
        ]
    );
    assert!(lines(dialog.next_request(&Method::Info, "v")).contains(&"CSeq: 2 INFO".to_owned()));
}

#[test]
fn identity_is_call_id_and_both_tags_from_either_side() {
    let id = DialogId::of(&within("BYE", 51, "")).unwrap();
    assert_eq!(&id, uas().id());
    assert_eq!((id.local.as_str(), id.remote.as_str()), ("ours", "theirs"));
    assert_eq!(DialogId::of(&invite(CONTACT)), None);
    let id = DialogId::of(&response(200, "callee", CONTACT)).unwrap();
    assert_eq!(
        (id.local.as_str(), id.remote.as_str()),
        ("theirs", "callee")
    );
    let ours = Dialog::uac(&invite(CONTACT), &response(200, "callee", CONTACT)).unwrap();
    assert_eq!(ours.id(), &id);
}

#[test]
fn an_invite_needs_exactly_one_contact() {
    for bad in [
        "",
        "Contact: *\n",
        // A host that is neither a name nor an address: a request to it would be refused.
        "Contact: <sip:a@127.0.0.2127.0.0.2>\n",
        "Contact: <sip:a@b>, <sip:c@d>\n",
        "Contact: <sip:a@b>\nContact: <sip:c@d>\n",
    ] {
        assert_eq!(
            Dialog::uas(&invite(bad), "ours".into()),
            Err(DialogError::BadContact),
            "{bad}"
        );
    }
}

#[test]
fn the_order_of_requests_is_kept() {
    let mut dialog = uas();
    assert_eq!(dialog.receive(&within("ACK", 50, "")), Ok(()));
    assert_eq!(
        dialog.receive(&within("INFO", 50, "")),
        Err(OutOfOrder { got: 50, last: 50 })
    );
    assert_eq!(
        dialog.receive(&within("INFO", 49, "")),
        Err(OutOfOrder { got: 49, last: 50 })
    );
    assert_eq!(
        dialog.receive(&within("INVITE", 53, CONTACT)),
        Ok(()),
        "gaps are allowed"
    );
    assert_eq!(dialog.receive(&within("CANCEL", 53, "")), Ok(()));
    assert_eq!(
        dialog.receive(&within("UPDATE", 52, "")),
        Err(OutOfOrder { got: 52, last: 53 })
    );
    let mut ours = Dialog::uac(&invite(CONTACT), &response(200, "callee", CONTACT)).unwrap();
    assert_eq!(
        ours.receive(&within("INFO", 0, "")),
        Ok(()),
        "the peer's first number is its own"
    );
}

#[test]
fn one_invite_makes_a_dialog_for_each_to_tag() {
    let sent = invite(CONTACT);
    assert_eq!(
        Dialog::uac(&sent, &response(100, "", "")),
        Err(DialogError::NoTag)
    );
    assert_eq!(
        Dialog::uac(&sent, &response(100, "x", "")),
        Err(DialogError::NoTag)
    );
    assert_eq!(
        Dialog::uac(&sent, &response(180, "", "")),
        Err(DialogError::NoTag)
    );
    let a = Dialog::uac(&sent, &response(180, "a", "Contact: <sip:a@10.0.0.1>\n")).unwrap();
    let b = Dialog::uac(&sent, &response(183, "b", "Contact: <sip:b@10.0.0.2>\n")).unwrap();
    assert_ne!(a.id(), b.id());
    assert_eq!(
        (a.role(), a.phase(), a.target()),
        (Role::Uac, Phase::Early, "sip:a@10.0.0.1")
    );
    let bare = Dialog::uac(&sent, &response(183, "c", "")).unwrap();
    assert_eq!(bare.target(), "sip:2101@192.0.2.1", "no Contact yet");
    let old = Dialog::uac(&sent, &response(200, "", CONTACT)).unwrap();
    assert_eq!(old.id().remote.as_str(), "", "an RFC 2543 peer");
    let mut old = old;
    assert!(
        lines(old.next_request(&Method::Bye, "v")).contains(&"To: <sip:2101@192.0.2.1>".to_owned())
    );
}

#[test]
fn the_2xx_fixes_the_route_set_anew() {
    let sent = invite(CONTACT);
    let early = "Record-Route: <sip:p9.example;lr>\nContact: <sip:a@10.0.0.1>\n";
    let mut dialog = Dialog::uac(&sent, &response(180, "a", early)).unwrap();
    assert_eq!(dialog.next_hop(), "sip:p9.example;lr");
    let done = "Record-Route: <sip:p2.example;lr>, \"P\" <sip:p1.example;lr;x=1>\nContact: <sip:a@10.0.0.2>\n";
    dialog.answered(&response(200, "a", done)).unwrap();
    assert_eq!(
        (dialog.phase(), dialog.target()),
        (Phase::Confirmed, "sip:a@10.0.0.2")
    );
    assert_eq!(
        dialog.next_hop(),
        "sip:p1.example;lr;x=1",
        "reversed for the caller"
    );
    let ack = lines(dialog.ack(50, "SIP/2.0/UDP us;branch=z9hG4bKa"));
    assert_eq!(
        ack[..5],
        [
            "ACK sip:a@10.0.0.2 SIP/2.0",
            "Via: SIP/2.0/UDP us;branch=z9hG4bKa",
            "Max-Forwards: 70",
            "Route: \"P\" <sip:p1.example;lr;x=1>",
            "Route: <sip:p2.example;lr>",
        ]
    );
    assert!(ack.contains(&"CSeq: 50 ACK".to_owned()));
    let moved = "Record-Route: <sip:evil.example;lr>\nContact: <sip:a@10.0.0.3>\n";
    dialog.answered(&response(200, "a", moved)).unwrap();
    assert_eq!(dialog.target(), "sip:a@10.0.0.3");
    assert_eq!(
        dialog.next_hop(),
        "sip:p1.example;lr;x=1",
        "a re-INVITE never changes the route set"
    );
    assert_eq!(dialog.local_seq(), 50);
    assert!(lines(dialog.next_request(&Method::Bye, "v")).contains(&"CSeq: 51 BYE".to_owned()));
}

#[test]
fn the_callees_route_set_keeps_the_order() {
    let headers =
        format!("Record-Route: <sip:p2.example;lr>\nRecord-Route: <sip:p1.example;lr>\n{CONTACT}");
    let mut dialog = Dialog::uas(&invite(&headers), "ours".into()).unwrap();
    let lines = lines(dialog.next_request(&Method::Bye, "v"));
    assert_eq!(
        lines[3..5],
        ["Route: <sip:p2.example;lr>", "Route: <sip:p1.example;lr>"]
    );
}

#[test]
fn a_strict_router_takes_the_request_uri() {
    let headers = format!(
        "Record-Route: <sip:lr@strict.example;transport=tcp?a=lr>, <sip:p1.example;lr=on>\n{CONTACT}"
    );
    let mut dialog = Dialog::uas(&invite(&headers), "ours".into()).unwrap();
    assert_eq!(
        dialog.next_hop(),
        "sip:lr@strict.example;transport=tcp?a=lr"
    );
    let lines = lines(dialog.next_request(&Method::Bye, "v"));
    assert_eq!(lines[0], "BYE sip:lr@strict.example;transport=tcp SIP/2.0");
    assert_eq!(
        lines[3..5],
        [
            "Route: <sip:p1.example;lr=on>",
            "Route: <sip:jan@10.0.0.9:5062;ob?x=y>"
        ]
    );
}

#[test]
fn a_route_set_has_a_limit() {
    let routes = |n: usize| {
        format!(
            "{}{CONTACT}",
            "Record-Route: <sip:p.example;lr>\n".repeat(n)
        )
    };
    assert!(Dialog::uas(&invite(&routes(32)), "ours".into()).is_ok());
    assert_eq!(
        Dialog::uas(&invite(&routes(33)), "ours".into()),
        Err(DialogError::BadRoute)
    );
    let mut early = Dialog::uac(&invite(CONTACT), &response(180, "a", "")).unwrap();
    assert_eq!(
        early.answered(&response(200, "a", &routes(33))),
        Err(DialogError::BadRoute)
    );
}

#[test]
fn only_what_is_accepted_moves_the_target() {
    let mut dialog = uas();
    dialog.confirm();
    let moved = "Contact: <sip:jan@10.0.0.77>\n";
    dialog.receive(&within("INVITE", 51, moved)).unwrap();
    assert_eq!(dialog.target(), "sip:jan@10.0.0.9:5062;ob?x=y");
    dialog.refresh_target(&within("INVITE", 51, moved));
    assert_eq!(dialog.target(), "sip:jan@10.0.0.77");
    dialog.refresh_target(&within("UPDATE", 52, ""));
    assert_eq!(dialog.target(), "sip:jan@10.0.0.77");
    for status in [183, 488] {
        dialog
            .answered(&response(status, "a", "Contact: <sip:no@10.0.0.1>\n"))
            .unwrap();
    }
    assert_eq!(
        dialog.target(),
        "sip:jan@10.0.0.77",
        "a refused re-INVITE changes nothing"
    );
}
