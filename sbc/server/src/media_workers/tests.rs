//! Workers with real sockets on loopback: two phones that hear each other's tone, moves, sounds, ports and faults.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use media::Codec;
use media::plane::{Rtcp, Source, SourcePolicy, Stream};
use mio::{Poll, Token, Waker};

use super::sounds::SoundSource;
use super::*;
use crate::clock;
use crate::counters::Counters;
use crate::entropy;
use crate::log::Log;

const PATIENCE: Duration = Duration::from_secs(10);

/// A crew as the signalling thread has it, and what it told.
struct Shell {
    crew: Crew,
    ports: Vec<u16>,
    workers: usize,
    told: Vec<FromWorker>,
    counters: Arc<Counters>,
    address: IpAddr,
    _poll: Poll,
}

impl Shell {
    /// Each test has a loopback address of its own, so that the same ports do not meet.
    fn new(
        last_byte: u8,
        workers: usize,
        range: RangeInclusive<u16>,
        sounds: SoundSource,
    ) -> Shell {
        let address = IpAddr::from([127, 42, 0, last_byte]);
        let counters = Arc::new(Counters::default());
        let (log, _) = Log::start(Arc::clone(&counters)).unwrap();
        let (mut reserves, mut ports) = (Vec::new(), Vec::new());
        for worker in 0..workers {
            let random = entropy::generator().unwrap();
            let mut reserve = Reserve::new(
                address,
                &range,
                (worker, workers),
                1_000,
                random,
                Arc::clone(&counters),
            );
            ports.extend(reserve.fill(clock::monotonic()).unwrap());
            reserves.push(reserve);
        }
        let poll = Poll::new().unwrap();
        let waker = Arc::new(Waker::new(poll.registry(), Token(0)).unwrap());
        let place = Workplace {
            reserves,
            sounds,
            log,
            counters: Arc::clone(&counters),
            seed: 1,
        };
        Shell {
            crew: Crew::start(place, waker).unwrap(),
            ports,
            workers,
            told: Vec::new(),
            counters,
            address,
            _poll: poll,
        }
    }

    /// A port of that worker, once.
    fn port_of(&mut self, worker: usize) -> u16 {
        let workers = self.workers;
        let place = self
            .ports
            .iter()
            .position(|port| owner_of(*port, workers) == worker);
        self.ports.swap_remove(place.unwrap())
    }

    /// Opens an endpoint for a phone, on that worker.
    fn open(&mut self, phone: &Phone, worker: usize) -> SocketAddr {
        let rtp = self.port_of(worker);
        self.order(MediaCommand::Open {
            endpoint: phone.endpoint,
            rtp,
            rtcp: None,
            ssrc: 77,
            sequence: 1,
            timestamp: 1,
        });
        self.order(MediaCommand::Connect {
            endpoint: phone.endpoint,
            generation: Generation(1),
            stream: phone.stream(),
        });
        SocketAddr::new(self.address, rtp)
    }

    fn hear(&mut self, phone: &Phone, source: Source) {
        self.order(MediaCommand::Hear {
            endpoint: phone.endpoint,
            generation: Generation(2),
            source,
        });
    }

    fn order(&mut self, command: MediaCommand) {
        assert!(self.crew.command(clock::monotonic(), command));
        self.crew.flush();
    }

    /// Waits until the workers told something of this kind.
    fn wait_for(&mut self, what: &str, mut wanted: impl FnMut(&FromWorker) -> bool) {
        let end = Instant::now() + PATIENCE;
        loop {
            self.crew.flush();
            while let Some(news) = self.crew.news() {
                self.told.push(news);
            }
            if self.told.iter().any(&mut wanted) {
                return;
            }
            assert!(
                Instant::now() < end,
                "never told: {what}; told: {:?}",
                self.told
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// A phone that sends one tone and keeps what it hears.
struct Phone {
    endpoint: EndpointId,
    socket: UdpSocket,
    rtcp: UdpSocket,
    hertz: f64,
    sent: u32,
    heard: Vec<i16>,
    ssrcs: Vec<u32>,
}

impl Phone {
    fn new(endpoint: u64, hertz: f64) -> Phone {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        Phone {
            endpoint: EndpointId(endpoint),
            socket,
            rtcp: UdpSocket::bind("127.0.0.1:0").unwrap(),
            hertz,
            sent: 0,
            heard: Vec::new(),
            ssrcs: Vec::new(),
        }
    }

    fn stream(&self) -> Stream {
        Stream {
            remote: self.socket.local_addr().unwrap(),
            rtcp: Rtcp::Port(self.rtcp.local_addr().unwrap()),
            source: SourcePolicy::Signalled,
            codec: Codec::Pcma,
            send_pt: 8,
            receive: [(8, Codec::Pcma)].into_iter().collect(),
            telephone_event: None,
            telephone_event_receive: Default::default(),
            send: true,
            receive_audio: true,
            inband_dtmf: false,
            ptime: 20,
        }
    }

    /// Sends 20 ms of its tone.
    fn speak(&mut self, to: SocketAddr) {
        let mut packet = vec![0x80, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];
        packet[2..4].copy_from_slice(&(self.sent as u16).to_be_bytes());
        packet[4..8].copy_from_slice(&(self.sent * 160).to_be_bytes());
        for sample in 0..160 {
            let time = f64::from(self.sent * 160 + sample) / 8_000.0;
            let value = (time * self.hertz * std::f64::consts::TAU).sin() * 8_000.0;
            packet.push(media::codec::g711::alaw_encode(value as i16));
        }
        self.sent += 1;
        self.socket.send_to(&packet, to).unwrap();
    }

    fn listen(&mut self) {
        let mut buffer = [0; 2_048];
        while let Ok((length, _)) = self.socket.recv_from(&mut buffer) {
            if length > 12 && buffer[1] & 0x7f == 8 {
                self.ssrcs
                    .push(u32::from_be_bytes(buffer[8..12].try_into().unwrap()));
                let sound = buffer[12..length].iter();
                self.heard
                    .extend(sound.map(|code| media::codec::g711::alaw_decode(*code)));
            }
        }
    }

    /// Share of the power of what was heard in the last half second that lies at a frequency (Goertzel).
    fn hears(&self, hertz: f64) -> f64 {
        let last = &self.heard[self.heard.len().saturating_sub(4_000)..];
        let coefficient = 2.0 * (hertz * std::f64::consts::TAU / 8_000.0).cos();
        let (mut one, mut two, mut power) = (0.0, 0.0, 1.0);
        for sample in last {
            let sample = f64::from(*sample);
            let next = sample + coefficient * one - two;
            (two, one) = (one, next);
            power += sample * sample;
        }
        let tone = one * one + two * two - coefficient * one * two;
        tone * 2.0 / (last.len().max(1) as f64 * power)
    }
}

/// Both speak for a while.
fn talk(one: &mut Phone, to_one: SocketAddr, two: &mut Phone, to_two: SocketAddr, packets: usize) {
    for _ in 0..packets {
        one.speak(to_one);
        two.speak(to_two);
        std::thread::sleep(Duration::from_millis(4));
        one.listen();
        two.listen();
    }
}

fn no_sounds() -> SoundSource {
    Arc::new(|_| None)
}

fn bridge(shell: &mut Shell, one: &Phone, two: &Phone) {
    shell.hear(one, Source::Endpoint(two.endpoint));
    shell.hear(two, Source::Endpoint(one.endpoint));
}

#[test]
fn two_phones_hear_each_other_and_their_ports_come_back_at_the_end() {
    // A range that the reserve takes whole, so that a port that comes back is seen.
    let mut shell = Shell::new(1, 1, 40_000..=40_099, no_sounds());
    let (mut one, mut two) = (Phone::new(1, 500.0), Phone::new(2, 1_300.0));
    let (to_one, to_two) = (shell.open(&one, 0), shell.open(&two, 0));
    bridge(&mut shell, &one, &two);
    talk(&mut one, to_one, &mut two, to_two, 80);
    assert!(
        one.hears(1_300.0) > 0.9 && one.hears(500.0) < 0.05,
        "{} {}",
        one.hears(1_300.0),
        one.hears(500.0)
    );
    assert!(two.hears(500.0) > 0.9 && two.hears(1_300.0) < 0.05);
    // RTCP on the odd neighbour, for these phones do not multiplex.
    one.rtcp.set_read_timeout(Some(PATIENCE)).unwrap();
    let (_, from) = one.rtcp.recv_from(&mut [0; 1_500]).unwrap();
    assert_eq!(from, SocketAddr::new(to_one.ip(), to_one.port() + 1));

    let closed = Instant::now();
    shell.order(MediaCommand::Close {
        endpoint: one.endpoint,
    });
    shell.wait_for("closed", |told| {
        matches!(told, FromWorker::Event(MediaEvent::Closed { rtp, report, .. })
            if *rtp == to_one.port() && report.packets_received + report.discarded_source == 80)
    });
    shell.wait_for(
        "the port again",
        |told| matches!(told, FromWorker::Bound(ports) if ports.contains(&to_one.port())),
    );
    assert!(
        closed.elapsed() >= Duration::from_secs(5),
        "the port did not rest"
    );
    shell.crew.stop();
}

#[test]
fn the_two_of_a_bridge_meet_on_one_worker_and_keep_their_stream() {
    let mut shell = Shell::new(2, 2, 40_000..=40_399, no_sounds());
    let (mut one, mut two) = (Phone::new(1, 500.0), Phone::new(2, 1_300.0));
    let (to_one, to_two) = (shell.open(&one, 0), shell.open(&two, 1));
    shell.hear(&two, Source::Ringback(media::plane::Country::Be));
    for _ in 0..20 {
        std::thread::sleep(Duration::from_millis(10));
        two.listen();
    }
    bridge(&mut shell, &one, &two);
    talk(&mut one, to_one, &mut two, to_two, 80);
    assert!(one.hears(1_300.0) > 0.9 && one.hears(500.0) < 0.05);
    assert!(two.hears(500.0) > 0.9 && two.hears(1_300.0) < 0.05);
    assert!(two.ssrcs.len() > 60 && two.ssrcs.iter().all(|ssrc| *ssrc == 77));
}

#[test]
fn a_sound_is_loaded_once_off_the_media_thread_and_heard() {
    let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let source: SoundSource = Arc::new(move |sound| {
        count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        (sound.as_str() == "nl/tone").then(|| Cow::Owned(tone_file(700.0)))
    });
    let mut shell = Shell::new(3, 1, 40_000..=40_099, source);
    let (mut one, mut two) = (Phone::new(1, 500.0), Phone::new(2, 500.0));
    for phone in [&one, &two] {
        shell.open(phone, 0);
        let sounds = [SoundId::from("nl/none"), SoundId::from("nl/tone")];
        shell.hear(
            phone,
            Source::Play {
                sounds: sounds.into(),
                repeat: false,
            },
        );
    }
    for phone in [&one, &two] {
        let endpoint = phone.endpoint;
        shell.wait_for("played", |told| {
            told_event(told)
                == Some(&MediaEvent::Played {
                    endpoint,
                    generation: Generation(2),
                })
        });
    }
    let missing = shell
        .told
        .iter()
        .filter(|told| matches!(told, FromWorker::Event(MediaEvent::Missing { .. })));
    assert_eq!(missing.count(), 2);
    one.listen();
    two.listen();
    assert!(
        one.hears(700.0) > 0.9 && two.hears(700.0) > 0.9,
        "{} {}",
        one.hears(700.0),
        two.hears(700.0)
    );
    assert!(asked.load(std::sync::atomic::Ordering::Relaxed) <= 3);
}

#[test]
fn a_worker_that_falls_loses_its_endpoints_and_works_again() {
    let mut shell = Shell::new(4, 2, 40_000..=40_399, no_sounds());
    let (lost, kept) = (Phone::new(1, 500.0), Phone::new(2, 500.0));
    shell.open(&lost, 0);
    shell.open(&kept, 1);
    shell.crew.break_worker(0);
    let endpoint = lost.endpoint;
    shell.wait_for("lost", |told| {
        matches!(told, FromWorker::Lost { endpoint: told, generation: Generation(1) } if *told == endpoint)
    });
    assert_eq!(shell.counters.worker_restarts.get(), 1);
    let (mut one, mut two) = (Phone::new(3, 500.0), Phone::new(4, 1_300.0));
    let (to_one, to_two) = (shell.open(&one, 0), shell.open(&two, 0));
    bridge(&mut shell, &one, &two);
    talk(&mut one, to_one, &mut two, to_two, 80);
    assert!(one.hears(1_300.0) > 0.9 && two.hears(500.0) > 0.9);
    assert!(!shell.told.iter().any(
        |told| matches!(told, FromWorker::Lost { endpoint, .. } if *endpoint == kept.endpoint)
    ));
}

#[test]
fn a_port_that_cannot_be_had_fails_the_endpoint() {
    let mut shell = Shell::new(5, 1, 40_000..=40_099, no_sounds());
    let taken = SocketAddr::new(shell.address, 41_000);
    let _other = UdpSocket::bind(taken).unwrap();
    let endpoint = EndpointId(9);
    shell.order(MediaCommand::Open {
        endpoint,
        rtp: taken.port(),
        rtcp: None,
        ssrc: 1,
        sequence: 1,
        timestamp: 1,
    });
    shell.wait_for("failed", |told| {
        told_event(told)
            == Some(&MediaEvent::Failed {
                endpoint,
                generation: Generation(0),
            })
    });
}

fn told_event(told: &FromWorker) -> Option<&MediaEvent> {
    match told {
        FromWorker::Event(event) => Some(event),
        FromWorker::Bound(_) | FromWorker::Lost { .. } => None,
    }
}

/// Half a second of a tone as a WAV file, 16 bit, 8 kHz, mono.
fn tone_file(hertz: f64) -> Vec<u8> {
    let samples = 4_000_u32;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + samples * 2).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(8_000_u32.to_le_bytes());
    file.extend(16_000_u32.to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend((samples * 2).to_le_bytes());
    for sample in 0..samples {
        let value = (f64::from(sample) / 8_000.0 * hertz * std::f64::consts::TAU).sin() * 8_000.0;
        file.extend((value as i16).to_le_bytes());
    }
    file
}

#[test]
fn what_will_be_wanted_is_decoded_while_nobody_asks() {
    let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let source: SoundSource = Arc::new(move |sound| {
        seen.lock().unwrap().push(sound.as_str().to_owned());
        Some(Cow::Owned(tone_file(700.0)))
    });
    let mut shell = Shell::new(6, 1, 40_000..=40_099, source);
    let first = ["music/default", "nl/welcome"].map(SoundId::from);
    shell.crew.prepare(first.to_vec());
    let end = Instant::now() + Duration::from_secs(20);
    while asked.lock().unwrap().len() < 2 {
        assert!(Instant::now() < end, "nothing is prepared");
        shell.crew.flush();
        std::thread::sleep(Duration::from_millis(5));
    }
    // A caller finds them ready: nothing is read a second time.
    let phone = Phone::new(1, 500.0);
    shell.open(&phone, 0);
    let source = Source::Play {
        sounds: first.into(),
        repeat: false,
    };
    shell.hear(&phone, source);
    let endpoint = phone.endpoint;
    shell.wait_for("played", |told| {
        told_event(told)
            == Some(&MediaEvent::Played {
                endpoint,
                generation: Generation(2),
            })
    });
    assert_eq!(*asked.lock().unwrap(), ["music/default", "nl/welcome"]);
}
