//! The descriptions we write (RFC 3264 sections 5, 6 and 8).

use super::read::telephone_event;
use super::{LocalMedia, Negotiated, Rtcp, TELEPHONE_EVENT_PT};
use crate::Codec;
use crate::sdp::{Direction, Lines, Media, SessionDescription};

/// An offer; after `sent`, with its m= lines in their places.
pub(super) fn offer(local: &LocalMedia, sent: Option<&SessionDescription>) -> Vec<u8> {
    let sent = sent.map_or(&[][..], |s| &s.media[..]);
    let ours = sent.iter().position(|m| m.port != 0).unwrap_or(0);
    let before = sent.get(ours).filter(|m| m.kind == "audio");
    let formats: Vec<(u8, Codec)> = local
        .codecs
        .iter()
        .map(|c| (payload_type(before, *c), *c))
        .collect();
    let events = local.telephone_event.then(|| {
        before
            .and_then(telephone_event)
            .unwrap_or(TELEPHONE_EVENT_PT)
    });
    let shape = Shape {
        formats: &formats,
        events,
        direction: local.direction,
        protocol: "RTP/AVP",
        mux: true,
    };
    let mut lines = session(local);
    for (place, theirs) in sent.iter().enumerate() {
        if place == ours {
            audio(&mut lines, local, &shape);
        } else {
            refused(&mut lines, theirs);
        }
    }
    if ours >= sent.len() {
        audio(&mut lines, local, &shape);
    }
    lines.finish()
}

/// The answer that says what was negotiated, with every other m= line of the offer refused.
pub(super) fn answer(
    offer: &SessionDescription,
    index: usize,
    local: &LocalMedia,
    negotiated: &Negotiated,
) -> Vec<u8> {
    let mut lines = session(local);
    for (place, theirs) in offer.media.iter().enumerate() {
        if place != index {
            refused(&mut lines, theirs);
            continue;
        }
        let shape = Shape {
            formats: &[(negotiated.send_pt, negotiated.codec)],
            events: negotiated.telephone_event,
            direction: negotiated.direction,
            protocol: &theirs.protocol,
            mux: negotiated.rtcp == Rtcp::Mux,
        };
        audio(&mut lines, local, &shape);
    }
    lines.finish()
}

/// What differs between an offered and an answered stream.
struct Shape<'a> {
    formats: &'a [(u8, Codec)],
    events: Option<u8>,
    direction: Direction,
    protocol: &'a str,
    mux: bool,
}

/// What stands before the first stream.
fn session(local: &LocalMedia) -> Lines {
    let mut lines = Lines::new();
    lines.text("v=0\r\no=- ").number(local.session_id);
    lines.text(" ").number(local.version);
    lines.text(" ").address(local.address).end();
    lines.text("s=-\r\nc=").address(local.address).end();
    lines.text("t=0 0\r\n");
    lines
}

/// The number a codec had in the last description, or its own.
fn payload_type(before: Option<&Media>, codec: Codec) -> u8 {
    let named = |media: &Media| {
        media.payload_types().find(|pt| {
            media
                .rtpmap(*pt)
                .is_some_and(|map| Codec::from_name(map.name, map.clock_rate) == Some(codec))
        })
    };
    before.and_then(named).unwrap_or(codec.static_pt())
}

fn audio(lines: &mut Lines, local: &LocalMedia, shape: &Shape<'_>) {
    lines.text("m=audio ").number(local.port.into());
    lines.text(" ").text(shape.protocol);
    let formats = shape.formats.iter().map(|(pt, _)| *pt);
    for pt in formats.chain(shape.events) {
        lines.text(" ").number(pt.into());
    }
    lines.end();
    for (pt, codec) in shape.formats {
        lines.text("a=rtpmap:").number((*pt).into());
        lines.text(" ").text(codec.name());
        lines.text("/").number(codec.clock_rate().into()).end();
    }
    if let Some(pt) = shape.events {
        lines.text("a=rtpmap:").number(pt.into());
        lines.text(" telephone-event/8000\r\na=fmtp:");
        lines.number(pt.into()).text(" 0-15\r\n");
    }
    lines.text("a=ptime:").number(local.ptime.into()).end();
    if let Some(port) = local
        .rtcp_port
        .filter(|port| Some(*port) != local.port.checked_add(1))
    {
        lines.text("a=rtcp:").number(port.into()).end();
    }
    if shape.mux {
        lines.text("a=rtcp-mux\r\n");
    }
    lines.text("a=").text(shape.direction.name()).end();
}

/// The same stream with port 0: present, and refused.
fn refused(lines: &mut Lines, theirs: &Media) {
    // The grammar wants one format even here.
    let format = theirs.formats.first().map_or("0", AsRef::as_ref);
    lines.text("m=").text(&theirs.kind).text(" 0 ");
    lines.text(&theirs.protocol).text(" ").text(format).end();
}
