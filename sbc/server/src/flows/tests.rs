//! Connections over real loopback sockets: chunks, back-pressure, limits, endings.

use std::io::{Read, Write};
use std::net::TcpStream;

use call::snapshot::Listener;
use mio::{Events, Poll};

use super::*;
use crate::bind::{Bound, listen};

const LISTENER: Token = Token(0);
const FIRST: usize = 10;

struct Shell {
    poll: Poll,
    listener: TcpListener,
    local: SocketAddr,
    flows: Flows,
    counters: Counters,
}

impl Shell {
    fn new(limit: usize) -> Shell {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let wanted = Listener {
            transport: Transport::Tcp,
            local: address,
            advertised: address,
            media: address.ip(),
        };
        let Bound::Tcp(mut listener, bound) = listen(&wanted).unwrap() else {
            panic!("asked for TCP");
        };
        let poll = Poll::new().unwrap();
        poll.registry()
            .register(&mut listener, LISTENER, Interest::READABLE)
            .unwrap();
        Shell {
            poll,
            listener,
            local: bound.local,
            flows: Flows::new(limit, FIRST),
            counters: Counters::default(),
        }
    }

    /// Turns the loop for a while; returns the chunks that came.
    fn turn(&mut self, milliseconds: u64) -> Vec<(Lane, FlowId, Bytes)> {
        let mut chunks = Vec::new();
        let end = Instant::now() + Duration::from_millis(milliseconds);
        let mut events = Events::with_capacity(64);
        while Instant::now() < end {
            self.poll
                .poll(&mut events, Some(Duration::from_millis(2)))
                .unwrap();
            for event in &events {
                if event.token() == LISTENER {
                    self.flows.accept(
                        self.poll.registry(),
                        &self.listener,
                        self.local,
                        &self.counters,
                    );
                } else {
                    let readable =
                        event.is_readable() || event.is_read_closed() || event.is_error();
                    self.flows.on_event(
                        self.poll.registry(),
                        event.token().0 - FIRST,
                        readable,
                        event.is_writable(),
                    );
                }
            }
            self.flows.read(
                self.poll.registry(),
                &Emergencies::default(),
                |lane, input| {
                    if let Input::Stream { flow, bytes } = input {
                        chunks.push((lane, flow, bytes));
                    }
                },
            );
            self.flows.expire(self.poll.registry(), Instant::now());
        }
        chunks
    }

    fn opened(&mut self) -> Vec<Peer> {
        self.flows
            .events
            .drain(..)
            .filter_map(|input| match input {
                Input::Opened { peer } => Some(peer),
                _ => None,
            })
            .collect()
    }

    fn closed(&mut self) -> Vec<FlowId> {
        self.flows
            .events
            .drain(..)
            .filter_map(|input| match input {
                Input::Closed { flow } => Some(flow),
                _ => None,
            })
            .collect()
    }
}

#[test]
fn a_connection_is_told_read_answered_and_ended() {
    let mut shell = Shell::new(8);
    let mut phone = TcpStream::connect(shell.local).unwrap();
    shell.turn(30);
    let peers = shell.opened();
    assert_eq!(peers.len(), 1);
    let flow = peers[0].flow.unwrap();
    assert_eq!(peers[0].remote, phone.local_addr().unwrap());

    phone.write_all(b"OPTIONS sip:a@b SIP/2.0\r\n").unwrap();
    let chunks = shell.turn(30);
    assert_eq!(
        chunks,
        [(
            Lane::Rest,
            flow,
            Bytes::from_static(b"OPTIONS sip:a@b SIP/2.0\r\n")
        )]
    );
    assert!(shell.flows.transmit(
        shell.poll.registry(),
        flow,
        Bytes::from_static(b"SIP/2.0 200 OK\r\n\r\n")
    ));
    shell
        .flows
        .close(shell.poll.registry(), flow, Instant::now());
    let mut answer = String::new();
    phone.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "SIP/2.0 200 OK\r\n\r\n");
    drop(phone);
    shell.turn(30);
    assert_eq!(shell.closed(), [flow]);
    assert_eq!(shell.flows.len(), 0);
    assert!(shell.flows.per_address.is_empty());
    let late = shell
        .flows
        .transmit(shell.poll.registry(), flow, Bytes::from_static(b"x"));
    assert!(!late);
}

#[test]
fn a_connection_has_one_chunk_in_a_lane_and_a_continuation_keeps_it() {
    let mut shell = Shell::new(8);
    let mut phone = TcpStream::connect(shell.local).unwrap();
    shell.turn(20);
    let flow = shell.opened()[0].flow.unwrap();
    phone.write_all(b"BYE sip:a@b SIP/2.0\r\n").unwrap();
    assert_eq!(shell.turn(20)[0].0, Lane::Dialog);
    phone.write_all(b"Via: SIP/2.0/TCP h\r\n\r\n").unwrap();
    assert!(
        shell.turn(20).is_empty(),
        "read before the core had the first chunk"
    );
    shell.flows.delivered(flow);
    let chunks = shell.turn(20);
    assert_eq!(chunks.len(), 1);
    assert_eq!(chunks[0].0, Lane::Dialog);
}

#[test]
fn too_many_connections_are_refused_and_the_old_ones_stay() {
    let mut shell = Shell::new(2);
    let phones: Vec<TcpStream> = (0..5)
        .map(|_| TcpStream::connect(shell.local).unwrap())
        .collect();
    shell.turn(50);
    assert_eq!(shell.opened().len(), 2);
    assert_eq!(shell.counters.refused.get(), 3);
    drop(phones);
    shell.turn(30);
    assert_eq!(shell.closed().len(), 2);
    let _phone = TcpStream::connect(shell.local).unwrap();
    shell.turn(30);
    assert_eq!(shell.opened().len(), 1);
}

#[test]
fn a_peer_that_does_not_read_is_given_up() {
    let mut shell = Shell::new(8);
    let _phone = TcpStream::connect(shell.local).unwrap();
    shell.turn(20);
    let flow = shell.opened()[0].flow.unwrap();
    let message = Bytes::from(vec![b'x'; 64 * 1024]);
    let mut sent = 0;
    while shell
        .flows
        .transmit(shell.poll.registry(), flow, message.clone())
    {
        sent += 1;
        assert!(sent < 1_000, "the buffer has no bound");
    }
    assert_eq!(shell.closed(), [flow]);
}

#[test]
fn a_connection_asked_for_is_made_from_the_listeners_address() {
    let mut shell = Shell::new(8);
    let there = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let to = Peer {
        transport: Transport::Tcp,
        local: SocketAddr::from(([127, 0, 0, 9], 5060)),
        remote: there.local_addr().unwrap(),
        flow: Some(FlowId(CORE_IDS + 1)),
    };
    shell
        .flows
        .connect(shell.poll.registry(), to, Instant::now());
    shell.turn(20);
    assert_eq!(shell.opened(), [to]);
    let (mut theirs, from) = there.accept().unwrap();
    assert_eq!(from.ip(), to.local.ip());
    assert!(shell.flows.transmit(
        shell.poll.registry(),
        FlowId(CORE_IDS + 1),
        Bytes::from_static(b"hello")
    ));
    let mut five = [0; 5];
    theirs.read_exact(&mut five).unwrap();
    assert_eq!(&five, b"hello");
}

#[test]
fn a_connection_that_cannot_be_made_is_told_once() {
    let mut shell = Shell::new(8);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let remote = nobody.local_addr().unwrap();
    drop(nobody);
    let to = Peer {
        transport: Transport::Tcp,
        local: shell.local,
        remote,
        flow: Some(FlowId(CORE_IDS)),
    };
    shell
        .flows
        .connect(shell.poll.registry(), to, Instant::now());
    shell.turn(20);
    let failed: Vec<Input> = shell.flows.events.drain(..).collect();
    assert!(matches!(
        failed[..],
        [Input::ConnectFailed {
            flow: FlowId(CORE_IDS)
        }]
    ));
    assert_eq!(shell.flows.len(), 0);
}
