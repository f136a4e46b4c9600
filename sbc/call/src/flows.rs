//! Connections of stream transports: which are open, what waits for one that is still being made, and the cutting of
//! their bytes into messages.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use sip::framing::StreamFramer;
use sip::{FlowId, Peer};

use crate::id::LegId;
use crate::io::Output;
use crate::limits;

/// One connection.
#[derive(Debug)]
pub(crate) struct Flow {
    pub(crate) peer: Peer,
    pub(crate) framer: StreamFramer,
    /// A whole message came already.
    pub(crate) spoke: bool,
    /// Messages that wait until the connection is made; `None` once it is.
    pending: Option<Vec<Bytes>>,
    waiting: usize,
}

impl Flow {
    /// Whether the connection was there at all.
    pub(crate) fn is_made(&self) -> bool {
        self.pending.is_none()
    }
}

/// The legs on each connection, so that its idle end asks no leg.
#[derive(Debug, Default)]
pub(crate) struct Riders(BTreeSet<(FlowId, LegId)>);

impl Riders {
    /// The leg's messages travel so from now on; before, they travelled as `old`.
    pub(crate) fn follow(&mut self, leg: LegId, old: Option<Peer>, new: Option<Peer>) {
        if let Some(flow) = old.and_then(|peer| peer.flow) {
            self.0.remove(&(flow, leg));
        }
        self.0
            .extend(new.and_then(|peer| peer.flow).map(|flow| (flow, leg)));
    }

    /// Whether a leg travels on it.
    pub(crate) fn uses(&self, flow: FlowId) -> bool {
        let of_flow = (flow, LegId(0))..=(flow, LegId(u64::MAX));
        self.0.range(of_flow).next().is_some()
    }

    /// How many legs travel on connections.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// All connections.
#[derive(Debug, Default)]
pub(crate) struct Flows {
    flows: BTreeMap<FlowId, Flow>,
    /// Those that we opened, by where to.
    ours: BTreeMap<(&'static str, SocketAddr), FlowId>,
    /// Those of each address that others opened.
    theirs: BTreeMap<IpAddr, usize>,
    minted: u64,
}

impl Flows {
    /// Ids that the core mints have the highest bit set.
    const OURS: u64 = 1 << 63;

    /// Whether the connection is open or being made.
    pub(crate) fn is_alive(&self, flow: FlowId) -> bool {
        self.flows.contains_key(&flow)
    }

    /// A connection to this peer, and whether it must be opened first. One that we opened ourselves to the same address
    /// is used again; one that a stranger opened never is (RFC 5923 section 9: the identity would not be proven).
    pub(crate) fn to(&mut self, peer: Peer) -> (Peer, bool) {
        let place = (peer.transport.as_str(), peer.remote);
        if let Some(flow) = self.ours.get(&place).and_then(|id| self.flows.get(id)) {
            return (flow.peer, false);
        }
        self.minted = self.minted.saturating_add(1);
        let id = FlowId(Self::OURS | self.minted);
        let peer = Peer {
            flow: Some(id),
            ..peer
        };
        let flow = Flow {
            peer,
            framer: StreamFramer::new(),
            spoke: false,
            pending: Some(Vec::new()),
            waiting: 0,
        };
        self.flows.insert(id, flow);
        self.ours.insert(place, id);
        (peer, true)
    }

    /// A connection was accepted or made. `None`: one too many from that address, close it. Else what waited for it.
    pub(crate) fn opened(&mut self, peer: Peer) -> Option<Vec<Bytes>> {
        let id = peer.flow?;
        if let Some(flow) = self.flows.get_mut(&id) {
            // `remote` names it in the tables and stays as it was asked for.
            flow.peer.local = peer.local;
            return Some(flow.pending.take().unwrap_or_default());
        }
        // One of ours that was given up meanwhile is not wanted any more.
        let late = id.0 & Self::OURS != 0;
        let full = late || self.flows.len() >= limits::FLOWS;
        let from = self.theirs.entry(peer.remote.ip()).or_default();
        if full || *from >= limits::FLOWS_PER_ADDRESS {
            self.release(peer.remote.ip(), 0);
            return None;
        }
        *from = from.saturating_add(1);
        let flow = Flow {
            peer,
            framer: StreamFramer::new(),
            spoke: false,
            pending: None,
            waiting: 0,
        };
        self.flows.insert(id, flow);
        Some(Vec::new())
    }

    fn release(&mut self, address: IpAddr, count: usize) {
        if let Some(from) = self.theirs.get_mut(&address) {
            *from = from.saturating_sub(count);
            if *from == 0 {
                self.theirs.remove(&address);
            }
        }
    }

    /// A connection is gone.
    pub(crate) fn remove(&mut self, id: FlowId) -> Option<Flow> {
        let flow = self.flows.remove(&id)?;
        let place = (flow.peer.transport.as_str(), flow.peer.remote);
        if self.ours.get(&place) == Some(&id) {
            self.ours.remove(&place);
        } else if id.0 & Self::OURS == 0 {
            self.release(flow.peer.remote.ip(), 1);
        }
        Some(flow)
    }

    pub(crate) fn get_mut(&mut self, id: FlowId) -> Option<&mut Flow> {
        self.flows.get_mut(&id)
    }

    /// Sends on a datagram socket or an open connection, or waits for one being made. What is for a connection that is
    /// gone is dropped: its transaction runs into its timer. A connection for which too much waits comes back: it is to be
    /// given up, for a message left out of a stream would be waited for in vain.
    #[must_use]
    pub(crate) fn transmit(
        &mut self,
        out: &mut VecDeque<Output>,
        to: Peer,
        bytes: Bytes,
    ) -> Option<FlowId> {
        let Some(id) = to.flow else {
            if !to.transport.is_reliable() {
                out.push_back(Output::Transmit { to, bytes });
            }
            return None;
        };
        let flow = self.flows.get_mut(&id)?;
        match &mut flow.pending {
            None => out.push_back(Output::Transmit {
                to: flow.peer,
                bytes,
            }),
            Some(pending) => {
                flow.waiting = flow.waiting.saturating_add(bytes.len());
                if flow.waiting > limits::PENDING_STREAM {
                    return Some(id);
                }
                pending.push(bytes);
            }
        }
        None
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.flows.len()
    }
}
