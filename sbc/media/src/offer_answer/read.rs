//! What a peer's description means for us (RFC 3264 sections 6 to 8).

use super::{LocalMedia, Negotiated, Refusal, Rtcp, TELEPHONE_EVENT_PT, is_private};
use crate::Codec;
use crate::codec::FRAME_MS;
use crate::sdp::{Address, Direction, Media, SessionDescription};
use smallvec::SmallVec;
use std::net::{IpAddr, SocketAddr};

/// Whose description is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The peer offers, we answer: its payload types hold both ways.
    Answerer,
    /// The peer answers: its payload types hold for what we send, ours for what we receive.
    Offerer,
}

/// The first audio stream that works, with its place among the m= lines.
pub(super) fn negotiate(
    peer: &SessionDescription,
    local: &LocalMedia,
    role: Role,
) -> Result<(usize, Negotiated), Refusal> {
    let mut refusal = Refusal::NoAudio;
    for (index, media) in peer.media.iter().enumerate() {
        match stream(peer, media, local, role) {
            Ok(negotiated) => return Ok((index, negotiated)),
            // The first reason that is about a real audio stream is the one worth telling.
            Err(reason) if refusal == Refusal::NoAudio => refusal = reason,
            Err(_) => {}
        }
    }
    Err(refusal)
}

fn stream(
    peer: &SessionDescription,
    media: &Media,
    local: &LocalMedia,
    role: Role,
) -> Result<Negotiated, Refusal> {
    if !media.kind.eq_ignore_ascii_case("audio") || media.port == 0 {
        return Err(Refusal::NoAudio);
    }
    if !["RTP/AVP", "RTP/AVPF"]
        .iter()
        .any(|p| media.protocol.eq_ignore_ascii_case(p))
    {
        return Err(Refusal::Profile);
    }
    let agreed = common(media, local, role);
    let (send_pt, codec) = agreed.first().copied().ok_or(Refusal::NoCommonCodec)?;
    let ip = media_address(peer, media, local)?;
    let remote = SocketAddr::new(ip, media.port);
    // RFC 2543 hold: an unspecified address listens to nothing (RFC 3264 section 8.4).
    let said = peer.direction_of(media);
    let theirs = if ip.is_unspecified() {
        said.and(Direction::SendOnly)
    } else {
        said
    };
    let telephone_event = telephone_event(media).filter(|_| local.telephone_event);
    Ok(Negotiated {
        remote,
        rtcp: rtcp(media, remote),
        codec,
        send_pt,
        receive: receive(agreed, local, role),
        telephone_event,
        telephone_event_receive: telephone_event_receive(telephone_event, role),
        direction: theirs.reversed().and(local.direction),
        ptime: ptime(media),
        held_by_peer: !theirs.receives() && (role == Role::Answerer || local.direction.sends()),
        private_address: is_private(ip),
    })
}

/// Codecs of both sides with the peer's payload types, best first: ours decides when we answer, the peer's order when it did.
fn common(media: &Media, local: &LocalMedia, role: Role) -> SmallVec<[(u8, Codec); 4]> {
    let theirs = media
        .payload_types()
        .filter_map(|pt| codec_of(media, pt).map(|codec| (pt, codec)));
    let mut list: SmallVec<[(u8, Codec); 4]> = theirs
        .filter(|(_, codec)| local.codecs.contains(codec))
        .collect();
    if role == Role::Answerer {
        list.sort_by_key(|(_, codec)| local.codecs.iter().position(|c| c == codec));
    }
    list
}

/// The codec of a payload type: by its rtpmap, else by RFC 3551's table.
fn codec_of(media: &Media, pt: u8) -> Option<Codec> {
    match media.rtpmap(pt) {
        Some(map) if map.channels == 1 => Codec::from_name(map.name, map.clock_rate),
        Some(_) => None,
        None => Codec::from_static_pt(pt),
    }
}

/// The payload type of telephone-event at our codecs' clock; the same event at 16000 or 48000 Hz goes with other codecs (RFC 4733 section 2.3).
pub(super) fn telephone_event(media: &Media) -> Option<u8> {
    media.payload_types().find(|pt| {
        media.rtpmap(*pt).is_some_and(|map| {
            map.name.eq_ignore_ascii_case("telephone-event") && map.clock_rate == 8000
        })
    })
}

fn telephone_event_receive(agreed: Option<u8>, role: Role) -> SmallVec<[u8; 2]> {
    let mut list = SmallVec::new();
    if let Some(theirs) = agreed {
        if role == Role::Offerer && theirs != TELEPHONE_EVENT_PT {
            list.push(TELEPHONE_EVENT_PT);
        }
        list.push(theirs);
    }
    list
}

/// What may arrive. When we offered, our numbers hold; the answer's are understood too, for peers that send with their own.
fn receive(
    agreed: SmallVec<[(u8, Codec); 4]>,
    local: &LocalMedia,
    role: Role,
) -> SmallVec<[(u8, Codec); 4]> {
    let mut list: SmallVec<[(u8, Codec); 4]> = SmallVec::new();
    let ours = local.codecs.iter().map(|codec| (codec.static_pt(), *codec));
    let mut add = |entry: (u8, Codec)| {
        if !list.iter().any(|(pt, _)| *pt == entry.0) {
            list.push(entry);
        }
    };
    match role {
        Role::Answerer => agreed.into_iter().for_each(&mut add),
        Role::Offerer => ours.chain(agreed).for_each(&mut add),
    }
    list
}

fn media_address(
    peer: &SessionDescription,
    media: &Media,
    local: &LocalMedia,
) -> Result<IpAddr, Refusal> {
    let Some(Address::Ip(ip)) = peer.address_of(media) else {
        return Err(Refusal::Address);
    };
    let ip = ip.to_canonical();
    if ip.is_multicast() {
        return Err(Refusal::Address);
    }
    if ip.is_ipv4() != local.address.is_ipv4() && !ip.is_unspecified() {
        return Err(Refusal::AddressFamily);
    }
    Ok(ip)
}

fn rtcp(media: &Media, remote: SocketAddr) -> Rtcp {
    if media.rtcp_mux() {
        return Rtcp::Mux;
    }
    let next = remote.port().saturating_add(1);
    match media.rtcp() {
        // An address of another family than the media's could not be reached from the socket.
        Some((port, ip)) if port != 0 => {
            let ip = ip
                .filter(|ip| ip.is_ipv4() == remote.is_ipv4())
                .unwrap_or(remote.ip());
            Rtcp::Port(SocketAddr::new(ip, port))
        }
        _ => Rtcp::Port(SocketAddr::new(remote.ip(), next)),
    }
}

fn ptime(media: &Media) -> u16 {
    let longest = media.maxptime().unwrap_or(u16::MAX);
    media
        .ptime()
        .unwrap_or(FRAME_MS)
        .min(longest)
        .clamp(10, 200)
}
