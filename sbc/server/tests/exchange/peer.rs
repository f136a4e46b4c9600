//! A SIP peer of few words: text over a UDP socket, and the tone of one RTP socket.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::town::PATIENCE;

/// One message, as text.
#[derive(Clone, Debug)]
pub(crate) struct Text(pub(crate) String);

impl Text {
    pub(crate) fn start(&self) -> &str {
        self.0.lines().next().unwrap_or_default()
    }

    /// All values of a header, in order.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let head = self.0.split("\r\n\r\n").next().unwrap_or_default();
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        lines
            .filter(|(found, _)| found.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect()
    }

    pub(crate) fn one(&self, name: &str) -> &str {
        self.all(name).first().copied().unwrap_or_default()
    }

    /// The port of the audio stream.
    pub(crate) fn audio_port(&self) -> u16 {
        let line = self
            .0
            .lines()
            .find_map(|line| line.strip_prefix("m=audio "));
        line.unwrap().split(' ').next().unwrap().parse().unwrap()
    }
}

/// A party with a SIP and an RTP socket on one address.
pub(crate) struct Peer {
    pub(crate) sip: UdpSocket,
    pub(crate) rtp: UdpSocket,
    seen: Vec<Text>,
}

impl Peer {
    pub(crate) fn new(address: &str) -> Peer {
        let sip = UdpSocket::bind((address, 0)).unwrap();
        sip.set_read_timeout(Some(Duration::from_millis(20)))
            .unwrap();
        let rtp = UdpSocket::bind((address, 0)).unwrap();
        rtp.set_read_timeout(Some(PATIENCE)).unwrap();
        Peer {
            sip,
            rtp,
            seen: Vec::new(),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.sip.local_addr().unwrap()
    }

    pub(crate) fn send(&self, to: SocketAddr, text: &str) {
        self.sip.send_to(text.as_bytes(), to).unwrap();
    }

    /// The next message whose first line has these words; the others are read over.
    pub(crate) fn expect(&mut self, words: &str) -> (Text, SocketAddr) {
        let end = Instant::now() + PATIENCE;
        let mut buffer = [0; 65_536];
        while Instant::now() < end {
            if let Ok((length, from)) = self.sip.recv_from(&mut buffer) {
                let text = Text(String::from_utf8_lossy(&buffer[..length]).into_owned());
                if text.start().contains(words) {
                    return (text, from);
                }
                self.seen.push(text);
            }
        }
        panic!("no message with {words:?}; seen: {:#?}", self.seen);
    }

    pub(crate) fn sdp(&self) -> String {
        let address = self.rtp.local_addr().unwrap();
        format!(
            "v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=rtcp-mux\r\n",
            ip = address.ip(),
            port = address.port()
        )
    }

    /// A request outside of a dialog, or the first of one.
    pub(crate) fn request(
        &self,
        method: &str,
        uri: &str,
        call: &str,
        branch: &str,
        body: &str,
    ) -> String {
        let me = self.address();
        let kind = if body.is_empty() {
            ""
        } else {
            "Content-Type: application/sdp\r\n"
        };
        format!(
            "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {me};branch=z9hG4bK{branch};rport\r\nMax-Forwards: 70\r\nFrom: <sip:citizen@{me}>;tag=f1\r\nTo: <{uri}>\r\nCall-ID: {call}\r\nCSeq: 1 {method}\r\nContact: <sip:citizen@{me}>\r\n{kind}Content-Length: {length}\r\n\r\n{body}",
            length = body.len()
        )
    }

    /// A request of the dialog that `answer` made, by its caller.
    pub(crate) fn in_dialog(&self, method: &str, cseq: u32, answer: &Text) -> String {
        let me = self.address();
        let contact = answer.one("Contact").trim_start_matches('<');
        let target = contact.split('>').next().unwrap();
        format!(
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP {me};branch=z9hG4bK{method}{cseq};rport\r\nMax-Forwards: 70\r\nFrom: {}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {cseq} {method}\r\nContent-Length: 0\r\n\r\n",
            answer.one("From"),
            answer.one("To"),
            answer.one("Call-ID")
        )
    }

    /// An answer to a request, with our tag.
    pub(crate) fn answer(&self, request: &Text, status: &str, body: &str) -> String {
        let vias: String = request
            .all("Via")
            .iter()
            .map(|via| format!("Via: {via}\r\n"))
            .collect();
        let tag = if request.one("To").contains(";tag=") {
            ""
        } else {
            ";tag=t1"
        };
        let kind = if body.is_empty() {
            ""
        } else {
            "Content-Type: application/sdp\r\n"
        };
        format!(
            "SIP/2.0 {status}\r\n{vias}From: {}\r\nTo: {}{tag}\r\nCall-ID: {}\r\nCSeq: {}\r\nContact: <sip:peer@{}>\r\n{kind}Content-Length: {}\r\n\r\n{body}",
            request.one("From"),
            request.one("To"),
            request.one("Call-ID"),
            request.one("CSeq"),
            self.address(),
            body.len()
        )
    }

    /// Sends one packet of sound, all samples of this code.
    pub(crate) fn speak(&self, to: SocketAddr, sequence: u16, code: u8) {
        let mut packet = vec![0x80, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];
        packet[2..4].copy_from_slice(&sequence.to_be_bytes());
        packet[4..8].copy_from_slice(&(u32::from(sequence) * 160).to_be_bytes());
        packet.extend([code; 160]);
        self.rtp.send_to(&packet, to).unwrap();
    }

    /// Waits for a packet whose samples all have this code.
    pub(crate) fn hears(&self, code: u8) -> bool {
        let end = Instant::now() + PATIENCE;
        let mut buffer = [0; 2_048];
        while Instant::now() < end {
            let (length, _) = self.rtp.recv_from(&mut buffer).unwrap();
            if length == 172 && buffer[12..172].iter().all(|sample| *sample == code) {
                return true;
            }
        }
        false
    }
}
