//! SDP, codecs, DTMF, prompts and the media plane, without sockets, clocks or OS entropy. The room is laid out in ARCHITECTURE.md.
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::disallowed_methods
    )
)]

pub mod clip;
pub mod codec;
pub mod dtmf;
pub mod offer_answer;
pub mod plane;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
pub mod webrtc;

pub use clip::{Clip, ClipError, EncodedClip, Recording, SoundId};
pub use codec::Codec;
pub use dtmf::Digit;
pub use plane::{MediaCommand, MediaEvent, Source};
