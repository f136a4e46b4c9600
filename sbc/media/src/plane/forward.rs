//! A packet of one party on its way to another: numbers, payload type and, only when they differ, codec. It is
//! rewritten where it lies in the receive buffer; nothing is copied or allocated.

use std::{net::SocketAddr, time::Instant};

use super::{
    command::EndpointId,
    endpoint::{Endpoint, Outgoing, Voice},
    incoming::{Content, Taken},
};
use crate::{
    codec::{Codec, Transcoder},
    rtp::{Header, rewrite},
};

impl Endpoint {
    /// Makes the packet `taken` of party `from`, which lies in `bytes`, into one for this party; gives
    /// where to send it and the part of `bytes` to send. `None` when nothing is to be sent now.
    pub(super) fn forward<'a>(
        &mut self,
        now: Instant,
        from: EndpointId,
        taken: &Taken,
        bytes: &'a mut [u8],
    ) -> Option<(SocketAddr, &'a [u8])> {
        if let Voice::Mix(mixer) = &mut self.hearing.voice {
            if let Content::Sound(codec) = taken.content {
                let payload = bytes.get(taken.packet.payload.clone())?;
                mixer.feed(from, codec, &taken.packet.header, payload);
            }
            return None;
        }
        let outgoing = self.outgoing();
        let pressing = self.keys.pressing();
        let Voice::Relay { relay, interpreter } = &mut self.hearing.voice else {
            return None;
        };
        let payload_type = outgoing
            .filter(|_| !pressing)
            .and_then(|o| o.payload_type(taken.content));
        let (Some(outgoing), Some(payload_type)) = (outgoing, payload_type) else {
            relay.interrupt();
            return None;
        };
        let octets = taken.packet.payload.len();
        let (length, codec) = match taken.content {
            Content::Sound(codec) => (octets as u32, Some(codec)),
            _ => (0, None),
        };
        let header = relay.map(
            now,
            &mut self.sender,
            &taken.packet.header,
            length,
            codec.is_some(),
        )?;
        if let Some(codec) = codec.filter(|codec| *codec != outgoing.codec) {
            let payload = bytes.get_mut(taken.packet.payload.clone())?;
            interpret(interpreter, codec, outgoing.codec, payload);
        }
        let packet = rewrite(
            bytes,
            &taken.packet.payload,
            Header {
                payload_type,
                ..header
            },
        )?;
        self.sender.count(octets);
        Some((outgoing.to, packet))
    }
}

impl Outgoing {
    /// The payload type by which this party knows such content; `None` when it cannot take it.
    fn payload_type(&self, content: Content) -> Option<u8> {
        match content {
            Content::Sound(_) => Some(self.payload_type),
            Content::TelephoneEvent => self.telephone_event,
            Content::Comfort => None,
        }
    }
}

/// A transcoder and where it writes.
#[derive(Debug)]
pub(super) struct Interpreter {
    transcoder: Transcoder,
    output: Vec<u8>,
}

/// Changes the codec of `payload` in place: it keeps its length.
fn interpret(
    interpreter: &mut Option<Box<Interpreter>>,
    from: Codec,
    to: Codec,
    payload: &mut [u8],
) {
    let fits = |i: &Interpreter| i.transcoder.from() == from && i.transcoder.to() == to;
    if !interpreter.as_deref().is_some_and(fits) {
        let transcoder = Transcoder::new(from, to);
        *interpreter = Some(Box::new(Interpreter {
            transcoder,
            output: Vec::new(),
        }));
    }
    if let Some(Interpreter { transcoder, output }) = interpreter.as_deref_mut() {
        transcoder.transcode(payload, output);
        if let Some(output) = output.get(..payload.len()) {
            payload.copy_from_slice(output);
        }
    }
}
