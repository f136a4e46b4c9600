//! RTP bleed and injection (RELIABILITY fault 25): strangers spray both ports of a trunk call from before its first packet.

use std::net::UdpSocket;
use std::time::{Duration, Instant};

use crate::answered::fixed;
use crate::keys;
use crate::program::{Case, NUMBER};
use crate::sipp::Sipp;
use crate::wire::register;

/// What each party's packets are full of.
const CITIZEN: u8 = 0x11;
const DESK: u8 = 0x22;
const STRANGER: u8 = 0x5a;

#[test]
fn strangers_neither_hear_nor_speak() {
    let case = Case::new("strangers_neither_hear_nor_speak");
    let centrale = case.centrale();
    let citizen = ear("127.0.0.2:15500");
    let desk = ear("127.0.0.1:15600");
    // An outsider, and others on the hosts of the citizen and of the desk.
    let strangers = ["127.0.0.66:15500", "127.0.0.2:15700", "127.0.0.1:15700"].map(ear);
    let (trunk, phone) = start(&case);
    trunk.sees("m=audio", 2, Duration::from_secs(10));
    let trunk_side = port(&trunk.messages(), 1);
    case.say(format_args!(
        "the citizen talks to port {trunk_side}; strangers spray it"
    ));
    spray(&strangers, &[trunk_side], Duration::from_millis(500));
    for (at, packet) in keys::packets("22", 1_500) {
        // The time in the capture counts from its start; a key a second and a half is near enough.
        std::thread::sleep(Duration::from_millis(if at % 1_500 == 0 {
            1_500
        } else {
            20
        }));
        to(&citizen, trunk_side, &packet);
    }
    phone.sees("\nACK sip:", 1, Duration::from_secs(15));
    let desk_side = port(&phone.messages(), 0);
    case.say(format_args!(
        "the desk talks to port {desk_side}; strangers spray both"
    ));
    spray(
        &strangers,
        &[trunk_side, desk_side],
        Duration::from_millis(500),
    );
    drain(&citizen);
    drain(&desk);
    let mut counts = Counts::default();
    for sequence in 0..200_u16 {
        to(&citizen, trunk_side, &rtp(CITIZEN, 1_000 + sequence));
        to(&desk, desk_side, &rtp(DESK, 2_000 + sequence));
        spray(
            &strangers,
            &[trunk_side, desk_side],
            Duration::from_millis(15),
        );
        counts.take(&citizen, &desk);
    }
    std::thread::sleep(Duration::from_millis(200));
    counts.take(&citizen, &desk);
    let leaked: usize = strangers.iter().map(drain).sum();
    case.say(format_args!(
        "of 200 packets each way {} and {} arrived; {} injected, {leaked} leaked",
        counts.from_citizen, counts.from_desk, counts.injected
    ));
    assert!(counts.from_citizen >= 195 && counts.from_desk >= 195);
    assert_eq!((counts.injected, leaked), (0, 0));
    the_counting_works(&citizen, &desk, &strangers[0], trunk_side, counts);
    centrale.stop_at_once();
}

/// The positive control: the same packets from the right sockets are counted, and a stranger's ear hears.
fn the_counting_works(
    citizen: &UdpSocket,
    desk: &UdpSocket,
    stranger: &UdpSocket,
    trunk_side: u16,
    mut counts: Counts,
) {
    for sequence in 0..20_u16 {
        to(citizen, trunk_side, &rtp(STRANGER, 1_200 + sequence));
        citizen
            .send_to(&rtp(CITIZEN, 1), stranger.local_addr().unwrap())
            .unwrap();
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(200));
    counts.take(citizen, desk);
    assert!(
        counts.injected >= 15 && drain(stranger) >= 15,
        "the counting is broken"
    );
}

/// The call: SIPp signals for both parties, but their sound goes to our sockets.
fn start(case: &Case) -> (crate::sipp::Running, crate::sipp::Running) {
    register("2103", "127.0.0.1:5180");
    let phone = Sipp {
        name: "desk",
        scenario: "answer",
        listen: ("127.0.0.1", 5180),
        media: 12_000,
        service: "2103",
        calls: 1,
        rate: 1,
        with: &[
            ("ring", fixed(0)),
            ("after", fixed(200)),
            ("media_port", "15600".to_owned()),
        ],
        more: &[],
    };
    let phone = phone.start(case);
    let trunk = Sipp {
        name: "trunk",
        scenario: "menu_wait",
        listen: ("127.0.0.2", 5060),
        media: 14_000,
        service: NUMBER,
        calls: 1,
        rate: 1,
        with: &[
            ("name", "Citizen".to_owned()),
            ("listen", "100".to_owned()),
            ("press", String::new()),
            ("media_port", "15500".to_owned()),
        ],
        more: &[],
    };
    (trunk.start(case), phone)
}

fn ear(address: &str) -> UdpSocket {
    let socket = UdpSocket::bind(address).unwrap();
    socket.set_nonblocking(true).unwrap();
    socket
}

fn to(socket: &UdpSocket, port: u16, packet: &[u8]) {
    socket.send_to(packet, ("127.0.0.1", port)).unwrap();
}

/// The port in the `nth` m= line of some SIP messages.
fn port(messages: &str, nth: usize) -> u16 {
    let line = messages.split("m=audio ").nth(nth + 1).unwrap();
    line.split(' ').next().unwrap().parse().unwrap()
}

/// 20 ms of PCMA, all octets the same.
fn rtp(fill: u8, sequence: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 8];
    packet.extend(sequence.to_be_bytes());
    packet.extend((u32::from(sequence) * 160).to_be_bytes());
    packet.extend([fill; 4]);
    packet.extend([fill; 160]);
    packet
}

/// Strangers send to these ports, and to the RTCP ports beside them, for some time.
fn spray(strangers: &[UdpSocket], ports: &[u16], time: Duration) {
    let until = Instant::now() + time;
    let mut sequence = 30_000;
    while Instant::now() < until {
        for stranger in strangers {
            for port in ports {
                sequence += 1;
                to(stranger, *port, &rtp(STRANGER, sequence));
                to(stranger, *port + 1, &rtp(STRANGER, sequence));
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[derive(Default)]
struct Counts {
    from_citizen: usize,
    from_desk: usize,
    injected: usize,
}

impl Counts {
    fn take(&mut self, citizen: &UdpSocket, desk: &UdpSocket) {
        let mut buffer = [0; 2_048];
        for (socket, count, fill) in [
            (desk, &mut self.from_citizen, CITIZEN),
            (citizen, &mut self.from_desk, DESK),
        ] {
            while let Ok(length) = socket.recv(&mut buffer) {
                let payload = buffer.get(12..length).unwrap_or_default();
                *count += usize::from(payload.first() == Some(&fill));
                self.injected +=
                    usize::from(payload.iter().filter(|octet| **octet == STRANGER).count() > 80);
            }
        }
    }
}

/// Throws away what has arrived; how much it was.
fn drain(socket: &UdpSocket) -> usize {
    let mut buffer = [0; 2_048];
    std::iter::from_fn(|| socket.recv(&mut buffer).ok()).count()
}
