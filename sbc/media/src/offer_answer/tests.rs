//! Offers and answers of phones, trunks and careless peers.

use super::*;

fn local() -> LocalMedia {
    LocalMedia {
        session_id: 7,
        version: 1,
        address: "192.0.2.1".parse().unwrap(),
        port: 20000,
        rtcp_port: Some(20001),
        codecs: vec![Codec::Pcma, Codec::Pcmu, Codec::G722],
        telephone_event: true,
        direction: Direction::SendRecv,
        ptime: 20,
    }
}

fn read(sdp: &[u8]) -> SessionDescription {
    SessionDescription::parse(sdp).unwrap()
}

fn peer(media: &str) -> SessionDescription {
    read(
        format!(
            "v=0\r\no=- 5 6 IN IP4 203.0.113.9\r\ns=-\r\nc=IN IP4 203.0.113.9\r\nt=0 0\r\n{media}"
        )
        .as_bytes(),
    )
}

fn text(sdp: &[u8]) -> &str {
    std::str::from_utf8(sdp).unwrap()
}

const PHONE: &str =
    "m=audio 4000 RTP/AVP 9 0 8 96 13\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-16\r\n";

#[test]
fn a_first_offer_is_written_exactly() {
    let expected = "v=0\r\no=- 7 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP 8 0 9 101\r\n\
        a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:9 G722/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n\
        a=ptime:20\r\na=rtcp-mux\r\na=sendrecv\r\n";
    assert_eq!(text(&offer(&local())), expected);
    let far = LocalMedia {
        rtcp_port: Some(31000),
        address: "2001:db8::1".parse().unwrap(),
        ..local()
    };
    let far = offer(&far);
    assert!(
        text(&far).contains("a=rtcp:31000\r\n") && text(&far).contains("c=IN IP6 2001:db8::1\r\n")
    );
}

#[test]
fn an_answer_holds_our_first_common_codec_with_the_numbers_of_the_offer() {
    let (sdp, agreed) = answer(&peer(PHONE), &local()).unwrap();
    assert!(
        text(&sdp).contains("m=audio 20000 RTP/AVP 8 96\r\n"),
        "{}",
        text(&sdp)
    );
    assert!(text(&sdp).contains("a=rtpmap:96 telephone-event/8000\r\n"));
    assert!(
        !text(&sdp).contains("rtcp-mux"),
        "not offered, so not answered"
    );
    assert_eq!(
        (agreed.codec, agreed.send_pt, agreed.telephone_event),
        (Codec::Pcma, 8, Some(96))
    );
    assert_eq!(
        &agreed.receive[..],
        [(8, Codec::Pcma), (0, Codec::Pcmu), (9, Codec::G722)]
    );
    assert_eq!(&agreed.telephone_event_receive[..], [96]);
    assert_eq!(
        agreed.remote,
        "203.0.113.9:4000".parse::<SocketAddr>().unwrap()
    );
    assert_eq!(agreed.rtcp, Rtcp::Port("203.0.113.9:4001".parse().unwrap()));
    assert_eq!(
        (
            agreed.direction,
            agreed.held_by_peer,
            agreed.private_address
        ),
        (Direction::SendRecv, false, false)
    );
    assert_eq!(agreed.ptime, 20);
}

#[test]
fn dynamic_payload_types_are_mapped_by_name() {
    let media = "m=audio 4000 RTP/AVP 8 109 110\r\na=rtpmap:8 G729/8000\r\na=rtpmap:109 g722/8000\r\na=rtpmap:110 telephone-event/16000\r\n";
    let (sdp, agreed) = answer(&peer(media), &local()).unwrap();
    assert_eq!((agreed.codec, agreed.send_pt), (Codec::G722, 109));
    assert_eq!(
        agreed.telephone_event, None,
        "an event clock of 16000 Hz does not go with our codecs"
    );
    assert!(text(&sdp).contains("a=rtpmap:109 G722/8000\r\n"));
    let stereo = "m=audio 4000 RTP/AVP 97\r\na=rtpmap:97 PCMA/8000/2\r\n";
    assert_eq!(
        answer(&peer(stereo), &local()).unwrap_err(),
        Refusal::NoCommonCodec
    );
}

#[test]
fn other_streams_are_refused_in_their_places() {
    let mixed = format!(
        "m=video 5000 RTP/AVP 97 98\r\nm=audio 6000 RTP/SAVP 8\r\n{PHONE}m=image 7000 udptl t38\r\nm=audio 8000 RTP/AVP 8\r\nm=text 0 RTP/AVP\r\n"
    );
    let (sdp, agreed) = answer(&peer(&mixed), &local()).unwrap();
    assert_eq!(agreed.remote.port(), 4000);
    let lines: Vec<&str> = text(&sdp).lines().filter(|l| l.starts_with("m=")).collect();
    let expected = [
        "m=video 0 RTP/AVP 97",
        "m=audio 0 RTP/SAVP 8",
        "m=audio 20000 RTP/AVP 8 96",
        "m=image 0 udptl t38",
        "m=audio 0 RTP/AVP 8",
        "m=text 0 RTP/AVP 0",
    ];
    assert_eq!(lines, expected);
    // Later we offer: the places and the numbers stay.
    let again = reoffer(&read(&sdp), &local());
    let lines: Vec<&str> = text(&again)
        .lines()
        .filter(|l| l.starts_with("m="))
        .collect();
    assert_eq!(lines.len(), 6);
    assert_eq!(lines[2], "m=audio 20000 RTP/AVP 8 0 9 96");
    assert_eq!(lines[3], "m=image 0 udptl t38");
}

#[test]
fn there_is_a_reason_for_each_refusal() {
    let refusal = |media: &str| answer(&peer(media), &local()).unwrap_err();
    assert_eq!(refusal(""), Refusal::NoAudio);
    assert_eq!(refusal("m=audio 0 RTP/AVP 8\r\n"), Refusal::NoAudio);
    assert_eq!(refusal("m=video 5000 RTP/AVP 8\r\n"), Refusal::NoAudio);
    assert_eq!(refusal("m=audio 4000 RTP/SAVP 8\r\n"), Refusal::Profile);
    assert_eq!(
        refusal("m=audio 4000 UDP/TLS/RTP/SAVPF 111\r\nm=video 1 RTP/AVP 97\r\n"),
        Refusal::Profile
    );
    assert_eq!(
        refusal("m=audio 4000 RTP/AVP 18 101\r\na=rtpmap:101 telephone-event/8000\r\n"),
        Refusal::NoCommonCodec
    );
    assert_eq!(
        refusal("m=audio 4000 RTP/AVP 8\r\nc=IN IP6 2001:db8::1\r\n"),
        Refusal::AddressFamily
    );
    assert_eq!(
        refusal("m=audio 4000 RTP/AVP 8\r\nc=IN IP4 phone.example\r\n"),
        Refusal::Address
    );
    assert_eq!(
        refusal("m=audio 4000 RTP/AVP 8\r\nc=IN IP4 224.2.1.1/127\r\n"),
        Refusal::Address
    );
    assert_eq!(
        answer(&read(b"v=0\r\nm=audio 4000 RTP/AVP 8\r\n"), &local()).unwrap_err(),
        Refusal::Address
    );
}

#[test]
fn hold_in_every_spelling() {
    let held = |direction: &str, ours: Direction| {
        let local = LocalMedia {
            direction: ours,
            ..local()
        };
        let (sdp, agreed) = answer(&peer(&format!("{PHONE}{direction}")), &local).unwrap();
        assert!(text(&sdp).ends_with(&format!("a={}\r\n", agreed.direction.name())));
        (agreed.direction, agreed.held_by_peer)
    };
    use Direction::*;
    assert_eq!(held("a=sendonly\r\n", SendRecv), (RecvOnly, true));
    assert_eq!(held("a=inactive\r\n", SendRecv), (Inactive, true));
    assert_eq!(held("a=recvonly\r\n", SendRecv), (SendOnly, false));
    assert_eq!(held("c=IN IP4 0.0.0.0\r\n", SendRecv), (RecvOnly, true));
    assert_eq!(
        held("c=IN IP6 ::\r\na=inactive\r\n", SendRecv),
        (Inactive, true)
    );
    assert_eq!(held("a=sendrecv\r\n", SendOnly), (SendOnly, false));
    assert_eq!(held("a=sendonly\r\n", SendOnly), (Inactive, true));
}

#[test]
fn the_peer_answers_our_offer_with_its_own_numbers() {
    let media = "m=audio 4000 RTP/AVP 109 0 96\r\na=rtpmap:109 G722/8000\r\na=rtpmap:96 telephone-event/8000\r\na=ptime:40\r\na=maxptime:30\r\na=rtcp-mux\r\n";
    let agreed = accept(&peer(media), &local()).unwrap();
    assert_eq!(
        (agreed.codec, agreed.send_pt),
        (Codec::G722, 109),
        "the answer's order decides what we send"
    );
    assert_eq!(
        &agreed.receive[..],
        [
            (8, Codec::Pcma),
            (0, Codec::Pcmu),
            (9, Codec::G722),
            (109, Codec::G722)
        ]
    );
    assert_eq!(
        (agreed.telephone_event, &agreed.telephone_event_receive[..]),
        (Some(96), &[101, 96][..])
    );
    assert_eq!(agreed.rtcp, Rtcp::Mux);
    assert_eq!(agreed.ptime, 30);
    let local = LocalMedia {
        telephone_event: false,
        ..local()
    };
    assert_eq!(accept(&peer(media), &local).unwrap().telephone_event, None);
}

#[test]
fn an_answer_to_our_hold_does_not_count_as_the_peer_holding_us() {
    let answered = |ours: Direction, theirs: &str| {
        let sent = LocalMedia {
            direction: ours,
            ..local()
        };
        let agreed = accept(
            &peer(&format!("m=audio 4000 RTP/AVP 8\r\na={theirs}\r\n")),
            &sent,
        )
        .unwrap();
        (agreed.direction, agreed.held_by_peer)
    };
    use Direction::*;
    assert_eq!(answered(SendOnly, "recvonly"), (SendOnly, false));
    assert_eq!(answered(Inactive, "inactive"), (Inactive, false));
    assert_eq!(answered(SendOnly, "inactive"), (Inactive, true));
    assert_eq!(
        answered(SendOnly, "sendrecv"),
        (SendOnly, false),
        "a peer that ignores our hold is not believed"
    );
    assert_eq!(
        accept(&peer("m=audio 0 RTP/AVP 8\r\n"), &local()).unwrap_err(),
        Refusal::NoAudio
    );
}

#[test]
fn rtcp_goes_where_the_peer_says() {
    let rtcp = |line: &str| {
        answer(&peer(&format!("{PHONE}{line}")), &local())
            .unwrap()
            .1
            .rtcp
    };
    assert_eq!(
        rtcp("a=rtcp:53020\r\n"),
        Rtcp::Port("203.0.113.9:53020".parse().unwrap())
    );
    assert_eq!(
        rtcp("a=rtcp:53020 IN IP4 203.0.113.77\r\n"),
        Rtcp::Port("203.0.113.77:53020".parse().unwrap())
    );
    assert_eq!(
        rtcp("a=rtcp:53020 IN IP6 2001:db8::1\r\n"),
        Rtcp::Port("203.0.113.9:53020".parse().unwrap())
    );
    assert_eq!(rtcp("a=rtcp:53020\r\na=rtcp-mux\r\n"), Rtcp::Mux);
    assert_eq!(
        rtcp("a=rtcp:x\r\n"),
        Rtcp::Port("203.0.113.9:4001".parse().unwrap())
    );
}

#[test]
fn the_version_rises_only_when_something_changed() {
    let first = offer(&local());
    let same = revise(
        &first,
        offer(&LocalMedia {
            session_id: 99,
            version: 50,
            ..local()
        }),
    );
    assert_eq!(text(&same), text(&first));
    let held = revise(
        &first,
        offer(&LocalMedia {
            direction: Direction::SendOnly,
            ..local()
        }),
    );
    assert!(text(&held).contains("o=- 7 2 IN IP4"));
    let resumed = revise(&held, offer(&local()));
    assert!(text(&resumed).contains("o=- 7 3 IN IP4"));
}

#[test]
fn private_addresses_are_told() {
    for private in [
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "100.127.9.9",
        "169.254.1.1",
        "127.0.0.1",
        "fd00::1",
        "fe80::1",
        "::1",
        "::ffff:10.0.0.1",
    ] {
        assert!(is_private(private.parse().unwrap()), "{private}");
    }
    for public in ["203.0.113.9", "100.128.0.1", "172.32.0.1", "2001:db8::1"] {
        assert!(!is_private(public.parse().unwrap()), "{public}");
    }
}
