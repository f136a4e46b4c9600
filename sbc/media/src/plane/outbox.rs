//! What waits to be fetched with `poll`: events, and packets whose bytes lie one after the other in one buffer.

use std::{collections::VecDeque, net::SocketAddr, ops::Range};

use super::{
    command::EndpointId,
    event::{Channel, MediaEvent, PlaneOutput},
};
use crate::clip::SoundId;

enum Waiting {
    Send {
        endpoint: EndpointId,
        channel: Channel,
        to: SocketAddr,
        bytes: Range<usize>,
    },
    Load(SoundId),
    Event(MediaEvent),
}

/// Emptied by the shell after every call of the plane, so it holds one tick's worth at most.
#[derive(Default)]
pub(super) struct Outbox {
    waiting: VecDeque<Waiting>,
    bytes: Vec<u8>,
}

impl Outbox {
    pub(super) fn event(&mut self, event: MediaEvent) {
        self.waiting.push_back(Waiting::Event(event));
    }

    pub(super) fn load(&mut self, sound: SoundId) {
        self.waiting.push_back(Waiting::Load(sound));
    }

    /// Queues a packet that `write` appends to the buffer it is given.
    pub(super) fn send(
        &mut self,
        endpoint: EndpointId,
        channel: Channel,
        to: SocketAddr,
        write: impl FnOnce(&mut Vec<u8>),
    ) {
        if self.waiting.is_empty() {
            self.bytes.clear();
        }
        let start = self.bytes.len();
        write(&mut self.bytes);
        let bytes = start..self.bytes.len();
        self.waiting.push_back(Waiting::Send {
            endpoint,
            channel,
            to,
            bytes,
        });
    }

    pub(super) fn poll(&mut self) -> Option<PlaneOutput<'_>> {
        Some(match self.waiting.pop_front()? {
            Waiting::Send {
                endpoint,
                channel,
                to,
                bytes,
            } => {
                let bytes = self.bytes.get(bytes).unwrap_or_default();
                PlaneOutput::Send {
                    endpoint,
                    channel,
                    to,
                    bytes,
                }
            }
            Waiting::Load(sound) => PlaneOutput::Load(sound),
            Waiting::Event(event) => PlaneOutput::Event(event),
        })
    }
}
