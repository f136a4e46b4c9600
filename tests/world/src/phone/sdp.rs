//! Session descriptions as a phone writes and reads them (RFC 4566, RFC 3264): one audio line, nothing clever.

use std::net::SocketAddr;
use std::time::Duration;

use media::Codec;

use super::{Call, Habits};

/// What a description of the exchange says.
#[derive(Debug)]
pub(crate) struct Description {
    pub(crate) remote: SocketAddr,
    pub(crate) codecs: Vec<Codec>,
    pub(crate) events: Option<u8>,
    pub(crate) direction: String,
}

/// Reads one.
pub(crate) fn read(text: &str) -> Description {
    let line = |start: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(start))
            .map(str::trim)
    };
    let address = line("c=IN IP4 ").expect("a connection line");
    let audio: Vec<&str> = line("m=audio ")
        .expect("an audio line")
        .split_whitespace()
        .collect();
    let types: Vec<u8> = audio[2..]
        .iter()
        .map(|pt| pt.parse().expect("a payload type"))
        .collect();
    let events = text.lines().find_map(|line| {
        let (pt, name) = line.strip_prefix("a=rtpmap:")?.split_once(' ')?;
        name.starts_with("telephone-event/8000")
            .then(|| pt.parse().expect("a payload type"))
    });
    let directions = ["sendrecv", "sendonly", "recvonly", "inactive"];
    let direction = directions
        .iter()
        .find(|d| text.lines().any(|line| line.trim() == format!("a={d}")));
    Description {
        remote: format!("{address}:{}", audio[0])
            .parse()
            .expect("an address"),
        codecs: types
            .iter()
            .filter_map(|pt| Codec::from_static_pt(*pt))
            .collect(),
        events: events.filter(|pt| types.contains(pt)),
        direction: (*direction.unwrap_or(&"sendrecv")).to_owned(),
    }
}

fn rtpmap(codec: Codec) -> &'static str {
    match codec {
        Codec::Pcmu => "0 PCMU/8000",
        Codec::Pcma => "8 PCMA/8000",
        Codec::G722 => "9 G722/8000",
    }
}

fn write(
    address: std::net::IpAddr,
    call: &Call,
    codecs: &[Codec],
    events: Option<u8>,
    direction: &str,
) -> String {
    let mut types: Vec<String> = codecs
        .iter()
        .map(|codec| codec.static_pt().to_string())
        .collect();
    types.extend(events.map(|pt| pt.to_string()));
    let mut text = format!(
        "v=0\r\no=- {} {} IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\nm=audio {} RTP/AVP {}\r\n",
        call.audio.port,
        call.audio.version,
        call.audio.port,
        types.join(" ")
    );
    for codec in codecs {
        text.push_str(&format!("a=rtpmap:{}\r\n", rtpmap(*codec)));
    }
    if let Some(pt) = events {
        text.push_str(&format!(
            "a=rtpmap:{pt} telephone-event/8000\r\na=fmtp:{pt} 0-15\r\n"
        ));
    }
    text.push_str(&format!("a={direction}\r\n"));
    text
}

/// An offer.
pub(crate) fn offer(address: std::net::IpAddr, call: &mut Call, habits: &Habits) -> String {
    call.audio.version += 1;
    write(
        address,
        call,
        &habits.codecs,
        habits.events,
        call.audio.direction,
    )
}

/// The answer to an offer; the call speaks from now on as agreed. `None`: no codec in common.
pub(crate) fn answer(
    now: Duration,
    address: std::net::IpAddr,
    call: &mut Call,
    habits: &Habits,
    offer: &str,
) -> Option<String> {
    let offer = read(offer);
    let codec = *offer
        .codecs
        .iter()
        .find(|codec| habits.codecs.contains(codec))?;
    let events = offer.events.filter(|_| habits.events.is_some());
    let direction = match (offer.direction.as_str(), call.audio.direction) {
        ("inactive", _) | (_, "inactive") => "inactive",
        ("sendonly", _) => "recvonly",
        ("recvonly", _) | (_, "sendonly") => "sendonly",
        _ => "sendrecv",
    };
    call.audio.version += 1;
    call.audio.sends = direction.starts_with("send") && call.audio.direction != "sendonly";
    call.audio.events = events;
    call.audio.connect(now, offer.remote, codec);
    Some(write(address, call, &[codec], events, direction))
}

/// The other side answered our offer.
pub(crate) fn accept(now: Duration, call: &mut Call, habits: &Habits, answer: &str) {
    let answer = read(answer);
    let Some(codec) = answer
        .codecs
        .iter()
        .find(|codec| habits.codecs.contains(codec))
    else {
        call.audio
            .faults
            .push("the answer has no codec of the offer".to_owned());
        return;
    };
    let wanted = matches!(answer.direction.as_str(), "sendrecv" | "recvonly");
    let speaks = call.audio.direction == "sendrecv";
    let plays = call.audio.direction == "sendonly" && habits.plays_on_hold;
    call.audio.sends = wanted && (speaks || plays);
    call.audio.events = answer.events;
    call.audio.connect(now, answer.remote, *codec);
}
