//! The descriptions we write (RFC 3264 sections 5, 6 and 8).

use super::read::telephone_event;
use super::{LocalMedia, Negotiated, Rtcp, TELEPHONE_EVENT_PT};
use crate::Codec;
use crate::sdp::{Address, Attribute, Direction, Media, Origin, SessionDescription};

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
    let stream = audio(local, &shape);
    let mut media: Vec<Media> = sent.iter().map(refused).collect();
    match media.get_mut(ours) {
        Some(slot) => *slot = stream,
        None => media.push(stream),
    }
    print(local, media)
}

/// The answer that says what was negotiated, with every other m= line of the offer refused.
pub(super) fn answer(
    offer: &SessionDescription,
    index: usize,
    local: &LocalMedia,
    negotiated: &Negotiated,
) -> Vec<u8> {
    let media = offer.media.iter().enumerate().map(|(place, theirs)| {
        if place != index {
            return refused(theirs);
        }
        let shape = Shape {
            formats: &[(negotiated.send_pt, negotiated.codec)],
            events: negotiated.telephone_event,
            direction: negotiated.direction,
            protocol: &theirs.protocol,
            mux: negotiated.rtcp == Rtcp::Mux,
        };
        audio(local, &shape)
    });
    print(local, media.collect())
}

/// What differs between an offered and an answered stream.
struct Shape<'a> {
    formats: &'a [(u8, Codec)],
    events: Option<u8>,
    direction: Direction,
    protocol: &'a str,
    mux: bool,
}

fn print(local: &LocalMedia, media: Vec<Media>) -> Vec<u8> {
    let address = Address::Ip(local.address);
    let origin = Origin {
        username: "-".into(),
        session_id: local.session_id.to_string(),
        version: local.version.to_string(),
        address: address.clone(),
    };
    let session = SessionDescription {
        origin,
        name: "-".into(),
        connection: Some(address),
        attributes: Vec::new(),
        media,
    };
    session.to_string().into_bytes()
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

fn audio(local: &LocalMedia, shape: &Shape<'_>) -> Media {
    let mut media = Media {
        kind: "audio".into(),
        port: local.port,
        protocol: shape.protocol.into(),
        ..Default::default()
    };
    for (pt, codec) in shape.formats {
        media.formats.push(pt.to_string());
        let map = format!("{pt} {}/{}", codec.name(), codec.clock_rate());
        media.attributes.push(Attribute::new("rtpmap", map));
    }
    if let Some(pt) = shape.events {
        media.formats.push(pt.to_string());
        media.attributes.push(Attribute::new(
            "rtpmap",
            format!("{pt} telephone-event/8000"),
        ));
        media
            .attributes
            .push(Attribute::new("fmtp", format!("{pt} 0-15")));
    }
    media.attributes.push(Attribute::new("ptime", local.ptime));
    if let Some(port) = local
        .rtcp_port
        .filter(|port| Some(*port) != local.port.checked_add(1))
    {
        media.attributes.push(Attribute::new("rtcp", port));
    }
    if shape.mux {
        media.attributes.push(Attribute::flag("rtcp-mux"));
    }
    media
        .attributes
        .push(Attribute::flag(shape.direction.name()));
    media
}

/// The same stream with port 0: present, and refused.
fn refused(theirs: &Media) -> Media {
    let formats = match &theirs.formats[..] {
        // The grammar wants one format even here.
        [] => vec!["0".into()],
        [first, ..] => vec![first.clone()],
    };
    Media {
        kind: theirs.kind.clone(),
        protocol: theirs.protocol.clone(),
        formats,
        ..Default::default()
    }
}
