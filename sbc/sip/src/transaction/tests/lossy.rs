//! Two transaction layers and their users over a link that loses, doubles, delays and reorders; each run ends empty.

use std::collections::BTreeMap;

use super::*;
use crate::accept::{Repeat, Repeat2xx};
use crate::transaction::{Arrival, ClientTx, Incoming, ServerTx};

/// The numbers come from the seed alone (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % below
    }
}

/// What the users have planned.
#[derive(Debug, Clone)]
enum Plan {
    /// The client sends its request.
    Ask,
    /// The client gives up ringing.
    Cancel,
    /// The client's own ring limit.
    Abandon,
    /// The server answers.
    Answer(ServerTx, Box<Message>, u16),
    /// The server repeats its 2xx.
    Repeat,
}

#[derive(Default)]
struct Request {
    asked: Option<Message>,
    tx: Option<ClientTx>,
    ringing: bool,
    failures: usize,
    successes: usize,
    timed_out: usize,
    ended: usize,
    abandoned: bool,
    new: usize,
    cancels: usize,
    done: bool,
    repeat: Option<(Repeat2xx, ServerTx)>,
}

struct World {
    dice: Dice,
    loss: u64,
    now: Instant,
    client: Transactions,
    server: Transactions,
    order: u64,
    wire: BTreeMap<(Instant, u64), (bool, Bytes)>,
    plans: BTreeMap<(Instant, u64), (usize, Plan)>,
    requests: Vec<Request>,
    acks: usize,
}

fn message(method: &str, n: usize, branch: &str, tag: &str) -> Message {
    let tag = if tag.is_empty() {
        String::new()
    } else {
        format!(";tag={tag}")
    };
    parse(&format!(
        "{method} sip:x@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP a.example;branch={branch}\nMax-Forwards: 70\n\
         From: <sip:a@a.example>;tag=f{n}\nTo: <sip:x@192.0.2.1>{tag}\nCall-ID: {n}\nCSeq: 1 {method}\n\
         Content-Length: 0\n\n"
    ))
}

fn number(message: &Message) -> usize {
    message.call_id().parse().unwrap()
}

impl World {
    fn new(seed: u64, loss: u64, peers: usize) -> World {
        let now = Instant::now();
        let mut world = World {
            dice: Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            loss,
            now,
            client: Transactions::new(Timers::default(), 1000),
            server: Transactions::new(Timers::default(), 1000),
            order: 0,
            wire: BTreeMap::new(),
            plans: BTreeMap::new(),
            requests: Vec::new(),
            acks: 0,
        };
        for n in 0..peers {
            world.requests.push(Request::default());
            let wait = world.dice.roll(3000);
            world.plan(wait, n, Plan::Ask);
        }
        world
    }

    fn next(&mut self, millis: u64) -> (Instant, u64) {
        self.order += 1;
        (self.now + Duration::from_millis(millis), self.order)
    }

    fn plan(&mut self, millis: u64, n: usize, plan: Plan) {
        let key = self.next(millis);
        self.plans.insert(key, (n, plan));
    }

    /// Puts a datagram on the link: lost, doubled, late.
    fn wire(&mut self, to_server: bool, bytes: &Bytes) {
        let copies = if self.dice.roll(100) < self.loss {
            0
        } else {
            1 + u64::from(self.dice.roll(100) < self.loss)
        };
        for _ in 0..copies {
            let late = if self.loss > 0 && self.dice.roll(10) == 0 {
                self.dice.roll(2000)
            } else {
                5 + self.dice.roll(20)
            };
            let key = self.next(late);
            self.wire.insert(key, (to_server, bytes.clone()));
        }
    }

    fn drain(&mut self) {
        while let Some(event) = self.client.poll() {
            match event {
                TransactionEvent::Transmit { bytes, .. } => self.wire(true, &bytes),
                TransactionEvent::TimedOut(tx) => {
                    if let Some(request) = self
                        .requests
                        .iter_mut()
                        .find(|request| request.tx == Some(tx))
                    {
                        request.timed_out += 1;
                    }
                }
                TransactionEvent::ClientEnded(tx) => {
                    if let Some(request) = self
                        .requests
                        .iter_mut()
                        .find(|request| request.tx == Some(tx))
                    {
                        request.ended += 1;
                    }
                }
                other => panic!("a client says {other:?}"),
            }
        }
        while let Some(event) = self.server.poll() {
            match event {
                TransactionEvent::Transmit { bytes, .. } => self.wire(false, &bytes),
                TransactionEvent::ServerEnded(_) | TransactionEvent::AckMissing(_) => {}
                other => panic!("a server says {other:?}"),
            }
        }
    }

    fn carry_out(&mut self, n: usize, plan: Plan) {
        match plan {
            Plan::Ask => {
                let method = if n % 5 == 4 { "OPTIONS" } else { "INVITE" };
                let branch = format!("z9hG4bK{n}");
                let asked = message(method, n, &branch, "");
                let tx = self.client.send(
                    self.now,
                    asked.method(),
                    &branch,
                    asked.bytes().clone(),
                    udp(),
                );
                self.requests[n].tx = Some(tx);
                self.requests[n].asked = Some(asked);
                if method == "INVITE" {
                    self.plan(150_000, n, Plan::Abandon);
                }
            }
            Plan::Cancel => {
                let cancel = Message::parse(crate::transaction::cancel(
                    self.requests[n].asked.as_ref().unwrap(),
                ))
                .unwrap();
                let branch = format!("z9hG4bK{n}");
                self.client.send(
                    self.now,
                    &Method::Cancel,
                    &branch,
                    cancel.bytes().clone(),
                    udp(),
                );
            }
            Plan::Abandon => {
                let request = &mut self.requests[n];
                if request.ended == 0 {
                    request.abandoned = true;
                    self.client.forget_client(request.tx.unwrap());
                }
            }
            Plan::Answer(tx, request, status) => self.answer(tx, &request, status),
            Plan::Repeat => {
                let Some((repeat, tx)) = &mut self.requests[n].repeat else {
                    return;
                };
                let tx = *tx;
                match repeat.expire(self.now) {
                    Repeat::Send(bytes) => {
                        let at = repeat.next_deadline() - self.now;
                        self.server.respond(self.now, tx, StatusCode(200), bytes);
                        self.plan(at.as_millis() as u64, n, Plan::Repeat);
                    }
                    Repeat::GiveUp => self.requests[n].repeat = None,
                    Repeat::Wait => panic!("too early"),
                }
            }
        }
    }

    fn answer(&mut self, tx: ServerTx, request: &Message, status: u16) {
        let n = number(request);
        let answer = response(request, status, &format!("s{n}"));
        let is_invite = request.method() == &Method::Invite;
        if is_invite && status >= 200 && std::mem::replace(&mut self.requests[n].done, true) {
            return;
        }
        self.server
            .respond(self.now, tx, answer.status(), answer.bytes().clone());
        if is_invite && status == 200 {
            self.requests[n].repeat = Some((
                Repeat2xx::new(self.now, &Timers::default(), answer.bytes().clone()),
                tx,
            ));
            self.plan(500, n, Plan::Repeat);
        }
    }

    fn server_hears(&mut self, bytes: Bytes) {
        let request = Message::parse(bytes).unwrap();
        let n = number(&request);
        match self.server.request(self.now, &request, &udp()) {
            Arrival::New(tx) => {
                self.requests[n].new += 1;
                let later = self.dice.roll(8000);
                let answers: &[(u64, u16)] = match n % 5 {
                    0 => &[(0, 100), (300, 180), (later + 300, 200)],
                    1 => &[(0, 486)],
                    2 => &[(later, 200)],
                    // Rings until it is cancelled.
                    3 => &[(0, 100), (50, 180), (60_000, 480)],
                    _ => &[(later / 4, 200)],
                };
                for (wait, status) in answers {
                    self.plan(
                        *wait,
                        n,
                        Plan::Answer(tx, Box::new(request.clone()), *status),
                    );
                }
            }
            Arrival::Cancel { tx, invite } => {
                self.requests[n].cancels += 1;
                self.answer(tx, &request, if invite.is_some() { 200 } else { 481 });
                if let Some(invite) = invite {
                    let asked = self.requests[n].asked.clone().unwrap();
                    self.answer(invite, &asked, 487);
                }
            }
            Arrival::Ack => {
                self.acks += 1;
                self.requests[n].repeat = None;
            }
            Arrival::Absorbed => {}
            Arrival::Full => panic!("full"),
        }
    }

    fn client_hears(&mut self, bytes: Bytes) {
        let response = Message::parse(bytes).unwrap();
        let n = number(&response);
        let Incoming::Matched(_) = self.client.response(self.now, &response, &udp()) else {
            return;
        };
        let is_invite = response.method() == &Method::Invite;
        let request = &mut self.requests[n];
        match response.status().0 {
            _ if response.method() == &Method::Cancel => {}
            100..=199 => {
                if n % 5 == 3 && !std::mem::replace(&mut request.ringing, true) {
                    self.plan(10_000, n, Plan::Cancel);
                }
            }
            200..=299 => {
                request.successes += 1;
                if is_invite {
                    let branch = format!("z9hG4bKack{n}-{}", request.successes);
                    let ack = message("ACK", n, &branch, response.to_tag().unwrap());
                    self.wire(true, ack.bytes());
                }
            }
            _ => request.failures += 1,
        }
    }

    /// Runs until nothing is left.
    fn run(&mut self) {
        for _ in 0..200_000 {
            self.drain();
            let wire = self.wire.first_key_value().map(|(key, _)| key.0);
            let plan = self.plans.first_key_value().map(|(key, _)| key.0);
            let times = [
                wire,
                plan,
                self.client.next_deadline(),
                self.server.next_deadline(),
            ];
            let Some(now) = times.into_iter().flatten().min() else {
                return;
            };
            assert!(now >= self.now);
            self.now = now;
            if wire == Some(now) {
                let (_, (to_server, bytes)) = self.wire.pop_first().unwrap();
                if to_server {
                    self.server_hears(bytes)
                } else {
                    self.client_hears(bytes)
                }
            } else if plan == Some(now) {
                let (_, (n, plan)) = self.plans.pop_first().unwrap();
                self.carry_out(n, plan);
            } else {
                self.client.expire(now);
                self.server.expire(now);
            }
        }
        panic!("it does not end");
    }
}

#[test]
fn whatever_the_link_does_nothing_is_left() {
    let (mut succeeded, mut all) = (0, 0);
    for seed in 0..200 {
        let loss = seed % 4 * 10;
        let mut world = World::new(seed, loss, 10);
        world.run();
        let told = format!("seed {seed}, loss {loss} %");
        assert!(world.client.is_empty(), "{told}: client");
        assert!(world.server.is_empty(), "{told}: server");
        for (n, request) in world.requests.iter().enumerate() {
            let told = format!("{told}, request {n}");
            assert!(request.new <= 1, "{told}: seen as {} requests", request.new);
            assert!(
                request.cancels <= 1,
                "{told}: seen as {} CANCELs",
                request.cancels
            );
            assert_eq!(
                request.ended + usize::from(request.abandoned),
                1,
                "{told}: ends"
            );
            let once = request.failures + request.timed_out + usize::from(request.successes > 0);
            assert!(once <= 1, "{told}: {once} outcomes");
            assert!(
                !request.abandoned || once == 0,
                "{told}: answered, but it did not end"
            );
            assert!(request.repeat.is_none(), "{told}: a 2xx still repeats");
            if loss == 0 {
                let expected = match n % 5 {
                    1 | 3 => (0, 1),
                    _ => (1, 0),
                };
                assert_eq!((request.successes, request.failures), expected, "{told}");
            }
            all += 1;
            succeeded += usize::from(once == 1 && request.timed_out == 0);
        }
    }
    assert!(
        succeeded * 1000 >= all * 995,
        "{succeeded} of {all} got their final response"
    );
}
