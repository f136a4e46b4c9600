//! A scripted browser and a phone on one plane: both hear each other, the browser goes and comes again, and strangers get nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

#[path = "../../../tests/world/src/browser.rs"]
mod browser;

use browser::Browser;
use media::codec::{Codec, Decoder, Encoder};
use media::offer_answer::{LocalBrowser, answer_browser};
use media::plane::{
    Channel, EndpointId, Generation, Limits, MediaCommand, MediaEvent, Plane, PlaneOutput, Rtcp,
    Source, SourcePolicy, Stream,
};
use media::sdp::SessionDescription;
use media::webrtc::{Credentials, Identity};
use std::f64::consts::TAU;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const PAGE: EndpointId = EndpointId(1);
const PHONE: EndpointId = EndpointId(2);
const PAGE_HERTZ: f64 = 1010.0;
const PHONE_HERTZ: f64 = 440.0;
const FRAME: Duration = Duration::from_millis(20);

fn at(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// The plane between a page and a phone with A-law.
struct World {
    plane: Plane,
    identity: Identity,
    now: Instant,
    attachments: u32,
    events: Vec<MediaEvent>,
    /// What the phone heard, at 8 kHz.
    phone_heard: Vec<i16>,
    phone_numbers: u16,
    phase: usize,
    /// Where datagrams for the page went.
    page_at: Vec<SocketAddr>,
    to_page: Vec<Vec<u8>>,
}

impl World {
    fn new() -> World {
        let mut world = World {
            plane: Plane::new(Limits::default(), 7),
            identity: Identity::generate().unwrap(),
            now: Instant::now(),
            attachments: 0,
            events: Vec::new(),
            phone_heard: Vec::new(),
            phone_numbers: 0,
            phase: 0,
            page_at: Vec::new(),
            to_page: Vec::new(),
        };
        for (endpoint, rtp) in [(PAGE, 20_000), (PHONE, 20_002)] {
            world.command(MediaCommand::Open {
                endpoint,
                rtp,
                rtcp: None,
                ssrc: 7000 + endpoint.0 as u32,
                sequence: 65_530,
                timestamp: u32::MAX - 400,
            });
        }
        world.command(MediaCommand::Connect {
            endpoint: PHONE,
            generation: Generation(1),
            stream: Stream {
                remote: at("192.0.2.20:4000"),
                rtcp: Rtcp::Mux,
                source: SourcePolicy::Signalled,
                codec: Codec::Pcma,
                send_pt: 8,
                receive: [(8, Codec::Pcma)].into_iter().collect(),
                telephone_event: Some(101),
                telephone_event_receive: [101].into_iter().collect(),
                send: true,
                receive_audio: true,
                inband_dtmf: false,
                ptime: 20,
            },
        });
        for (endpoint, other) in [(PAGE, PHONE), (PHONE, PAGE)] {
            world.command(MediaCommand::Hear {
                endpoint,
                generation: Generation(1),
                source: Source::Endpoint(other),
            });
        }
        world
    }

    fn command(&mut self, command: MediaCommand) {
        self.plane.command(self.now, command);
        self.drain();
    }

    /// The page offers; gives the answer.
    fn attach(&mut self, page: &Browser) -> String {
        self.attachments += 1;
        let local = LocalBrowser {
            session_id: 5,
            address: [192, 0, 2, 1].into(),
            port: 20_000,
            ssrc: 7001,
            credentials: Credentials {
                ufrag: format!("house{}", self.attachments),
                password: format!("the password of the house {}", self.attachments),
            },
            identity: self.identity.clone(),
        };
        let offer = SessionDescription::parse(page.offer().as_bytes()).unwrap();
        let (answer, agreement) = answer_browser(&offer, &local).unwrap();
        let generation = Generation(self.attachments);
        self.command(MediaCommand::Attach {
            endpoint: PAGE,
            generation,
            terms: Box::new(agreement.terms),
        });
        self.command(MediaCommand::Connect {
            endpoint: PAGE,
            generation,
            stream: agreement.stream,
        });
        String::from_utf8(answer).unwrap()
    }

    fn arrive(&mut self, endpoint: EndpointId, from: SocketAddr, bytes: &[u8]) {
        let mut bytes = bytes.to_vec();
        let out = self
            .plane
            .packet(self.now, endpoint, Channel::Rtp, from, &mut bytes);
        if let Some(PlaneOutput::Send {
            endpoint,
            to,
            bytes,
            ..
        }) = out
        {
            let bytes = bytes.to_vec();
            self.sent(endpoint, to, &bytes);
        }
        self.drain();
    }

    fn drain(&mut self) {
        let mut sent = Vec::new();
        while let Some(output) = self.plane.poll() {
            match output {
                PlaneOutput::Send {
                    endpoint,
                    to,
                    bytes,
                    ..
                } => sent.push((endpoint, to, bytes.to_vec())),
                PlaneOutput::Load(_) => {}
                PlaneOutput::Event(event) => self.events.push(event),
            }
        }
        for (endpoint, to, bytes) in sent {
            self.sent(endpoint, to, &bytes);
        }
    }

    fn sent(&mut self, endpoint: EndpointId, to: SocketAddr, bytes: &[u8]) {
        if endpoint == PAGE {
            self.page_at.push(to);
            return self.to_page.push(bytes.to_vec());
        }
        if bytes[1] & 0x7f == 8 {
            let mut samples = Vec::new();
            Decoder::new(Codec::Pcma).decode(&bytes[12..], &mut samples);
            self.phone_heard.extend_from_slice(&samples);
        }
    }

    /// What the page and the plane have for each other goes to and fro.
    fn exchange(&mut self, page: &mut Browser, from: SocketAddr) {
        loop {
            for bytes in std::mem::take(&mut self.to_page) {
                page.receive(self.now, &bytes);
            }
            let outbox = std::mem::take(&mut page.outbox);
            if outbox.is_empty() {
                return;
            }
            for bytes in outbox {
                self.arrive(PAGE, from, &bytes);
            }
        }
    }

    fn phone_says(&mut self) {
        let sample = |n: usize| (8000.0 * (TAU * PHONE_HERTZ * n as f64 / 8000.0).sin()) as i16;
        let samples: Vec<i16> = (self.phase..self.phase + 160).map(sample).collect();
        self.phase += 160;
        let mut payload = Vec::new();
        Encoder::new(Codec::Pcma).encode(&samples, &mut payload);
        let mut packet = vec![0x80, 8];
        packet.extend(self.phone_numbers.to_be_bytes());
        packet.extend((self.phase as u32).to_be_bytes());
        packet.extend([0, 0, 0, 9]);
        packet.extend(payload);
        self.phone_numbers = self.phone_numbers.wrapping_add(1);
        self.arrive(PHONE, at("192.0.2.20:4000"), &packet);
    }

    fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(next) = self.plane.next_deadline().filter(|next| *next <= until) {
            self.now = self.now.max(next);
            self.plane.tick(self.now);
            self.drain();
        }
        self.now = until;
    }

    /// So many packets of both; a page that is `None` says nothing.
    fn talk(&mut self, mut page: Option<(&mut Browser, SocketAddr)>, frames: usize) {
        for _ in 0..frames {
            self.phone_says();
            if let Some((page, from)) = &mut page {
                page.say(PAGE_HERTZ);
                self.exchange(page, *from);
            }
            self.pass(FRAME);
        }
    }

    fn news(&mut self) -> Vec<MediaEvent> {
        let all = std::mem::take(&mut self.events);
        let heard = |event: &MediaEvent| !matches!(event, MediaEvent::Heard { .. });
        all.into_iter().filter(heard).collect()
    }
}

/// Share of a sound's power that lies in one tone.
fn share(samples: &[i16], hertz: f64, rate: f64) -> f64 {
    let (mut sine, mut cosine, mut whole) = (0.0, 0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let angle = TAU * hertz * n as f64 / rate;
        let sample = f64::from(*sample);
        sine += sample * angle.sin();
        cosine += sample * angle.cos();
        whole += sample * sample;
    }
    let count = samples.len() as f64;
    2.0 * (sine * sine + cosine * cosine) / count / whole.max(1.0)
}

fn attached(n: u32) -> MediaEvent {
    MediaEvent::Attached {
        endpoint: PAGE,
        generation: Generation(n),
    }
}

const LOST: MediaEvent = MediaEvent::Lost { endpoint: PAGE };
const BACK: MediaEvent = MediaEvent::Back { endpoint: PAGE };

/// A page that is connected from an address.
fn connected(world: &mut World, page: &mut Browser, from: SocketAddr) {
    let answer = world.attach(page);
    page.accept(world.now, &answer);
    world.exchange(page, from);
    assert!(page.is_up());
}

#[test]
fn both_hear_each_other_in_opus_and_alaw_with_either_cipher() {
    for gcm in [true, false] {
        let (mut world, mut page) = (World::new(), Browser::new(1));
        page.gcm = gcm;
        let here = at("192.0.2.30:50000");
        connected(&mut world, &mut page, here);
        assert_eq!(world.news(), [attached(1)]);
        world.talk(Some((&mut page, here)), 150);
        let heard = &page.heard[page.heard.len() - 32_000..];
        assert!(share(heard, PHONE_HERTZ, 16_000.0) > 0.9, "gcm {gcm}");
        let heard = &world.phone_heard[world.phone_heard.len() - 16_000..];
        assert!(share(heard, PAGE_HERTZ, 8000.0) > 0.9, "gcm {gcm}");
        for pair in page.numbers.windows(2).skip(1) {
            assert_eq!(pair[1].0, pair[0].0.wrapping_add(1));
            assert_eq!(pair[1].1.wrapping_sub(pair[0].1), 960, "{pair:?}");
        }
        assert!(world.page_at.iter().all(|to| *to == here));
        assert_eq!(world.news(), []);
    }
}

#[test]
fn another_page_takes_the_place_while_the_conversation_goes_on() {
    let (mut world, mut old, mut new) = (World::new(), Browser::new(1), Browser::new(2));
    let (here, there) = (at("192.0.2.30:50000"), at("192.0.2.31:40000"));
    connected(&mut world, &mut old, here);
    world.talk(Some((&mut old, here)), 50);
    world.news();
    // The page is gone: after two seconds without its sound, whatever its checks say.
    world.talk(None, 50);
    old.check();
    world.exchange(&mut old, here);
    world.talk(None, 48);
    assert_eq!(world.news(), []);
    world.talk(None, 3);
    assert_eq!(world.news(), [LOST]);
    world.to_page.clear();
    connected(&mut world, &mut new, there);
    assert_eq!(world.news(), [attached(2)]);
    world.to_page.clear();
    world.talk(Some((&mut new, there)), 100);
    assert_eq!(world.news(), [BACK]);
    let heard = &new.heard[new.heard.len() - 16_000..];
    assert!(share(heard, PHONE_HERTZ, 16_000.0) > 0.9);
    let heard = &world.phone_heard[world.phone_heard.len() - 8000..];
    assert!(share(heard, PAGE_HERTZ, 8000.0) > 0.9);
    // The old page still speaks; nobody hears it, and nothing is sent to it.
    world.page_at.clear();
    old.say(3000.0);
    old.check();
    for bytes in std::mem::take(&mut old.outbox) {
        world.arrive(PAGE, here, &bytes);
    }
    assert!(!world.page_at.contains(&here));
}

#[test]
fn a_network_change_keeps_keys_and_moves_the_path() {
    let (mut world, mut page) = (World::new(), Browser::new(1));
    let (here, there) = (at("192.0.2.30:50000"), at("[2001:db8::5]:7000"));
    connected(&mut world, &mut page, here);
    world.talk(Some((&mut page, here)), 20);
    world.news();
    page.restart_ice();
    let answer = world.attach(&page);
    assert_eq!(world.news(), [attached(2)], "at once: the keys hold");
    world.talk(Some((&mut page, here)), 10);
    page.accept(world.now, &answer);
    world.exchange(&mut page, there);
    world.page_at.clear();
    world.talk(Some((&mut page, there)), 100);
    assert!(world.page_at.iter().all(|to| *to == there));
    let heard = &page.heard[page.heard.len() - 16_000..];
    assert!(share(heard, PHONE_HERTZ, 16_000.0) > 0.9);
    assert_eq!(world.news(), []);
}

/// Chromium nominates once it has chosen a pair, with its next check: seconds after it speaks there and has closed the old socket.
#[test]
fn after_a_network_change_sound_goes_where_the_page_speaks_from_before_it_nominates() {
    let (mut world, mut page) = (World::new(), Browser::new(1));
    let (here, there) = (at("192.0.2.30:50000"), at("192.0.2.30:50001"));
    connected(&mut world, &mut page, here);
    world.talk(Some((&mut page, here)), 20);
    page.restart_ice();
    page.nominates = false;
    let answer = world.attach(&page);
    world.talk(Some((&mut page, here)), 10);
    page.accept(world.now, &answer);
    world.exchange(&mut page, there);
    world.page_at.clear();
    world.talk(Some((&mut page, there)), 50);
    let to = |place: SocketAddr| world.page_at.iter().filter(|to| **to == place).count();
    assert!(to(here) <= 1, "{} to the closed socket", to(here));
    assert!(to(there) >= 49, "{}", to(there));
}

#[test]
fn a_network_change_in_the_middle_of_the_handshake_lets_it_come_to_its_end() {
    for datagrams in 1..6 {
        let (mut world, mut page) = (World::new(), Browser::new(1));
        let here = at("192.0.2.30:50000");
        let answer = world.attach(&page);
        page.accept(world.now, &answer);
        for _ in 0..datagrams {
            for bytes in page.outbox.drain(..).collect::<Vec<_>>() {
                world.arrive(PAGE, here, &bytes);
            }
            if !world.to_page.is_empty() {
                let bytes = world.to_page.remove(0);
                page.receive(world.now, &bytes);
            }
        }
        let early = !page.is_up();
        page.restart_ice();
        let answer = world.attach(&page);
        page.accept(world.now, &answer);
        world.exchange(&mut page, here);
        assert!(page.is_up(), "after {datagrams}; early {early}");
        world.talk(Some((&mut page, here)), 60);
        let heard = &page.heard[page.heard.len() - 8_000..];
        assert!(share(heard, PHONE_HERTZ, 16_000.0) > 0.9, "{datagrams}");
        let heard = &world.phone_heard[world.phone_heard.len() - 4000..];
        assert!(share(heard, PAGE_HERTZ, 8000.0) > 0.9, "{datagrams}");
    }
}

/// Whoever counts overflows begins to count with the first packet that comes (RFC 3711 section 3.3.1).
#[test]
fn a_new_page_hears_us_also_when_our_numbers_would_overflow_before_its_first_packet() {
    let (mut world, mut old, mut new) = (World::new(), Browser::new(1), Browser::new(2));
    let here = at("192.0.2.30:50000");
    connected(&mut world, &mut old, here);
    // To just below the overflow, by losses that stay losses: fifty numbers with each packet.
    loop {
        world.talk(Some((&mut old, here)), 1);
        world.phone_numbers = world.phone_numbers.wrapping_add(49);
        if old
            .numbers
            .last()
            .is_some_and(|(number, _)| *number > 65_480)
        {
            break;
        }
    }
    connected(&mut world, &mut new, here);
    // What is sent before it listens is lost on the way.
    for _ in 0..5 {
        world.phone_numbers = world.phone_numbers.wrapping_add(49);
        world.phone_says();
        world.pass(FRAME);
    }
    world.to_page.clear();
    world.talk(Some((&mut new, here)), 60);
    let heard = &new.heard[new.heard.len() - 8_000..];
    assert!(share(heard, PHONE_HERTZ, 16_000.0) > 0.9);
}

#[test]
fn a_key_is_one_digit() {
    let (mut world, mut page) = (World::new(), Browser::new(1));
    let here = at("192.0.2.30:50000");
    connected(&mut world, &mut page, here);
    world.talk(Some((&mut page, here)), 5);
    world.news();
    page.press(7);
    world.exchange(&mut page, here);
    let told = world.news();
    assert!(
        matches!(&told[..], [MediaEvent::Digit { digit, .. }] if digit.to_string() == "7"),
        "{told:?}"
    );
}

#[test]
fn a_page_with_another_certificate_than_announced_gets_no_sound() {
    let (mut world, mut page, other) = (World::new(), Browser::new(1), Browser::new(1));
    // The offer of the one, the handshake of the other: same ICE names, another certificate.
    let answer = world.attach(&other);
    page.accept(world.now, &answer);
    world.exchange(&mut page, at("192.0.2.30:50000"));
    world.talk(None, 50);
    assert_eq!(world.news(), []);
    assert_eq!(page.heard.len(), 0);
}

#[test]
fn strangers_and_forgeries_cost_nothing_and_change_nothing() {
    let (mut world, mut page) = (World::new(), Browser::new(1));
    let (here, stranger) = (at("192.0.2.30:50000"), at("203.0.113.66:6666"));
    connected(&mut world, &mut page, here);
    world.talk(Some((&mut page, here)), 50);
    page.say(PAGE_HERTZ);
    page.check();
    let samples = std::mem::take(&mut page.outbox);
    world.page_at.clear();
    let mut seed = 1u64;
    let mut random = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize
    };
    for round in 0..4000usize {
        let mut bytes = samples[round % samples.len()].clone();
        match random() % 4 {
            0 => bytes.truncate(random() % bytes.len()),
            1 => bytes = (0..random() % 300).map(|_| random() as u8).collect(),
            _ => {}
        }
        for _ in 0..1 + random() % 4 {
            let place = random() % bytes.len().max(1);
            if let Some(octet) = bytes.get_mut(place) {
                *octet ^= 1 << (random() % 8);
            }
        }
        if random() % 8 == 0 && !bytes.is_empty() {
            bytes[0] = [0, 20, 22, 23, 128, 129, 144][random() % 7];
        }
        let from = if round % 2 == 0 { here } else { stranger };
        world.arrive(PAGE, from, &bytes);
    }
    assert!(
        !world.page_at.contains(&stranger),
        "no stranger is answered"
    );
    world.to_page.clear();
    world.news();
    world.phone_heard.clear();
    world.talk(Some((&mut page, here)), 100);
    let heard = &world.phone_heard[world.phone_heard.len() - 8000..];
    assert!(share(heard, PAGE_HERTZ, 8000.0) > 0.9);
    assert_eq!(world.news(), []);
}
