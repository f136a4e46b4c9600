//! Our parser and printer against rsip 0.4, an independent SIP library, with a closed list of its defects.
//!
//! The list is exact: a difference that is not listed fails, and so does a listed one that is gone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod cases;
mod defects;
mod reading;

use std::collections::BTreeSet;

use bytes::Bytes;
use reading::{differing, ours, theirs};
use sip::{HeaderName, Message, Method, StatusCode, Writer};

#[test]
fn only_the_known_defects_of_rsip_differ() {
    let mut found = BTreeSet::new();
    for (name, bytes) in cases::all() {
        for facet in differing(&ours(&bytes), &theirs(&bytes)) {
            found.insert((name.clone(), facet.to_owned()));
        }
    }
    let listed: BTreeSet<_> = defects::listed()
        .map(|(case, facet)| (case.to_owned(), facet.to_owned()))
        .collect();
    let new: Vec<_> = found.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(
        new.is_empty() && gone.is_empty(),
        "not listed: {new:#?}\nlisted, but no longer different: {gone:#?}"
    );
}

#[test]
fn plain_messages_are_read_alike_and_rsip_prints_what_we_read() {
    for text in cases::alike(400) {
        let (a, b) = (ours(text.as_bytes()), theirs(text.as_bytes()));
        assert_eq!(
            differing(&a, &b),
            [""; 0],
            "{text}\nours {a:#?}\ntheirs {b:#?}"
        );
        let printed = rsip::SipMessage::try_from(text.as_bytes())
            .unwrap()
            .to_string();
        let again = ours(printed.as_bytes());
        assert_eq!(differing(&a, &again), [""; 0], "{printed}");
    }
}

#[test]
fn rsip_reads_what_we_print() {
    for text in cases::alike(200) {
        let request = Message::parse(Bytes::from(text)).unwrap();
        let mut writer = Writer::request(&Method::Invite, request.request_uri());
        for (name, value) in request.headers() {
            writer = writer.raw(name.as_str(), value);
        }
        let printed = writer.body("", request.body());
        let (a, b) = (ours(request.bytes()), theirs(&printed));
        assert_eq!(
            differing(&a, &b),
            [""; 0],
            "{}",
            String::from_utf8_lossy(&printed)
        );

        let source = "192.0.2.9:4040".parse().unwrap();
        let ringing = Writer::response(&request, source, StatusCode::RINGING, None, Some("tag-9"))
            .header(HeaderName::Contact, "<sip:us@h>")
            .finish();
        let (a, b) = (ours(&ringing), theirs(&ringing));
        assert_eq!(
            differing(&a, &b),
            [""; 0],
            "{}",
            String::from_utf8_lossy(&ringing)
        );
        assert!(
            a["via"].ends_with("| 192.0.2.9")
                && a["to"].contains("tag-9") | (request.to_tag() == Some("z"))
        );
    }
}
