//! A true browser on the plane: Debian's Chromium, headless, with a tone for a microphone. It hears ours and we hear its, it presses
//! a key, its page is reloaded and both are heard again. Run by name (`tests/run`); without Chromium it says so.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::disallowed_types
)]

use media::clip::{Clip, Recording};
use media::codec::{Codec, Decoder};
use media::offer_answer::{LocalBrowser, answer_browser};
use media::plane::{
    Channel, EndpointId, Generation, Limits, MediaCommand, MediaEvent, Plane, PlaneOutput, Rtcp,
    Source, SourcePolicy, Stream,
};
use media::sdp::SessionDescription;
use media::webrtc::{Credentials, Identity};
use std::f64::consts::TAU;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

const PAGE: EndpointId = EndpointId(1);
const PHONE: EndpointId = EndpointId(2);
const MICROPHONE: f64 = 1010.0;
const OURS: f64 = 440.0;
const PATIENCE: Duration = Duration::from_secs(120);

/// The plane with a real socket, and a web server of one page.
struct Proof {
    plane: Plane,
    identity: Identity,
    socket: UdpSocket,
    web: Receiver<Request>,
    page: String,
    attachments: u32,
    heard: Vec<i16>,
    decoder: Decoder,
    keys: String,
    reports: Vec<String>,
}

fn samples(hertz: f64, rate: usize, seconds: usize) -> Vec<i16> {
    let sample = |n: usize| (8000.0 * (TAU * hertz * n as f64 / rate as f64).sin()) as i16;
    (0..rate * seconds).map(sample).collect()
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
    2.0 * (sine * sine + cosine * cosine) / samples.len() as f64 / whole.max(1.0)
}

impl Proof {
    fn new() -> Proof {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let wait = Some(Duration::from_millis(4));
        socket.set_read_timeout(wait).unwrap();
        let web = TcpListener::bind("127.0.0.1:0").unwrap();
        let page = format!("http://{}/", web.local_addr().unwrap());
        let mut proof = Proof {
            plane: Plane::new(Limits::default(), 7),
            identity: Identity::generate().unwrap(),
            socket,
            web: requests(web),
            page,
            attachments: 0,
            heard: Vec::new(),
            decoder: Decoder::new(Codec::G722),
            keys: String::new(),
            reports: Vec::new(),
        };
        for endpoint in [PAGE, PHONE] {
            proof.command(MediaCommand::Open {
                endpoint,
                rtp: 0,
                rtcp: None,
                ssrc: 7000 + endpoint.0 as u32,
                sequence: 1,
                timestamp: 1,
            });
        }
        // A party in G.722 that only listens: what it is sent is what the page said.
        proof.command(MediaCommand::Connect {
            endpoint: PHONE,
            generation: Generation(1),
            stream: Stream {
                remote: "192.0.2.2:4000".parse::<SocketAddr>().unwrap(),
                rtcp: Rtcp::Mux,
                source: SourcePolicy::Signalled,
                codec: Codec::G722,
                send_pt: 9,
                receive: Default::default(),
                telephone_event: None,
                telephone_event_receive: Default::default(),
                send: true,
                receive_audio: true,
                inband_dtmf: false,
                ptime: 20,
            },
        });
        proof.command(MediaCommand::Hear {
            endpoint: PHONE,
            generation: Generation(1),
            source: Source::Endpoint(PAGE),
        });
        proof.command(MediaCommand::Hear {
            endpoint: PAGE,
            generation: Generation(1),
            source: Source::Play {
                sounds: [media::SoundId::from("tone")].into(),
                repeat: true,
            },
        });
        proof
    }

    fn command(&mut self, command: MediaCommand) {
        self.plane.command(Instant::now(), command);
        self.drain();
    }

    fn drain(&mut self) {
        let mut wanted = None;
        let mut samples = Vec::new();
        while let Some(output) = self.plane.poll() {
            match output {
                PlaneOutput::Send {
                    endpoint: PAGE,
                    to,
                    bytes,
                    ..
                } => {
                    self.socket.send_to(bytes, to).unwrap();
                }
                PlaneOutput::Send { bytes, .. } if bytes[1] & 0x7f == 9 => {
                    self.decoder.decode(&bytes[12..], &mut samples);
                    self.heard.extend_from_slice(&samples);
                }
                PlaneOutput::Send { .. } => {}
                PlaneOutput::Load(sound) => wanted = Some(sound),
                PlaneOutput::Event(MediaEvent::Digit { digit, .. }) => {
                    self.keys.push_str(&digit.to_string());
                }
                PlaneOutput::Event(event) => println!("{event:?}"),
            }
        }
        if let Some(sound) = wanted {
            let clip = Clip::of(&Recording::from_samples(
                samples_at(8000),
                samples_at(16_000),
            ));
            self.plane.loaded(sound, Ok::<_, ()>(Arc::new(clip)));
        }
    }

    /// One turn: a datagram, what is due, a request of the page.
    fn turn(&mut self) {
        let mut buffer = [0; 2048];
        if let Ok((length, from)) = self.socket.recv_from(&mut buffer) {
            let now = Instant::now();
            let out = self
                .plane
                .packet(now, PAGE, Channel::Rtp, from, &mut buffer[..length]);
            assert!(out.is_none(), "a browser's packets are copied");
            self.drain();
        }
        let now = Instant::now();
        if self.plane.next_deadline().is_some_and(|at| at <= now) {
            self.plane.tick(now);
            self.drain();
        }
        if let Ok(request) = self.web.try_recv() {
            self.serve(request);
        }
    }

    fn serve(&mut self, mut request: Request) {
        let answer = match &*request.path {
            "/offer" => self.attach(&request.body),
            "/report" => {
                self.reports.push(request.body);
                String::new()
            }
            "/keys" => self.keys.clone(),
            "/" => include_str!("page.html").to_owned(),
            _ => String::new(),
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            answer.len()
        );
        // A page that is just being reloaded does not wait for its answer.
        let _ = request
            .stream
            .write_all(&[head.as_bytes(), answer.as_bytes()].concat());
    }

    fn attach(&mut self, offer: &str) -> String {
        self.attachments += 1;
        self.heard.clear();
        let here = self.socket.local_addr().unwrap();
        let local = LocalBrowser {
            session_id: 5,
            address: here.ip(),
            port: here.port(),
            ssrc: 7001,
            credentials: Credentials {
                ufrag: format!("house{}", self.attachments),
                password: format!("apasswordofthehousenumber{}", self.attachments),
            },
            identity: self.identity.clone(),
        };
        let offer = SessionDescription::parse(offer.as_bytes()).unwrap();
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
}

fn samples_at(rate: usize) -> Vec<i16> {
    samples(OURS, rate, 1)
}

/// One request of the page.
struct Request {
    path: String,
    body: String,
    stream: TcpStream,
}

/// Reads requests on threads of their own: a browser opens connections that it may never use.
fn requests(web: TcpListener) -> Receiver<Request> {
    let (found, requests) = channel();
    thread::spawn(move || {
        for stream in web.incoming().flatten() {
            let found = found.clone();
            thread::spawn(move || request(stream).and_then(|request| found.send(request).ok()));
        }
    });
    requests
}

fn request(stream: TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let (mut length, mut header) = (0, String::new());
    while reader.read_line(&mut header).ok()? > 2 {
        let name = header.to_ascii_lowercase();
        if let Some(value) = name.strip_prefix("content-length:") {
            length = value.trim().parse::<usize>().ok()?;
        }
        header.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request {
        path: line.split(' ').nth(1)?.to_owned(),
        body: String::from_utf8(body).ok()?,
        stream: reader.into_inner(),
    })
}

/// Ends Chromium whatever becomes of the test.
struct Browser(Child);

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn chromium(proof: &Proof, folder: &std::path::Path) -> Option<Browser> {
    let microphone = folder.join("microphone.wav");
    std::fs::write(&microphone, wave(&samples(MICROPHONE, 48_000, 5))).unwrap();
    let child = Command::new("chromium")
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--mute-audio",
        ])
        .args([
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
        ])
        .args([
            "--autoplay-policy=no-user-gesture-required",
            "--no-first-run",
        ])
        .arg(format!(
            "--use-file-for-fake-audio-capture={}",
            microphone.display()
        ))
        .arg(format!(
            "--user-data-dir={}",
            folder.join("profile").display()
        ))
        .arg(&proof.page)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    child.ok().map(Browser)
}

/// A mono WAV file at 48 kHz.
fn wave(samples: &[i16]) -> Vec<u8> {
    let octets = (samples.len() * 2) as u32;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + octets).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend([16, 0, 0, 0, 1, 0, 1, 0]);
    file.extend(48_000u32.to_le_bytes());
    file.extend(96_000u32.to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(octets.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

#[test]
fn chromium_hears_us_is_heard_presses_a_key_and_comes_again() {
    let folder = std::env::temp_dir().join(format!("centrale-chromium-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut proof = Proof::new();
    let Some(browser) = chromium(&proof, &folder) else {
        println!("NOT RUN: chromium is not installed");
        return;
    };
    let began = Instant::now();
    for round in 0..2usize {
        while proof.reports.len() <= round {
            assert!(
                began.elapsed() < PATIENCE,
                "no report; keys {:?}",
                proof.keys
            );
            proof.turn();
        }
        println!("round {round}: {}", proof.reports[round]);
        assert!(
            proof.reports[round].starts_with("connected"),
            "{}",
            proof.reports[round]
        );
        // Its best quarter of a second: a busy machine starves the browser's fake microphone.
        let parts = proof.heard.chunks_exact(4000);
        let heard = parts
            .map(|part| share(part, MICROPHONE, 16_000.0))
            .fold(0.0, f64::max);
        println!("round {round}: the microphone's tone has {heard:.3} of what we heard");
        assert!(heard > 0.8, "{heard}");
    }
    assert_eq!(proof.keys, "56");
    drop(browser);
    let _ = std::fs::remove_dir_all(&folder);
}
