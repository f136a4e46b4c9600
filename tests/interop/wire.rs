//! SIP by hand over one socket: OPTIONS, and REGISTER with digest for peers that only know MD5.

use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip::digest::{Ha1, Login, answer};
use sip::{Message, Method};

use crate::program::ADDRESS;

static COUNT: AtomicU32 = AtomicU32::new(1);

/// A name that was not used before in this run.
pub(crate) fn fresh(prefix: &str) -> String {
    format!(
        "{prefix}{}x{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    )
}

/// Asks once; whether a 200 came within the socket's time-out.
pub(crate) fn options(socket: &UdpSocket) -> bool {
    let local = socket.local_addr().unwrap();
    let request = format!(
        "OPTIONS sip:{ADDRESS} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK{};rport\r\nMax-Forwards: 70\r\n\
         From: <sip:test@{local}>;tag=t\r\nTo: <sip:{ADDRESS}>\r\nCall-ID: {}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
        fresh("o"),
        fresh("options-")
    );
    let _ = socket.send(request.as_bytes());
    let mut buffer = [0; 4096];
    matches!(socket.recv(&mut buffer), Ok(length) if buffer[..length].starts_with(b"SIP/2.0 200 "))
}

/// A demo account at the address where its phone listens.
pub(crate) struct Account {
    /// E.g. `2103`.
    pub(crate) number: String,
    socket: UdpSocket,
    ha1: Ha1,
    call_id: String,
    cseq: u32,
}

impl Account {
    /// For a phone at `local`; the socket is ours until `self` is dropped, then a real phone may take the port.
    pub(crate) fn at(number: &str, local: SocketAddr) -> Account {
        let socket = UdpSocket::bind(local).unwrap();
        socket.connect(ADDRESS).unwrap();
        Account {
            number: number.to_owned(),
            socket,
            ha1: Ha1::new(number, "demo.centrale", &format!("demo-{number}"), true),
            call_id: fresh("register-"),
            cseq: 0,
        }
    }

    /// Registers for `expires` seconds (0 un-registers) through both challenges, and gives the last status and the time
    /// it took. Every request is repeated after 500 ms, doubling, as RFC 3261 section 17.1.2.2 has it.
    pub(crate) fn register(&mut self, expires: u32) -> (u16, Duration) {
        let start = Instant::now();
        let first = self.exchange(expires, None);
        if first.status().0 != 401 {
            return (first.status().0, start.elapsed());
        }
        let challenges = first.www_authenticate();
        let login = Login {
            user: &self.number,
            realm: "demo.centrale",
            ha1: &self.ha1,
        };
        let uri = format!("sip:{ADDRESS}");
        let proof = answer(&challenges, &login, &Method::Register, &uri, "c0ffee", 1)
            .expect("a challenge that can be answered");
        let second = self.exchange(expires, Some(proof));
        (second.status().0, start.elapsed())
    }

    fn exchange(&mut self, expires: u32, proof: Option<String>) -> Message {
        self.cseq += 1;
        let local = self.socket.local_addr().unwrap();
        let number = &self.number;
        let authorization =
            proof.map_or(String::new(), |proof| format!("Authorization: {proof}\r\n"));
        let request = format!(
            "REGISTER sip:{ADDRESS} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK{};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:{number}@{ADDRESS}>;tag={}\r\nTo: <sip:{number}@{ADDRESS}>\r\nCall-ID: {}\r\nCSeq: {} REGISTER\r\n\
             Contact: <sip:{number}@{local}>\r\nExpires: {expires}\r\n{authorization}Content-Length: 0\r\n\r\n",
            fresh("r"),
            fresh("t"),
            self.call_id,
            self.cseq,
        );
        let mut wait = Duration::from_millis(500);
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(32) {
            self.socket.send(request.as_bytes()).unwrap();
            self.socket.set_read_timeout(Some(wait)).unwrap();
            if let Some(response) = self.response() {
                return response;
            }
            wait = (wait * 2).min(Duration::from_secs(4));
        }
        panic!("no answer to REGISTER of {number} within 32 s");
    }

    fn response(&self) -> Option<Message> {
        let mut buffer = [0; 4096];
        loop {
            let length = self.socket.recv(&mut buffer).ok()?;
            let message = Message::parse(Bytes::copy_from_slice(&buffer[..length])).ok()?;
            if !message.is_request()
                && message.call_id() == self.call_id
                && message.cseq().seq == self.cseq
                && message.status().0 >= 200
            {
                return Some(message);
            }
        }
    }
}

/// Registers `number` from `local` and gives the port back for the phone that will listen there.
pub(crate) fn register(number: &str, local: &str) {
    let mut account = Account::at(number, local.parse().unwrap());
    let (status, _) = account.register(600);
    assert_eq!(status, 200, "REGISTER of {number}");
}

/// Sends an INVITE from `local` and gives the final status; it is acknowledged.
pub(crate) fn invite(local: &str, number: &str) -> u16 {
    let socket = UdpSocket::bind(local).unwrap();
    socket.connect(ADDRESS).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let branch = fresh("z9hG4bKi");
    let call_id = fresh("invite-");
    let request = |method: &str, to_tag: &str| {
        format!(
            "{method} sip:{number}@{ADDRESS} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch={branch};rport\r\nMax-Forwards: 70\r\n\
             From: <sip:+32470123456@{local}>;tag=t\r\nTo: <sip:{number}@{ADDRESS}>{to_tag}\r\nCall-ID: {call_id}\r\n\
             CSeq: 1 {method}\r\nContact: <sip:citizen@{local}>\r\nContent-Length: 0\r\n\r\n"
        )
    };
    socket.send(request("INVITE", "").as_bytes()).unwrap();
    let mut buffer = [0; 4096];
    loop {
        let length = socket.recv(&mut buffer).expect("an answer to INVITE");
        let response = Message::parse(Bytes::copy_from_slice(&buffer[..length])).unwrap();
        if response.status().0 >= 200 {
            let tag = response.to_tag().map(|tag| format!(";tag={tag}"));
            let ack = request("ACK", &tag.unwrap_or_default());
            socket.send(ack.as_bytes()).unwrap();
            return response.status().0;
        }
    }
}
