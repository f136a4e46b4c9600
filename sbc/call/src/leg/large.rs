//! An INVITE too large for a datagram (RFC 3261 section 18.1.1): a call for help with a place in it may be. It goes over a
//! connection where the line takes one, else as a datagram in fragments; a line that answers neither gets it without the
//! place, for the call counts more than what it carries. All of that within the time in which any line must answer.

use std::collections::VecDeque;
use std::net::SocketAddr;

use bytes::Bytes;
use sip::session_timer::Policy;
use sip::{Message, Method, Peer, Transport};

use super::Leg;
use super::uac::Outbound;
use crate::deadlines::{LegTimer, Timer};
use crate::limits;
use crate::snapshot::Listener;
use crate::stack::{Asker, Stack};

/// An INVITE that is ready to go, and where to.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) request: Message,
    pub(super) branch: String,
    peer: Peer,
    /// The place that should be in it is not.
    bare: bool,
}

impl Leg {
    /// Our INVITE, and what goes out instead, one after the other, while the line says nothing; none when a number or name
    /// of it fits into no header.
    pub(super) fn write(
        &mut self,
        stack: &mut Stack,
        new: &mut Outbound,
        policy: &Policy,
        sdp: &Bytes,
    ) -> VecDeque<Written> {
        let call_id = stack.random.call_id();
        let mut ways = VecDeque::new();
        let datagram = self.peer;
        let whole = self.write_one(stack, new, policy, sdp, (&call_id, 1));
        let large = |whole: &Written| {
            datagram.transport == Transport::Udp
                && whole.request.bytes().len() > limits::DATAGRAM
                && new.target.location.is_some()
        };
        if !whole.as_ref().is_some_and(large) {
            ways.extend(whole);
            return ways;
        }
        let stream = listener(stack, &datagram).map(|local| Peer {
            transport: Transport::Tcp,
            local,
            flow: None,
            ..datagram
        });
        for (cseq, peer) in (1..).zip(stream.into_iter().chain([datagram])) {
            self.peer = peer;
            ways.extend(self.write_one(stack, new, policy, sdp, (&call_id, cseq)));
        }
        new.target.location = None;
        let last = u32::try_from(ways.len()).unwrap_or_default();
        let bare = self.write_one(stack, new, policy, sdp, (&call_id, last.saturating_add(1)));
        ways.extend(bare.map(|bare| Written { bare: true, ..bare }));
        self.peer = datagram;
        ways
    }

    fn write_one(
        &self,
        stack: &mut Stack,
        new: &Outbound,
        policy: &Policy,
        sdp: &Bytes,
        (call_id, cseq): (&str, u32),
    ) -> Option<Written> {
        let (via, branch) = stack.via(&self.peer);
        let bytes = self.write_invite(stack, new, &via, policy, sdp, (call_id, cseq));
        let request = Message::parse(bytes).ok()?;
        Some(Written {
            request,
            branch,
            peer: self.peer,
            bare: false,
        })
    }

    /// The INVITE that goes out first, or instead of one that the line says nothing to. `false`: there is no other.
    pub(super) fn send_next(&mut self, stack: &mut Stack) -> bool {
        let Some(uac) = &mut self.uac else {
            return false;
        };
        let Some(next) = uac.instead.pop_front() else {
            return false;
        };
        let more = uac.instead.len();
        let old = uac.tx.take();
        uac.request = next.request.clone();
        uac.branch.clone_from(&next.branch);
        if let Some(tx) = &old {
            stack.askers.remove(tx);
            stack.tx.forget_client(*tx);
        }
        // What waits for the connection must not come late, as a second call for help.
        if let Some(flow) = self.peer.flow.filter(|_| old.is_some()) {
            stack.close(flow);
        }
        if next.bare {
            let text = format!(
                "an emergency call goes out without its place: with it, it is longer than a datagram carries ({} bytes), and the line \
                 answers it neither over a connection nor in fragments",
                limits::DATAGRAM
            );
            stack.error("emergency", Some(next.peer.remote), text);
        }
        self.travel(stack, next.peer);
        let bytes = next.request.bytes().clone();
        let asker = Asker::Invite(self.id);
        let tx = stack.request(asker, &Method::Invite, &next.branch, bytes, self.peer);
        if let Some(uac) = &mut self.uac {
            uac.tx = Some(tx);
        }
        if self.trunk {
            let tried = next.request.cseq().seq.saturating_sub(1);
            let spent = limits::ANOTHER_WAY.saturating_mul(tried);
            // The last one has what is left of the time.
            let patience = match more {
                0 => limits::TRUNK_FIRST_ANSWER.saturating_sub(spent),
                _ => limits::ANOTHER_WAY,
            };
            stack.after(Timer::Leg(self.id, LegTimer::FirstAnswer), patience);
        }
        true
    }

    /// The leg's messages go there from now on.
    fn travel(&mut self, stack: &mut Stack, to: Peer) {
        let peer = stack.connect(to);
        stack.riders.follow(self.id, Some(self.peer), Some(peer));
        self.peer = peer;
        self.heard_from = peer.remote;
    }
}

/// Where connections to this peer begin.
fn listener(stack: &Stack, peer: &Peer) -> Option<SocketAddr> {
    let takes = |listener: &&Listener| {
        listener.transport == Transport::Tcp && listener.local.is_ipv4() == peer.remote.is_ipv4()
    };
    let listeners = &stack.settings().listeners;
    let near = |listener: &&Listener| takes(listener) && listener.local.ip() == peer.local.ip();
    let found = listeners.iter().find(near);
    let found = found.or_else(|| listeners.iter().find(takes));
    found.map(|listener| listener.local)
}
