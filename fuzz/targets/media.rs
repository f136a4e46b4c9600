//! What must hold for any bytes the readers of `media` are given. Used by libFuzzer and by the seeded mutation on stable Rust.
#![allow(
    unreachable_pub,
    reason = "included as a private module by its two users"
)]

use media::codec::{Codec, Transcoder};
use media::dtmf::rfc4733::{Receiver, TelephoneEvent};
use media::dtmf::{Once, info};
use media::offer_answer::{
    LocalBrowser, LocalMedia, accept, answer, answer_browser, offer, reoffer, revise,
};
use media::sdp::{Direction, MAX_BYTES, SessionDescription};
use media::webrtc::{Credentials, Identity};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A description: what is read prints as what is read again, in clean lines.
pub fn sdp(data: &[u8]) {
    let Ok(session) = SessionDescription::parse(data) else {
        return;
    };
    let printed = session.to_string();
    assert!(
        printed
            .split("\r\n")
            .all(|line| !line.contains(['\r', '\n', '\0']))
    );
    for media in &session.media {
        let _ = (
            media.rtcp(),
            media.rtcp_mux(),
            media.ptime(),
            media.maxptime(),
            session.address_of(media),
        );
        let _ = session.direction_of(media);
        for pt in media.payload_types() {
            let _ = (media.rtpmap(pt), media.fmtp(pt));
        }
    }
    // Bytes that are no UTF-8 print longer than they were.
    if printed.len() <= MAX_BYTES {
        assert_eq!(
            SessionDescription::parse(printed.as_bytes()),
            Ok(session),
            "{printed}"
        );
    }
}

/// An offer and an answer from outside: what we write is clean, keeps the count of streams, and opens exactly one.
pub fn sdp_answer(data: &[u8]) {
    let Ok(session) = SessionDescription::parse(data) else {
        return;
    };
    for address in ["192.0.2.1", "2001:db8::1"] {
        let local = local(address);
        if let Ok((sdp, agreed)) = answer(&session, &local) {
            let ours = SessionDescription::parse(&sdp).expect("our own answer");
            assert_eq!(ours.media.len(), session.media.len());
            assert_eq!(ours.media.iter().filter(|m| m.port != 0).count(), 1);
            assert!(
                agreed
                    .receive
                    .iter()
                    .any(|(pt, codec)| (*pt, *codec) == (agreed.send_pt, agreed.codec))
            );
            assert!(!agreed.remote.ip().is_unspecified() || !agreed.direction.sends());
            // The other side understands us, and our next offer keeps every place.
            assert!(
                accept(
                    &ours,
                    &LocalMedia {
                        session_id: 9,
                        ..local.clone()
                    }
                )
                .is_ok()
            );
            let again = SessionDescription::parse(&reoffer(&ours, &local)).expect("our own offer");
            assert_eq!(again.media.len(), ours.media.len());
            assert_eq!(revise(&sdp, sdp.clone()), sdp);
        }
        if let Ok(agreed) = accept(&session, &local) {
            assert!((10..=200).contains(&agreed.ptime));
        }
        let _ = revise(data, offer(&local));
    }
    browser(&session);
}

/// The same offer read as a browser's: what is answered keeps every place, and the plane is told no lies.
fn browser(session: &SessionDescription) {
    static LOCAL: OnceLock<LocalBrowser> = OnceLock::new();
    let local = LOCAL.get_or_init(|| LocalBrowser {
        session_id: 1,
        address: "192.0.2.1".parse().expect("a constant"),
        port: 20_000,
        ssrc: 7,
        credentials: Credentials {
            ufrag: "ours".into(),
            password: "twenty-two characters.".into(),
        },
        identity: Identity::generate().expect("the system has randomness"),
    });
    let Ok((sdp, agreed)) = answer_browser(session, local) else {
        return;
    };
    let ours = SessionDescription::parse(&sdp).expect("our own answer");
    assert_eq!(ours.media.len(), session.media.len());
    assert_eq!(ours.media.iter().filter(|m| m.port != 0).count(), 1);
    let stream = agreed.stream;
    assert!(stream.receive.contains(&(stream.send_pt, stream.codec)));
    assert_eq!(
        agreed.terms.wire.opus.is_some(),
        stream.codec == Codec::G722
    );
}

fn local(address: &str) -> LocalMedia {
    LocalMedia {
        session_id: 1,
        version: 1,
        address: address.parse().expect("a constant"),
        port: 20_000,
        rtcp_port: None,
        codecs: vec![Codec::G722, Codec::Pcma, Codec::Pcmu],
        telephone_event: true,
        direction: Direction::SendRecv,
        ptime: 20,
    }
}

/// An INFO request: the first line is the content type, the rest the body. A key read is a key printed.
pub fn dtmf_info(data: &[u8]) {
    let line = data
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(data.len());
    let (kind, body) = data.split_at(line);
    let body = body.get(1..).unwrap_or_default();
    let kind = String::from_utf8_lossy(kind);
    if let Some(key) = info::parse(&kind, body) {
        assert_eq!(
            info::parse(info::DTMF_RELAY, info::print_relay(key).as_bytes()),
            Some(key)
        );
        assert!((40..=5000).contains(&key.duration_ms));
    }
}

/// Telephone events in eight bytes each: milliseconds later, timestamp (three bytes), payload.
pub fn rfc4733(data: &[u8]) {
    let (mut receiver, mut once, mut now) = (Receiver::default(), Once::default(), Instant::now());
    for packet in data.chunks(8) {
        let &[ms, high, middle, low, ref payload @ ..] = packet else {
            break;
        };
        now += Duration::from_millis(u64::from(ms) * 8);
        let timestamp = u32::from_be_bytes([high, high, middle, low]);
        let digit = receiver.packet(now, timestamp, payload);
        assert_eq!(
            receiver.packet(now, timestamp, payload),
            None,
            "the same packet twice"
        );
        if let Some(digit) = digit {
            once.admit(now, digit, media::dtmf::DigitBy::Rfc4733);
        }
        if let Some(event) = TelephoneEvent::parse(payload) {
            assert_eq!(TelephoneEvent::parse(&event.to_bytes()), Some(event));
        }
    }
}

/// Payloads of any content through every pair of codecs: no value leaves its range.
pub fn codec(data: &[u8]) {
    let mut output = Vec::new();
    for (from, to) in Codec::ALL
        .into_iter()
        .flat_map(|from| Codec::ALL.map(|to| (from, to)))
    {
        let mut transcoder = Transcoder::new(from, to);
        for payload in data.chunks(160).take(8) {
            transcoder.transcode(payload, &mut output);
            assert!(output.len() == payload.len());
        }
    }
}
