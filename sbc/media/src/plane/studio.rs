//! What all endpoints of a plane share while they make sound: the sounds, the way out, and a scratch buffer.

use super::{library::Library, outbox::Outbox};
use crate::clip::SoundId;

#[derive(Default)]
pub(super) struct Studio {
    pub(super) library: Library,
    pub(super) outbox: Outbox,
    pub(super) payload: Vec<u8>,
}

impl Studio {
    /// Asks for a sound unless it is here or on its way.
    pub(super) fn want(&mut self, sound: &SoundId) {
        self.library.want(sound, &mut self.outbox);
    }
}
