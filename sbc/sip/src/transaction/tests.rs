//! The transaction layer driven by messages and virtual time; the messages and peers they share.

mod any_order;
mod client_side;
mod lossy;
mod matching;
mod server_side;
mod table;

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::{Timers, TransactionEvent, Transactions};
use crate::message::Message;
use crate::{FlowId, Method, Peer, StatusCode, Transport};

fn udp() -> Peer {
    Peer {
        transport: Transport::Udp,
        local: "192.0.2.1:5060".parse().unwrap(),
        remote: "192.0.2.9:5060".parse().unwrap(),
        flow: None,
    }
}

fn tcp() -> Peer {
    Peer {
        transport: Transport::Tcp,
        flow: Some(FlowId(7)),
        ..udp()
    }
}

fn parse(text: &str) -> Message {
    Message::parse(Bytes::from(text.replace('\n', "\r\n"))).unwrap()
}

/// A request; `to_tag` may be empty.
fn request(method: &str, branch: &str, to_tag: &str) -> Message {
    request_via(
        method,
        &format!("SIP/2.0/UDP phone.example:5062;branch={branch}"),
        to_tag,
    )
}

fn request_via(method: &str, via: &str, to_tag: &str) -> Message {
    let tag = if to_tag.is_empty() {
        String::new()
    } else {
        format!(";tag={to_tag}")
    };
    parse(&format!(
        "{method} sip:+3254310000@192.0.2.1;user=phone SIP/2.0\nVia: {via}\nMax-Forwards: 70\n\
         Route: <sip:p1.example;lr>\nRoute: <sip:p2.example;lr>\nFrom: \"Jan, de\" <sip:jan@phone.example>;tag=f1\n\
         To: <sip:+3254310000@192.0.2.1>{tag}\nCall-ID: c1@phone.example\nCSeq: 17 {method}\n\
         Contact: <sip:jan@192.0.2.9>\nContent-Length: 0\n\n"
    ))
}

/// A response to one of these requests.
fn response(request: &Message, status: u16, to_tag: &str) -> Message {
    let tag = Some(to_tag).filter(|tag| !tag.is_empty());
    let source = udp().remote;
    let bytes =
        crate::writer::Writer::response(request, source, StatusCode(status), None, tag).finish();
    Message::parse(bytes).unwrap()
}

/// A table with its clock and everything it said, in milliseconds since the start.
struct Bench {
    table: Transactions,
    start: Instant,
    now: Instant,
}

impl Bench {
    fn new() -> Bench {
        let start = Instant::now();
        Bench {
            table: Transactions::new(Timers::default(), 1000),
            start,
            now: start,
        }
    }

    fn send(&mut self, message: &Message, to: Peer) -> super::ClientTx {
        let branch = message.top_via().branch().unwrap().to_owned();
        self.table.send(
            self.now,
            message.method(),
            &branch,
            message.bytes().clone(),
            to,
        )
    }

    fn respond(&mut self, tx: super::ServerTx, response: &Message) {
        self.table
            .respond(self.now, tx, response.status(), response.bytes().clone());
    }

    /// Everything queued, each as one word: `send:<start line's first words>` or the event's name.
    fn said(&mut self) -> Vec<String> {
        let mut said = Vec::new();
        while let Some(event) = self.table.poll() {
            said.push(match event {
                TransactionEvent::Transmit { bytes, .. } => {
                    let line = String::from_utf8_lossy(&bytes)
                        .lines()
                        .next()
                        .unwrap()
                        .to_owned();
                    let mut words = line.split(' ');
                    let first = words.next().unwrap();
                    if first == "SIP/2.0" {
                        words.next().unwrap().to_owned()
                    } else {
                        first.to_owned()
                    }
                }
                TransactionEvent::TimedOut(_) => "timed out".to_owned(),
                TransactionEvent::Unreachable(_) => "unreachable".to_owned(),
                TransactionEvent::AckMissing(_) => "ack missing".to_owned(),
                TransactionEvent::ServerEnded(_) | TransactionEvent::ClientEnded(_) => {
                    "ended".to_owned()
                }
            });
        }
        said
    }

    fn pass(&mut self, millis: u64) {
        let end = self.now + Duration::from_millis(millis);
        while let Some(at) = self.table.next_deadline().filter(|at| *at <= end) {
            self.now = at;
            self.table.expire(at);
        }
        self.now = end;
    }

    /// Fires deadline after deadline until there is none, and writes down what was said when: `500 INVITE`.
    fn run_out(&mut self) -> Vec<String> {
        let mut log: Vec<String> = self
            .said()
            .into_iter()
            .map(|said| self.stamp(&said))
            .collect();
        while let Some(at) = self.table.next_deadline() {
            assert!(at > self.now, "a deadline that does not move");
            self.now = at;
            self.table.expire(at);
            let said = self.said();
            log.extend(said.iter().map(|said| self.stamp(said)));
        }
        log
    }

    fn stamp(&self, said: &str) -> String {
        format!("{} {said}", (self.now - self.start).as_millis())
    }
}

fn text(message: &Bytes) -> String {
    String::from_utf8(message.to_vec()).unwrap()
}
