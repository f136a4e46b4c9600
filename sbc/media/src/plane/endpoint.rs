//! One party's media as a value: its numbering, its stream, what it hears and who hears it. It can be taken out of one
//! plane and put into another between two packets.

use std::{net::SocketAddr, time::Instant};

use smallvec::SmallVec;

use super::{
    browser::Browser,
    command::{EndpointId, Generation, Source, Stream},
    deadline::Due,
    forward::Interpreter,
    incoming::Incoming,
    keys::Keys,
    mixer::Mixer,
    player::Player,
    relay::Relay,
    reporting::Reporting,
    sender::Sender,
};
use crate::codec::Codec;

/// Parties that may hear one party at the same time.
pub(super) const MAX_LISTENERS: usize = 16;

/// Everything about one party.
#[derive(Debug)]
pub struct Endpoint {
    pub(super) id: EndpointId,
    pub(super) rtp: u16,
    pub(super) rtcp: Option<u16>,
    /// Start of its own clocks: arrival times and the NTP time of its reports.
    pub(super) opened: Instant,
    /// What was negotiated, from the first `Connect` on.
    pub(super) stream: Option<Stream>,
    pub(super) incoming: Incoming,
    pub(super) sender: Sender,
    pub(super) hearing: Hearing,
    pub(super) keys: Keys,
    /// Who hears this party here.
    pub(super) listeners: SmallVec<[EndpointId; 4]>,
    /// The tick at which the next sound of our own making is due; `None` when only relayed sound goes there.
    pub(super) due: Option<Instant>,
    /// Whether the next sound of our own begins a run.
    pub(super) begins: bool,
    pub(super) reporting: Reporting,
    /// The party is a browser, from its first `Attach` on.
    pub(super) browser: Option<Box<Browser>>,
    /// Which deadlines are in the plane's heap.
    pub(super) pending: Pending,
}

/// What the party hears.
#[derive(Debug)]
pub(super) struct Hearing {
    pub(super) generation: Generation,
    pub(super) source: Source,
    pub(super) voice: Voice,
}

/// The machine behind a [`Source`].
#[derive(Debug)]
pub(super) enum Voice {
    /// Silence, so many frames still to be sent one after the other.
    Quiet(u8),
    Relay {
        relay: Relay,
        /// Only while the codecs differ.
        interpreter: Option<Box<Interpreter>>,
    },
    Player(Player),
    Mix(Box<Mixer>),
}

/// The times of the deadlines that are set; others in the heap are from before a move.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pending {
    pub(super) report: Option<Instant>,
    pub(super) silence: Option<Instant>,
    pub(super) keep_alive: Option<Instant>,
    pub(super) browser: Option<Instant>,
}

impl Pending {
    pub(super) fn of(&mut self, due: Due) -> &mut Option<Instant> {
        match due {
            Due::Report => &mut self.report,
            Due::Silence => &mut self.silence,
            Due::KeepAlive => &mut self.keep_alive,
            Due::Browser => &mut self.browser,
        }
    }
}

impl Endpoint {
    /// Who this is.
    pub fn id(&self) -> EndpointId {
        self.id
    }

    /// Its local RTP port.
    pub fn rtp(&self) -> u16 {
        self.rtp
    }

    /// Its local RTCP port.
    pub fn rtcp(&self) -> Option<u16> {
        self.rtcp
    }

    /// Where sound goes, and as what; `None` while the party does not want to hear us.
    pub(super) fn outgoing(&self) -> Option<Outgoing> {
        let stream = self.stream.as_ref()?;
        let to = self.incoming.lock.destination(stream);
        let open = stream.send && to.port() != 0 && !to.ip().is_unspecified();
        open.then_some(Outgoing {
            to,
            codec: stream.codec,
            payload_type: stream.send_pt,
            telephone_event: stream.telephone_event,
        })
    }

    /// Something begins: the marker, a new run, and a new mapping for what is relayed.
    pub(super) fn change(&mut self) {
        self.sender.change();
        self.begins = true;
        if let Voice::Relay { relay, .. } = &mut self.hearing.voice {
            relay.interrupt();
        }
    }
}

/// How to speak to a party right now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outgoing {
    pub(super) to: SocketAddr,
    pub(super) codec: Codec,
    pub(super) payload_type: u8,
    pub(super) telephone_event: Option<u8>,
}

/// The parties that a source names; in a mix oneself is left out.
pub(super) fn heard_by(source: &Source, oneself: EndpointId) -> SmallVec<[EndpointId; 10]> {
    let mut heard = SmallVec::new();
    let all: &[EndpointId] = match source {
        Source::Endpoint(id) => {
            heard.push(*id);
            &[]
        }
        Source::Mix(ids) => ids,
        _ => &[],
    };
    for &id in all {
        if id != oneself && !heard.contains(&id) {
            heard.push(id);
        }
    }
    heard
}
