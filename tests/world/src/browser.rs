//! A browser's side of WebRTC as a value: it offers, checks, shakes hands, speaks in Opus and keeps what it heard.
//!
//! ICE is written here once more, against the house's; DTLS and SRTP are those of the `rtc` crates in the other role. A real browser
//! is asked in `tests/browser`.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "included by several tests, each of which uses a part"
)]

use bytes::BytesMut;
use media::codec::opus::{FRAME_SAMPLES, OpusDecoder, OpusEncoder};
use media::webrtc::Fingerprint;
use ring::hmac;
use rtc_dtls::config::{ClientAuthType, ConfigBuilder};
use rtc_dtls::crypto::Certificate;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc_srtp::config::{Config, LABEL_EXTRACTOR_DTLS_SRTP};
use rtc_srtp::context::Context;
use rtc_srtp::protection_profile::ProtectionProfile;
use std::f64::consts::TAU;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

/// The name under which both DTLS sides know each other; addresses are the test's business.
const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9);

/// One page with one connection.
pub struct Browser {
    ufrag: String,
    password: String,
    certificate: Certificate,
    theirs: Option<Theirs>,
    endpoint: Endpoint,
    keys: Option<(Context, Context)>,
    encoder: OpusEncoder,
    decoder: OpusDecoder,
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    phase: usize,
    checks: u8,
    checked: bool,
    /// What was heard, at 16 kHz.
    pub heard: Vec<i16>,
    /// RTP sequence numbers and timestamps that came.
    pub numbers: Vec<(u16, u32)>,
    /// Datagrams that wait to be sent.
    pub outbox: Vec<Vec<u8>>,
    /// The strongest SRTP profile it offers: AES-GCM, or else only the counter mode every browser knows.
    pub gcm: bool,
    /// Its checks nominate; Chromium's first ones after a restart do not.
    pub nominates: bool,
}

/// What the answer said.
struct Theirs {
    ufrag: String,
    password: String,
    fingerprint: Fingerprint,
}

impl Browser {
    /// A page; `name` makes its ICE name and SSRC.
    pub fn new(name: u8) -> Browser {
        let provider = rtc_crypto::default_provider().unwrap();
        let certificate =
            Certificate::generate_self_signed(vec!["page".to_owned()], provider.crypto()).unwrap();
        Browser {
            ufrag: format!("page{name}"),
            password: format!("a password of page number {name}"),
            certificate,
            theirs: None,
            endpoint: Endpoint::new(PEER, Default::default(), None),
            keys: None,
            encoder: OpusEncoder::new().unwrap(),
            decoder: OpusDecoder::new().unwrap(),
            ssrc: 0xb000_0000 | u32::from(name),
            sequence: 65_500,
            timestamp: u32::MAX - 10_000,
            phase: 0,
            checks: 0,
            checked: false,
            heard: Vec::new(),
            numbers: Vec::new(),
            outbox: Vec::new(),
            gcm: true,
            nominates: true,
        }
    }

    /// As Chromium writes it, without the lines that say nothing here.
    pub fn offer(&self) -> String {
        let fingerprint = Fingerprint::of(&self.certificate.certificate[0]);
        let Browser {
            ufrag, password, ..
        } = self;
        format!(
            "v=0\r\no=- 46117330 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
             m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 110 126\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:{ufrag}\r\n\
             a=ice-pwd:{password}\r\na=fingerprint:{fingerprint}\r\na=setup:actpass\r\na=mid:0\r\na=sendrecv\r\n\
             a=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:110 telephone-event/48000\r\n\
             a=rtpmap:126 telephone-event/8000\r\n"
        )
    }

    /// The same connection after its network changed: new ICE names, the same certificate and keys.
    pub fn restart_ice(&mut self) {
        self.ufrag.push_str("again");
        self.checked = false;
    }

    /// Reads the answer and begins.
    pub fn accept(&mut self, now: Instant, answer: &str) {
        let value = |name: &str| {
            let lines = answer.lines();
            let mut found = lines.filter_map(|line| line.strip_prefix(&format!("a={name}:")));
            found.next_back().unwrap().to_owned()
        };
        self.theirs = Some(Theirs {
            ufrag: value("ice-ufrag"),
            password: value("ice-pwd"),
            fingerprint: Fingerprint::parse(&value("fingerprint")).unwrap(),
        });
        assert!(answer.contains("a=ice-lite"), "{answer}");
        self.check();
        let _ = now;
    }

    /// Sends a check.
    pub fn check(&mut self) {
        self.checks += 1;
        let theirs = self.theirs.as_ref().unwrap();
        let username = format!("{}:{}", theirs.ufrag, self.ufrag);
        let check = check(&username, &theirs.password, self.checks, self.nominates);
        self.outbox.push(check);
    }

    /// Whether sound can flow.
    pub fn is_up(&self) -> bool {
        self.keys.is_some()
    }

    /// Takes a datagram.
    pub fn receive(&mut self, now: Instant, bytes: &[u8]) {
        match bytes[0] {
            0..=3 => self.answered(now, bytes),
            20..=63 => self.shake(now, bytes),
            _ if (192..=223).contains(&bytes[1]) => {
                if let Some((_, inward)) = &mut self.keys {
                    inward.decrypt_rtcp(bytes).unwrap();
                }
            }
            _ => self.hear(bytes),
        }
    }

    fn answered(&mut self, now: Instant, bytes: &[u8]) {
        assert_eq!(bytes[..2], [1, 1], "a success response");
        let theirs = self.theirs.as_ref().unwrap();
        // MESSAGE-INTEGRITY and FINGERPRINT are the last 24 and 8 octets.
        let end = bytes.len() - 32;
        let mut sealed = bytes[..end].to_vec();
        let length = (end + 24 - 20) as u16;
        sealed[2..4].copy_from_slice(&length.to_be_bytes());
        let key = hmac_key(&theirs.password);
        hmac::verify(&key, &sealed, &bytes[end + 4..end + 24]).unwrap();
        if !std::mem::replace(&mut self.checked, true) && self.keys.is_none() {
            self.greet(now);
        }
    }

    fn greet(&mut self, now: Instant) {
        let profiles = if self.gcm {
            vec![SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm]
        } else {
            vec![SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80]
        };
        let config = ConfigBuilder::default()
            .with_crypto_provider(rtc_crypto::default_provider().unwrap())
            .with_certificates(vec![self.certificate.clone()])
            .with_client_auth(ClientAuthType::RequireAnyClientCert)
            .with_insecure_skip_verify(true)
            .with_srtp_protection_profiles(profiles)
            .build(true, None)
            .unwrap();
        self.endpoint
            .connect(now, PEER, Arc::new(config), None)
            .unwrap();
        self.flush();
    }

    fn flush(&mut self) {
        while let Some(sent) = self.endpoint.poll_transmit() {
            self.outbox.push(sent.message.to_vec());
        }
    }

    fn shake(&mut self, now: Instant, bytes: &[u8]) {
        let read = self
            .endpoint
            .read(now, PEER, None, BytesMut::from(bytes))
            .unwrap();
        self.flush();
        if !read
            .iter()
            .any(|event| matches!(event, EndpointEvent::HandshakeComplete))
        {
            return;
        }
        let state = self.endpoint.get_connection_state(PEER).unwrap();
        let shown = Fingerprint::of(&state.peer_certificates[0]);
        assert_eq!(shown, self.theirs.as_ref().unwrap().fingerprint);
        let profile = match state.srtp_protection_profile() {
            SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm => ProtectionProfile::AeadAes128Gcm,
            _ => ProtectionProfile::Aes128CmHmacSha1_80,
        };
        let mut config = Config {
            profile,
            ..Config::default()
        };
        let octets = config.keying_material_len();
        let material = state
            .export_keying_material(LABEL_EXTRACTOR_DTLS_SRTP, &[], octets)
            .unwrap();
        config
            .set_session_keys_from_keying_material(material.as_ref(), true)
            .unwrap();
        let provider = rtc_crypto::default_provider().unwrap();
        let context = |key: &[u8], salt: &[u8]| {
            Context::new(key, salt, profile, None, None, provider.crypto()).unwrap()
        };
        let keys = &config.keys;
        self.keys = Some((
            context(&keys.local_master_key, &keys.local_master_salt),
            context(&keys.remote_master_key, &keys.remote_master_salt),
        ));
    }

    fn hear(&mut self, bytes: &[u8]) {
        let Some((_, inward)) = &mut self.keys else {
            return;
        };
        let plain = inward.decrypt_rtp(bytes).unwrap();
        assert_eq!(plain[1] & 0x7f, 111, "Opus");
        let sequence = u16::from_be_bytes([plain[2], plain[3]]);
        let timestamp = u32::from_be_bytes([plain[4], plain[5], plain[6], plain[7]]);
        self.numbers.push((sequence, timestamp));
        let mut samples = Vec::new();
        self.decoder.decode(&plain[12..], &mut samples);
        self.heard.extend_from_slice(&samples);
    }

    /// 20 ms of a tone, sealed.
    pub fn say(&mut self, hertz: f64) {
        let sample = |n: usize| (8000.0 * (TAU * hertz * n as f64 / 16_000.0).sin()) as i16;
        let samples: Vec<i16> = (self.phase..self.phase + FRAME_SAMPLES)
            .map(sample)
            .collect();
        self.phase += FRAME_SAMPLES;
        let mut payload = Vec::new();
        self.encoder.encode(&samples, &mut payload);
        self.send(111, &payload);
        self.timestamp = self.timestamp.wrapping_add(960);
    }

    /// A key, as `RTCDTMFSender` sends it: several packets with one timestamp.
    pub fn press(&mut self, event: u8) {
        for duration in [960u16, 1920, 2880, 3840, 4800] {
            let [d0, d1] = duration.to_be_bytes();
            let end = if duration == 4800 { 0x8a } else { 0x0a };
            self.send(110, &[event, end, d0, d1]);
        }
        self.timestamp = self.timestamp.wrapping_add(4800);
    }

    fn send(&mut self, payload_type: u8, payload: &[u8]) {
        let mut packet = vec![0x80, payload_type];
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(self.timestamp.to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        packet.extend(payload);
        self.sequence = self.sequence.wrapping_add(1);
        let (outward, _) = self.keys.as_mut().unwrap();
        self.outbox
            .push(outward.encrypt_rtp(&packet).unwrap().to_vec());
    }
}

fn hmac_key(password: &str) -> hmac::Key {
    hmac::Key::new(
        hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        password.trim().as_bytes(),
    )
}

/// A connectivity check, that nominates its pair or does not (RFC 8445 section 7.2).
fn check(username: &str, password: &str, number: u8, nominates: bool) -> Vec<u8> {
    let mut message = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    message.extend([number; 12]);
    let add = |message: &mut Vec<u8>, kind: u16, value: &[u8]| {
        message.extend(kind.to_be_bytes());
        message.extend((value.len() as u16).to_be_bytes());
        message.extend(value);
        while !message.len().is_multiple_of(4) {
            message.push(0);
        }
    };
    add(&mut message, 0x0006, username.as_bytes());
    add(&mut message, 0x802a, &[3; 8]);
    if nominates {
        add(&mut message, 0x0025, &[]);
    }
    add(&mut message, 0x0024, &[0x6e, 0, 0x1e, 0xff]);
    let length = message.len() + 24 - 20;
    message[2..4].copy_from_slice(&(length as u16).to_be_bytes());
    let tag = hmac::sign(&hmac_key(password), &message);
    add(&mut message, 0x0008, tag.as_ref());
    let length = message.len() + 8 - 20;
    message[2..4].copy_from_slice(&(length as u16).to_be_bytes());
    let print = crc(&message) ^ 0x5354_554e;
    add(&mut message, 0x8028, &print.to_be_bytes());
    message
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for octet in bytes {
        crc ^= u32::from(*octet);
        for _ in 0..8 {
            let odd = crc & 1 == 1;
            crc >>= 1;
            if odd {
                crc ^= 0xedb8_8320;
            }
        }
    }
    !crc
}
