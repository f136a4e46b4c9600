//! What the bodies of the fuzz targets `rtp`, `rtcp`, `plane_packet` and `browser_packet` do, for libFuzzer and for seeded mutation.
#![allow(
    unreachable_pub,
    reason = "included as a private module by its two users"
)]

use std::{
    net::SocketAddr,
    sync::OnceLock,
    time::{Duration, Instant},
};

use media::{
    SoundId,
    clip::{Clip, Recording},
    codec::Codec,
    dtmf::Digit,
    plane::{
        Channel, Country, EndpointId, Generation, Limits, MediaCommand, Plane, PlaneOutput, Rtcp,
        Source, SourcePolicy, Stream,
    },
    rtcp::Feedback,
    rtp::{HEADER, Packet, is_rtcp, rewrite},
    webrtc::{Credentials, Fingerprint, Identity, NOWHERE, Terms, Wire},
};

/// What is read can be written in place, and is read again as the same.
pub fn rtp(data: &[u8]) {
    let Ok(packet) = Packet::parse(data) else {
        return;
    };
    assert!(packet.payload.start >= HEADER && packet.payload.end <= data.len());
    let mut bytes = data.to_vec();
    let sound = data[packet.payload.clone()].to_vec();
    let out =
        rewrite(&mut bytes, &packet.payload, packet.header).expect("a payload behind a header");
    let again = Packet::parse(out).expect("our own header");
    assert_eq!(
        (again.header, &out[again.payload.clone()]),
        (packet.header, &*sound)
    );
}

/// Reports give figures within their bits, and never more of them than the datagram holds.
pub fn rtcp(data: &[u8]) {
    for ours in [0, 9, 0x5555_5555] {
        let Ok(feedback) = Feedback::parse(data, ours) else {
            continue;
        };
        assert!(data.len() >= 8);
        if let Some(report) = feedback.about_us {
            assert!((-0x80_0000..0x80_0000).contains(&report.cumulative_lost));
            assert!(
                report
                    .round_trip(7 << 16)
                    .is_none_or(|units| units < 10 << 16)
            );
        }
    }
}

fn phone(id: u64) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, id as u8], 4000))
}

fn stream(id: u64, choice: u8) -> Stream {
    let codec = [Codec::Pcma, Codec::Pcmu, Codec::G722][usize::from(choice % 3)];
    let events = choice & 8 == 0;
    Stream {
        remote: phone(id),
        rtcp: if choice & 4 == 0 {
            Rtcp::Mux
        } else {
            Rtcp::Port(phone(id))
        },
        source: SourcePolicy::Signalled,
        codec,
        send_pt: codec.static_pt(),
        receive: Codec::ALL
            .map(|codec| (codec.static_pt(), codec))
            .into_iter()
            .collect(),
        telephone_event: events.then_some(101),
        telephone_event_receive: [101].into_iter().collect(),
        send: choice & 16 == 0,
        receive_audio: choice & 32 == 0,
        inband_dtmf: choice & 64 != 0,
        ptime: u16::from(choice),
    }
}

fn source(choice: u8) -> Source {
    match choice % 8 {
        0 => Source::Silence,
        1..=3 => Source::Endpoint(EndpointId(u64::from(choice % 8))),
        4 => Source::Play {
            sounds: ["a", "gone"].map(SoundId::from).into(),
            repeat: choice & 8 != 0,
        },
        5 => Source::Ringback(Country::Fr),
        6 => Source::Busy(Country::Be),
        _ => Source::Mix([1, 2, 3].map(EndpointId).into()),
    }
}

/// A script: one octet says what happens to which of three parties, the next how, the rest of a packet follows.
pub fn plane_packet(data: &[u8]) {
    static START: OnceLock<Instant> = OnceLock::new();
    let mut now = *START.get_or_init(Instant::now);
    let mut plane = Plane::new(Limits { endpoints: 3 }, 1);
    for id in 1..=3 {
        begin(&mut plane, now, id);
    }
    drain(&mut plane);
    let mut rest = data;
    // Sixteen hundred steps are enough of a story; a longer one only takes longer.
    for step in 0..1600u32 {
        let Some((&[what, how], tail)) = rest.split_first_chunk::<2>() else {
            break;
        };
        rest = tail;
        let id = u64::from(what >> 4) % 3 + 1;
        let (endpoint, generation) = (EndpointId(id), Generation(step));
        match what & 15 {
            0..=7 => {
                let (packet, tail) = rest.split_at(rest.len().min(usize::from(how)));
                rest = tail;
                let mut bytes = packet.to_vec();
                let channel = if what & 1 == 0 {
                    Channel::Rtp
                } else {
                    Channel::Rtcp
                };
                let out = plane.packet(now, endpoint, channel, phone(id), &mut bytes);
                out.into_iter().for_each(check);
            }
            8 => now += Duration::from_millis(4 * u64::from(how)),
            9 => now += Duration::from_secs(u64::from(how)),
            10..=13 => plane.command(now, order(what & 15, how, id, generation)),
            14 => plane.loaded(SoundId::from("a"), Ok::<_, ()>(clip())),
            _ => {
                plane.command(now, MediaCommand::Close { endpoint });
                open(&mut plane, now, id);
            }
        }
        if plane.next_deadline().is_some_and(|at| at <= now) {
            plane.tick(now);
            assert!(
                plane.next_deadline().is_none_or(|at| at > now),
                "time goes on"
            );
        }
        drain(&mut plane);
    }
    assert_eq!(plane.len(), 3);
}

/// One of three parties: opened, connected, and hearing something.
fn begin(plane: &mut Plane, now: Instant, id: u64) {
    open(plane, now, id);
    plane.command(now, order(10, id as u8, id, Generation(1)));
    plane.command(now, order(11, 3 - id as u8, id, Generation(1)));
}

/// The order that an octet of the script stands for.
fn order(what: u8, how: u8, id: u64, generation: Generation) -> MediaCommand {
    let endpoint = EndpointId(id);
    match what {
        10 => MediaCommand::Connect {
            endpoint,
            generation,
            stream: stream(id, how),
        },
        11 | 12 => MediaCommand::Hear {
            endpoint,
            generation,
            source: source(how),
        },
        _ => MediaCommand::Press {
            endpoint,
            digit: Digit::from_event(how % 16).expect("a key"),
            duration_ms: u16::from(how),
        },
    }
}

fn clip() -> std::sync::Arc<Clip> {
    static CLIP: OnceLock<std::sync::Arc<Clip>> = OnceLock::new();
    let sound = || Recording::from_samples(vec![1000; 1600], vec![1000; 3200]);
    let clip = || Clip::of(&sound()).into();
    CLIP.get_or_init(clip).clone()
}

fn open(plane: &mut Plane, now: Instant, id: u64) {
    let (endpoint, rtcp) = (EndpointId(id), Some(21_000 + id as u16));
    let (rtp, ssrc, sequence, timestamp) = (20_000 + id as u16, 9, u16::MAX, u32::MAX);
    plane.command(
        now,
        MediaCommand::Open {
            endpoint,
            rtp,
            rtcp,
            ssrc,
            sequence,
            timestamp,
        },
    );
}

fn drain(plane: &mut Plane) {
    let mut outputs = 0;
    while let Some(output) = plane.poll() {
        check(output);
        outputs += 1;
    }
    assert!(outputs < 100, "one step caused {outputs} outputs");
}

/// Whatever comes in, what goes out is RTP or RTCP of ours, to the party and nobody else.
fn check(output: PlaneOutput<'_>) {
    let PlaneOutput::Send {
        endpoint,
        to,
        bytes,
        ..
    } = output
    else {
        return;
    };
    assert_eq!(to, phone(endpoint.0));
    if is_rtcp(bytes) {
        Feedback::parse(bytes, 0).expect("our own RTCP");
    } else {
        let packet = Packet::parse(bytes).expect("our own RTP");
        assert_eq!((packet.payload.start, packet.header.ssrc), (HEADER, 9));
    }
}

/// Datagrams of a browser's port: two octets of length each, then the datagram; a length of zero lets a second pass. STUN,
/// DTLS, SRTP or nothing of it: only a proven check is answered, and only to where it came from.
pub fn browser_packet(data: &[u8]) {
    static TERMS: OnceLock<(Instant, Terms)> = OnceLock::new();
    let (start, terms) = TERMS.get_or_init(|| (Instant::now(), terms()));
    let (mut now, endpoint) = (*start, EndpointId(1));
    let mut plane = Plane::new(Limits { endpoints: 3 }, 1);
    open(&mut plane, now, 1);
    let terms = Box::new(terms.clone());
    let generation = Generation(1);
    let mut stream = stream(1, 2);
    stream.remote = NOWHERE;
    for command in [
        MediaCommand::Attach {
            endpoint,
            generation,
            terms,
        },
        MediaCommand::Connect {
            endpoint,
            generation,
            stream,
        },
    ] {
        plane.command(now, command);
    }
    let answered = |output: PlaneOutput<'_>| {
        if let PlaneOutput::Send { to, bytes, .. } = output {
            assert_eq!(to, phone(1));
            assert!(!bytes.is_empty());
        }
    };
    let mut rest = data;
    for _ in 0..64 {
        let Some((&[high, low], tail)) = rest.split_first_chunk::<2>() else {
            break;
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let (datagram, tail) = tail.split_at(tail.len().min(length));
        rest = tail;
        if length == 0 {
            now += Duration::from_secs(1);
            plane.tick(now);
        }
        let mut bytes = datagram.to_vec();
        let out = plane.packet(now, endpoint, Channel::Rtp, phone(1), &mut bytes);
        out.into_iter().for_each(answered);
        while let Some(output) = plane.poll() {
            answered(output);
        }
    }
    assert_eq!(plane.len(), 1);
}

/// What was agreed with the browser of the corpus.
fn terms() -> Terms {
    let theirs = std::iter::repeat_n("AB", 32).collect::<Vec<_>>().join(":");
    Terms {
        local: Credentials {
            ufrag: "house".to_owned(),
            password: "the password of the house".to_owned(),
        },
        remote_ufrag: "page1".to_owned(),
        fingerprint: Fingerprint::parse(&format!("sha-256 {theirs}")).expect("a constant"),
        identity: Identity::generate().expect("the system has randomness"),
        wire: Wire::default(),
    }
}
