//! A citizen who calls over the demo's trunk: bytes as they stand in RFC 3261, no library of ours.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// A call that was answered.
pub(crate) struct Citizen {
    socket: UdpSocket,
    call_id: String,
}

impl Citizen {
    /// Calls the central number from one of the operator's addresses, and acknowledges the answer.
    pub(crate) fn call(exchange: SocketAddr) -> Citizen {
        let socket = UdpSocket::bind("127.0.0.3:0").unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(1)))
            .unwrap();
        let here = socket.local_addr().unwrap();
        let citizen = Citizen {
            call_id: format!("cut-{}", here.port()),
            socket,
        };
        let sdp = format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.3\r\ns=-\r\nc=IN IP4 127.0.0.3\r\nt=0 0\r\nm=audio {} RTP/AVP 8\r\n",
            here.port()
        );
        citizen.send(exchange, "INVITE", "", &sdp);
        let answer = citizen.receive("SIP/2.0 200 ");
        let tag = answer
            .lines()
            .find_map(|line| line.strip_prefix("To:")?.split(";tag=").nth(1))
            .expect("a tag");
        citizen.send(exchange, "ACK", &format!(";tag={tag}"), "");
        citizen
    }

    /// The exchange says that the call is over.
    pub(crate) fn expect_bye(&self) {
        let bye = self.receive("BYE ");
        assert!(bye.contains(&self.call_id), "{bye}");
        assert!(bye.contains(";tag=citizen"), "{bye}");
    }

    fn send(&self, exchange: SocketAddr, method: &str, to_tag: &str, sdp: &str) {
        let here = self.socket.local_addr().unwrap();
        let message = format!(
            "{method} sip:054310000@{exchange} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{method}{}\r\n\
             From: <sip:+32470123456@127.0.0.3>;tag=citizen\r\nTo: <sip:054310000@{exchange}>{to_tag}\r\n\
             Call-ID: {}\r\nCSeq: 1 {method}\r\nContact: <sip:citizen@{here}>\r\nMax-Forwards: 70\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
            here.port(),
            self.call_id,
            sdp.len()
        );
        self.socket.send_to(message.as_bytes(), exchange).unwrap();
    }

    /// The next message that begins so; others are passed over.
    fn receive(&self, beginning: &str) -> String {
        let end = Instant::now() + Duration::from_secs(20);
        let mut buffer = [0; 8_192];
        while Instant::now() < end {
            let Ok(length) = self.socket.recv(&mut buffer) else {
                continue;
            };
            let message = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if message.starts_with(beginning) {
                return message;
            }
        }
        panic!("no {beginning}");
    }
}

/// What came of the sound that the exchange sent.
#[derive(Debug)]
pub(crate) struct Heard {
    /// RTP packets.
    pub(crate) packets: usize,
    /// Sequence numbers that never came, between the first and the last.
    pub(crate) missing: usize,
}

impl Citizen {
    /// Listens for so long from the first packet on. Sound comes where signalling comes: what begins with version 2 is RTP (RFC 3550).
    pub(crate) fn hears(&self, time: Duration) -> Heard {
        let mut end = Instant::now() + Duration::from_secs(30);
        let mut numbers = Vec::new();
        let mut buffer = [0; 8_192];
        while Instant::now() < end {
            match self.socket.recv(&mut buffer) {
                Ok(length) if length >= 12 && buffer[0] >> 6 == 2 && buffer[1] & 0x7f == 8 => {
                    if numbers.is_empty() {
                        end = Instant::now() + time;
                    }
                    numbers.push(u16::from_be_bytes([buffer[2], buffer[3]]));
                }
                _ => {}
            }
        }
        let first = numbers.first().copied().unwrap_or_default();
        let mut places: Vec<u16> = numbers.iter().map(|n| n.wrapping_sub(first)).collect();
        places.sort_unstable();
        places.dedup();
        let last = places.last().map_or(0, |last| usize::from(*last) + 1);
        Heard {
            packets: numbers.len(),
            missing: last - places.len(),
        }
    }
}
