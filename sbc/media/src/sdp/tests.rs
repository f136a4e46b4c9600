//! Reading what phones really write, and printing it back.

use super::*;

const LINPHONE: &str = "v=0\r\no=2110 3512 1204 IN IP4 192.168.1.20\r\ns=Talk\r\nc=IN IP4 192.168.1.20\r\nb=AS:380\r\nt=0 0\r\na=ice-pwd:x\r\n\
m=audio 7078 RTP/AVP 96 9 0 8 101 13\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=rtpmap:101 telephone-event/8000\r\n\
a=fmtp:101 0-16\r\na=rtcp:7079 IN IP6 2001:db8::7\r\na=ptime:20.0\r\na=sendonly\r\n\
m=video 9078/2 RTP/AVPF 97\r\nc=IN IP6 2001:db8::1\r\na=rtpmap:97 VP8/90000\r\na=rtcp-mux\r\n";

fn parse(text: &str) -> SessionDescription {
    SessionDescription::parse(text.as_bytes()).unwrap()
}

#[test]
fn a_softphone_offer_is_understood() {
    let sdp = parse(LINPHONE);
    assert_eq!(
        (&*sdp.origin.session_id, &*sdp.origin.version),
        ("3512", "1204")
    );
    let [audio, video] = &sdp.media[..] else {
        panic!("two media")
    };
    assert_eq!(
        (&*audio.kind, audio.port, &*audio.protocol),
        ("audio", 7078, "RTP/AVP")
    );
    assert_eq!(
        audio.payload_types().collect::<Vec<_>>(),
        [96, 9, 0, 8, 101, 13]
    );
    let opus = audio.rtpmap(96).unwrap();
    assert_eq!(
        (opus.name, opus.clock_rate, opus.channels),
        ("opus", 48000, 2)
    );
    assert_eq!(audio.rtpmap(9), None);
    assert_eq!(audio.fmtp(101), Some("0-16"));
    assert_eq!(
        audio.rtcp(),
        Some((7079, Some("2001:db8::7".parse().unwrap())))
    );
    assert_eq!(audio.ptime(), Some(20));
    assert!(!audio.rtcp_mux());
    assert_eq!(sdp.direction_of(audio), Direction::SendOnly);
    assert_eq!(
        sdp.address_of(audio),
        Some(&Address::Ip("192.168.1.20".parse().unwrap()))
    );
    assert_eq!(video.port, 9078);
    assert!(video.rtcp_mux());
    assert_eq!(
        sdp.address_of(video),
        Some(&Address::Ip("2001:db8::1".parse().unwrap()))
    );
    assert_eq!(sdp.direction_of(video), Direction::SendRecv);
}

#[test]
fn printing_gives_the_same_lines_back() {
    let printed = parse(LINPHONE).to_string();
    let expected = LINPHONE
        .replace("b=AS:380\r\n", "")
        .replace("9078/2", "9078");
    assert_eq!(printed, expected);
    assert_eq!(parse(&printed).to_string(), printed);
}

#[test]
fn careless_writing_is_tolerated() {
    let sdp = parse(
        "v=0\no=Desk 4 Phone 1 99999999999999999999999 IN IP4 10.0.0.4\nm=audio 4000 RTP/AVP 0\nc=IN IP4 10.0.0.4/127\nx=?\n\n\0\0",
    );
    assert_eq!(sdp.origin.username, "Desk 4 Phone");
    assert_eq!(sdp.origin.version, "99999999999999999999999");
    assert_eq!(
        sdp.media[0].connection,
        Some(Address::Ip("10.0.0.4".parse().unwrap()))
    );
    let sdp = parse("a=inactive\r\nm=audio 4000 RTP/AVP 0 \r\na= é:\r\n");
    assert_eq!(sdp.direction_of(&sdp.media[0]), Direction::Inactive);
    let sdp = SessionDescription::parse(b"s=\xff\xfe\r\nc=IN IP4 pbx.example.be\r\n").unwrap();
    assert_eq!(sdp.connection, Some(Address::Name("pbx.example.be".into())));
}

#[test]
fn what_cannot_be_understood_is_refused_with_its_line() {
    let refused = |text: &str| SessionDescription::parse(text.as_bytes()).unwrap_err();
    assert_eq!(refused(""), SdpError::Empty);
    assert_eq!(refused("\r\n\r\n"), SdpError::Empty);
    assert!(matches!(
        refused("v=1\r\n"),
        SdpError::Malformed { line: 1, .. }
    ));
    assert!(matches!(
        refused("v=0\r\nhello\r\n"),
        SdpError::Malformed { line: 2, .. }
    ));
    assert!(matches!(
        refused("v=0\r\nm=audio 70000 RTP/AVP 0\r\n"),
        SdpError::Malformed { line: 2, .. }
    ));
    assert!(matches!(
        refused("v=0\r\nm=audio\r\n"),
        SdpError::Malformed { line: 2, .. }
    ));
    assert!(matches!(
        refused("c=IN IP4\r\n"),
        SdpError::Malformed { line: 1, .. }
    ));
    assert!(matches!(
        refused("o=- 1 2\r\n"),
        SdpError::Malformed { line: 1, .. }
    ));
}

#[test]
fn there_is_a_limit_on_everything() {
    let refused = |text: String| SessionDescription::parse(text.as_bytes()).unwrap_err();
    assert_eq!(refused("a=x\n".repeat(MAX_BYTES)), SdpError::TooLong);
    assert!(matches!(
        refused("a=x\n".repeat(MAX_ATTRIBUTES + 1)),
        SdpError::TooMany { line: 129, .. }
    ));
    assert!(matches!(
        refused("m=audio 0 RTP/AVP\n".repeat(MAX_MEDIA + 1)),
        SdpError::TooMany { line: 33, .. }
    ));
    let formats = " 0".repeat(MAX_FORMATS + 1);
    assert!(matches!(
        refused(format!("m=audio 1 RTP/AVP{formats}")),
        SdpError::TooMany { line: 1, .. }
    ));
    assert!(SessionDescription::parse("a=x\n".repeat(MAX_ATTRIBUTES).as_bytes()).is_ok());
}

#[test]
fn directions_reverse_and_combine() {
    use Direction::*;
    assert_eq!(
        [SendRecv, SendOnly, RecvOnly, Inactive].map(Direction::reversed),
        [SendRecv, RecvOnly, SendOnly, Inactive]
    );
    assert_eq!(SendOnly.and(RecvOnly), Inactive);
    assert_eq!(SendRecv.and(RecvOnly), RecvOnly);
}
