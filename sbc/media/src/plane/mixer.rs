//! Several parties at once: the sound of each waits in a short queue, and every tick takes 20 ms of all of them.

use std::{collections::VecDeque, fmt};

use smallvec::SmallVec;

use super::{
    coding::{FRAME_OCTETS, NarrowDecoder, NarrowEncoder},
    command::EndpointId,
};
use crate::{codec::Codec, rtp::Header};

/// Parties in one mix.
pub(super) const MAX_PARTIES: usize = 10;
/// Sound kept before the first of it is used: evens out 20 ms of jitter.
const START: usize = 2 * FRAME_OCTETS;
/// More than this waiting (a clock that runs fast, a burst after a gap) is cut back to `START`.
const LIMIT: usize = 6 * FRAME_OCTETS;

/// The mix that one party hears.
#[derive(Default)]
pub(super) struct Mixer {
    inputs: SmallVec<[Input; 4]>,
    encoder: Option<NarrowEncoder>,
    decoded: Vec<i16>,
    encoded: Vec<u8>,
}

struct Input {
    from: EndpointId,
    decoder: NarrowDecoder,
    /// Newest sequence number; older packets are too late to be mixed.
    highest: Option<(u32, u16)>,
    samples: VecDeque<i16>,
    /// Enough has gathered to begin.
    flowing: bool,
}

impl Mixer {
    pub(super) fn new(parties: impl Iterator<Item = EndpointId>) -> Self {
        let inputs = parties.map(|from| Input {
            from,
            decoder: NarrowDecoder::new(Codec::Pcma),
            highest: None,
            samples: VecDeque::new(),
            flowing: false,
        });
        Self {
            inputs: inputs.collect(),
            ..Self::default()
        }
    }

    /// A packet of one party.
    pub(super) fn feed(&mut self, from: EndpointId, codec: Codec, header: &Header, payload: &[u8]) {
        let Some(input) = self.inputs.iter_mut().find(|input| input.from == from) else {
            return;
        };
        if let Some((ssrc, highest)) = input.highest
            && ssrc == header.ssrc
            && header.sequence.wrapping_sub(highest) as i16 <= 0
        {
            return;
        }
        input.highest = Some((header.ssrc, header.sequence));
        if input.decoder.codec != codec {
            input.decoder = NarrowDecoder::new(codec);
        }
        input.decoder.decode(payload, &mut self.decoded);
        input.samples.extend(&self.decoded);
        let waiting = input.samples.len();
        if waiting > LIMIT {
            input.samples.drain(..waiting - START);
        }
        input.flowing |= waiting >= START;
    }

    /// Appends 20 ms of everybody to `payload`.
    pub(super) fn mix(&mut self, codec: Codec, payload: &mut Vec<u8>) {
        let mut sum = [0i32; FRAME_OCTETS];
        for input in self.inputs.iter_mut().filter(|input| input.flowing) {
            for total in &mut sum {
                let Some(sample) = input.samples.pop_front() else {
                    // Run dry: gather again rather than stutter.
                    input.flowing = false;
                    break;
                };
                *total += i32::from(sample);
            }
        }
        let samples = sum.map(|total| total.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16);
        if self
            .encoder
            .as_ref()
            .is_none_or(|encoder| encoder.codec != codec)
        {
            self.encoder = Some(NarrowEncoder::new(codec));
        }
        if let Some(encoder) = &mut self.encoder {
            encoder.encode(&samples, &mut self.encoded);
            payload.extend_from_slice(&self.encoded);
        }
    }
}

impl fmt::Debug for Mixer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.inputs.iter().map(|input| input.from))
            .finish()
    }
}
