//! SIP over UDP (RFC 3261 section 18): reads in bounded batches, glances, and copies only what has room in its lane.
//!
//! The sockets stand in mio's epoll level-triggered, as those of media do: a message mostly comes alone, and is read by one
//! system call. A listener that has more at once is read in batches that double from turn to turn.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use bytes::Bytes;
use call::Input;
use call::snapshot::Listener;
use mio::Registry;
use mio::net::UdpSocket;
use rustix::event::epoll;

use super::glance::{Emergencies, lane_of};
use super::lanes::{Lane, Lanes};
use crate::counters::Counters;

/// Datagrams read at most from one listener before the core gets its turn; more than a turn handles, so that under a flood
/// it is the lanes that choose what is dropped, and not the kernel.
const BATCH: usize = 256;
/// The longest datagram of UDP, and so of SIP over it.
const DATAGRAM: usize = 65_536;

struct Heard {
    socket: UdpSocket,
    local: SocketAddr,
    readable: bool,
    /// Datagrams of the next reading.
    batch: usize,
}

/// The UDP listeners.
pub(crate) struct UdpListeners {
    heard: Vec<Heard>,
    buffer: Vec<u8>,
}

impl UdpListeners {
    pub(crate) fn new(sockets: Vec<(UdpSocket, Listener)>) -> UdpListeners {
        let heard = sockets.into_iter().map(|(socket, listener)| Heard {
            socket,
            local: listener.local,
            readable: false,
            batch: 1,
        });
        UdpListeners {
            heard: heard.collect(),
            buffer: vec![0; DATAGRAM],
        }
    }

    /// Enters the sockets into a poll, with tokens from `first` on.
    pub(crate) fn enter(&self, registry: &Registry, first: usize) -> io::Result<()> {
        for (token, heard) in (first..).zip(&self.heard) {
            // mio gives the number back as the event's token.
            let token = epoll::EventData::new_u64(u64::try_from(token).unwrap_or(u64::MAX));
            epoll::add(registry, &heard.socket, token, epoll::EventFlags::IN)?;
        }
        Ok(())
    }

    /// The poll reports on a listener.
    pub(crate) fn on_event(&mut self, place: usize) {
        if let Some(heard) = self.heard.get_mut(place) {
            heard.readable = true;
        }
    }

    /// One batch from each listener that the poll reported, into the lanes; the poll tells again of what is left.
    pub(crate) fn read(
        &mut self,
        lanes: &mut Lanes,
        emergencies: &Emergencies,
        counters: &Counters,
    ) {
        for heard in &mut self.heard {
            let batch = std::mem::replace(&mut heard.batch, 1);
            if !std::mem::take(&mut heard.readable) {
                continue;
            }
            heard.batch = batch.saturating_mul(2).min(BATCH);
            for _ in 0..batch {
                let (length, from) = match heard.socket.recv_from(&mut self.buffer) {
                    Ok(received) => received,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {
                        heard.batch = 1;
                        break;
                    }
                    // An ICMP answer to something we sent, or a signal: the socket itself is well.
                    Err(_) => continue,
                };
                counters.datagrams.one();
                let bytes = self.buffer.get(..length).unwrap_or_default();
                let lane = lane_of(bytes, emergencies).unwrap_or(Lane::Rest);
                if lanes.has_room(lane) {
                    let input = Input::Datagram {
                        local: heard.local,
                        from,
                        bytes: Bytes::copy_from_slice(bytes),
                    };
                    lanes.push(lane, input);
                } else {
                    counters.lane_full.one();
                }
            }
        }
    }

    /// Sends from the listener that is bound to `local`; lost like any datagram when the kernel has no room.
    pub(crate) fn send(
        &self,
        local: SocketAddr,
        to: SocketAddr,
        bytes: &[u8],
        counters: &Counters,
    ) {
        match self.heard.iter().find(|heard| heard.local == local) {
            Some(heard) if heard.socket.send_to(bytes, to).is_ok() => {}
            Some(_) => counters.send_failed.one(),
            None => counters.no_way.one(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bind::{Bound, listen};
    use sip::Transport;
    use std::collections::VecDeque;
    use std::time::Duration;

    fn listeners() -> (UdpListeners, Listener) {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let wanted = Listener {
            transport: Transport::Udp,
            local: address,
            advertised: address,
            media: address.ip(),
        };
        let Bound::Udp(socket, bound) = listen(&wanted).unwrap() else {
            panic!("asked for UDP");
        };
        (UdpListeners::new(vec![(socket, bound.clone())]), bound)
    }

    #[test]
    fn a_message_alone_is_one_call_and_a_burst_is_read_in_growing_batches() {
        let (mut udp, bound) = listeners();
        let phone = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let (mut lanes, counters) = (Lanes::default(), Counters::default());
        let say = |count: usize| {
            for _ in 0..count {
                phone
                    .send_to(b"BYE sip:h SIP/2.0\r\n\r\n", bound.local)
                    .unwrap();
            }
        };
        let mut turn = |is_reported: bool| {
            if is_reported {
                udp.on_event(0);
            }
            udp.read(&mut lanes, &Emergencies::default(), &counters);
            counters.datagrams.get()
        };
        say(10);
        assert_eq!([true; 4].map(&mut turn), [1, 3, 7, 10]);
        say(3);
        assert_eq!([true, false, true].map(&mut turn), [11, 11, 12]);
    }

    #[test]
    fn datagrams_find_their_lanes_and_a_full_lane_is_counted() {
        let (mut udp, bound) = listeners();
        let phone = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        phone
            .set_read_timeout(Some(Duration::from_secs(5)))
            .unwrap();
        let (mut lanes, counters) = (Lanes::default(), Counters::default());
        let mut read = |lanes: &mut Lanes, wanted: u64| {
            while counters.datagrams.get() < wanted {
                udp.on_event(0);
                udp.read(lanes, &Emergencies::default(), &counters);
            }
        };
        for sent in 1..=2_050 {
            phone
                .send_to(b"OPTIONS sip:h SIP/2.0\r\n\r\n", bound.local)
                .unwrap();
            read(&mut lanes, sent);
        }
        phone
            .send_to(b"BYE sip:h SIP/2.0\r\n\r\n", bound.local)
            .unwrap();
        read(&mut lanes, 2_051);
        assert_eq!(counters.lane_full.get(), 2);
        let mut turn = VecDeque::new();
        lanes.take_turn(&mut turn);
        let Some(Input::Datagram { local, from, bytes }) = turn.pop_front() else {
            panic!("a datagram was sent");
        };
        assert_eq!((local, from), (bound.local, phone.local_addr().unwrap()));
        assert!(bytes.starts_with(b"BYE"));

        udp.send(bound.local, from, b"SIP/2.0 200 OK\r\n\r\n", &counters);
        let mut answer = [0; 64];
        let (length, _) = phone.recv_from(&mut answer).unwrap();
        assert_eq!(answer.get(..length), Some(&b"SIP/2.0 200 OK\r\n\r\n"[..]));
        udp.send(SocketAddr::from(([127, 0, 0, 7], 1)), from, b"x", &counters);
        udp.send(bound.local, from, &[0; 66_000], &counters);
        assert_eq!((counters.no_way.get(), counters.send_failed.get()), (1, 1));
    }
}
