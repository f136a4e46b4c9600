//! Offers of today's browsers (shortened where lines repeat), and offers that are none.

use super::*;

const CHROMIUM: &str = "v=0\r\no=- 4611733054762223410 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
    a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\n\
    c=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\na=ice-ufrag:4ZcD\r\na=ice-pwd:2/1muCWoOi3uLifh0NuRHlZ9\r\n\
    a=ice-options:trickle\r\na=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08\r\n\
    a=setup:actpass\r\na=mid:0\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=sendrecv\r\n\
    a=msid:- 5b8ec2b8\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n\
    a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\na=rtpmap:9 G722/8000\r\n\
    a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:13 CN/8000\r\na=rtpmap:110 telephone-event/48000\r\n\
    a=rtpmap:126 telephone-event/8000\r\na=ssrc:1001 cname:x\r\n";

/// Firefox: the fingerprint stands before the media, and there is a data channel.
const FIREFOX: &str = "v=0\r\no=mozilla...THIS_IS_SDPARTA-99.0 6 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=sendrecv\r\n\
    a=fingerprint:sha-256 19:E2:1C:3B:4B:9F:81:E6:B8:5C:F4:A5:A8:D8:73:04:BB:05:2F:70:9F:04:A9:0E:05:E9:26:33:E8:70:88:A2\r\n\
    a=group:BUNDLE 0 1\r\na=ice-options:trickle\r\na=msid-semantic:WMS *\r\nm=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101\r\n\
    c=IN IP4 0.0.0.0\r\na=sendrecv\r\na=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1\r\na=fmtp:101 0-15\r\n\
    a=ice-pwd:c490fef26f74e9520eecd3fd7d7f9c19\r\na=ice-ufrag:6ba52dcd\r\na=mid:0\r\na=rtcp-mux\r\n\
    a=rtpmap:109 opus/48000/2\r\na=rtpmap:9 G722/8000/1\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
    a=rtpmap:101 telephone-event/8000\r\na=setup:actpass\r\n\
    m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\na=setup:actpass\r\n";

fn local() -> LocalBrowser {
    LocalBrowser {
        session_id: 7,
        address: [192, 0, 2, 10].into(),
        port: 20_000,
        ssrc: 99,
        credentials: Credentials {
            ufrag: "ourname".into(),
            password: "our password of many letters".into(),
        },
        identity: Identity::generate().unwrap(),
    }
}

fn answered(offer: &str) -> Result<(String, BrowserAgreement), Refusal> {
    let offer = SessionDescription::parse(offer.as_bytes()).unwrap();
    let (answer, agreement) = answer_browser(&offer, &local())?;
    Ok((String::from_utf8(answer).unwrap(), agreement))
}

#[test]
fn chromium_gets_opus_first_and_the_laws_beside_it() {
    let (answer, agreement) = answered(CHROMIUM).unwrap();
    assert!(
        answer.contains("m=audio 20000 UDP/TLS/RTP/SAVPF 111 0 8 110 126\r\n"),
        "{answer}"
    );
    for line in [
        "a=ice-lite",
        "a=group:BUNDLE 0",
        "a=mid:0",
        "a=setup:passive",
        "a=rtcp-mux",
        "a=sendrecv",
        "a=ice-ufrag:ourname",
        "a=rtpmap:111 opus/48000/2",
        "a=rtpmap:110 telephone-event/48000",
        "a=candidate:1 1 udp 2130706431 192.0.2.10 20000 typ host",
        "a=ssrc:99 cname:centrale",
    ] {
        assert!(
            answer.contains(&format!("{line}\r\n")),
            "{line} in {answer}"
        );
    }
    let terms = agreement.terms;
    assert_eq!(terms.remote_ufrag, "4ZcD");
    let wire = Wire {
        opus: Some(111),
        events_48k: Some(110),
        events_8k: Some(126),
    };
    assert_eq!(terms.wire, wire);
    let stream = agreement.stream;
    assert_eq!((stream.codec, stream.send_pt), (Codec::G722, 9));
    assert_eq!(
        stream.receive[..],
        [(9, Codec::G722), (0, Codec::Pcmu), (8, Codec::Pcma)]
    );
    assert_eq!(stream.telephone_event_receive[..], [101]);
    assert!(stream.send && stream.receive_audio);
    SessionDescription::parse(answer.as_bytes()).unwrap();
}

#[test]
fn firefox_with_a_data_channel_gets_the_sound_alone() {
    let (answer, agreement) = answered(FIREFOX).unwrap();
    assert!(answer.contains("a=group:BUNDLE 0\r\n"), "{answer}");
    assert!(answer.contains("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n"));
    assert_eq!(agreement.terms.wire.events_8k, Some(101));
    assert_eq!(agreement.terms.wire.events_48k, None);
    let text = agreement.terms.fingerprint.to_string();
    assert!(text.starts_with("sha-256 19:E2:1C"), "{text}");
}

#[test]
fn without_opus_the_law_of_the_browser_s_choice_passes_as_it_is() {
    let offer = CHROMIUM.replace("SAVPF 111 63 9 0 8 13 110 126", "SAVPF 8 0 126");
    let (answer, agreement) = answered(&offer).unwrap();
    assert!(answer.contains("SAVPF 8 0 126\r\n"), "{answer}");
    assert_eq!(agreement.stream.codec, Codec::Pcma);
    assert_eq!(agreement.terms.wire.opus, None);
}

#[test]
fn what_is_no_browser_s_offer_is_refused() {
    for (part, instead) in [
        ("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
        ("a=rtcp-mux\r\n", ""),
        ("a=ice-ufrag:4ZcD\r\n", ""),
        ("a=ice-ufrag:4ZcD", "a=ice-ufrag:4"),
        ("a=ice-ufrag:4ZcD", "a=ice-ufrag:4Z:D"),
        ("a=ice-pwd", "a=ice-word"),
        ("sha-256", "sha-1"),
        ("actpass", "passive"),
        ("a=setup:actpass\r\n", ""),
    ] {
        let offer = CHROMIUM.replace(part, instead);
        assert_eq!(
            answered(&offer).unwrap_err(),
            Refusal::Profile,
            "{part} as {instead}"
        );
    }
    let offer = CHROMIUM.replace("SAVPF 111 63 9 0 8 13", "SAVPF 63 9 13");
    assert_eq!(answered(&offer).unwrap_err(), Refusal::NoCommonCodec);
    assert_eq!(
        answered(&CHROMIUM.replace("m=audio 9", "m=audio 0")).unwrap_err(),
        Refusal::NoAudio
    );
    assert_eq!(
        answered(&CHROMIUM.replace("m=audio", "m=video")).unwrap_err(),
        Refusal::NoAudio
    );
    // Opus under the number of G.722 would be taken for it.
    let offer = CHROMIUM
        .replace("111 opus", "9 opus")
        .replace("9 G722/8000", "63 G722/8000");
    assert_eq!(answered(&offer).unwrap().1.terms.wire.opus, None);
}
