//! The media plane (RFC 3550, RFC 7362 latching): endpoints, and what each of them hears. Fed with
//! packets, commands and the time; it owns no socket and reads no clock.

mod command;
mod event;

pub use command::{
    Country, EndpointId, Generation, MediaCommand, Rtcp, Source, SourcePolicy, Stream,
};
pub use event::{Channel, DigitBy, MediaEvent, PlaneOutput, Report};
