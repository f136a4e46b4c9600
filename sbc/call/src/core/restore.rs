//! What the last process left: registrations and ways back after emergency calls go on, and dialogs that nobody owns any
//! more get their BYE.

use sip::dialog::HOPS;
use sip::{HeaderName, Method, Writer};

use super::Core;
use crate::journal::{Binding, Callback, GhostDialog};
use crate::registrar;
use crate::stack::Asker;

/// Requests of the old process after the answer may have raised CSeq; a BYE that jumps ahead is valid (RFC 3261 12.2.1.1).
const CSEQ_JUMP: u32 = 10_000;

impl Core {
    pub(super) fn restore(
        &mut self,
        bindings: Vec<Binding>,
        ghosts: Vec<GhostDialog>,
        callbacks: Vec<Callback>,
    ) {
        let now = self.stack.now.wall;
        for callback in callbacks.into_iter().filter(|row| row.until > now) {
            self.stack.callbacks.set(callback, self.stack.now);
        }
        let live = bindings.into_iter().filter(|binding| binding.expires > now);
        let live = live.collect();
        registrar::restore(&mut self.stack, live);
        for ghost in ghosts {
            self.lay_to_rest(&ghost);
        }
    }

    fn lay_to_rest(&mut self, ghost: &GhostDialog) {
        let mut peer = ghost.peer;
        peer.flow = None;
        let peer = self.stack.connect(peer);
        let (via, branch) = self.stack.via(&peer);
        let mut writer = Writer::request(&Method::Bye, &ghost.target)
            .header(HeaderName::Via, via)
            .header(HeaderName::MaxForwards, HOPS);
        for route in &ghost.routes {
            writer = writer.header(HeaderName::Route, route);
        }
        let cseq = ghost.cseq.saturating_add(CSEQ_JUMP);
        let bytes = writer
            .header(HeaderName::From, &ghost.local)
            .header(HeaderName::To, &ghost.remote)
            .header(HeaderName::CallId, &ghost.call_id)
            .header(HeaderName::CSeq, (cseq, " BYE"))
            .header(HeaderName::Reason, "SIP;cause=503;text=\"Restarted\"")
            .finish();
        self.stack
            .request(Asker::Nobody, &Method::Bye, &branch, bytes, peer);
    }
}
