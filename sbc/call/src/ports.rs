//! The pool of media ports: ports that a worker has bound and holds ready. The core takes one and writes the SDP at
//! once; a port comes back to the shell with `MediaEvent::Closed`, never to this pool.

use std::collections::VecDeque;

/// Even RTP ports, ready.
#[derive(Debug, Default)]
pub(crate) struct Ports {
    ready: VecDeque<u16>,
    taken: usize,
}

impl Ports {
    /// The shell announced bound ports.
    pub(crate) fn add(&mut self, bound: &[u16]) {
        self.ready.extend(bound);
    }

    /// A port, unless so few are left that they are kept for emergency calls.
    pub(crate) fn take(&mut self, emergency: bool) -> Option<u16> {
        if !emergency && self.ready.len() <= crate::limits::EMERGENCY_PORTS {
            return None;
        }
        let port = self.ready.pop_front()?;
        self.taken += 1;
        Some(port)
    }

    /// The plane closed an endpoint.
    pub(crate) fn closed(&mut self) {
        self.taken = self.taken.saturating_sub(1);
    }

    /// Ports in use by legs.
    pub(crate) fn taken(&self) -> usize {
        self.taken
    }
}
