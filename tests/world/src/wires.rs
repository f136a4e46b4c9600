//! The wires of the world: datagrams, streams and RTP between the parties and the exchange.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use call::Input;
use sip::{FlowId, Peer, Transport};

use crate::message::Said;
use crate::network::Conditions;
use crate::town;
use crate::world::{Happening, World};

impl World {
    /// A SIP message of the exchange goes to whoever has that address or connection.
    pub(crate) fn transmit(&mut self, to: Peer, bytes: &Bytes) {
        let owner = match to.flow {
            Some(flow) => self
                .phones
                .iter()
                .position(|phone| phone.flow == Some(flow)),
            None => self.owner(to.remote),
        };
        let Some(party) = owner else { return };
        let from = town::sip_address();
        let deaf = self.phones[party].habits.deaf;
        let port = match &self.phones[party].nat {
            Some(nat) if to.flow.is_none() => nat.enter(from, to.remote),
            _ => Some(self.phones[party].address.port()),
        };
        let arrivals = match to.flow {
            Some(flow) => vec![self.stream_arrival(flow)],
            None => self
                .conditions
                .copies(&mut self.dice)
                .iter()
                .map(|delay| self.past + *delay)
                .collect(),
        };
        let lost = arrivals.is_empty() || deaf || port.is_none();
        self.draw(party, false, bytes, lost);
        for at in arrivals {
            if let Some(port) = port {
                self.later(
                    at,
                    Happening::Phone {
                        party,
                        port,
                        sip: true,
                        bytes: bytes.to_vec(),
                    },
                );
            }
        }
    }

    pub(crate) fn stream_arrival(&mut self, flow: FlowId) -> Duration {
        let at = (self.past + self.conditions.delay)
            .max(self.streams.get(&flow).copied().unwrap_or_default());
        self.streams.insert(flow, at);
        at
    }

    pub(crate) fn owner(&self, address: SocketAddr) -> Option<usize> {
        self.phones.iter().position(|phone| match &phone.nat {
            Some(nat) => nat.outside == address.ip(),
            None => phone.address.ip() == address.ip(),
        })
    }

    /// The exchange opens a connection: a phone that speaks TCP takes it, another address refuses.
    pub(crate) fn connect(&mut self, to: Peer) {
        let Some(flow) = to.flow else { return };
        let taker = self
            .phones
            .iter_mut()
            .find(|phone| phone.tcp && phone.address == to.remote && !phone.habits.deaf);
        let input = match taker {
            Some(phone) => {
                phone.flow = Some(flow);
                self.connects.insert(to.remote);
                Input::Opened { peer: to }
            }
            None => Input::ConnectFailed { flow },
        };
        self.core_later(2 * self.conditions.delay, input);
    }

    /// A phone without a connection opens one.
    pub(crate) fn dial_in(&mut self, party: usize) -> FlowId {
        let flow = FlowId(self.next_flow);
        self.next_flow += 1;
        let remote = self.phones[party].address;
        let peer = Peer {
            transport: Transport::Tcp,
            local: town::sip_address(),
            remote,
            flow: Some(flow),
        };
        self.phones[party].flow = Some(flow);
        let delay = self.conditions.delay;
        self.streams.insert(flow, self.past + delay);
        self.core_later(delay, Input::Opened { peer });
        flow
    }

    /// Puts what a party sent on the network.
    pub(crate) fn collect(&mut self, party: usize) {
        for packet in std::mem::take(&mut self.phones[party].out) {
            let inside = SocketAddr::new(self.phones[party].address.ip(), packet.from);
            let from = match &mut self.phones[party].nat {
                Some(nat) => nat.leave(inside, packet.to),
                None => inside,
            };
            if !packet.sip {
                if self.dice.chance(self.conditions.rtp_loss) {
                    continue;
                }
                let at = self.past + Conditions::GOOD.delay;
                self.later(
                    at,
                    Happening::Packet {
                        port: packet.to.port(),
                        from,
                        bytes: packet.bytes,
                    },
                );
                continue;
            }
            if self.phones[party].tcp {
                let flow = match self.phones[party].flow {
                    Some(flow) => flow,
                    None => self.dial_in(party),
                };
                self.draw(party, true, &packet.bytes, false);
                let at = self.stream_arrival(flow);
                self.later(
                    at,
                    Happening::Core(Input::Stream {
                        flow,
                        bytes: packet.bytes.into(),
                    }),
                );
                continue;
            }
            let arrivals = self.conditions.copies(&mut self.dice);
            self.draw(party, true, &packet.bytes, arrivals.is_empty());
            for delay in arrivals {
                let bytes = Bytes::from(packet.bytes.clone());
                let input = Input::Datagram {
                    local: town::sip_address(),
                    from,
                    bytes,
                };
                self.core_later(delay, input);
            }
        }
    }

    pub(crate) fn draw(&mut self, party: usize, outwards: bool, bytes: &[u8], lost: bool) {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        let text = crate::story::describe(&Said::read_any(bytes));
        let label = self.phones[party].label.clone();
        self.ladder.arrow(self.past, &label, outwards, text, lost);
    }

    pub(crate) fn send_rtp(&mut self, port: u16, to: SocketAddr, bytes: Vec<u8>) {
        let from = SocketAddr::new(town::EXCHANGE.parse::<IpAddr>().expect("an address"), port);
        if self.dice.chance(self.conditions.rtp_loss) {
            return;
        }
        let Some(party) = self.owner(to) else { return };
        let inside = match &self.phones[party].nat {
            Some(nat) => nat.enter(from, to),
            None => Some(to.port()),
        };
        if let Some(port) = inside {
            let at = self.past + Conditions::GOOD.delay;
            self.later(
                at,
                Happening::Phone {
                    party,
                    port,
                    sip: false,
                    bytes,
                },
            );
        }
    }
}
