//! A browser's offer and our answer to it (RFC 8829 section 5.3, RFC 8839, RFC 8842, RFC 9143): ICE-lite, DTLS-SRTP on one port.
//!
//! Unlike a phone's, this answer lists every codec in common: Opus first, which the browser then sends, and G.711 for one that
//! cannot. Opus never reaches the plane (`webrtc/wire.rs`), so no format a browser may switch to costs a surprise transcoder.

use super::{Refusal, Rtcp};
use crate::codec::{COMFORT_NOISE_PT, Codec};
use crate::plane::{SourcePolicy, Stream};
use crate::sdp::{Address, Attribute, Direction, Media, Origin, SessionDescription};
use crate::webrtc::{Credentials, Fingerprint, Identity, NOWHERE, Terms, Wire};
use smallvec::SmallVec;
use std::net::IpAddr;

/// Bits of a host candidate of ours: type preference 126, the one component (RFC 8445 section 5.1.2).
const PRIORITY: u32 = (126 << 24) | (65_535 << 8) | 255;
/// Longest ICE user fragment (RFC 8839 section 5.4).
const MAX_UFRAG: usize = 256;

/// Our side towards a browser.
#[derive(Debug, Clone)]
pub struct LocalBrowser {
    /// The o= session identifier.
    pub session_id: u64,
    /// The advertised address, which is our one candidate.
    pub address: IpAddr,
    /// The one port.
    pub port: u16,
    /// Our SSRC towards the browser.
    pub ssrc: u32,
    /// Our ICE credentials, new for each answer.
    pub credentials: Credentials,
    /// Our certificate.
    pub identity: Identity,
}

/// What was agreed: an order for the plane each.
#[derive(Debug, Clone, PartialEq)]
pub struct BrowserAgreement {
    /// For [`Attach`](crate::MediaCommand::Attach).
    pub terms: Terms,
    /// For [`Connect`](crate::MediaCommand::Connect).
    pub stream: Stream,
}

/// Answers a browser's offer.
///
/// # Errors
/// [`Refusal::Profile`] without a complete set of ICE, DTLS and multiplexing attributes, or when the browser insists on being the
/// DTLS server; [`Refusal::NoCommonCodec`] and [`Refusal::NoAudio`] as for phones.
pub fn answer_browser(
    offer: &SessionDescription,
    local: &LocalBrowser,
) -> Result<(Vec<u8>, BrowserAgreement), Refusal> {
    let (index, media) = offer
        .media
        .iter()
        .enumerate()
        .find(|(_, media)| media.kind.eq_ignore_ascii_case("audio") && media.port != 0)
        .ok_or(Refusal::NoAudio)?;
    let said = Said::of(offer, media).ok_or(Refusal::Profile)?;
    let formats = Formats::of(media);
    let codec = formats.codec().ok_or(Refusal::NoCommonCodec)?;
    let direction = offer.direction_of(media).reversed();
    let agreement = BrowserAgreement {
        terms: Terms {
            local: local.credentials.clone(),
            remote_ufrag: said.ufrag.into(),
            fingerprint: said.fingerprint,
            identity: local.identity.clone(),
            wire: formats.wire.clone(),
        },
        stream: stream(codec, &formats, direction),
    };
    let answered = offer.media.iter().enumerate().map(|(place, theirs)| {
        if place == index {
            audio(local, theirs, &formats, direction)
        } else {
            refused(theirs)
        }
    });
    let mut session = SessionDescription {
        origin: Origin {
            username: "-".into(),
            session_id: local.session_id.to_string().into(),
            version: "1".into(),
            address: Address::Ip(local.address),
        },
        name: "-".into(),
        media: answered.collect(),
        ..Default::default()
    };
    session.attributes.push(Attribute::flag("ice-lite"));
    if let Some(mid) = media.attribute("mid") {
        let group = format!("BUNDLE {mid}");
        session.attributes.push(Attribute::new("group", group));
    }
    Ok((session.to_string().into_bytes(), agreement))
}

/// What a browser must say.
struct Said<'a> {
    ufrag: &'a str,
    fingerprint: Fingerprint,
}

impl<'a> Said<'a> {
    fn of(session: &'a SessionDescription, media: &'a Media) -> Option<Said<'a>> {
        let protocol = &media.protocol;
        let secured = ["UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "RTP/SAVPF"];
        if !secured
            .iter()
            .any(|name| protocol.eq_ignore_ascii_case(name))
            || !media.rtcp_mux()
        {
            return None;
        }
        let mut every = media.attributes.iter().chain(&session.attributes);
        let value = |name: &str| {
            let mut all = media.attributes.iter().chain(&session.attributes);
            all.find(|attribute| attribute.is(name))?.value.as_deref()
        };
        // A browser that offers is ready for either role; one that insists on being the server is none we know.
        if !["actpass", "active"].contains(&value("setup")?.trim_ascii()) {
            return None;
        }
        value("ice-pwd")?;
        let ufrag = value("ice-ufrag")?;
        let valid =
            |c: u8| c.is_ascii_alphanumeric() || c == b'+' || c == b'/' || c == b'-' || c == b'_';
        if !(4..=MAX_UFRAG).contains(&ufrag.len()) || !ufrag.bytes().all(valid) {
            return None;
        }
        let fingerprint = every
            .by_ref()
            .filter(|attribute| attribute.is("fingerprint"))
            .find_map(|attribute| Fingerprint::parse(attribute.value.as_deref()?))?;
        Some(Said { ufrag, fingerprint })
    }
}

/// The payload types of an offer that we know.
struct Formats {
    wire: Wire,
    /// G.711 laws in the browser's order.
    plain: SmallVec<[Codec; 2]>,
}

impl Formats {
    fn of(media: &Media) -> Formats {
        let mut formats = Formats {
            wire: Wire::default(),
            plain: SmallVec::new(),
        };
        for pt in media.payload_types() {
            let Some(map) = media.rtpmap(pt) else {
                formats.static_codec(pt);
                continue;
            };
            let is =
                |name: &str, clock| map.name.eq_ignore_ascii_case(name) && map.clock_rate == clock;
            let wire = &mut formats.wire;
            if is("opus", 48_000) {
                wire.opus.get_or_insert(pt);
            } else if is("telephone-event", 48_000) {
                wire.events_48k.get_or_insert(pt);
            } else if is("telephone-event", 8000) {
                wire.events_8k.get_or_insert(pt);
            } else if Codec::from_static_pt(pt).is_some_and(|codec| is(codec.name(), 8000)) {
                formats.static_codec(pt);
            }
        }
        // Numbers that mean something else in the plane are nobody's Opus.
        let taken = |pt: &u8| Codec::from_static_pt(*pt).is_some() || *pt == COMFORT_NOISE_PT;
        let wire = &mut formats.wire;
        wire.opus = wire.opus.filter(|pt| !taken(pt));
        wire.events_48k = wire
            .events_48k
            .filter(|pt| !taken(pt) && wire.opus.is_some());
        wire.events_8k = wire.events_8k.filter(|pt| !taken(pt));
        formats
    }

    fn static_codec(&mut self, pt: u8) {
        if let Some(codec @ (Codec::Pcma | Codec::Pcmu)) = Codec::from_static_pt(pt)
            && !self.plain.contains(&codec)
        {
            self.plain.push(codec);
        }
    }

    /// What the plane speaks: G.722 for Opus, else the law.
    fn codec(&self) -> Option<Codec> {
        match self.wire.opus {
            Some(_) => Some(Codec::G722),
            None => self.plain.first().copied(),
        }
    }
}

fn stream(codec: Codec, formats: &Formats, ours: Direction) -> Stream {
    let plain = formats
        .plain
        .iter()
        .map(|codec| (codec.static_pt(), *codec));
    let opus = formats.wire.opus.map(|_| Codec::G722);
    let wide = opus.map(|codec| (codec.static_pt(), codec));
    let events = formats.wire.events_48k.or(formats.wire.events_8k);
    Stream {
        remote: NOWHERE,
        rtcp: Rtcp::Mux,
        source: SourcePolicy::Signalled,
        codec,
        send_pt: codec.static_pt(),
        receive: wide.into_iter().chain(plain).collect(),
        // A browser plays no key tones for events: it gets the tone.
        telephone_event: None,
        telephone_event_receive: events
            .map(|_| super::TELEPHONE_EVENT_PT)
            .into_iter()
            .collect(),
        send: ours.sends(),
        receive_audio: ours.receives(),
        inband_dtmf: false,
        ptime: crate::codec::FRAME_MS,
    }
}

fn audio(local: &LocalBrowser, theirs: &Media, formats: &Formats, direction: Direction) -> Media {
    let mut media = Media {
        kind: "audio".into(),
        port: local.port,
        protocol: theirs.protocol.clone(),
        connection: Some(Address::Ip(local.address)),
        ..Default::default()
    };
    let mut format = |pt: u8, map: &str, parameters: Option<&str>| {
        media.formats.push(pt.to_string().into());
        media
            .attributes
            .push(Attribute::new("rtpmap", format!("{pt} {map}")));
        if let Some(parameters) = parameters {
            media
                .attributes
                .push(Attribute::new("fmtp", format!("{pt} {parameters}")));
        }
    };
    if let Some(pt) = formats.wire.opus {
        format(
            pt,
            "opus/48000/2",
            Some("minptime=20;useinbandfec=1;stereo=0;sprop-stereo=0"),
        );
    }
    for codec in &formats.plain {
        format(codec.static_pt(), &format!("{}/8000", codec.name()), None);
    }
    if let Some(pt) = formats.wire.events_48k {
        format(pt, "telephone-event/48000", Some("0-15"));
    }
    if let Some(pt) = formats.wire.events_8k {
        format(pt, "telephone-event/8000", Some("0-15"));
    }
    let LocalBrowser { address, port, .. } = local;
    let attributes = [
        ("ptime", "20".into()),
        ("ice-ufrag", local.credentials.ufrag.clone()),
        ("ice-pwd", local.credentials.password.clone()),
        ("fingerprint", local.identity.fingerprint().to_string()),
        ("setup", "passive".into()),
        ("msid", "centrale centrale".into()),
        ("ssrc", format!("{} cname:centrale", local.ssrc)),
        (
            "candidate",
            format!("1 1 udp {PRIORITY} {address} {port} typ host"),
        ),
    ];
    let values = attributes.map(|(name, value): (&str, String)| Attribute::new(name, value));
    media.attributes.extend(values);
    media
        .attributes
        .extend(["end-of-candidates", "rtcp-mux"].map(Attribute::flag));
    media.attributes.extend(mid(theirs));
    media.attributes.push(Attribute::flag(direction.name()));
    media
}

fn mid(theirs: &Media) -> Option<Attribute> {
    theirs
        .attribute("mid")
        .map(|mid| Attribute::new("mid", mid))
}

/// The same stream with port 0, in its place and outside the bundle.
fn refused(theirs: &Media) -> Media {
    Media {
        kind: theirs.kind.clone(),
        protocol: theirs.protocol.clone(),
        formats: theirs.formats.iter().take(1).cloned().collect(),
        attributes: mid(theirs).into_iter().collect(),
        ..Default::default()
    }
}

#[cfg(test)]
#[path = "browser_tests.rs"]
mod tests;
